// Steps at which an entity forgets its past and starts anew, each with the same probability; step 0 always is one. Which step is one depends
// on (entity, step) alone, so the last renewal before any step is found by looking back from it. Going forward, only the steps since the last
// question are looked at.
import type { Stream } from "../../kernel/random.ts";

export class Renewals {
  private readonly stream: Stream;
  private readonly probability: number;
  private askedStep = new Int32Array(0);
  private foundStep = new Int32Array(0);

  /** @throws RangeError when the probability is not in (0, 1] */
  constructor(stream: Stream, probability: number) {
    if (!(probability > 0 && probability <= 1)) {
      throw new RangeError(`renewals with the probability ${probability}: expected more than 0 and at most 1`);
    }
    this.stream = stream;
    this.probability = probability;
  }

  /** The last renewal at or before `step`. */
  last(entity: number, step: number): number {
    if (!(step >= 0 && step < 2 ** 31)) throw new RangeError(`a renewal at step ${step}: expected a whole number from 0 to 2^31 - 1`);
    if (entity >= this.askedStep.length) this.grow(entity);
    const asked = this.askedStep[entity]!;
    const known = asked <= step ? asked : -1;
    const { stream, probability } = this;
    let found = step;
    while (found > known && found > 0 && stream.uniform(entity, found) >= probability) found--;
    if (found === known) found = this.foundStep[entity]!;
    this.askedStep[entity] = step;
    this.foundStep[entity] = found;
    return found;
  }

  private grow(entity: number): void {
    const entities = Math.max(64, entity + 1, 2 * this.askedStep.length);
    const asked = new Int32Array(entities).fill(-1);
    const found = new Int32Array(entities);
    asked.set(this.askedStep);
    found.set(this.foundStep);
    this.askedStep = asked;
    this.foundStep = found;
  }
}
