// A request for a server as Nova's scheduler gets it, before any host is looked at: what the flavor, the image, the user and the operator
// ask for. The request filters and the Placement query are made from it.
// @source nova/objects/request_spec.py (nova 26.2.2)

export interface SchedulingRequest {
  readonly projectId: string;
  /** Null or empty: any. */
  readonly availabilityZone: string | null;
  readonly flavor: {
    readonly vcpus: number;
    readonly memoryMb: number;
    readonly rootGb: number;
    readonly ephemeralGb: number;
    readonly swapMb: number;
    readonly extraSpecs: ReadonlyMap<string, string>;
  };
  readonly image: RequestedImage | null;
  /** Boot from volume: the root disk is not on the host. */
  readonly isBfv: boolean;
  readonly destination: Destination | null;
  readonly forceHosts: readonly string[];
  readonly forceNodes: readonly string[];
  /** Names of the scheduler hints given; their values do not matter to Placement. */
  readonly schedulerHints: ReadonlySet<string>;
  /** Groups that come from ports and device profiles, not from the flavor. */
  readonly outsideGroups: readonly OutsideGroup[];
  readonly rootRequired: ReadonlySet<string>;
  readonly rootForbidden: ReadonlySet<string>;
  readonly sameSubtree: readonly (readonly string[])[];
  /** Null: not known yet. */
  readonly requestedNetworks: readonly RequestedNetwork[] | null;
}

export interface RequestedImage {
  /** Null: unknown. */
  readonly diskFormat: string | null;
  /** Texts as the image service stores them. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Where the server is to go; every part narrows further, null or empty does not. */
export interface Destination {
  readonly host: string | null;
  readonly node: string | null;
  readonly cell: string | null;
  /** Any aggregate of every list. */
  readonly memberOf: readonly (readonly string[])[];
  readonly forbiddenAggregates: ReadonlySet<string>;
}

export interface OutsideGroup {
  /** Becomes the suffix of the group; must not be empty. */
  readonly requesterId: string | null;
  readonly resources: ReadonlyMap<string, number>;
  readonly required: readonly string[];
  readonly forbidden: readonly string[];
  readonly memberOf: readonly (readonly string[])[];
  readonly forbiddenAggregates: readonly string[];
}

export interface RequestedNetwork {
  readonly portId: string | null;
  readonly remoteManaged: boolean;
  /** Aggregates of the segments that the network, or the subnet of the port, is reached through. */
  readonly segmentAggregates: readonly string[];
}

/** A host aggregate, or a compute node, as the API database knows it. */
export interface AggregateRecord {
  readonly uuid: string;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface NodeRecord {
  readonly host: string;
  readonly node: string;
  readonly cell: string;
  readonly uuid: string;
}

export const anywhere: Destination = { host: null, node: null, cell: null, memberOf: [], forbiddenAggregates: new Set() };

/** The request as a whole is refused, whatever the hosts are: the server goes to ERROR. */
export class RequestRefused extends Error {
  /** Nova's exception: `NoValidHost`, `FlavorImageConflict`, ... */
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.name = "RequestRefused";
    this.errorType = errorType;
  }
}
