// Requests as the scheduler is given them, put together from what a server is and what its user asked for. Servers that ask alike share what
// does not depend on the server: the request filters, the Placement query and the NUMA topology are worked out once for each way of asking.
import type { Flavor, Image } from "../../datacenter/flavor.ts";
import type { FlavorShare } from "./flavor-mix.ts";
import { numaConstraints } from "./numa/constraints.ts";
import type { NumaRequest } from "./numa/numa-filter.ts";
import type { PciAlias } from "./pci/alias.ts";
import { type PciRequest, pciRequests } from "./pci/requests.ts";
import type { HostQuery, PlacementAsks } from "./request/placement-asks.ts";
import { RequestRefused, type SchedulingRequest } from "./request/scheduling-request.ts";
import type { GroupStates, RequestSpec } from "./request-spec.ts";

/** How one server asks. */
export interface Asking {
  readonly flavor: Flavor;
  readonly image: Image | null;
  readonly projectId: string;
  readonly zone: string | null;
  readonly hints: ReadonlyMap<string, readonly string[]> | null;
  readonly inGroup: boolean;
  /** `zone:host` of an administrator. */
  readonly forcedHost: string | null;
}

interface Prepared {
  readonly asking: Asking;
  readonly queries: readonly HostQuery[];
  readonly refused: RequestRefused | null;
  readonly numa: NumaRequest;
  readonly pciRequests: readonly PciRequest[];
  readonly hints: ReadonlyMap<string, readonly string[]>;
}

/** Nova's API refuses the flavor, whoever asks: the name of its exception and a sentence. */
export interface RefusedFlavor {
  readonly error: string;
  readonly why: string;
}

/** What the API would say of a flavor with an image; null: it takes them. */
export function refusedByApi(flavor: Flavor, image: Image | null, aliases: readonly PciAlias[]): RefusedFlavor | null {
  const properties = image?.properties ?? new Map<string, string>();
  const topology = numaConstraints(flavor, properties);
  if (topology.outcome === "error") return topology;
  const devices = pciRequests(flavor.extraSpecs, properties, aliases);
  return devices.outcome === "error" ? devices : null;
}

/** Who asks, by server. */
export interface Askers {
  readonly asking: (server: number) => Asking;
  /** Servers with equal keys ask alike, but for their project where the request filters do not look at it. */
  readonly key: (server: number) => string | number;
  readonly name: (server: number) => string;
  readonly project: (server: number) => string;
  /** What the cloud is asked for as a whole. */
  readonly mix?: readonly FlavorShare[];
}

export class RequestBook {
  private readonly of: Askers;
  private readonly asks: PlacementAsks;
  private readonly aliases: readonly PciAlias[];
  private readonly prepared = new Map<string | number, Prepared>();
  private readonly moves = new Map<string, Prepared>();

  /** @throws RangeError, when such a server comes, for a flavor that the API refuses */
  constructor(of: Askers, asks: PlacementAsks, aliases: readonly PciAlias[]) {
    this.of = of;
    this.asks = asks;
    this.aliases = aliases;
  }

  spec(server: number, group: number, groups: GroupStates): RequestSpec {
    return this.filled(this.preparedFor(server), server, group, groups);
  }

  /** The server's request as it would be with another flavor; null where Nova would refuse that before it looks at hosts. */
  withFlavor(flavor: Flavor, server: number, group: number, groups: GroupStates): RequestSpec | null {
    return this.unlessRefused({ ...this.preparedFor(server).asking, flavor }, server, group, groups);
  }

  /**
   * What is asked for a server that is to move: as it asked itself, with a flavor that may be another, and without the host it was forced on.
   * Null where Nova would refuse it before it looks at hosts.
   */
  forMove(flavor: Flavor, server: number, group: number, groups: GroupStates): RequestSpec | null {
    const key = `${this.of.key(server)} ${flavor.name}`;
    let prepared = this.moves.get(key);
    if (prepared === undefined) {
      const asking = { ...this.of.asking(server), flavor, forcedHost: null };
      if (refusedByApi(asking.flavor, asking.image, this.aliases) !== null) return null;
      prepared = this.prepare(asking);
      this.moves.set(key, prepared);
    }
    return prepared.refused === null ? this.filled(prepared, server, group, groups) : null;
  }

  /** A request that says nothing but a flavor, with an image that says nothing either; null where Nova would refuse it. */
  plain(flavor: Flavor, groups: GroupStates): RequestSpec | null {
    const image = { name: "plain", bytes: 0, diskFormat: "raw", properties: new Map<string, string>() };
    const asking = { flavor, image, projectId: "", zone: null, hints: null, inGroup: false, forcedHost: null };
    return this.unlessRefused(asking, 0, -1, groups);
  }

  private unlessRefused(asking: Asking, server: number, group: number, groups: GroupStates): RequestSpec | null {
    if (refusedByApi(asking.flavor, asking.image, this.aliases) !== null) return null;
    const prepared = this.prepare(asking);
    return prepared.refused === null ? this.filled(prepared, server, group, groups) : null;
  }

  private filled(prepared: Prepared, server: number, group: number, groups: GroupStates): RequestSpec {
    const { asking, queries, numa, pciRequests: devices, hints } = prepared;
    const { forcedHost } = asking;
    return {
      server,
      flavor: asking.flavor,
      image: asking.image,
      group,
      groups,
      instanceUuid: this.of.name(server),
      projectId: this.of.project(server),
      availabilityZone: asking.zone,
      hints,
      pciRequests: devices,
      numa,
      placement: queries,
      ...(this.of.mix === undefined ? {} : { mix: this.of.mix }),
      ...(forcedHost === null ? {} : { forceHosts: [forcedHost] }),
    };
  }

  /** What the server asks of Placement. */
  queries(server: number): readonly HostQuery[] {
    return this.preparedFor(server).queries;
  }

  /** Why Nova refuses the request before it asks Placement; null: it does not. */
  refused(server: number): RequestRefused | null {
    return this.preparedFor(server).refused;
  }

  private preparedFor(server: number): Prepared {
    const key = this.of.key(server);
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const made = this.prepare(this.of.asking(server));
    this.prepared.set(key, made);
    return made;
  }

  private prepare(asking: Asking): Prepared {
    const { flavor, image } = asking;
    const imageProperties = image?.properties ?? new Map<string, string>();
    const topology = numaConstraints(flavor, imageProperties);
    const devices = pciRequests(flavor.extraSpecs, imageProperties, this.aliases);
    if (topology.outcome === "error") throw new RangeError(`flavor ${flavor.name}: ${topology.why}`);
    if (devices.outcome === "error") throw new RangeError(`flavor ${flavor.name}: ${devices.why}`);
    const hints = new Map(asking.hints ?? []);
    if (asking.inGroup && !hints.has("group")) hints.set("group", ["its group"]);
    const answer = this.asks.of(schedulingRequest(asking, hints));
    return {
      asking,
      queries: answer instanceof RequestRefused ? [] : answer,
      refused: answer instanceof RequestRefused ? answer : null,
      numa: { extraSpecs: flavor.extraSpecs, imageProperties, topology: topology.topology },
      pciRequests: devices.requests,
      hints,
    };
  }
}

function schedulingRequest(
  { flavor, image, projectId, zone, forcedHost }: Asking,
  hints: ReadonlyMap<string, readonly string[]>,
): SchedulingRequest {
  const ephemeralGb = flavor.ephemeralGb ?? 0;
  return {
    projectId,
    availabilityZone: zone,
    flavor: {
      vcpus: flavor.vcpuMilli / 1000,
      memoryMb: flavor.ramMb,
      rootGb: flavor.diskGb - ephemeralGb,
      ephemeralGb,
      swapMb: flavor.swapMb ?? 0,
      extraSpecs: flavor.extraSpecs,
    },
    image: image === null ? null : { diskFormat: image.diskFormat ?? null, properties: image.properties },
    isBfv: false,
    destination: null,
    forceHosts: forcedHost === null ? [] : [forcedHost],
    forceNodes: [],
    schedulerHints: new Set(hints.keys()),
    outsideGroups: [],
    rootRequired: new Set(),
    rootForbidden: new Set(),
    sameSubtree: [],
    requestedNetworks: null,
  };
}
