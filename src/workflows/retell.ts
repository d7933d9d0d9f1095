// A workflow told otherwise: the same steps, but for those that a cloud does in another way. What is not changed stays as it is.
import type { Step, Workflow } from "./vocabulary.ts";

/** What stands for a step; null: the step as it is, with its own steps told likewise. */
export type Change = (step: Step) => readonly Step[] | null;

export function retell(workflow: Workflow, change: Change): Workflow {
  return { ...workflow, steps: all(workflow.steps, change) };
}

function all(steps: readonly Step[], change: Change): Step[] {
  return steps.flatMap((step) => change(step) ?? [within(step, change)]);
}

function within(step: Step, change: Change): Step {
  switch (step.word) {
    case "at":
    case "on":
    case "holding":
    case "within":
    case "once":
    case "when":
      return { ...step, steps: all(step.steps, change) };
    case "together":
      return { ...step, branches: step.branches.map((branch) => all(branch, change)) };
    case "attempt":
      return { ...step, steps: all(step.steps, change), undo: all(step.undo, change) };
    case "retry":
      return { ...step, steps: all(step.steps, change), before: all(step.before, change) };
    default:
      return step;
  }
}
