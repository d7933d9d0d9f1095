// Swift's ring builder: an operator adds devices, changes weights, and rebalances; the result is a table that says which devices hold each part.
// With the same seeds and the same steps it is the table that Swift's own builder makes.
// @source swift/common/ring/builder.py (2.30)
import { MersenneTwister } from "../../../kernel/mersenne-twister.ts";
import { balancePerDevice, type DispersionReport, disperse, dispersionReport } from "./dispersion.ts";
import {
  adjustReplicas,
  type Gathered,
  gatherForced,
  gatherForDispersion,
  gatherFromRemoved,
  gatherThatCanDisperse,
  type RingWork,
} from "./gather.ts";
import { PartMoves } from "./part-moves.ts";
import { partsByTier } from "./parts-wanted.ts";
import { reassign } from "./reassign.ts";
import { maxReplicas, type ReplicaPlan, replicaPlan } from "./replica-plan.ts";
import { partCount, Ring } from "./ring.ts";
import { type RingDevice, RingError } from "./ring-device.ts";
import { Tiers } from "./tiers.ts";

const MAX_BALANCE_GATHER_COUNT = 3;
/** One id is kept to say that there is no device. */
const MOST_DEVICES = 65535;

export interface RingBuilderOptions {
  /** The ring has 2 to this power parts; 0 to 32. */
  readonly partPower: number;
  /** Replicas of each part; of a fraction, as many parts as it says have one more. */
  readonly replicas: number;
  readonly minPartHours: number;
  /** How much more than its weight a device may take so that replicas are farther apart: 0.1 for a tenth. */
  readonly overload?: number;
}

export interface Rebalanced {
  readonly changed: number;
  /** The worst device's distance from its weight, percent. */
  readonly balance: number;
  readonly removed: number;
}

export class RingBuilder {
  readonly partPower: number;
  readonly parts: number;
  readonly minPartHours: number;
  private replicaCount: number;
  private overloadShare: number;
  private readonly byId: (RingDevice | null)[] = [];
  /** Ids of devices to be taken out at the next rebalance. */
  private removing: number[] = [];
  /** Part-replicas by device id. */
  private readonly held: number[] = [];
  private readonly table: Uint16Array[] = [];
  private readonly moves: PartMoves;
  private lastGatherStart = 0;
  private changes = 0;
  private percentDispersed = 0;
  private graph: ReadonlyMap<string, readonly number[]> = new Map();

  constructor({ partPower, replicas, minPartHours, overload = 0 }: RingBuilderOptions) {
    if (!(Number.isInteger(partPower) && partPower >= 0 && partPower <= 32)) {
      throw new RingError("ValueError", `a part power of ${partPower}: expected a whole number from 0 to 32`);
    }
    if (!(minPartHours >= 0)) throw new RingError("ValueError", `min_part_hours ${minPartHours}: expected 0 or more`);
    this.partPower = partPower;
    this.parts = partCount(partPower);
    this.minPartHours = minPartHours;
    this.replicaCount = requireReplicas(replicas);
    this.overloadShare = requireOverload(overload);
    this.moves = new PartMoves(this.parts);
  }

  /** Devices in the order of their ids, those to be removed among them. */
  get devices(): readonly RingDevice[] {
    return this.byId.filter((device) => device != null);
  }

  get replicas(): number {
    return this.replicaCount;
  }

  /** Counts changes of devices and rebalances. */
  get version(): number {
    return this.changes;
  }

  /** Percentage of part-replicas that are closer to others of their part than they need to be, after the last rebalance. */
  get dispersion(): number {
    return this.percentDispersed;
  }

  /** By tier: parts of which it holds 0, 1, 2, ... replicas. */
  get dispersionGraph(): ReadonlyMap<string, readonly number[]> {
    return this.graph;
  }

  partsOn(device: number): number {
    return this.held[device] ?? 0;
  }

  /** By device, in the order of `devices`: percent more parts than its weight says. */
  balancePerDevice(): readonly number[] {
    const held = this.devices.map(({ id }) => this.partsOn(id));
    return balancePerDevice(this.devices, held, this.parts, this.replicaCount);
  }

  dispersionReport(): DispersionReport {
    const tiers = new Tiers(this.devices);
    return dispersionReport(this.graph, tiers, maxReplicas(tiers, this.replicaCount, Math.ceil), this.devices);
  }

  addDevice(device: RingDevice): void {
    const { id, weight } = device;
    if (!(Number.isInteger(id) && id >= 0 && id < MOST_DEVICES)) {
      throw new RingError("ValueError", `device id ${id}: expected a whole number from 0 to ${MOST_DEVICES - 1}`);
    }
    if (this.byId[id] != null) throw new RingError("DuplicateDeviceError", `device ${id} is in the ring already: expected another id`);
    requireWeight(id, weight);
    while (this.byId.length < id) this.byId.push(null);
    this.byId[id] = device;
    this.held[id] = 0;
    this.changes++;
  }

  setWeight(id: number, weight: number): void {
    const device = this.require(id);
    if (this.removing.includes(id)) throw new RingError("ValueError", `device ${id} is to be removed: its weight cannot be set`);
    this.byId[id] = { ...device, weight: requireWeight(id, weight) };
    this.changes++;
  }

  /** From the next rebalance on the device is gone; what it holds moves at once, whatever `min_part_hours` says. */
  removeDevice(id: number): void {
    const device = this.require(id);
    this.byId[id] = { ...device, weight: 0 };
    this.removing.push(id);
    this.changes++;
  }

  setReplicas(replicas: number): void {
    this.replicaCount = requireReplicas(replicas);
  }

  setOverload(overload: number): void {
    this.overloadShare = requireOverload(overload);
  }

  /** What the next rebalance aims at. Throws a `RingError` when it cannot be done. */
  plan(): ReplicaPlan & { readonly tiers: Tiers; readonly partsWanted: readonly { readonly id: number; readonly parts: number }[] } {
    const tiers = new Tiers(this.devices);
    const plan = replicaPlan(this.devices, tiers, this.parts, this.replicaCount, this.overloadShare);
    const wanted = this.partsWanted(tiers, plan);
    return { ...plan, tiers, partsWanted: this.devices.map(({ id }) => ({ id, parts: wanted[id]! })) };
  }

  /**
   * Moves as few parts as it takes to follow weights and keep replicas apart. `seed` stands for Python's `random.seed`, `nowSeconds` is the time
   * for `min_part_hours`. Throws a `RingError` when fewer devices than replicas have weight.
   */
  rebalance(seed: number, nowSeconds: number): Rebalanced {
    const weighing = this.devices.filter(({ weight }) => weight > 0).length;
    if (weighing < this.replicaCount) {
      const message = `${this.replicaCount} replicas on ${weighing} devices with weight: expected at least as many devices; add some`;
      throw new RingError("RingValidationError", message);
    }
    const before = this.table.map((row) => row.slice());
    this.moves.begin(nowSeconds);
    const random = new MersenneTwister(seed);
    const { parts, minPartHours, table, held, moves } = this;
    const tiers = new Tiers(this.devices);
    const plan = replicaPlan(this.devices, tiers, parts, this.replicaCount, this.overloadShare);
    const wanted = this.partsWanted(tiers, plan);
    const work: RingWork = { parts, minPartHours, table, tiers, plan, held, wanted, moves };

    const gathered: Gathered = new Map();
    adjustReplicas(table, held, parts, this.replicaCount, gathered);
    gatherFromRemoved(work, this.removing, gathered);
    const removed = this.dropRemoved(wanted);
    gatherForDispersion(work, gathered);
    for (let round = 0; round < MAX_BALANCE_GATHER_COUNT; round++) {
      const start = (this.lastGatherStart + Math.floor(parts / 4) + random.randint(0, Math.floor(parts / 2))) % parts;
      this.lastGatherStart = start;
      if (round === 0) gatherThatCanDisperse(work, start, gathered);
      gatherForced(work, start, gathered);
      if (gathered.size === 0) break;
      const shuffled = [...gathered];
      random.shuffle(shuffled);
      gathered.clear();
      reassign(work, this.devices, shuffled, random);
      if (!wanted.some((more) => more < 0)) break;
    }
    const most = maxReplicas(tiers, this.replicaCount, Math.ceil);
    const { changed, dispersion, graph } = disperse(table, before, tiers, most, parts, this.replicaCount);
    this.percentDispersed = dispersion;
    this.graph = graph;
    this.changes++;
    let balance = 0;
    for (const off of this.balancePerDevice()) balance = Math.max(balance, Math.abs(off));
    return { changed, balance, removed };
  }

  /** The ring to be given to the nodes, as it is now. */
  ring(): Ring {
    return new Ring(this.partPower, this.devices, this.table);
  }

  /** By device id, with holes where there is no device. */
  private partsWanted(tiers: Tiers, plan: ReplicaPlan): number[] {
    const byTier = partsByTier(tiers, plan, this.parts, Math.trunc(this.replicaCount * this.parts));
    const wanted: number[] = [];
    for (const { id, weight } of this.devices) {
      wanted[id] = weight > 0 ? byTier[tiers.of(id)[3]!]! - this.held[id]! : -this.parts * this.replicaCount;
    }
    return wanted;
  }

  private dropRemoved(wanted: number[]): number {
    const removed = this.removing.length;
    for (const id of this.removing) {
      this.byId[id] = null;
      this.held[id] = 0;
      delete wanted[id];
    }
    this.removing = [];
    return removed;
  }

  private require(id: number): RingDevice {
    const device = this.byId[id];
    if (device == null) throw new RingError("ValueError", `no device ${id} in the ring: expected the id of one that was added`);
    return device;
  }
}

function requireReplicas(replicas: number): number {
  if (replicas >= 1 && replicas < 1e6) return replicas;
  throw new RingError("ValueError", `${replicas} replicas: expected at least 1`);
}

function requireOverload(overload: number): number {
  if (overload >= 0) return overload;
  throw new RingError("ValueError", `an overload of ${overload}: expected 0 or more`);
}

function requireWeight(id: number, weight: number): number {
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  throw new RingError("ValueError", `device ${id} with a weight of ${weight}: expected a finite number of 0 or more`);
}
