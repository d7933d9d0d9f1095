// A filter says which hosts may take a request at all. One filter is one file; registration is its line in filters/index.ts.
import type { Hosts } from "../../datacenter/hosts.ts";
import type { RequestSpec } from "./request-spec.ts";

export interface Filter {
  /** Nova's own class name. */
  readonly name: string;
  readonly source: string;
  /** What it keeps out, in a sentence. */
  readonly meaning: string;
  /** True: it is asked once more at the claim, because other members of the server's group may have been placed since the decision. */
  readonly atClaim?: boolean;
  /** Looks at the request once and returns the test of a host; null when it has nothing to say about this request. */
  readonly passes: (hosts: Hosts, request: RequestSpec) => ((host: number) => boolean) | null;
}

export function defineFilter<const F extends Filter>(filter: F): F {
  return filter;
}
