// A scenario written as text, run to its end with all its self-checks.
import { type RunResult, runOnce } from "../../src/experiment/run.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "../scenario/folder.ts";

export function toldRun(text: string): RunResult {
  const scenario = readScenario("s.yaml", { catalogue, cwd: folder({ "s.yaml": text }) });
  return runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
}

/** `120 fail spine-1: repaired`: second, action, object, outcome. */
export function happened({ built: { operations } }: RunResult): readonly string[] {
  return Array.from({ length: operations!.happenings.count }, (_, index) => {
    const { time, action, object, outcome } = operations!.happenings.row(index);
    return `${time / 1e6} ${action} ${object}: ${outcome}`;
  });
}
