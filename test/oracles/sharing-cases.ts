// Cases of activities that share something (cores of hosts, bandwidth of disks), with the instants at which SimGrid 3.32 saw them end. Cases
// are known by their shape; those beside this file, or, with ORRERY_ORACLES set, those in all *.jsonl and *.jsonl.gz of that folder.
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { casesOf, filesOf } from "./oracle-files.ts";

export interface SharingCase {
  readonly id: string;
  /** Absolute completion time of each activity, in seconds. */
  readonly expected: readonly number[];
}

/** Of the duration, plus an absolute part: what the givers of the cases ask of a careful simulator. */
const RELATIVE = 1e-6;
const ABSOLUTE_SECONDS = 1e-9;

/**
 * Defines a test for each file with cases that `isOne` recognises. `play` gives the seconds at which the activities of a case start and end;
 * `count` is the number of cases beside this file.
 */
export function endsAgree<C extends SharingCase>(
  title: string,
  ownFile: string,
  count: number,
  isOne: (one: object) => boolean,
  play: (one: C) => { readonly starts: readonly number[]; readonly ends: readonly number[] },
): void {
  const folder = process.env.ORRERY_ORACLES;
  const files = folder === undefined ? [fileURLToPath(new URL(ownFile, import.meta.url))] : filesOf(folder);
  describe(title, () => {
    let found = false;
    for (const file of files) {
      const cases = casesOf<C>(file).filter(isOne);
      if (cases.length === 0) continue;
      found = true;
      it(`agree in all ${cases.length} cases of ${file.split("/").at(-1)}`, () => {
        let worst = 0;
        const failures = cases.flatMap((one) => {
          const { starts, ends } = play(one);
          const wrong = one.expected.flatMap((expected, index) => {
            const duration = expected - starts[index]!;
            const share = Math.abs(ends[index]! - expected) / (RELATIVE * duration + ABSOLUTE_SECONDS);
            worst = Math.max(worst, share);
            return share <= 1 ? [] : [`${one.id}, activity ${index}: ends at ${ends[index]} s; expected ${expected} s`];
          });
          return ends.length === one.expected.length
            ? wrong
            : [...wrong, `${one.id}: ${ends.length} ends; expected ${one.expected.length}`];
        });
        if (folder !== undefined) console.log(`${file}: ${failures.length} ends differ; the worst takes ${worst} of the tolerance`);
        expect(failures).toEqual([]);
        if (folder === undefined) expect(cases).toHaveLength(count);
      });
    }
    if (!found) it.skip(`have no cases in ${folder}`, () => {});
  });
}

/** Activities of one place by time of start, and what is under way there. */
export interface SharedThing {
  begin(activity: number, now: number): void;
  /** The next activity to end among those under way, -1 for none. */
  firstToEnd(): number;
  endOf(activity: number): number;
  remove(activity: number, now: number): void;
}

/** Lets activities start when they do and end when they are done, in seconds. */
export function playThrough(starts: readonly number[], thing: SharedThing): { starts: readonly number[]; ends: number[] } {
  const ends = new Array<number>(starts.length).fill(Number.NaN);
  const order = starts.map((_, activity) => activity).sort((a, b) => starts[a]! - starts[b]! || a - b);
  let begun = 0;
  for (;;) {
    const first = thing.firstToEnd();
    const end = first < 0 ? Number.POSITIVE_INFINITY : thing.endOf(first);
    const next = order[begun];
    if (next !== undefined && starts[next]! <= end) {
      thing.begin(next, starts[next]!);
      begun++;
    } else if (first >= 0) {
      ends[first] = end;
      thing.remove(first, end);
    } else return { starts, ends };
  }
}
