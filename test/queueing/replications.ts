// Holds simulated models to closed forms. A case is accepted when the exact value lies within Student's interval of independent replications,
// and only if that interval is narrow enough for the acceptance to mean something. The 99 % level is meant for a whole file: each of its
// comparisons gets an equal part of the 1 % (Bonferroni).
import { expect, it } from "vitest";
import { RandomStreams } from "../../src/kernel/random.ts";
import { type Interval, meanInterval } from "../../src/statistics/interval.ts";

export interface ClosedForm {
  /** A sentence; also the seed. */
  readonly name: string;
  /** One replication: what it observed, by quantity. */
  readonly model: (streams: RandomStreams) => Readonly<Record<string, number>>;
  /** The exact value of each quantity that is compared. */
  readonly exact: Readonly<Record<string, number>>;
  /** Largest admissible half-width of the interval, relative to the exact value. */
  readonly precision: number;
}

const REPLICATIONS = 40;
const FAMILY_CONFIDENCE = 0.99;

/** Declares a test for every case; a file calls this once, with all its cases. */
export function holdToClosedForms(cases: readonly ClosedForm[]): void {
  const comparisons = cases.reduce((sum, { exact }) => sum + Object.keys(exact).length, 0);
  const confidence = 1 - (1 - FAMILY_CONFIDENCE) / comparisons;
  for (const { name, model, exact, precision } of cases) {
    it(name, () => {
      const intervals = replicate(name, model, confidence);
      for (const [quantity, value] of Object.entries(exact)) {
        const { mean, halfWidth } = intervals.get(quantity)!;
        const found = `${quantity}: ${mean} -+ ${halfWidth} against exactly ${value}`;
        expect(Math.abs(mean - value), found).toBeLessThanOrEqual(halfWidth);
        expect(halfWidth / value, found).toBeLessThanOrEqual(precision);
      }
    });
  }
}

function replicate(seed: string, model: ClosedForm["model"], confidence: number): Map<string, Interval> {
  const observed = new Map<string, number[]>();
  for (let replication = 0; replication < REPLICATIONS; replication++) {
    for (const [quantity, value] of Object.entries(model(new RandomStreams(seed, replication)))) {
      const values = observed.get(quantity) ?? [];
      values.push(value);
      observed.set(quantity, values);
    }
  }
  return new Map([...observed].map(([quantity, values]) => [quantity, meanInterval(values, confidence)]));
}
