// Nova's filter scheduler: Placement's candidates, then the filters one after another, then the weighers, then the choice. The loops work on
// columns and scratch arrays that live as long as the scheduler; a decision allocates nothing that grows with the cloud.
//
// Assumes the scheduler sees the present state of every host (Nova reads compute node records that may lag), and Placement lists hosts in
// their order in the scenario.
// @source nova/scheduler/manager.py, nova/weights.py
import type { Hosts } from "../../datacenter/hosts.ts";
import type { Stream } from "../../kernel/random.ts";
import type { Filter } from "./filter.ts";
import { filters as allFilters } from "./filters/index.ts";
import type { PolicySpec } from "./policy.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { Weigher } from "./weigher.ts";
import { weighers as allWeighers } from "./weighers/index.ts";

export class FilterScheduler {
  readonly policy: PolicySpec;
  /** Of the last decision: hosts in the order to be tried, `ordered[0]` the chosen one, then the alternates. */
  readonly ordered: Int32Array;
  /** Of the last decision: how many hosts Placement offered, and how many were left after each filter. */
  candidates = 0;
  readonly leftAfter: Int32Array;
  /** Of the last decision: the weight of the chosen host. */
  weight = 0;

  private readonly hosts: Hosts;
  private readonly filters: readonly Filter[];
  private readonly weighers: readonly { readonly weigher: Weigher; readonly multiplier: number }[];
  private readonly choice: Stream;
  private readonly maxPlacementResults: number;
  private readonly list: Int32Array; // hosts that are still in, in order
  private readonly weights: Float64Array; // by position in the list
  private readonly raw: Float64Array;

  constructor(hosts: Hosts, policy: PolicySpec, choice: Stream, maxPlacementResults: number) {
    this.hosts = hosts;
    this.policy = policy;
    this.choice = choice;
    this.maxPlacementResults = maxPlacementResults;
    this.filters = policy.enabledFilters.map((name) => named(allFilters, name, "filter"));
    this.weighers = policy.weighers.map((name) => {
      const weigher = named(allWeighers, name, "weigher");
      const option = policy.options.get(weigher.multiplier.name) ?? weigher.multiplier.default;
      return { weigher, multiplier: weigher.negated === true ? -option : option };
    });
    this.ordered = new Int32Array(hosts.count);
    this.leftAfter = new Int32Array(this.filters.length);
    this.list = new Int32Array(hosts.count);
    this.weights = new Float64Array(hosts.count);
    this.raw = new Float64Array(hosts.count);
  }

  /**
   * Decides for one request. Returns how many hosts `ordered` holds: 0 = NoValidHost, otherwise the chosen host and up to `alternates` others.
   * `n` numbers the server's decisions, so that a second one draws anew.
   */
  select(request: RequestSpec, alternates: number, n: number): number {
    let count = this.askPlacement(request);
    this.candidates = count;
    this.weight = 0;
    this.leftAfter.fill(0);
    for (let i = 0; i < this.filters.length && count > 0; i++) {
      count = this.filter(this.filters[i]!, request, count);
      this.leftAfter[i] = count;
    }
    if (count === 0) return 0;
    this.weigh(request, count);
    return this.choose(request, count, alternates, n);
  }

  /** Whether a host that was chosen may be claimed now: what changes with the placement of siblings is asked again. */
  permitsClaim(request: RequestSpec, host: number): boolean {
    for (const filter of this.filters) {
      if (filter.atClaim !== true) continue;
      const passes = filter.passes(this.hosts, request);
      if (passes !== null && !passes(host)) return false;
    }
    return true;
  }

  private askPlacement(request: RequestSpec): number {
    const { hosts, list } = this;
    const { flavor } = request;
    // Nova asks without a limit when the request names a server group.
    const limit = request.group >= 0 ? hosts.count : Math.min(hosts.count, this.maxPlacementResults);
    let count = 0;
    for (let host = 0; host < hosts.count && count < limit; host++) if (hosts.fits(host, flavor)) list[count++] = host;
    return count;
  }

  private filter(filter: Filter, request: RequestSpec, count: number): number {
    const passes = filter.passes(this.hosts, request);
    if (passes === null) return count;
    const { list } = this;
    let left = 0;
    for (let i = 0; i < count; i++) if (passes(list[i]!)) list[left++] = list[i]!;
    return left;
  }

  /** A single host is not weighed at all. Clamping and normalising follow nova/weights.py to the last operation. */
  private weigh(request: RequestSpec, count: number): void {
    const { list, weights, raw } = this;
    weights.fill(0, 0, count);
    if (count === 1) return;
    for (const { weigher, multiplier } of this.weighers) {
      const value = weigher.weigh(this.hosts, request);
      const floor = weigher.minval;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < count; i++) {
        let x = value(list[i]!);
        if (floor !== null && x < floor) x = floor;
        raw[i] = x;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      if (floor !== null) low = floor;
      const span = high - low;
      if (span === 0) continue; // all normalise to 0
      for (let i = 0; i < count; i++) weights[i]! += multiplier * ((raw[i]! - low) / span);
    }
  }

  private choose(request: RequestSpec, count: number, alternates: number, n: number): number {
    const { hostSubsetSize, shuffleBestSameWeighedHosts } = this.policy;
    const subset = Math.min(hostSubsetSize, count);
    const wanted = Math.min(count, 1 + alternates);
    const sorted = shuffleBestSameWeighedHosts ? count : Math.min(count, Math.max(subset, wanted, subset > 1 ? subset + alternates : 0));
    this.sortBest(sorted, count);
    if (shuffleBestSameWeighedHosts) this.shuffleTies(request.server, count, n);
    const chosen = subset > 1 ? this.choice.integer(request.server, 2 * n, subset) : 0;
    const { ordered, list } = this;
    ordered[0] = list[chosen]!;
    this.weight = this.weights[chosen]!;
    let kept = 1;
    for (let i = 0; kept < wanted; i++) if (i !== chosen) ordered[kept++] = list[i]!;
    return wanted;
  }

  /** Brings the `top` best to the front of the list by weight, earlier hosts first among equals: a stable descending sort, cut short. */
  private sortBest(top: number, count: number): void {
    if (this.weighers.length === 0) return; // all weights are 0: the order stands
    const { list, weights } = this;
    if (top > 16) {
      const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => weights[b]! - weights[a]! || a - b);
      const sortedHosts = order.map((i) => list[i]!);
      const sortedWeights = order.map((i) => weights[i]!);
      list.set(sortedHosts);
      weights.set(sortedWeights);
      return;
    }
    for (let place = 0; place < top; place++) {
      let best = place;
      for (let i = place + 1; i < count; i++) if (weights[i]! > weights[best]!) best = i;
      // Rotate rather than swap: the others keep their order.
      const host = list[best]!;
      const weight = weights[best]!;
      list.copyWithin(place + 1, place, best);
      weights.copyWithin(place + 1, place, best);
      list[place] = host;
      weights[place] = weight;
    }
  }

  private shuffleTies(server: number, count: number, n: number): void {
    const { list, weights } = this;
    let ties = 1;
    while (ties < count && weights[ties] === weights[0]) ties++;
    for (let i = ties - 1; i > 0; i--) {
      const j = this.choice.integer(server, (2 * n + 1) * 65536 + i, i + 1);
      const host = list[i]!;
      list[i] = list[j]!;
      list[j] = host;
    }
  }
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string, kind: string): T {
  const found = list.find((entry) => entry.name === name);
  if (found === undefined) throw new RangeError(`unknown ${kind} "${name}"; there are ${list.map((entry) => entry.name).join(", ")}`);
  return found;
}
