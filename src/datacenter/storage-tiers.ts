// Storage tiers: Cinder's volume types over their back ends. By default a tier is a capacity, and volumes are thick: all of their size is taken
// when they are created. A tier may be thin instead (promised more than there is, given as it is written), stand on a back end with devices,
// and hold its volumes to a QoS spec.
import type { StorageBackend } from "./storage/backend.ts";
import { type QosSpec, requireQos, TokenLimits } from "./storage/qos.ts";
import type { ThinEvent, ThinVolumeId } from "./storage/thin-pool.ts";
import { ThinPool } from "./storage/thin-pool.ts";

export interface StorageTier {
  /** The Cinder volume type that selects this tier. */
  readonly name: string;
  readonly capacityGb: number;
  /** Absent: thick. */
  readonly thin?: { readonly maxOverSubscriptionRatio: number; readonly nearFullRatio: number };
  /** Absent: capacity only; I/O takes no time. */
  readonly backend?: StorageBackend;
  /** Absent: no limits. */
  readonly qos?: QosSpec;
}

/** A volume that is followed on its own. */
export type VolumeId = number & { readonly brand: "volume" };

interface Volume {
  readonly tier: number;
  readonly sizeGb: number;
  readonly thin: ThinVolumeId | -1;
  readonly limits: TokenLimits | null;
}

const GIB = 2 ** 30;

export class StorageTiers {
  readonly tiers: readonly StorageTier[];
  /** Sizes of the volumes of each tier: taken where it is thick, promised where it is thin. */
  readonly usedGb: Float64Array;
  private readonly pools: readonly (ThinPool | null)[];
  private readonly volumes: (Volume | undefined)[] = [];
  private readonly unused: number[] = [];
  private readonly ofThin: Map<number, VolumeId>[];

  /** `tell` hears what happens to thin tiers; its `volume` is -1 where none is meant. */
  constructor(tiers: readonly StorageTier[], tell: (event: ThinEvent, tier: number, volume: VolumeId | -1) => void = () => {}) {
    this.tiers = tiers;
    this.usedGb = new Float64Array(tiers.length);
    this.ofThin = tiers.map(() => new Map());
    this.pools = tiers.map(({ name, capacityGb, thin, qos }, tier) => {
      if (qos !== undefined) requireQos(qos);
      if (thin === undefined) return null;
      const hears = (event: ThinEvent, volume: number) => tell(event, tier, this.ofThin[tier]!.get(volume) ?? -1);
      return new ThinPool({ name, capacityBytes: capacityGb * GIB, ...thin }, hears);
    });
  }

  /** Are the tier's volumes followed one by one? Those of a tier that is only a capacity need not be. */
  follows(tier: number): boolean {
    const { thin, backend, qos } = this.tiers[tier]!;
    return thin !== undefined || backend !== undefined || qos !== undefined;
  }

  /** What volumes may be promised together, in GB. */
  promisableGb(tier: number): number {
    const { capacityGb, thin } = this.tiers[tier]!;
    return capacityGb * (thin?.maxOverSubscriptionRatio ?? 1);
  }

  indexOf(volumeType: string): number {
    return this.tiers.findIndex((tier) => tier.name === volumeType);
  }

  /** Takes room for a volume, or says false and takes nothing when the tier has not that much left. */
  create(tier: number, sizeGb: number): boolean {
    if (this.pools[tier])
      throw new RangeError(`tier ${this.tiers[tier]!.name} is thin: its volumes are followed one by one, by createVolume`);
    if (this.usedGb[tier]! + sizeGb > this.tiers[tier]!.capacityGb) return false;
    this.usedGb[tier]! += sizeGb;
    return true;
  }

  delete(tier: number, sizeGb: number): void {
    if (this.usedGb[tier]! < sizeGb) {
      throw new RangeError(`tier ${this.tiers[tier]!.name} cannot give back ${sizeGb} GB: only ${this.usedGb[tier]} GB are taken`);
    }
    this.usedGb[tier]! -= sizeGb;
  }

  /** Like `create`, for a volume that is followed on its own; -1 when the tier may not hold it. Works on every tier. */
  createVolume(tier: number, sizeGb: number): VolumeId | -1 {
    const pool = this.pools[tier];
    if (pool === undefined) throw new RangeError(`no storage tier ${tier}: there are ${this.tiers.length}`);
    const thin = pool === null ? -1 : pool.create(sizeGb * GIB);
    if (pool === null ? !this.create(tier, sizeGb) : thin < 0) return -1;
    if (pool !== null) this.usedGb[tier]! += sizeGb;
    const { qos } = this.tiers[tier]!;
    const volume = (this.unused.pop() ?? this.volumes.length) as VolumeId;
    if (thin >= 0) this.ofThin[tier]!.set(thin, volume);
    this.volumes[volume] = { tier, sizeGb, thin, limits: qos === undefined ? null : new TokenLimits(qos, sizeGb) };
    return volume;
  }

  deleteVolume(volume: VolumeId): void {
    const { tier, sizeGb, thin } = this.of(volume);
    this.volumes[volume] = undefined;
    this.unused.push(volume);
    this.delete(tier, sizeGb);
    if (thin < 0) return;
    this.ofThin[tier]!.delete(thin);
    this.pools[tier]!.delete(thin as ThinVolumeId);
  }

  /** A volume writes where it has not written before. A thick one has all its room already. */
  writeNew(volume: VolumeId, bytes: number): "written" | "ENOSPC" {
    const { tier, thin } = this.of(volume);
    return thin < 0 ? "written" : this.pools[tier]!.write(thin as ThinVolumeId, bytes);
  }

  /** Bytes for which a thin volume has no room yet; 0 for a thick one. */
  unwrittenBytes(volume: VolumeId): number {
    const { tier, thin, sizeGb } = this.of(volume);
    return thin < 0 ? 0 : sizeGb * GIB - this.pools[tier]!.writtenBytes(thin as ThinVolumeId);
  }

  isPaused(volume: VolumeId): boolean {
    const { tier, thin } = this.of(volume);
    return thin >= 0 && this.pools[tier]!.isPaused(thin as ThinVolumeId);
  }

  /** The QoS limits of a volume, null for none. */
  limitsOf(volume: VolumeId): TokenLimits | null {
    return this.of(volume).limits;
  }

  tierOf(volume: VolumeId): number {
    return this.of(volume).tier;
  }

  /** The pool of a thin tier, null for a thick one. */
  poolOf(tier: number): ThinPool | null {
    return this.pools[tier] ?? null;
  }

  /** What is promised is the sum over the volumes. Returns what is wrong, null when nothing is. */
  check(): string | null {
    for (const pool of this.pools) {
      const wrong = pool?.check() ?? null;
      if (wrong !== null) return wrong;
    }
    return null;
  }

  private of(volume: VolumeId): Volume {
    const found = this.volumes[volume];
    if (found === undefined) throw new RangeError(`no volume ${volume}`);
    return found;
  }
}
