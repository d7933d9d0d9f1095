// Values that last: at each step an entity forgets its value with the same probability and draws a new one, and keeps it otherwise; step 0
// always draws. Whether a step draws, and what, depends on (entity, step) alone, so the value at any step is found by looking back from it
// for the last draw. Going forward, only the steps since the last question are looked at.
import type { Stream } from "../../kernel/random.ts";

const MOST_STEPS = 2 ** 31;

export class RenewedValues {
  private readonly renewals: Stream;
  private readonly probability: number;
  private readonly draw: (entity: number, step: number) => number;
  /** By entity: the last step asked for, -1 if none, and the answer. */
  private askedStep = new Int32Array(0);
  private answer = new Float64Array(0);

  /** @throws RangeError when the probability is not in (0, 1] */
  constructor(renewals: Stream, probability: number, draw: (entity: number, step: number) => number) {
    if (!(probability > 0 && probability <= 1)) {
      throw new RangeError(`renewals with the probability ${probability}: expected more than 0 and at most 1`);
    }
    this.renewals = renewals;
    this.probability = probability;
    this.draw = draw;
  }

  at(entity: number, step: number): number {
    if (!(step >= 0 && step < MOST_STEPS)) throw new RangeError(`a value at step ${step}: expected a whole number from 0 to 2^31 - 1`);
    if (entity >= this.askedStep.length) this.grow(entity);
    const asked = this.askedStep[entity]!;
    const known = asked <= step ? asked : -1;
    const { renewals, probability } = this;
    let drawn = step;
    while (drawn > known && drawn > 0 && renewals.uniform(entity, drawn) >= probability) drawn--;
    if (drawn !== known) this.answer[entity] = this.draw(entity, drawn);
    this.askedStep[entity] = step;
    return this.answer[entity]!;
  }

  private grow(entity: number): void {
    const entities = Math.max(64, entity + 1, 2 * this.askedStep.length);
    const askedStep = new Int32Array(entities).fill(-1);
    const answer = new Float64Array(entities);
    askedStep.set(this.askedStep);
    answer.set(this.answer);
    this.askedStep = askedStep;
    this.answer = answer;
  }
}
