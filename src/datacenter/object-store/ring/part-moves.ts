// Which parts may be moved: none that has been moved in the last `min_part_hours`, so that a part has its other replicas in their places until
// the one that moves has been copied, and none twice in one rebalance.
// @source swift/common/ring/builder.py (2.30): _update_last_part_moves, _can_part_move

/** Hours are kept in a byte. */
const LONG_AGO = 255;

export class PartMoves {
  /** Hours since each part was moved. */
  private readonly hoursSince: Uint8Array;
  private readonly moved: Uint8Array;
  private epochSeconds = 0;

  constructor(parts: number) {
    this.hoursSince = new Uint8Array(parts).fill(LONG_AGO);
    this.moved = new Uint8Array(parts);
  }

  /** A rebalance begins. Time goes by in whole hours. */
  begin(nowSeconds: number): void {
    this.moved.fill(0);
    const hours = Math.floor(Math.trunc(nowSeconds - this.epochSeconds) / 3600);
    if (hours <= 0) return;
    for (let part = 0; part < this.hoursSince.length; part++) this.hoursSince[part] = Math.min(LONG_AGO, this.hoursSince[part]! + hours);
    this.epochSeconds = Math.trunc(nowSeconds);
  }

  mayMove(part: number, minPartHours: number): boolean {
    return this.moved[part] === 0 && this.hoursSince[part]! >= minPartHours;
  }

  setMoved(part: number): void {
    this.moved[part] = 1;
  }

  /** The part is on its new device from now on. */
  assigned(part: number): void {
    this.hoursSince[part] = 0;
  }
}
