// The other claim of a server on the move. While it has two hosts, both are claimed for it: Placement knows one allocation as the server's and
// the other as the migration's, so that the source's room is there until nobody can want it back. Here the claim of the host that is the
// server's home is its own, and the one of the other host is kept beside it; when the server changes homes the two change places.
//
// Assumes that both hosts count as holding the server's group meanwhile: nova-compute's check looks at servers on their way as well. The
// scheduler's filters would only see its home. On one host a server is one member, however often it has claimed it.
// @source nova/conductor/tasks/migrate.py (replace_allocation_with_migration), nova/compute/manager.py (_validate_instance_group_policy)
import type { Flavor } from "../datacenter/flavor.ts";
import type { Amounts, HostId, Hosts } from "../datacenter/hosts.ts";
import type { ServerGroups } from "../datacenter/server-groups.ts";
import type { Servers } from "../datacenter/servers.ts";
import type { ComputeNodes } from "../policies/nova/compute-nodes.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import { suits } from "./last-word.ts";
import { type Scheduling, secondHolder } from "./scheduling.ts";

export interface SecondClaim {
  readonly host: number;
  readonly amounts: Amounts;
  /** Index of the flavor it is for. */
  readonly flavor: number;
  /** nova-compute has taken the server on there. */
  readonly taken: boolean;
}

interface Parts {
  readonly hosts: Hosts;
  readonly servers: Servers;
  readonly groups: ServerGroups;
  readonly nodes: ComputeNodes | null;
  readonly flavors: readonly Flavor[];
  readonly scheduling: Scheduling;
  readonly disableGroupPolicyCheck: boolean;
}

export class SecondClaims {
  /** Called after every claim and release; a change of homes is told by the scheduling's own listeners. */
  readonly listeners: ((flavor: number, sign: 1 | -1) => void)[] = [];
  /** vCPUs, in thousandths, that servers on the move have claimed on their other host; called back after every change. */
  heldVcpuMilli = 0;
  readonly heldListeners: (() => void)[] = [];
  private readonly parts: Parts;
  private readonly claims = new Map<number, SecondClaim>(); // by server

  constructor(parts: Parts) {
    this.parts = parts;
  }

  of(server: number): SecondClaim | undefined {
    return this.claims.get(server);
  }

  /** Placement's part. False: there is no room any more. */
  claim(server: number, host: number, amounts: Amounts, flavor: number): boolean {
    if (this.claims.has(server)) throw new RangeError(`server ${server} cannot claim a third host: it is on the move already`);
    if (!this.parts.hosts.claim(host as HostId, amounts)) return false;
    this.claims.set(server, { host, amounts, flavor, taken: false });
    this.hold(amounts.vcpuMilli);
    for (const listener of this.listeners) listener(flavor, 1);
    return true;
  }

  /** nova-compute's part, as for a launch: cells, devices and the group. Null: taken on. */
  takeOn(server: number, request: RequestSpec): "group" | "host" | null {
    const { nodes, groups, scheduling, flavors, servers, disableGroupPolicyCheck } = this.parts;
    const claim = this.claims.get(server)!;
    const { host } = claim;
    const asked = scheduling.lastWord.roomAsked(request, host);
    const wantsRoom = asked.topology !== null || asked.devices.length > 0;
    if (wantsRoom && !scheduling.claims.claim(secondHolder(server), host, asked)) {
      scheduling.refusedByHost++;
      scheduling.refuse(server, "host", host);
      return "host";
    }
    const { group } = request;
    // A server does not stand in its own way where it stays on its host.
    if (group >= 0 && !disableGroupPolicyCheck && host !== servers.host[server]! && !suits(groups, group, host)) {
      scheduling.claims.release(secondHolder(server), host);
      nodes?.write(host);
      scheduling.refusedByGroup++;
      scheduling.refuse(server, "group", host);
      return "group";
    }
    this.claims.set(server, { ...claim, taken: true });
    if (group >= 0 && host !== servers.host[server]!) groups.join(group, host);
    nodes?.takeOn(host, flavors[claim.flavor]!);
    nodes?.write(host);
    return null;
  }

  /** The server's home is where its second claim was, and the claim of the home it leaves is its second one. */
  exchange(server: number): void {
    const { scheduling, servers } = this.parts;
    const { host, amounts, flavor, taken } = this.claims.get(server)!;
    if (!taken) throw new RangeError(`server ${server} cannot go to host ${host}: it has not been taken on there`);
    const [home, oldFlavor] = [servers.host[server]!, servers.flavor[server]!];
    const behind = scheduling.goHome(server, host, flavor, amounts);
    this.claims.set(server, { host: home, amounts: behind, flavor: oldFlavor, taken: true });
    this.hold(behind.vcpuMilli - amounts.vcpuMilli);
    // What was the second claim's flavor is the server's now, and the other way round.
    for (const listener of this.listeners) {
      listener(flavor, -1);
      listener(oldFlavor, 1);
    }
  }

  /** Gives the second claim back; nothing happens if there is none. */
  release(server: number): void {
    const claim = this.claims.get(server);
    if (claim === undefined) return;
    const { hosts, nodes, groups, servers, flavors, scheduling } = this.parts;
    const { host, amounts, flavor, taken } = claim;
    this.claims.delete(server);
    this.hold(-amounts.vcpuMilli);
    if (taken) {
      scheduling.claims.release(secondHolder(server), host);
      const group = servers.group[server]!;
      if (group >= 0 && host !== servers.host[server]!) groups.leave(group, host);
      nodes?.letGo(host, flavors[flavor]!);
      nodes?.write(host);
    }
    hosts.release(host as HostId, amounts);
    for (const listener of this.listeners) listener(flavor, -1);
  }

  private hold(vcpuMilli: number): void {
    this.heldVcpuMilli += vcpuMilli;
    for (const listener of this.heldListeners) listener();
  }
}
