// What is asked of Placement: groups of resources with the traits and aggregates of the providers that are to serve them.
// @source placement/lib.py, placement/schemas/allocation_candidate.py (placement 8.0.0)

/** The unnamed group (suffix "") may be spread over the providers of a tree; every other group is served by one provider. */
export interface RequestGroup {
  /** Amounts per resource class. */
  readonly resources: ReadonlyMap<string, number>;
  /** Any trait of every list. */
  readonly required: readonly (readonly string[])[];
  readonly forbidden: readonly string[];
  /** Any aggregate of every list. */
  readonly memberOf: readonly (readonly string[])[];
  readonly forbiddenAggregates: readonly string[];
  /** Only the tree of this provider, its root or one below; null for any tree. */
  readonly inTree: string | null;
}

export interface CandidatesRequest {
  /** By suffix. */
  readonly groups: ReadonlyMap<string, RequestGroup>;
  /** `isolate`: the named groups sit on different providers. */
  readonly groupPolicy: "none" | "isolate" | null;
  /** Traits of the root of the tree that serves the request. */
  readonly rootRequired: readonly string[];
  readonly rootForbidden: readonly string[];
  /** Lists of suffixes; the providers of each list lie below one of them. */
  readonly sameSubtree: readonly (readonly string[])[];
  /** The most candidates wanted; null for all. */
  readonly limit: number | null;
}
