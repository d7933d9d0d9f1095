// How long it takes until everything has as many copies as it should again, after a device or a node has failed.
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";

const NOTHING = -1;

export class Rebuilds {
  private readonly cloud: Cloud;
  /** Times from a failure to the last missing copy; of failures that came meanwhile, from the first. */
  readonly lengths: Micros[] = [];
  private since: Micros = NOTHING;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  get underWay(): boolean {
    return this.since !== NOTHING;
  }

  /** Something has failed. */
  begin(): void {
    if (this.since === NOTHING) this.since = this.cloud.simulation.now;
    this.check();
  }

  /** Copies have come, or something is back. */
  check(): void {
    const { objectStore, simulation } = this.cloud;
    if (this.since === NOTHING || objectStore!.store.missing > 0) return;
    const length = simulation.now - this.since;
    this.since = NOTHING;
    // A failure of what held nothing leaves nothing to rebuild.
    if (length > 0) this.lengths.push(length);
  }
}
