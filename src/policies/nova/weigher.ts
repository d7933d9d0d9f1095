// A weigher says how much a host is preferred. The scheduler normalises its values over the hosts that passed the filters, multiplies them by
// the weigher's multiplier and adds them up. One weigher is one file; registration is its line in weighers/index.ts.
import type { NovaConfig } from "./config.ts";
import type { Dependence, Need } from "./filter.ts";
import type { HostStates } from "./host-states.ts";
import type { RequestSpec } from "./request-spec.ts";

export interface PolicyOption {
  readonly default: number;
  readonly unit: string;
  readonly meaning: string;
  /** Smallest value Nova accepts in its configuration; an aggregate may go below. */
  readonly minimum?: number;
}

export interface Weigher {
  /** Nova's own class name. */
  readonly name: string;
  readonly source: string;
  /** What it prefers, in a sentence. */
  readonly meaning: string;
  /** Without it all hosts weigh the same. */
  readonly needs?: Need;
  /** The option that holds the multiplier, which is also the metadata key under which an aggregate may set it, and its default. */
  readonly multiplier: PolicyOption & {
    readonly name: string;
    /** Where the configuration has it under another name. */
    readonly option?: string;
  };
  /** True: the scheduler takes the option's value with the opposite sign. */
  readonly negated?: boolean;
  /**
   * Lower bound of the normalisation. Nova's RAM, CPU, disk and I/O weighers say 0, so that a value is measured against the best host and not
   * against the spread; null takes the smallest value of the round.
   */
  readonly minval: number | null;
  /** Names of the options it reads besides its multiplier. */
  readonly options?: readonly string[];
  /** Absent: on anything; every decision then asks it about every host. */
  readonly dependsOn?: Dependence;
  /**
   * Looks at the request once and returns the raw value of a host; null when it has nothing to say about this request, whatever becomes of the
   * hosts: it then adds 0 to all. `multiplier` tells that of a host.
   * @throws PythonError, as the value does, where Nova would raise: the request fails
   */
  readonly weigh: (
    hosts: HostStates,
    request: RequestSpec,
    config: NovaConfig,
    multiplier: (host: number) => number,
  ) => ((host: number) => number) | null;
}

/**
 * A raw value to a billionth. Values that are equal on paper must be equal: normalising would turn a last bit that rounding left behind into a
 * preference of full weight.
 */
export function toBillionths(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

export function defineWeigher<const W extends Weigher>(weigher: W): Weigher {
  return weigher;
}
