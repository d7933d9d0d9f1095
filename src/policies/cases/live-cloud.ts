// A small cloud that lives from request to request: what is decided is claimed at once, and what compute nodes and Placement would report of it
// is what the next request sees.
import type { Flavor, Image } from "../../datacenter/flavor.ts";
import type { Stream } from "../../kernel/random.ts";
import { alternatesWanted, type ClaimSteps, claimHosts, type Selection } from "../nova/claim-loop.ts";
import { NovaConfig } from "../nova/config.ts";
import { FilterScheduler, SchedulingError, type SchedulingObserver } from "../nova/filter-scheduler.ts";
import type { FlavorShare } from "../nova/flavor-mix.ts";
import { type AggregateRecord, type HostRecord, HostRecords } from "../nova/host-records.ts";
import { amountsOf, hasRoom, type Inventory } from "../nova/inventory.ts";
import type { PolicySpec } from "../nova/policy.ts";
import type { RequestSpec } from "../nova/request-spec.ts";
import { CaseGroup } from "./case-cloud.ts";

export interface GroupRules {
  readonly uuid: string;
  readonly policy: string;
  readonly rules: { readonly max_server_per_host?: number };
  /** Members that run already, among the hosts' instances. */
  readonly members?: readonly string[];
}

/** Servers asked for in one request. */
export interface BootRequest {
  /** One server each. */
  readonly uuids: readonly string[];
  readonly flavor: Flavor;
  readonly image: Image | null;
  readonly projectId: string;
  readonly availabilityZone: string | null;
  /** Uuid of the server group. */
  readonly group: string | null;
  readonly hints: NonNullable<RequestSpec["hints"]>;
  readonly bootFromVolume: boolean;
  readonly ignoreHosts?: readonly string[];
  readonly forceHosts?: readonly string[];
  /** Which hosts Placement offers besides those with room; absent: all of them. */
  readonly offers?: (host: HostRecord) => boolean;
  readonly mix?: readonly FlavorShare[];
}

/** Hosts are rows. */
export type BootAnswer =
  | { readonly candidates: number; readonly outcome: "no_valid_host" }
  | { readonly candidates: number; readonly outcome: "error"; readonly error: SchedulingError }
  | { readonly candidates: number; readonly outcome: "selected"; readonly selections: readonly Selection<number>[] };

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

export interface LiveCloudParts {
  /** Each with an inventory. */
  readonly hosts: readonly HostRecord[];
  readonly aggregates: readonly AggregateRecord[];
  readonly groups: readonly GroupRules[];
  readonly policy: PolicySpec;
  /** For policies that draw. */
  readonly choice: Stream;
}

export class LiveCloud {
  private readonly hosts: readonly LiveHost[];
  private readonly servers = new Map<string, LiveServer>();
  private readonly members: ReadonlyMap<string, Set<string>>;
  private readonly parts: LiveCloudParts;
  private lastChosen = -1;
  private asked = 0;

  constructor(parts: LiveCloudParts) {
    this.parts = parts;
    this.hosts = structuredClone(parts.hosts) as readonly LiveHost[];
    this.members = new Map(parts.groups.map(({ uuid, members = [] }) => [uuid, new Set(members)]));
  }

  /** Decides and claims; the servers are building from now on. Where it fails, nothing is changed. */
  boot(boot: BootRequest, observer: SchedulingObserver | null = null): BootAnswer {
    const members = boot.group === null ? null : this.members.get(boot.group)!;
    for (const uuid of boot.uuids) members?.add(uuid);
    const answer = this.place(boot, members, observer);
    if (answer.outcome !== "selected") for (const uuid of boot.uuids) members?.delete(uuid);
    return answer;
  }

  private place(boot: BootRequest, members: ReadonlySet<string> | null, observer: SchedulingObserver | null): BootAnswer {
    const { groups, policy, aggregates, choice } = this.parts;
    const records = new HostRecords(this.hosts, aggregates);
    const scheduler = new FilterScheduler(records, policy, choice, this.hosts.length, { observer });
    scheduler.lastChosen = this.lastChosen;
    const group = new CaseGroup(
      records,
      members === null ? null : (groups.find(({ uuid }) => uuid === boot.group) ?? null),
      members ?? [],
      members === null ? [] : this.hosts.filter(({ instances }) => instances.some((uuid) => members.has(uuid))).map(({ host }) => host),
    );
    const { uuids, group: _named, offers = () => true, ...asked } = boot;
    const request: RequestSpec = { ...asked, server: this.asked, group: members === null ? -1 : 0, groups: group };
    const requests = uuids.map((uuid, index): RequestSpec => ({ ...request, server: this.asked + index, instanceUuid: uuid }));
    this.asked += uuids.length;
    const offered = scheduler.offered(request).filter((host) => offers(this.hosts[host]!));
    const amounts = amountsOf(request.flavor, boot.bootFromVolume);
    const claimed: number[] = [];
    const alternates = alternatesWanted(new NovaConfig(policy.options).number("scheduler.max_attempts"), true);
    let left: readonly number[] = offered;
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
      return { candidates: offered.length, outcome: "error", error };
    }
    if (placed === null) return { candidates: offered.length, outcome: "no_valid_host" };
    for (const [i, { host }] of placed.entries()) this.settle(uuids[i]!, host, request);
    this.lastChosen = placed.at(-1)?.host ?? this.lastChosen;
    return { candidates: offered.length, outcome: "selected", selections: placed };
  }

  private settle(uuid: string, host: number, { flavor, bootFromVolume = false }: RequestSpec): void {
    const server: LiveServer = { host, flavor, bootFromVolume, building: true };
    this.servers.set(uuid, server);
    this.hosts[host]!.instances.push(uuid);
    this.account(server, 1);
    this.hosts[host]!.num_io_ops++;
  }

  activate(uuid: string): void {
    const server = this.servers.get(uuid);
    if (server?.building !== true) return;
    server.building = false;
    this.hosts[server.host]!.num_io_ops--;
  }

  delete(uuid: string): void {
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

  nodeOf(host: number): string {
    return this.hosts[host]!.node;
  }

  setDisabled(host: string, disabled: boolean): void {
    for (const one of this.hosts) if (one.host === host) one.service.disabled = disabled;
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
}
