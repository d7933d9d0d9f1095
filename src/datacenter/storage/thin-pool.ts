// A pool of thinly provisioned volumes: a volume is promised its size and given room as it is written. So more can be promised than there is,
// and the pool can run out: then the write is refused with ENOSPC and the server is paused (libvirt's `werror=enospc`), as are all others that
// need new room, until somebody deletes something or adds capacity.
//
// @source libvirt's disk error policy `enospc` (its default for QEMU's writes); lvmthin(7) on a full pool

export type ThinEvent = "near full" | "full" | "room again" | "volume paused" | "volume resumed";

export interface ThinPoolDescription {
  readonly name: string;
  readonly capacityBytes: number;
  /** Cinder's `max_over_subscription_ratio`: what may be promised, of what there is. */
  readonly maxOverSubscriptionRatio: number;
  /** Share of the capacity from which on `near full` is told. */
  readonly nearFullRatio: number;
}

/** A volume of the pool; numbers of deleted volumes are used again. */
export type ThinVolumeId = number & { readonly brand: "thin volume" };

export class ThinPool {
  readonly name: string;
  private readonly maxRatio: number;
  private readonly nearRatio: number;
  private readonly tell: (event: ThinEvent, volume: number) => void;
  private capacity: number;
  private provisioned = 0;
  private allocated = 0;
  private near = false;
  private full = false;
  // By volume.
  private readonly size: number[] = [];
  private readonly written: number[] = [];
  /** Bytes of new room that a paused volume waits for; 0: not paused. */
  private readonly waitsFor: number[] = [];
  private readonly exists: boolean[] = [];
  private readonly unused: number[] = [];

  /** `tell` hears what happens to the pool; its `volume` is -1 where none is meant. */
  constructor(description: ThinPoolDescription, tell: (event: ThinEvent, volume: number) => void = () => {}) {
    const { name, capacityBytes, maxOverSubscriptionRatio, nearFullRatio } = description;
    if (!(capacityBytes >= 0 && Number.isSafeInteger(capacityBytes))) {
      throw new RangeError(`thin pool ${name}: a capacity of ${capacityBytes} bytes; expected a whole number of 0 or more`);
    }
    if (!(maxOverSubscriptionRatio >= 1)) {
      throw new RangeError(`thin pool ${name}: max_over_subscription_ratio ${maxOverSubscriptionRatio}; expected at least 1`);
    }
    if (!(nearFullRatio > 0 && nearFullRatio <= 1)) {
      throw new RangeError(`thin pool ${name}: near full from a share of ${nearFullRatio} on; expected above 0 and at most 1`);
    }
    this.name = name;
    this.capacity = capacityBytes;
    this.maxRatio = maxOverSubscriptionRatio;
    this.nearRatio = nearFullRatio;
    this.tell = tell;
  }

  get capacityBytes(): number {
    return this.capacity;
  }

  get provisionedBytes(): number {
    return this.provisioned;
  }

  get allocatedBytes(): number {
    return this.allocated;
  }

  get freeBytes(): number {
    return this.capacity - this.allocated;
  }

  /** Promises a volume its size, or returns -1 and nothing happens where that is more than may be promised. */
  create(sizeBytes: number): ThinVolumeId | -1 {
    if (!(sizeBytes >= 0 && Number.isSafeInteger(sizeBytes))) {
      throw new RangeError(`thin pool ${this.name}: a volume of ${sizeBytes} bytes; expected a whole number of 0 or more`);
    }
    if (this.provisioned + sizeBytes > this.capacity * this.maxRatio) return -1;
    const volume = this.unused.pop() ?? this.size.length;
    this.size[volume] = sizeBytes;
    this.written[volume] = 0;
    this.waitsFor[volume] = 0;
    this.exists[volume] = true;
    this.provisioned += sizeBytes;
    return volume as ThinVolumeId;
  }

  delete(volume: ThinVolumeId): void {
    this.require(volume);
    this.provisioned -= this.size[volume]!;
    this.allocated -= this.written[volume]!;
    this.exists[volume] = false;
    this.unused.push(volume);
    this.roomMade();
  }

  /** Promises a volume more; false where that may not be. Volumes do not shrink. */
  extend(volume: ThinVolumeId, sizeBytes: number): boolean {
    this.require(volume);
    const more = sizeBytes - this.size[volume]!;
    if (!(more >= 0)) throw new RangeError(`thin pool ${this.name}: volume ${volume} cannot shrink to ${sizeBytes} bytes`);
    if (this.provisioned + more > this.capacity * this.maxRatio) return false;
    this.size[volume] = sizeBytes;
    this.provisioned += more;
    return true;
  }

  /**
   * A volume writes `newBytes` where it has not written before; beyond its size there is nothing to write. `ENOSPC`: the pool is full, nothing is
   * written and the volume is paused until there is room for it.
   */
  write(volume: ThinVolumeId, newBytes: number): "written" | "ENOSPC" {
    this.require(volume);
    if (!(newBytes >= 0 && Number.isSafeInteger(newBytes))) {
      throw new RangeError(`thin pool ${this.name}: volume ${volume} writes ${newBytes} bytes; expected a whole number of 0 or more`);
    }
    const grows = Math.min(newBytes, this.size[volume]! - this.written[volume]!);
    if (grows > this.freeBytes) {
      if (!this.full) {
        this.full = true;
        this.tell("full", -1);
      }
      if (this.waitsFor[volume] === 0) this.tell("volume paused", volume);
      this.waitsFor[volume] = grows;
      return "ENOSPC";
    }
    this.written[volume]! += grows;
    this.allocated += grows;
    this.checkNear();
    return "written";
  }

  /** The guest has discarded what it wrote (fstrim). */
  discard(volume: ThinVolumeId, bytes: number): void {
    this.require(volume);
    if (!(bytes >= 0)) throw new RangeError(`thin pool ${this.name}: volume ${volume} discards ${bytes} bytes; expected 0 or more`);
    const gone = Math.min(bytes, this.written[volume]!);
    this.written[volume]! -= gone;
    this.allocated -= gone;
    this.roomMade();
  }

  /** The operator adds devices to the pool. */
  grow(bytes: number): void {
    if (!(bytes >= 0 && Number.isSafeInteger(bytes)))
      throw new RangeError(`thin pool ${this.name} grows by ${bytes} bytes; expected 0 or more`);
    this.capacity += bytes;
    this.roomMade();
  }

  isPaused(volume: ThinVolumeId): boolean {
    return this.waitsFor[volume]! > 0;
  }

  writtenBytes(volume: ThinVolumeId): number {
    return this.written[volume]!;
  }

  /** What is promised and given is the sum over the volumes, and no more is given than there is. Returns what is wrong, null when nothing is. */
  check(): string | null {
    let [provisioned, allocated] = [0, 0];
    for (let volume = 0; volume < this.size.length; volume++) {
      if (!this.exists[volume]) continue;
      provisioned += this.size[volume]!;
      allocated += this.written[volume]!;
    }
    if (provisioned !== this.provisioned) return `thin pool ${this.name}: ${this.provisioned} B promised, volumes of ${provisioned} B`;
    if (allocated !== this.allocated) return `thin pool ${this.name}: ${this.allocated} B given, volumes hold ${allocated} B`;
    return this.freeBytes < 0 ? `thin pool ${this.name}: ${this.allocated} B given of ${this.capacity} B` : null;
  }

  /** Room has come: paused volumes go on as far as there is room for what each was about to write, in order of their numbers. */
  private roomMade(): void {
    let left = this.freeBytes;
    let waiting = false;
    for (let volume = 0; volume < this.size.length; volume++) {
      const bytes = this.exists[volume] ? this.waitsFor[volume]! : 0;
      if (bytes === 0) continue;
      if (bytes > left) {
        waiting = true;
        continue;
      }
      left -= bytes;
      this.waitsFor[volume] = 0;
      this.tell("volume resumed", volume);
    }
    if (this.full && !waiting) {
      this.full = false;
      this.tell("room again", -1);
    }
    this.checkNear();
  }

  private checkNear(): void {
    const near = this.allocated >= this.capacity * this.nearRatio;
    if (near && !this.near) this.tell("near full", -1);
    this.near = near;
  }

  private require(volume: number): void {
    if (this.exists[volume] !== true) throw new RangeError(`thin pool ${this.name}: no volume ${volume}`);
  }
}
