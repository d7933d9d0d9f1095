// Decides as the plain chain of the filter scheduler does, to the last bit, and faster. What filters and weighers answer about a host is kept until
// the host's row changes (`HostTable`); a decision then scans columns of numbers (`Scan`), or searches a tree that leaves most hosts out
// (`WeightTree`). Whatever neither knows goes to the plain chain: requests with groups, hints or named hosts, hosts in aggregates, filters and
// weighers that do not say what their answers depend on.
import type { Flavor, Image } from "../../../datacenter/flavor.ts";
import type { Amounts } from "../../../datacenter/hosts.ts";
import { PythonError } from "../../python/python-values.ts";
import type { NovaConfig } from "../config.ts";
import type { Dependence, Filter } from "../filter.ts";
import type { HostStates } from "../host-states.ts";
import type { RequestSpec } from "../request-spec.ts";
import type { Weigher } from "../weigher.ts";
import { BestHosts } from "./best-hosts.ts";
import { Census } from "./census.ts";
import { HostOrder } from "./host-order.ts";
import { HostTable, type HostTerm, type HostTest, type PlacementRoom } from "./host-table.ts";
import { type Demand, Scan } from "./scan.ts";
import { WeightTree } from "./weight-tree.ts";

/**
 * `measured`: whichever costs least. The others are for those who compare them; where a path cannot decide, the one before it does. `tree` searches
 * one tree for requests of all sizes, `trees` one for each size.
 */
export type DecisionPath = "measured" | "plain" | "columnar" | "tree" | "trees";

export interface WeigherWithMultiplier {
  readonly weigher: Weigher;
  /** Null where it differs from host to host. */
  readonly multiplier: number | null;
}

/** Hosts below which the plain chain is fast enough: a decision takes some microseconds on every path. */
const FEWEST_HOSTS = 32;
/**
 * A tree takes about as long to read one changed row as a scan takes for this many hosts. So the tree decides where a request is followed by the next
 * before that fraction of the rows has changed. With six flavors at random and four changes a decision, thousands of decisions a CPU second, columnar
 * and tree: 80 hosts 180 and 170, 150 hosts 126 and 133, 300 hosts 58 and 127, 600 hosts 37 and 117, 1,000 hosts 24 and 120, 10,000 hosts 2.7 and 60.
 */
const HOSTS_PER_CHANGE = 20;
/**
 * A kind of request gets a tree to itself where its searches of the common one enter more nodes than a search of its own would (about so many), and
 * than reading the changes since it was last asked for costs (a part of a node a change and level). That is so where the hosts that weigh most have
 * no room: with nova-pack and 1,000 hosts, 270 nodes against 40 and 67.
 */
const LONG_SEARCH = 60;
const NODES_PER_CHANGE = 0.5;
/** Trees for so many kinds of requests at once; the one not asked for longest makes way. */
const MOST_TREES = 32;
/** Memory for tables, of which there are several only where filters or weighers look at the flavor or the image. */
const TABLES_BYTES = 64 * 2 ** 20;
/** Best hosts that a tree is searched for; further ones come cheaper from a scan. */
const MOST_BEST = 64;

/** A table, the flavor and image that it was made for (null: any), and what goes with it. */
interface Ground {
  readonly flavor: Flavor | null;
  readonly image: Image | null;
  readonly table: HostTable;
  readonly kinds: Kind[];
  /** Of the trees; null before the first of them. */
  order: HostOrder | null;
  /** For requests of all kinds; null before the first search. */
  tree: WeightTree | null;
  readonly pace: Pace;
}

/** Changes of the table when it was last asked, and how many there are from one time to the next, lately. */
interface Pace {
  askedAt: number;
  changesBetween: number;
}

/** Requests that have the same table and the same demand. */
interface Kind extends Demand {
  readonly ground: Ground;
  readonly table: HostTable;
  readonly census: Census;
  readonly extremes: Int32Array;
  /** Of its own, where the hosts without room for it would be too many in the common one. */
  tree: WeightTree | null;
  readonly pace: Pace;
  /** Nodes that a search of the common tree enters, lately. */
  entered: number;
  /** The limit on candidates cut some off. */
  cut: boolean;
}

/** Where a decision goes: the scheduler's own arrays. */
export interface DecisionArrays {
  readonly list: Int32Array;
  readonly weights: Float64Array;
  readonly leftAfter: Int32Array;
}

export class FastPath {
  /** Of the last decision: how many hosts Placement offered. */
  candidates = 0;
  /** Of the last decision: so many of the best hosts begin the list, in order; 0 if it holds all that passed, in their own order. */
  ranked = 0;
  private readonly states: HostStates;
  private readonly placement: PlacementRoom;
  private readonly filters: readonly Filter[];
  private readonly weighers: readonly WeigherWithMultiplier[];
  private readonly config: NovaConfig;
  private readonly path: DecisionPath;
  /** The list must hold all hosts that pass: no tree, and nothing is brought to its front. */
  private readonly keepsWholeList: boolean;
  private readonly arrays: DecisionArrays;
  private readonly scan: Scan;
  private readonly best = new BestHosts(MOST_BEST);
  /** By flavor and image; null: for the plain path. */
  private readonly kinds = new Map<Flavor, Map<Image | null, Kind | null>>();
  private readonly grounds: Ground[] = [];
  private readonly planted: Kind[] = []; // those with a tree

  constructor(
    states: HostStates,
    placement: PlacementRoom,
    filters: readonly Filter[],
    weighers: readonly WeigherWithMultiplier[],
    config: NovaConfig,
    { path, keepsWholeList }: { readonly path: DecisionPath; readonly keepsWholeList: boolean },
    arrays: DecisionArrays,
  ) {
    this.states = states;
    this.placement = placement;
    this.filters = filters;
    this.weighers = weighers;
    this.config = config;
    this.path = path;
    this.keepsWholeList = keepsWholeList;
    this.arrays = arrays;
    this.scan = new Scan(arrays.list, arrays.weights, filters.length);
  }

  /**
   * How many hosts pass; -1: the plain path must decide. `amounts` are what Placement is asked for, `limit` is its, `wanted` how many hosts are wanted at the front of the list, in
   * order; with `ties`, all that share the best weight are.
   */
  decide(request: RequestSpec, amounts: Amounts, limit: number, wanted: number, ties: boolean): number {
    if (this.path === "measured" && this.states.count < FEWEST_HOSTS) return -1;
    if (!isOrdinary(request)) return -1;
    const kind = this.kindOf(request, amounts);
    if (kind === null || kind.table.unfit) return -1;
    const { table } = kind;
    if (table.comesTooSeldom() && this.path === "measured") return -1;
    table.catchUp();
    if (table.unfit) return -1;
    const before = kind.pace.askedAt;
    keepPace(kind.pace, table.changes.count);
    keepPace(kind.ground.pace, table.changes.count);
    const searched =
      !ties && !this.keepsWholeList && wanted <= MOST_BEST && !kind.cut && this.searchPays(kind)
        ? this.search(kind, limit, wanted, before)
        : -1;
    return searched >= 0 ? searched : this.scanFor(kind, limit, wanted, ties);
  }

  private search(kind: Kind, limit: number, wanted: number, before: number): number {
    const { table, census } = kind;
    census.catchUp();
    if (census.offered > limit) return -1;
    const { best } = this;
    best.begin(wanted);
    if (census.passing > 0) {
      const tree = this.treeFor(kind, before);
      tree.search(best, kind);
      if (tree === kind.ground.tree) kind.entered += (tree.entered - kind.entered) / 8;
    }
    if (census.passing === 1) best.weights[0] = 0; // a single host is not weighed at all
    this.rank();
    this.report(table, census.offered, census.refused);
    return census.passing;
  }

  private scanFor(kind: Kind, limit: number, wanted: number, ties: boolean): number {
    const { scan, best } = this;
    const { list, weights } = this.arrays;
    const passing = scan.run(kind.table, kind, limit);
    kind.cut = scan.offered === limit && limit < kind.table.count;
    this.report(kind.table, scan.offered, scan.refused);
    const needed = Math.min(passing, ties ? Math.max(wanted, tiesOfBest(weights, passing)) : wanted);
    this.ranked = 0;
    if (needed > 0 && needed <= MOST_BEST && !this.keepsWholeList) {
      best.begin(needed);
      for (let i = 0; i < passing; i++) best.offer(list[i]!, weights[i]!);
      this.rank();
    }
    return passing;
  }

  private rank(): void {
    const { best } = this;
    const { list, weights } = this.arrays;
    for (let i = 0; i < best.size; i++) {
      list[i] = best.hosts[i]!;
      weights[i] = best.weights[i]!;
    }
    this.ranked = best.size;
  }

  private report(table: HostTable, offered: number, refused: Int32Array): void {
    const { leftAfter } = this.arrays;
    const { tests } = table;
    this.candidates = offered;
    let left = offered;
    let test = 0;
    for (let i = 0; i < leftAfter.length; i++) {
      if (test < tests.length && tests[test]!.index === i) left -= refused[test++]!;
      leftAfter[i] = left;
    }
  }

  private searchPays({ ground, table }: Kind): boolean {
    if (this.path === "columnar") return false;
    return this.path !== "measured" || HOSTS_PER_CHANGE * ground.pace.changesBetween < table.count;
  }

  /** The tree of all kinds of requests, or one that the kind has to itself: a new one if its searches take longer than to keep it up to date. */
  private treeFor(kind: Kind, before: number): WeightTree {
    const { ground, table } = kind;
    ground.order ??= new HostOrder(table);
    if (kind.tree === null && this.wantsOwn(kind) && this.makeWay(before)) {
      kind.tree = new WeightTree(table, ground.order, kind.census);
      this.planted.push(kind);
    }
    if (kind.tree !== null) return kind.tree;
    ground.tree ??= new WeightTree(table, ground.order, null);
    return ground.tree;
  }

  private wantsOwn({ ground, entered, pace }: Kind): boolean {
    if (this.path !== "measured") return this.path === "trees";
    const levels = 32 - Math.clz32(ground.order!.leaves);
    return entered > LONG_SEARCH + NODES_PER_CHANGE * levels * pace.changesBetween;
  }

  /** The tree not asked for longest makes way, unless it was asked for after this kind was: then there are too many to take turns. */
  private makeWay(before: number): boolean {
    const { planted } = this;
    if (planted.length < MOST_TREES) return true;
    let oldest = 0;
    for (let i = 1; i < planted.length; i++) if (planted[i]!.pace.askedAt < planted[oldest]!.pace.askedAt) oldest = i;
    if (planted[oldest]!.pace.askedAt >= before) return false;
    planted[oldest]!.tree = null;
    planted.splice(oldest, 1);
    return true;
  }

  private kindOf(request: RequestSpec, amounts: Amounts): Kind | null {
    const { flavor, image } = request;
    let ofFlavor = this.kinds.get(flavor);
    if (ofFlavor === undefined) {
      ofFlavor = new Map();
      this.kinds.set(flavor, ofFlavor);
    }
    let kind = ofFlavor.get(image);
    if (kind === undefined) {
      kind = this.newKind(request, amounts);
      ofFlavor.set(image, kind);
    }
    return kind;
  }

  /** Asks every filter and weigher what it has to say about the flavor and the image. */
  private newKind(request: RequestSpec, amounts: Amounts): Kind | null {
    const { states, config } = this;
    const tests: HostTest[] = [];
    const terms: HostTerm[] = [];
    const matters = new Set<Dependence>();
    try {
      for (const [index, filter] of this.filters.entries()) {
        const passes = filter.passes(states, request, config);
        if (!isKept(filter.dependsOn) && (passes !== null || !isSilent(filter.dependsOn))) return null;
        if (passes === null) continue;
        tests.push({ index, passes });
        matters.add(filter.dependsOn!);
      }
      for (const { weigher, multiplier } of this.weighers) {
        if (multiplier === null || !Number.isFinite(multiplier)) return null;
        if (multiplier === 0 && weigher.dependsOn === "host") continue; // finite values times 0
        const value = weigher.weigh(states, request, config, () => multiplier);
        if (!isKept(weigher.dependsOn) && (value !== null || !isSilent(weigher.dependsOn))) return null;
        if (value === null) continue;
        terms.push({ value, multiplier, floor: weigher.minval });
        matters.add(weigher.dependsOn!);
      }
    } catch (error) {
      if (error instanceof PythonError) return null;
      throw error;
    }
    const flavor = matters.has("flavor") ? request.flavor : null;
    const image = matters.has("image") ? request.image : null;
    const ground = this.groundFor(flavor, image, tests, terms);
    return ground === null ? null : kindIn(ground, amounts);
  }

  private groundFor(flavor: Flavor | null, image: Image | null, tests: readonly HostTest[], terms: readonly HostTerm[]): Ground | null {
    const { grounds, states, placement } = this;
    const known = grounds.find((ground) => ground.flavor === flavor && ground.image === image);
    if (known !== undefined) return known;
    const bytes = HostTable.width(terms.length) * states.count * 8;
    if (grounds.length > 0 && (grounds.length + 1) * bytes > TABLES_BYTES) return null;
    const table = new HostTable(states.count, states.changes!, placement, tests, terms);
    const made: Ground = { flavor, image, table, kinds: [], order: null, tree: null, pace: newPace() };
    grounds.push(made);
    return made;
  }
}

function kindIn(ground: Ground, { vcpuMilli, ramMb, diskGb }: Amounts): Kind {
  const { table, kinds } = ground;
  const known = kinds.find((kind) => kind.vcpuMilli === vcpuMilli && kind.ramMb === ramMb && kind.diskGb === diskGb);
  if (known !== undefined) return known;
  const demand: Demand = { vcpuMilli, ramMb, diskGb };
  const made: Kind = {
    ...demand,
    ...{ ground, table, census: new Census(table, demand), extremes: new Int32Array(2 * table.terms.length).fill(-1) },
    ...{ tree: null, pace: newPace(), entered: 0, cut: false },
  };
  kinds.push(made);
  return made;
}

function newPace(): Pace {
  return { askedAt: Number.NEGATIVE_INFINITY, changesBetween: Number.POSITIVE_INFINITY };
}

/** It is asked once more, after so many changes in all. */
function keepPace(pace: Pace, changes: number): void {
  const changed = changes - pace.askedAt;
  pace.askedAt = changes;
  pace.changesBetween = pace.changesBetween === Number.POSITIVE_INFINITY ? changed : (3 * pace.changesBetween + changed) / 4;
}

/** Answers of these may be kept until the host's row changes. */
function isKept(dependence: Dependence | undefined): boolean {
  return dependence === "host" || dependence === "flavor" || dependence === "image";
}

/** These have nothing to say about an ordinary request. */
function isSilent(dependence: Dependence | undefined): boolean {
  return dependence !== undefined && !isKept(dependence);
}

/** A flavor and an image, and nothing that most requests do not have. */
function isOrdinary(request: RequestSpec): boolean {
  const none = (list: readonly unknown[] | undefined) => list === undefined || list.length === 0;
  return (
    request.group < 0 &&
    request.bootFromVolume !== true &&
    (request.destination ?? null) === null &&
    (request.hints === undefined || request.hints.size === 0) &&
    none(request.ignoreHosts) &&
    none(request.forceHosts) &&
    none(request.forceNodes) &&
    none(request.pciRequests) &&
    (request.numa?.topology ?? null) === null
  );
}

function tiesOfBest(weights: Float64Array, count: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let ties = 0;
  for (let i = 0; i < count; i++) {
    if (weights[i]! > best) {
      best = weights[i]!;
      ties = 1;
    } else if (weights[i] === best) ties++;
  }
  return ties;
}
