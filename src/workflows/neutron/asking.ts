// What the operations of Neutron have in common: who asks, what is meant by the names in the request, and what is told when it is done.
import type { NeutronErrorName } from "../../policies/neutron/neutron-error.ts";
import { NeutronError } from "../../policies/neutron/neutron-error.ts";
import type { Operation } from "../../services/service.ts";
import type { ApiOperation, Parameter, ResourceType } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { decide, type Step, when } from "../vocabulary.ts";
import { type CloudNetwork, networkOf } from "./cloud-network.ts";
import { attempted } from "./refusals.ts";

export const network = { name: "neutron", type: "network" } as const;

const notFound = {
  network: "NetworkNotFound",
  subnet: "SubnetNotFound",
  port: "PortNotFound",
  router: "RouterNotFound",
  "floating ip": "FloatingIPNotFound",
  "security group": "SecurityGroupNotFound",
  "security group rule": "SecurityGroupRuleNotFound",
} as const satisfies Partial<Record<ResourceType, NeutronErrorName>>;
type Known = keyof typeof notFound;

/** A request, as whoever carries it out looks at it. */
export class Ask {
  readonly cloud: Cloud;
  readonly request: number;
  readonly net: CloudNetwork;
  /** Neutron's name for the project. */
  readonly project: string;

  constructor(cloud: Cloud, request: number) {
    this.cloud = cloud;
    this.request = request;
    this.net = networkOf(cloud);
    this.project = this.net.projectOf(cloud.requests.project(request));
  }

  text(parameter: string): string | undefined {
    return this.cloud.requests.text(this.request, parameter);
  }

  number(parameter: string): number | undefined {
    return this.cloud.requests.number(this.request, parameter);
  }

  flag(parameter: string): boolean {
    return this.cloud.requests.flag(this.request, parameter);
  }

  get server(): number {
    return this.cloud.requests.server[this.request]!;
  }

  /** Assumes that a name means the same thing for all projects. @throws NeutronError of what is not there */
  id(type: Known, parameter: string): number {
    return this.named(type, this.text(parameter)!);
  }

  /** @throws NeutronError of what is not there */
  ids(type: Known, parameter: string): readonly number[] {
    return this.cloud.requests.texts(this.request, parameter).map((name) => this.named(type, name));
  }

  private named(type: Known, name: string): number {
    const id = this.cloud.names.find(type, name);
    if (id < 0) throw new NeutronError(notFound[type], `no ${type} is called ${name}`);
    return id;
  }

  /** The request has made this. */
  give(type: Known, id: number): void {
    this.cloud.requests.target[this.request] = id;
    this.cloud.names.give(type, this.text("name")!, id);
  }

  drop(type: Known, parameter: string): void {
    this.cloud.names.drop(type, this.text(parameter)!);
  }
}

/** A change of the books that Neutron may refuse. */
export const change = (name: string, does: (ask: Ask) => void): Step =>
  decide(name, (cloud, request) => attempted(() => does(new Ask(cloud, request))));

/** What the agents of network nodes do, where there are such agents. */
export const byAgents = (...steps: Step[]): Step =>
  when("agents on network nodes", (cloud) => networkOf(cloud).mechanism.hasAgents, ...steps);
/** What OVN does instead. */
export const byOvn = (...steps: Step[]): Step => when("OVN", (cloud) => !networkOf(cloud).mechanism.hasAgents, ...steps);

interface Told {
  readonly name: string;
  readonly meaning: string;
  readonly rule: string;
  readonly parameters: ApiOperation["parameters"];
  readonly operation: Operation;
  readonly status: number;
  readonly does: (ask: Ask) => void;
  /** What follows the answer. */
  readonly after?: readonly Step[];
}

/** An operation of Neutron's API that is one change of its books. */
export function neutronOperation({ name, meaning, rule, parameters, operation, status, does, after = [] }: Told): ApiOperation {
  const what = Object.keys(parameters)
    .map((parameter) => parameter.replaceAll("_", " "))
    .join(", ");
  return {
    name,
    meaning,
    service: network,
    rule,
    parameters,
    workflow: apiRequest(name.replaceAll(" ", "-"), operation, what, change(name, does), answer(status), ...after),
  };
}

export const called = (of: ResourceType, meaning: string, absent?: string): Parameter => ({
  kind: { is: "name", of },
  meaning,
  ...(absent === undefined ? {} : { absent }),
});
export const makes = (of: ResourceType): Parameter => ({ kind: { is: "new name", of }, meaning: `Name of the ${of}` });
export const text = (meaning: string, absent?: string): Parameter => ({
  kind: { is: "text" },
  meaning,
  ...(absent === undefined ? {} : { absent }),
});
export const flag = (meaning: string): Parameter => ({ kind: { is: "flag" }, meaning, absent: "false" });
export const count = (meaning: string, absent?: string): Parameter => ({
  kind: { is: "count" },
  meaning,
  ...(absent === undefined ? {} : { absent }),
});
export const word = (words: readonly string[], meaning: string, absent: string): Parameter => ({
  kind: { is: "word", words },
  meaning,
  absent,
});
