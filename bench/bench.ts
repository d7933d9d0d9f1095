// A bench asks one question about speed or memory and answers it with rows. Its small size is part of the tests, so it cannot rot; a row
// that can be wrong carries what must be the same on every machine (an order hash, a fingerprint, a count of tasks that ended late) beside
// its figure.

export type Size = "small" | "large";

export interface Bench {
  readonly name: string;
  readonly question: string;
  run(size: Size): BenchResult[] | Promise<BenchResult[]>;
}

export interface BenchResult {
  readonly workload: string;
  readonly figure: number;
  readonly unit: string;
  /** What the figure is held against. */
  readonly references?: readonly Reference[];
  /** Order hash or fingerprint of what was run: the same on every machine. */
  readonly hash?: string;
  /** Other facts that are the same on every machine and in every run. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly notes?: string;
}

export interface Reference {
  readonly name: string;
  readonly figure: number;
  /** How many times better than the reference the bench's own figure is. */
  readonly ratio: number;
}

/** A reference for a figure of which more is better (events per second). */
export function moreThan(name: string, reference: number, figure: number): Reference {
  return { name, figure: reference, ratio: figure / reference };
}

/** A reference for a figure of which less is better (seconds, bytes). */
export function lessThan(name: string, reference: number, figure: number): Reference {
  return { name, figure: reference, ratio: reference / figure };
}
