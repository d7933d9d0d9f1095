// Storage tiers: the back ends of Cinder's volume types, as far as their capacity goes. Volumes are thick: all of their size is taken when
// they are created.

export interface StorageTier {
  /** The Cinder volume type that selects this tier. */
  readonly name: string;
  readonly capacityGb: number;
}

export class StorageTiers {
  readonly tiers: readonly StorageTier[];
  readonly usedGb: Float64Array;

  constructor(tiers: readonly StorageTier[]) {
    this.tiers = tiers;
    this.usedGb = new Float64Array(tiers.length);
  }

  indexOf(volumeType: string): number {
    return this.tiers.findIndex((tier) => tier.name === volumeType);
  }

  /** Takes room for a volume, or says false and takes nothing when the tier has not that much left. */
  create(tier: number, sizeGb: number): boolean {
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
}
