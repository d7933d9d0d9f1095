// Decides as the plain chain of the filter scheduler does, to the last bit, and faster. What filters and weighers answer about a host is kept until
// the host's row changes (`HostTable`); a decision then scans columns of numbers (`Scan`), or searches a tree that leaves most hosts out
// (`WeightTree`). Whatever neither knows goes to the plain chain: requests with groups, hints or named hosts, hosts in aggregates, filters and
// weighers that do not say what their answers depend on.
import type { Flavor, Image } from "../../../datacenter/flavor.ts";
import type { Amounts } from "../../../datacenter/hosts.ts";
import type { NovaConfig } from "../config.ts";
import type { Dependence, Filter } from "../filter.ts";
import type { HostStates } from "../host-states.ts";
import { PythonError } from "../python-values.ts";
import type { RequestSpec } from "../request-spec.ts";
import type { Weigher } from "../weigher.ts";
import { BestHosts } from "./best-hosts.ts";
import { HostOrder } from "./host-order.ts";
import { HostTable, type HostTerm, type HostTest, type PlacementRoom } from "./host-table.ts";
import { type Demand, Scan } from "./scan.ts";
import { WeightTree } from "./weight-tree.ts";

/** `measured`: whichever costs least. The others are for those who compare them; where a path cannot decide, the one before it does. */
export type DecisionPath = "measured" | "plain" | "columnar" | "tree";

export interface WeigherWithMultiplier {
  readonly weigher: Weigher;
  /** Null where it differs from host to host. */
  readonly multiplier: number | null;
}

/** Hosts below which the plain chain is fast enough: a decision takes some microseconds on every path. */
const FEWEST_HOSTS = 32;
/**
 * A tree takes about as long to read one changed row as a scan takes for this many hosts: 0.5 us against 26 ns a host (nova-default, one core). So
 * the tree decides where its kind of request is asked again before that fraction of the rows has changed. With six flavors at random and four
 * changes a decision, thousands of decisions a CPU second, columnar and tree: 150 hosts 192 and 127, 300 hosts 102 and 97, 600 hosts 56 and 83,
 * 1,000 hosts 34 and 77, 10,000 hosts 3.6 and 35.
 */
const HOSTS_PER_CHANGE = 20;
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
}

/** Requests that have the same table and the same demand. */
interface Kind extends Demand {
  readonly ground: Ground;
  readonly table: HostTable;
  tree: WeightTree | null;
  /** Changes of the table when it was last asked for, and how many there are from one time to the next, lately. */
  askedAt: number;
  changesBetween: number;
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
    const before = kind.askedAt;
    const changed = table.changes.count - before;
    kind.askedAt = table.changes.count;
    kind.changesBetween = kind.changesBetween === Number.POSITIVE_INFINITY ? changed : (3 * kind.changesBetween + changed) / 4;
    const searched =
      !ties && !this.keepsWholeList && wanted <= MOST_BEST && !kind.cut && this.mayPlant(kind, before)
        ? this.search(kind, limit, wanted)
        : -1;
    return searched >= 0 ? searched : this.scanFor(kind, limit, wanted, ties);
  }

  private search(kind: Kind, limit: number, wanted: number): number {
    const { table } = kind;
    if (kind.tree === null) {
      kind.ground.order ??= new HostOrder(table);
      kind.tree = new WeightTree(table, kind.ground.order, kind);
      this.planted.push(kind);
    }
    const { tree } = kind;
    tree.catchUp();
    if (tree.offered > limit) return -1;
    const { best } = this;
    best.begin(wanted);
    tree.search(best);
    if (tree.passing === 1) best.weights[0] = 0; // a single host is not weighed at all
    this.rank();
    this.report(table, tree.offered, tree.refused);
    return tree.passing;
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

  /** Whether a tree shall decide: one that stands, or a new one where there is space, for a kind that is asked for often enough. */
  private mayPlant(kind: Kind, before: number): boolean {
    if (this.path === "columnar") return false;
    if (this.path === "measured" && HOSTS_PER_CHANGE * kind.changesBetween >= kind.table.count) return false;
    if (kind.tree !== null || this.planted.length < MOST_TREES) return true;
    // The one not asked for longest makes way, unless it was asked for after this one was: then there are too many to take turns.
    let oldest = 0;
    for (let i = 1; i < this.planted.length; i++) if (this.planted[i]!.askedAt < this.planted[oldest]!.askedAt) oldest = i;
    if (this.path === "measured" && this.planted[oldest]!.askedAt >= before) return false;
    this.planted[oldest]!.tree = null;
    this.planted.splice(oldest, 1);
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
        if (isSilent(weigher.dependsOn)) continue; // the same for every host: adds 0
        if (!isKept(weigher.dependsOn)) return null;
        if (multiplier === 0 && weigher.dependsOn === "host") continue; // finite values times 0
        terms.push({ value: weigher.weigh(states, request, config, () => multiplier), multiplier, floor: weigher.minval });
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
    const made: Ground = { flavor, image, table, kinds: [], order: null };
    grounds.push(made);
    return made;
  }
}

function kindIn(ground: Ground, { vcpuMilli, ramMb, diskGb }: Amounts): Kind {
  const { table, kinds } = ground;
  const known = kinds.find((kind) => kind.vcpuMilli === vcpuMilli && kind.ramMb === ramMb && kind.diskGb === diskGb);
  if (known !== undefined) return known;
  const made: Kind = {
    ground,
    table,
    vcpuMilli,
    ramMb,
    diskGb,
    tree: null,
    askedAt: Number.NEGATIVE_INFINITY,
    changesBetween: Number.POSITIVE_INFINITY,
    cut: false,
  };
  kinds.push(made);
  return made;
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
