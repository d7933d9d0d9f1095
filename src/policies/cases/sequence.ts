// The life of a small cloud: servers are booted alone or together, become active, are deleted, and services are switched off and on. Every
// request is decided on the records of that moment; what compute nodes and Placement would report follows at once.
import { type CaseCloud, type CaseFlavor, type CaseImage, flavorOf, hintsOf, imageOf, noChoice, policyOf } from "./case-cloud.ts";
import { type GroupRules, LiveCloud } from "./live-cloud.ts";

interface Boot {
  readonly op: "boot";
  /** One server each; several are one request. */
  readonly uuids: readonly string[];
  readonly flavor: string;
  readonly project_id: string;
  readonly availability_zone?: string;
  readonly group?: string;
  readonly scheduler_hints?: Readonly<Record<string, readonly string[]>>;
  readonly image?: CaseImage | null;
  readonly is_bfv?: boolean;
}

type Operation =
  | Boot
  | { readonly op: "active"; readonly uuid: string }
  | { readonly op: "delete"; readonly uuid: string }
  | { readonly op: "service"; readonly host: string; readonly disabled: boolean };

export interface SequenceCase extends CaseCloud {
  readonly groups: readonly GroupRules[];
  readonly flavors: Readonly<Record<string, CaseFlavor>>;
  readonly ops: readonly Operation[];
}

type BootAnswer =
  | { readonly candidates: number; readonly outcome: "no_valid_host" }
  | {
      readonly candidates: number;
      readonly outcome: "error";
      readonly stage: "filter" | "weigher";
      readonly component: string;
      readonly error_type: string;
    }
  | {
      readonly candidates: number;
      readonly outcome: "selected";
      readonly nodes: readonly string[];
      readonly alternates: readonly (readonly string[])[];
    };

export interface SequenceAnswer {
  /** One for each operation; null for those that boot nothing. */
  readonly results: readonly (BootAnswer | null)[];
  readonly final_hosts: readonly object[];
  readonly boots_ok: number;
  readonly boots_failed: number;
}

export function answerSequence(one: SequenceCase): SequenceAnswer {
  const { hosts, aggregates, groups } = one;
  const cloud = new LiveCloud({ hosts, aggregates, groups, policy: policyOf(one.config), choice: noChoice() });
  const results = one.ops.map((operation) => apply(operation, cloud, one));
  const boots = results.filter((result) => result !== null);
  const ok = boots.filter(({ outcome }) => outcome === "selected").length;
  return { results, final_hosts: cloud.report(), boots_ok: ok, boots_failed: boots.length - ok };
}

function apply(operation: Operation, cloud: LiveCloud, one: SequenceCase): BootAnswer | null {
  if (operation.op === "boot") return boot(operation, cloud, one);
  if (operation.op === "active") cloud.activate(operation.uuid);
  else if (operation.op === "delete") cloud.delete(operation.uuid);
  else cloud.setDisabled(operation.host, operation.disabled);
  return null;
}

function boot(asked: Boot, cloud: LiveCloud, one: SequenceCase): BootAnswer {
  const answer = cloud.boot({
    uuids: asked.uuids,
    flavor: flavorOf(one.flavors[asked.flavor]!),
    image: imageOf(asked.image),
    projectId: asked.project_id,
    availabilityZone: asked.availability_zone ?? null,
    group: asked.group ?? null,
    hints: hintsOf(asked.scheduler_hints),
    bootFromVolume: asked.is_bfv === true,
  });
  const { candidates, outcome } = answer;
  if (outcome === "no_valid_host") return { candidates, outcome };
  if (outcome === "error") {
    const { stage, component, type } = answer.error;
    return { candidates, outcome, stage, component, error_type: type };
  }
  const node = (host: number) => cloud.nodeOf(host);
  return {
    ...{ candidates, outcome },
    nodes: answer.selections.map(({ host }) => node(host)),
    alternates: answer.selections.map(({ alternates }) => alternates.map(node)),
  };
}
