// Every event and decision of a run, noted one by one: the slow truth that `orrery diff` is held against.
import { runOnce } from "../../src/experiment/run.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";

export interface Noted {
  readonly time: number;
  readonly kind: number;
  readonly name: string;
  readonly entity: number;
  readonly argument: number;
}

interface Which {
  /** Index of the policy in the scenario. */
  readonly policy?: number;
  readonly replication?: number;
  readonly seed?: string;
}

export function eventLog(file: string, { policy = 0, replication = 0, seed }: Which = {}): readonly Noted[] {
  const read = readScenario(file, { catalogue });
  const scenario = seed === undefined ? read : { ...read, study: { ...read.study, seed } };
  const log: Noted[] = [];
  runOnce({
    scenario,
    policy: scenario.study.policies[policy]!,
    replication,
    prepare: ({ cloud: { simulation } }) =>
      simulation.observe((time, kind, entity, argument) => {
        log.push({ time, kind, name: simulation.nameOf(kind), entity, argument });
      }),
  });
  return log;
}

/** Number (from 1) of the first event that differs, and its kinds in words; null when the logs are the same. */
export function firstDifference(a: readonly Noted[], b: readonly Noted[]): { event: number; kinds: (string | null)[] } | null {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (x !== undefined && y !== undefined && x.time === y.time && x.name === y.name && x.entity === y.entity && x.argument === y.argument)
      continue;
    return { event: i + 1, kinds: [x?.name ?? null, y?.name ?? null] };
  }
  return null;
}
