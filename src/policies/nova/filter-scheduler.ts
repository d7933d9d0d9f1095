// Nova's filter scheduler: Placement's candidates, then the filters one after another, then the weighers, then the choice. The loops work on
// columns and scratch arrays that live as long as the scheduler; a decision allocates nothing that grows with the cloud. This is the plain form,
// which decides anything and is the judge; most requests are decided by `FastPath`, to the same last bit.
//
// Assumes that Placement lists hosts in their order in the scenario, unless it is told to randomize its candidates.
// @source nova/scheduler/manager.py, nova/weights.py
import type { Hosts } from "../../datacenter/hosts.ts";
import type { Stream } from "../../kernel/random.ts";
import { PythonError, toFloat } from "../python/python-values.ts";
import { smallestValue } from "./aggregate-metadata.ts";
import { NovaConfig } from "./config.ts";
import { type DecisionPath, FastPath } from "./fast-path/fast-path.ts";
import type { PlacementRoom } from "./fast-path/host-table.ts";
import type { Filter } from "./filter.ts";
import { filters as allFilters } from "./filters/index.ts";
import type { HostStates } from "./host-states.ts";
import { narrow, skipsFilters } from "./narrowing.ts";
import type { PolicySpec } from "./policy.ts";
import { Ranking } from "./ranking.ts";
import type { HostQuery } from "./request/placement-asks.ts";
import { hintOf, type RequestSpec } from "./request-spec.ts";
import type { Weigher } from "./weigher.ts";
import { weighers as allWeighers } from "./weighers/index.ts";

/** A filter or a weigher raised: Nova then fails the whole request, even where other hosts are fine. */
export class SchedulingError extends Error {
  readonly stage: "filter" | "weigher";
  /** Name of the filter or weigher. */
  readonly component: string;
  /** Python's class. */
  readonly type: string;

  constructor(stage: "filter" | "weigher", component: string, cause: PythonError) {
    super(`${component}: ${cause.message} (${cause.type})`);
    this.stage = stage;
    this.component = component;
    this.type = cause.type;
  }
}

/** Sees the steps of a decision; hosts are given in their present order, lists of numbers follow it. */
export interface SchedulingObserver {
  /** What Placement offers, where the scheduler asked it. */
  offered?(hosts: readonly number[]): void;
  /** Null: the filters are passed over. */
  entered(hosts: readonly number[] | null): void;
  filtered(filter: string, hosts: readonly number[]): void;
  /** The hosts that passed. */
  weighing(hosts: readonly number[]): void;
  weighed(weigher: string, raw: readonly number[], normalized: readonly number[], multipliers: readonly number[]): void;
  /** By weight, before the choice. */
  ranked(hosts: readonly number[], weights: readonly number[]): void;
  /** The chosen host first, then the alternates. */
  chose?(hosts: readonly number[]): void;
}

/** Placement as the scheduler asks it: has the host room for the amounts? `Hosts` is one; records answer for themselves. */
export type Inventories = Pick<Hosts, "fits">;

interface ConfiguredWeigher {
  readonly weigher: Weigher;
  /** By host, where aggregates may set it. */
  readonly multiplierOf: (host: number) => number;
  /** The same for every host; null where aggregates may set it. */
  readonly multiplier: number | null;
}

export interface SchedulerOptions {
  readonly observer?: SchedulingObserver | null;
  /** Placement's, where they differ from what the host states say: compute node records may lag, Placement does not. */
  readonly inventories?: Inventories | null;
  /** Placement draws the candidates it offers (`randomize_allocation_candidates`); absent: it offers the first, in order. */
  readonly candidateDraws?: Stream | null;
  /** How decisions are computed; what is decided does not depend on it. */
  readonly path?: DecisionPath;
  /** `ranking` gives all hosts that were weighed, not only those that `ordered` has. */
  readonly keepsWholeList?: boolean;
}

export class FilterScheduler {
  readonly policy: PolicySpec;
  /** Of the last decision: hosts in the order to be tried, `ordered[0]` the chosen one, then the alternates. */
  readonly ordered: Int32Array;
  /** Of the last decision: how many hosts Placement offered, and how many were left after each filter. */
  candidates = 0;
  readonly leftAfter: Int32Array;
  /** Of the last request with several queries: which of them a host's first candidate answers, by host. */
  readonly queryOf: Uint8Array;
  /** Of the last decision: the weight of the chosen host. */
  weight = 0;
  /** The host chosen last; -1 before the first choice. Policies that do not begin with the first host go on from here. */
  lastChosen = -1;

  /** Who is told the steps of the decisions to come; the outcome is the same with and without. */
  observer: SchedulingObserver | null;
  readonly hosts: HostStates;
  /** Placement's view where it differs from the host states. */
  readonly inventories: Inventories | null;
  readonly config: NovaConfig;
  readonly filters: readonly Filter[];
  readonly maxPlacementResults: number;
  private readonly weighers: readonly ConfiguredWeigher[];
  private readonly choice: Stream;
  private readonly candidateDraws: Stream | null;
  private weighed = 0; // hosts of the last decision
  private kept = 0; // so many of them are in order
  private readonly list: Int32Array; // hosts that are still in, in order
  private readonly weights: Float64Array; // by position in the list
  private readonly raw: Float64Array;
  private readonly fast: FastPath | null;

  /** @throws RangeError for a filter or weigher that there is not */
  constructor(hosts: HostStates, policy: PolicySpec, choice: Stream, maxPlacementResults: number, options: SchedulerOptions = {}) {
    this.hosts = hosts;
    this.inventories = options.inventories ?? null;
    this.policy = policy;
    this.choice = choice;
    this.candidateDraws = options.candidateDraws ?? null;
    this.maxPlacementResults = maxPlacementResults;
    this.observer = options.observer ?? null;
    this.config = new NovaConfig(policy.options);
    this.filters = policy.enabledFilters.map((name) => named([...allFilters, ...(policy.own?.filters ?? [])], name, "filter"));
    this.weighers = policy.weighers.map((name) =>
      this.configured(named([...allWeighers, ...(policy.own?.weighers ?? [])], name, "weigher")),
    );
    this.ordered = new Int32Array(hosts.count);
    this.leftAfter = new Int32Array(this.filters.length);
    this.queryOf = new Uint8Array(hosts.count);
    this.list = new Int32Array(hosts.count);
    this.weights = new Float64Array(hosts.count);
    this.raw = new Float64Array(hosts.count);
    this.fast = this.fastPath(options);
  }

  /**
   * Decides for one request. Returns how many hosts `ordered` holds: 0 = NoValidHost, otherwise the chosen host and up to `alternates` others.
   * `n` numbers the server's decisions, so that a second one draws anew.
   * @throws SchedulingError where a filter or a weigher of Nova would raise
   */
  select(request: RequestSpec, alternates: number, n: number): number {
    const count = this.decideFast(request, alternates);
    if (count < 0) {
      this.candidates = this.askPlacement(request, n);
      this.observer?.offered?.(this.listed(this.candidates));
      return this.decide(request, this.candidates, 0, alternates, n);
    }
    this.candidates = this.fast!.candidates;
    this.weight = 0;
    this.weighed = 0;
    if (count === 0) return 0;
    const { ranked } = this.fast!;
    return ranked > 0 ? this.pick(request, ranked, count, alternates, n) : this.choose(request, count, alternates, n);
  }

  /** -1: the plain chain decides. */
  private decideFast(request: RequestSpec, alternates: number): number {
    const { fast, policy } = this;
    if (fast === null || this.observer !== null) return -1;
    const [query, fallback] = request.placement ?? [];
    if (request.placement !== undefined && (query === undefined || fallback !== undefined || query.allowed !== null)) return -1;
    const amounts = query?.amounts ?? request.flavor;
    if ("others" in amounts && amounts.others !== undefined) return -1;
    const limit = query === undefined ? this.placementLimit(request) : Math.min(query.limit ?? this.hosts.count, this.hosts.count);
    return fast.decide(request, amounts, limit, this.needed(this.hosts.count, alternates), policy.shuffleBestSameWeighedHosts);
  }

  /** Null where the hosts do not say when they change, or the order of candidates is another. */
  private fastPath({ path = "measured", keepsWholeList = false }: SchedulerOptions): FastPath | null {
    const { hosts, inventories, candidateDraws } = this;
    const placement = roomOf(inventories ?? hosts);
    if (path === "plain" || hosts.hasAggregates || hosts.changes === undefined || placement === null) return null;
    if (candidateDraws !== null || (this.policy.startAt ?? "first") !== "first") return null;
    const { filters, weighers, config, list, weights, leftAfter } = this;
    return new FastPath(hosts, placement, filters, weighers, config, { path, keepsWholeList }, { list, weights, leftAfter });
  }

  /** Rows of the hosts that Placement offers, in their order. */
  offered(request: RequestSpec): readonly number[] {
    this.candidates = this.askPlacement(request, 0);
    return [...this.list.subarray(0, this.candidates)];
  }

  /**
   * All of `hosts` that pass, in the order to be tried; ties keep the order of `hosts`. `index` is the place of the server among those asked for
   * at once: filters that run once a request are for the first.
   * @throws SchedulingError where a filter or a weigher of Nova would raise
   */
  sort(hosts: readonly number[], request: RequestSpec, index: number): readonly number[] {
    this.list.set(this.inLine(hosts));
    return [...this.ordered.subarray(0, this.decide(request, hosts.length, index, hosts.length, index))];
  }

  /** Does Placement draw its candidates? Otherwise it offers the first, from the host with which a decision begins. */
  get drawsCandidates(): boolean {
    return this.candidateDraws !== null;
  }

  /** Row of the host with which a decision begins. */
  startingHost(): number {
    const { startAt = "first" } = this.policy;
    if (startAt === "first" || this.lastChosen < 0) return 0;
    return startAt === "last-chosen" ? this.lastChosen : (this.lastChosen + 1) % this.hosts.count;
  }

  /** The hosts from the place where a decision begins, around the end of the list. */
  private inLine(hosts: readonly number[]): readonly number[] {
    if ((this.policy.startAt ?? "first") === "first") return hosts;
    const start = this.startingHost();
    const ascending = [...hosts].sort((a, b) => a - b);
    return [...ascending.filter((host) => host >= start), ...ascending.filter((host) => host < start)];
  }

  private decide(request: RequestSpec, offered: number, index: number, alternates: number, n: number): number {
    this.weight = 0;
    this.weighed = 0;
    this.leftAfter.fill(0);
    let count = narrow(this.hosts, request, this.list, offered);
    const passedOver = skipsFilters(request, count);
    this.observer?.entered(passedOver ? null : this.listed(count));
    if (!passedOver) count = this.applyFilters(request, count, index);
    if (count === 0) return 0;
    this.observer?.weighing(this.listed(count));
    this.weigh(request, count);
    return this.choose(request, count, alternates, n);
  }

  private configured(weigher: Weigher): ConfiguredWeigher {
    const { hosts } = this;
    const { name, option = name, default: usual } = weigher.multiplier;
    const sign = (x: number) => (weigher.negated === true ? -x : x);
    const set = this.config.number(option, usual);
    if (!hosts.hasAggregates) return { weigher, multiplier: sign(set), multiplierOf: () => sign(set) };
    return { weigher, multiplier: null, multiplierOf: (host) => sign(smallestValue(hosts.aggregates(host), name, toFloat, set)) };
  }

  /** The list of the last decision, to be tried from its front; it is the caller's from now on. `spare` is one that nobody needs any more. */
  ranking(spare = new Ranking()): Ranking {
    return spare.fill(this.list, this.weights, this.weighed, this.kept);
  }

  private placementLimit(request: RequestSpec): number {
    const { hosts } = this;
    // Nova asks without a limit when the request names a server group or other servers.
    const named = () => ["group", "same_host", "different_host"].some((hint) => hintOf(request, hint).length > 0);
    const unlimited = request.group >= 0 || (request.hints !== undefined && named());
    return unlimited ? hosts.count : Math.min(hosts.count, this.maxPlacementResults);
  }

  private askPlacement(request: RequestSpec, n: number): number {
    const { hosts, list, inventories, candidateDraws } = this;
    if (request.placement !== undefined && inventories !== null) return this.askQueries(request.placement, inventories, request.server, n);
    const { flavor, bootFromVolume = false } = request;
    const limit = this.placementLimit(request);
    const start = this.startingHost();
    const most = candidateDraws !== null ? hosts.count : limit;
    let count = 0;
    for (let host = start; host < hosts.count && count < most; host++) if (hosts.fits(host, flavor, bootFromVolume)) list[count++] = host;
    for (let host = 0; host < start && count < most; host++) if (hosts.fits(host, flavor, bootFromVolume)) list[count++] = host;
    if (candidateDraws !== null) return this.draw(candidateDraws, 0, count, Math.min(limit, count), request.server, n);
    return count;
  }

  private askQueries(queries: readonly HostQuery[], inventories: Inventories, server: number, n: number): number {
    const { list, queryOf, candidateDraws } = this; // no draws: the first ones are returned
    const { count: all } = this.hosts;
    const start = this.startingHost();
    const named = queries.length > 1 ? new Uint8Array(all) : null; // hosts that an earlier query has named
    let count = 0;
    for (const [query, { amounts, allowed, limit }] of queries.entries()) {
      const before = count;
      let wanted = candidateDraws !== null ? all : (limit ?? all); // those named before count, too
      for (let place = 0; place < all && wanted > 0; place++) {
        const host = start + place < all ? start + place : start + place - all;
        if ((allowed !== null && allowed[host] === 0) || !inventories.fits(host, amounts)) continue;
        wanted--;
        if (named !== null && named[host] === 1) continue;
        if (named !== null) named[host] = 1;
        list[count++] = host;
        queryOf[host] = query;
      }
      if (candidateDraws !== null)
        count = before + this.draw(candidateDraws, before, count, Math.min(limit ?? all, count - before), server, n);
    }
    return count;
  }

  /** Placement shuffles its candidates, or takes a random sample where there are more than wanted: brings it to the front of theirs. */
  private draw(draws: Stream, begin: number, end: number, wanted: number, server: number, n: number): number {
    const { list } = this;
    for (let i = 0; i < wanted; i++) {
      const j = begin + i + draws.integer(server, n * this.hosts.count + i, end - begin - i);
      const host = list[j]!;
      list[j] = list[begin + i]!;
      list[begin + i] = host;
    }
    return wanted;
  }

  private applyFilters(request: RequestSpec, entering: number, index: number): number {
    const rebuild = hintOf(request, "_nova_check_type")[0] === "rebuild";
    let count = entering;
    for (const [i, filter] of this.filters.entries()) {
      if (index > 0 && filter.oncePerRequest === true) continue;
      if (!rebuild || filter.onRebuild === true) count = this.applyFilter(filter, request, count);
      this.leftAfter[i] = count;
      this.observer?.filtered(filter.name, this.listed(count));
      if (count === 0) break;
    }
    return count;
  }

  private applyFilter(filter: Filter, request: RequestSpec, count: number): number {
    if (count === 0) return 0;
    try {
      const passes = filter.passes(this.hosts, request, this.config);
      if (passes === null) return count;
      const { list } = this;
      let left = 0;
      for (let i = 0; i < count; i++) if (passes(list[i]!)) list[left++] = list[i]!;
      return left;
    } catch (error) {
      throw error instanceof PythonError ? new SchedulingError("filter", filter.name, error) : error;
    }
  }

  /** A single host is not weighed at all. Clamping and normalising follow nova/weights.py to the last operation. */
  private weigh(request: RequestSpec, count: number): void {
    const { list, weights, raw } = this;
    weights.fill(0, 0, count);
    if (count === 1) return;
    for (const configured of this.weighers) {
      const { weigher, multiplier } = configured;
      // What counts nothing is not asked, unless it is watched, or might raise for what hosts lack.
      if (multiplier === 0 && this.observer === null && weigher.needs === undefined) continue;
      const floor = weigher.minval;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      try {
        const value = weigher.weigh(this.hosts, request, this.config, configured.multiplierOf);
        for (let i = 0; i < count; i++) {
          let x = value === null ? 0 : value(list[i]!);
          if (floor !== null && x < floor) x = floor;
          raw[i] = x;
          if (x < low) low = x;
          if (x > high) high = x;
        }
      } catch (error) {
        throw error instanceof PythonError ? new SchedulingError("weigher", weigher.name, error) : error;
      }
      if (floor !== null) low = floor;
      const span = high - low;
      if (multiplier === null || this.observer !== null) this.addUp(configured, count, low, span);
      else if (span !== 0) for (let i = 0; i < count; i++) weights[i]! += multiplier * ((raw[i]! - low) / span); // else all normalise to 0
    }
  }

  /** The plain form of the addition, for multipliers that differ from host to host and for those who look on. */
  private addUp({ weigher, multiplierOf }: ConfiguredWeigher, count: number, low: number, span: number): void {
    const { weights } = this;
    const raw = [...this.raw.subarray(0, count)];
    const normalized = raw.map((x) => (span === 0 ? 0 : (x - low) / span));
    const multipliers = this.listed(count).map(multiplierOf);
    for (let i = 0; i < count; i++) weights[i]! += multipliers[i]! * normalized[i]!;
    this.observer?.weighed(weigher.name, raw, normalized, multipliers);
  }

  private listed(count: number): readonly number[] {
    return [...this.list.subarray(0, count)];
  }

  /** How many of the best of `count` hosts may be chosen or become alternates. */
  private needed(count: number, alternates: number): number {
    const subset = Math.min(this.policy.hostSubsetSize, count);
    return Math.min(count, Math.max(1 + alternates, subset > 1 ? subset + alternates : 0));
  }

  private choose(request: RequestSpec, count: number, alternates: number, n: number): number {
    const wholly = this.policy.shuffleBestSameWeighedHosts || this.observer !== null;
    const sorted = wholly ? count : this.needed(count, alternates);
    this.sortBest(sorted, count);
    this.observer?.ranked(this.listed(count), [...this.weights.subarray(0, count)]);
    const wanted = this.pick(request, count, count, alternates, n);
    this.weighed = count;
    this.kept = this.weighers.length === 0 ? count : sorted;
    return wanted;
  }

  /** Takes the choice and its alternates from the front of the list, where `ranked` of the `count` hosts stand in order: all that may be needed. */
  private pick(request: RequestSpec, ranked: number, count: number, alternates: number, n: number): number {
    const { hostSubsetSize, shuffleBestSameWeighedHosts } = this.policy;
    const subset = Math.min(hostSubsetSize, count);
    const wanted = Math.min(count, 1 + alternates);
    if (shuffleBestSameWeighedHosts) this.shuffleTies(request.server, ranked, n);
    const chosen = subset > 1 ? this.choice.integer(request.server, 2 * n, subset) : 0;
    const { ordered, list, weights } = this;
    this.weight = weights[chosen]!;
    if (chosen > 0) {
      // The chosen one goes to the front; the others keep their order behind it.
      const host = list[chosen]!;
      list.copyWithin(1, 0, chosen);
      weights.copyWithin(1, 0, chosen);
      list[0] = host;
      weights[0] = this.weight;
    }
    ordered.set(list.subarray(0, wanted));
    this.lastChosen = list[0]!;
    this.observer?.chose?.([...ordered.subarray(0, wanted)]);
    // Of a list that is not kept whole, only these are known.
    this.weighed = wanted;
    this.kept = wanted;
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

/** Placement's side of the hosts, where it can be told in numbers. */
function roomOf(hosts: HostStates | Inventories): PlacementRoom | null {
  return "roomVcpuMilli" in hosts ? (hosts as Inventories & PlacementRoom) : null;
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string, kind: string): T {
  const found = list.find((entry) => entry.name === name);
  if (found === undefined) throw new RangeError(`unknown ${kind} "${name}"; there are ${list.map((entry) => entry.name).join(", ")}`);
  return found;
}
