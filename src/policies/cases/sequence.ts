// The life of a small cloud: servers are booted alone or together, become active, are deleted, and services are switched off and on. Every
// request is decided on the records of that moment; what compute nodes and Placement would report follows at once.
import type { Flavor } from "../../datacenter/flavor.ts";
import { alternatesWanted, type ClaimSteps, claimHosts, type Selection } from "../nova/claim-loop.ts";
import { NovaConfig } from "../nova/config.ts";
import { FilterScheduler, SchedulingError } from "../nova/filter-scheduler.ts";
import { type HostRecord, HostRecords } from "../nova/host-records.ts";
import { amountsOf, hasRoom, type Inventory } from "../nova/inventory.ts";
import type { RequestSpec } from "../nova/request-spec.ts";
import {
  type CaseCloud,
  type CaseFlavor,
  CaseGroup,
  type CaseImage,
  flavorOf,
  hintsOf,
  imageOf,
  noChoice,
  policyOf,
} from "./case-cloud.ts";

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

interface CaseGroupRules {
  readonly uuid: string;
  readonly policy: string;
  readonly rules: { readonly max_server_per_host?: number };
}

export interface SequenceCase extends CaseCloud {
  readonly groups: readonly CaseGroupRules[];
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

/** A record that changes. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface LiveHost extends Mutable<Omit<HostRecord, "inventory" | "instances" | "service">> {
  readonly inventory: Readonly<Record<string, Mutable<Inventory>>>;
  readonly instances: string[];
  readonly service: Mutable<HostRecord["service"]>;
}

interface LiveServer {
  readonly host: number;
  readonly flavor: Flavor;
  readonly bootFromVolume: boolean;
  building: boolean;
}

export function answerSequence(one: SequenceCase): SequenceAnswer {
  const cloud = new LiveCloud(one);
  const results = one.ops.map((operation) => cloud.apply(operation));
  const boots = results.filter((result) => result !== null);
  const ok = boots.filter(({ outcome }) => outcome === "selected").length;
  return { results, final_hosts: cloud.report(), boots_ok: ok, boots_failed: boots.length - ok };
}

class LiveCloud {
  private readonly hosts: readonly LiveHost[];
  private readonly servers = new Map<string, LiveServer>();
  private readonly members: ReadonlyMap<string, Set<string>>;
  private readonly one: SequenceCase;

  constructor(one: SequenceCase) {
    this.one = one;
    this.hosts = structuredClone(one.hosts) as readonly LiveHost[];
    this.members = new Map(one.groups.map(({ uuid }) => [uuid, new Set()]));
  }

  apply(operation: Operation): BootAnswer | null {
    if (operation.op === "boot") return this.boot(operation);
    if (operation.op === "active") this.activate(operation.uuid);
    else if (operation.op === "delete") this.delete(operation.uuid);
    else for (const host of this.hosts) if (host.host === operation.host) host.service.disabled = operation.disabled;
    return null;
  }

  report(): readonly object[] {
    return this.hosts.map((host) => ({
      node: host.node,
      vcpus_used: host.vcpus_used,
      free_ram_mb: host.free_ram_mb,
      free_disk_gb: host.free_disk_gb,
      num_instances: host.num_instances,
      num_io_ops: host.num_io_ops,
      placement_used: Object.fromEntries(Object.entries(host.inventory).map(([name, { used }]) => [name, used])),
    }));
  }

  private boot(boot: Boot): BootAnswer {
    const members = boot.group === undefined ? null : this.members.get(boot.group)!;
    for (const uuid of boot.uuids) members?.add(uuid);
    const answer = this.place(boot, members);
    if (answer.outcome !== "selected") for (const uuid of boot.uuids) members?.delete(uuid);
    return answer;
  }

  private place(boot: Boot, members: ReadonlySet<string> | null): BootAnswer {
    const { one } = this;
    const policy = policyOf(one.config);
    const records = new HostRecords(this.hosts, one.aggregates);
    const scheduler = new FilterScheduler(records, policy, noChoice(), this.hosts.length);
    const rules = members === null ? null : (one.groups.find(({ uuid }) => uuid === boot.group) ?? null);
    const running = [...(members ?? [])].flatMap((uuid) => this.servers.get(uuid) ?? []);
    const group = new CaseGroup(
      records,
      rules,
      members ?? [],
      running.map(({ host }) => this.hosts[host]!.host),
    );
    const request: RequestSpec = {
      server: 0,
      flavor: flavorOf(one.flavors[boot.flavor]!),
      image: imageOf(boot.image),
      group: members === null ? -1 : 0,
      groups: group,
      projectId: boot.project_id,
      availabilityZone: boot.availability_zone ?? null,
      hints: hintsOf(boot.scheduler_hints),
      bootFromVolume: boot.is_bfv === true,
    };
    const requests = boot.uuids.map((uuid): RequestSpec => ({ ...request, instanceUuid: uuid }));
    const offered = scheduler.offered(request);
    const amounts = amountsOf(request.flavor, request.bootFromVolume === true);
    const claimed: number[] = [];
    const alternates = alternatesWanted(new NovaConfig(policy.options).number("scheduler.max_attempts"), true);
    let left = offered;
    const steps: ClaimSteps<number> = {
      sort: (index) => {
        left = scheduler.sort(left, requests[index]!, index);
        return left;
      },
      hasCandidate: () => true,
      cellOf: (host) => records.cell(host),
      claim: (index, host) => {
        if (!hasRoom(this.hosts[host]!.inventory, amounts)) return false;
        claimed[index] = host;
        this.changeUse(host, amounts, 1);
        return true;
      },
      undo: (index) => this.changeUse(claimed[index]!, amounts, -1),
      consume: (index, host) => {
        records.consume(host, requests[index]!);
        if (members !== null) group.addHost(host);
      },
    };
    let placed: readonly Selection<number>[] | null;
    try {
      placed = claimHosts(steps, requests.length, alternates);
    } catch (error) {
      if (!(error instanceof SchedulingError)) throw error;
      for (const host of claimed) this.changeUse(host, amounts, -1);
      return { candidates: offered.length, outcome: "error", stage: error.stage, component: error.component, error_type: error.type };
    }
    if (placed === null) return { candidates: offered.length, outcome: "no_valid_host" };
    for (const [i, { host }] of placed.entries()) this.settle(boot.uuids[i]!, host, request);
    const node = (host: number) => this.hosts[host]!.node;
    return {
      candidates: offered.length,
      outcome: "selected",
      nodes: placed.map(({ host }) => node(host)),
      alternates: placed.map((each) => each.alternates.map(node)),
    };
  }

  private settle(uuid: string, host: number, { flavor, bootFromVolume = false }: RequestSpec): void {
    const server: LiveServer = { host, flavor, bootFromVolume, building: true };
    this.servers.set(uuid, server);
    this.hosts[host]!.instances.push(uuid);
    this.account(server, 1);
    this.hosts[host]!.num_io_ops++;
  }

  private activate(uuid: string): void {
    const server = this.servers.get(uuid);
    if (server?.building !== true) return;
    server.building = false;
    this.hosts[server.host]!.num_io_ops--;
  }

  private delete(uuid: string): void {
    const server = this.servers.get(uuid);
    if (server === undefined) return;
    this.activate(uuid);
    this.servers.delete(uuid);
    const { instances } = this.hosts[server.host]!;
    instances.splice(instances.indexOf(uuid), 1);
    this.account(server, -1);
    this.changeUse(server.host, amountsOf(server.flavor, server.bootFromVolume), -1);
    for (const members of this.members.values()) members.delete(uuid);
  }

  /** As nova-compute accounts for a server: swap counts as a fraction of a GB, and not rounded up as in Placement. */
  private account({ host: row, flavor, bootFromVolume }: LiveServer, sign: 1 | -1): void {
    const host = this.hosts[row]!;
    host.vcpus_used += (sign * flavor.vcpuMilli) / 1000;
    host.free_ram_mb -= sign * flavor.ramMb;
    host.local_gb_used += sign * ((bootFromVolume ? (flavor.ephemeralGb ?? 0) : flavor.diskGb) + (flavor.swapMb ?? 0) / 1024);
    host.free_disk_gb = host.local_gb - host.local_gb_used;
    host.num_instances += sign;
  }

  private changeUse(host: number, amounts: ReadonlyMap<string, number>, sign: 1 | -1): void {
    for (const [name, amount] of amounts) this.hosts[host]!.inventory[name]!.used += sign * amount;
  }
}
