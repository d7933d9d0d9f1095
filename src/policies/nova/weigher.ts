// A weigher says how much a host is preferred. The scheduler normalises its values over the hosts that passed the filters, multiplies them by
// the weigher's multiplier and adds them up. One weigher is one file; registration is its line in weighers/index.ts.
import type { Hosts } from "../../datacenter/hosts.ts";
import type { RequestSpec } from "./request-spec.ts";

export interface PolicyOption {
  readonly default: number;
  readonly unit: string;
  readonly meaning: string;
}

export interface Weigher {
  /** Nova's own class name. */
  readonly name: string;
  readonly source: string;
  /** What it prefers, in a sentence. */
  readonly meaning: string;
  /** The option that holds the multiplier, and its default. */
  readonly multiplier: PolicyOption & { readonly name: string };
  /** True: the scheduler takes the option's value with the opposite sign. */
  readonly negated?: boolean;
  /**
   * Lower bound of the normalisation. Nova's RAM, CPU, disk and I/O weighers say 0, so that a value is measured against the best host and not
   * against the spread; null takes the smallest value of the round.
   */
  readonly minval: number | null;
  /** Looks at the request once and returns the raw value of a host. */
  readonly weigh: (hosts: Hosts, request: RequestSpec) => (host: number) => number;
}

export function defineWeigher<const W extends Weigher>(weigher: W): W {
  return weigher;
}
