// What the scheduler is asked: Nova's RequestSpec. The fields after `groups` are what a user or an operator may add to a request; where they are
// absent, nobody did.
// @source nova/objects/request_spec.py
import type { Flavor, Image } from "../../datacenter/flavor.ts";
import type { FlavorShare } from "./flavor-mix.ts";
import type { NumaRequest } from "./numa/numa-filter.ts";
import type { PciRequest } from "./pci/requests.ts";
import type { PlacementAsk } from "./request/placement-asks.ts";

/** A server group as the filters and weighers see it; `group` is its number. */
export interface GroupStates {
  /** Null: there is no such group. */
  policyOf(group: number): string | null;
  /** rules.max_server_per_host */
  maxServerPerHost(group: number): number;
  /** Members among the host's instances. */
  countOn(group: number, host: number): number;
  /** Is any host known to hold the group? */
  hasHosts(group: number): boolean;
  /** Is the host among those? */
  holdsHost(group: number, host: number): boolean;
}

/** Where a move wants to go, or an operator wants a server to be. */
export interface Destination {
  readonly host: string | null;
  readonly node: string | null;
  readonly cell: string | null;
  readonly allowCrossCellMove: boolean;
}

export interface RequestSpec {
  /** Number of the server, for keyed draws. */
  readonly server: number;
  readonly flavor: Flavor;
  readonly image: Image | null;
  /** The server group of the request, -1 for none. */
  readonly group: number;
  readonly groups: GroupStates;
  readonly instanceUuid?: string | null;
  readonly projectId?: string | null;
  readonly availabilityZone?: string | null;
  /** Scheduler hints as Nova stores them, each a list. */
  readonly hints?: ReadonlyMap<string, readonly string[]>;
  readonly ignoreHosts?: readonly string[];
  readonly forceHosts?: readonly string[];
  readonly forceNodes?: readonly string[];
  readonly destination?: Destination | null;
  readonly pciRequests?: readonly PciRequest[];
  readonly bootFromVolume?: boolean;
  /** Absent: nothing is said of NUMA topology. */
  readonly numa?: NumaRequest;
  /** What is asked of Placement after the request filters; absent: vCPUs, RAM and disk of the flavor, of any host. */
  readonly placement?: PlacementAsk;
  /** What the cloud is asked for as a whole, as far as it is known; absent: servers such as this one. */
  readonly mix?: readonly FlavorShare[];
}

/** The values of a hint; none if the request has no such hint. */
export function hintOf(request: RequestSpec, name: string): readonly string[] {
  return request.hints?.get(name) ?? [];
}
