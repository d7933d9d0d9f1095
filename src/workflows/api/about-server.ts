// Steps that were written about a server, told in the workflow of a request about that server.
import type { Cloud } from "../cloud.ts";
import type { Step } from "../vocabulary.ts";

const serverOf = (cloud: Cloud, request: number) => cloud.requests.server[request]!;

/** The same steps, each given the server of the request instead of the request. */
export function aboutServer(...steps: readonly Step[]): Step[] {
  return steps.map(one);
}

function one(step: Step): Step {
  switch (step.word) {
    case "call":
    case "cast":
    case "enter":
      return step;
    case "notify":
      return { ...step, ofServer: true };
    case "at":
    case "on":
    case "holding":
      return { ...step, steps: aboutServer(...step.steps) };
    case "decide":
      return { ...step, decide: (cloud, request) => step.decide(cloud, serverOf(cloud, request)) };
    case "wait":
      return { ...step, time: (cloud, request) => step.time(cloud, serverOf(cloud, request)) };
    case "transfer":
      return { ...step, flow: (cloud, request) => step.flow(cloud, serverOf(cloud, request)) };
    case "perform":
      return { ...step, begin: (cloud, request, strand) => step.begin(cloud, serverOf(cloud, request), strand) };
    case "together":
      return { ...step, branches: step.branches.map((branch) => aboutServer(...branch)) };
    case "attempt":
      return { ...step, steps: aboutServer(...step.steps), undo: aboutServer(...step.undo) };
    case "retry":
      return { ...step, steps: aboutServer(...step.steps), before: aboutServer(...step.before) };
    case "within": {
      const { expired } = step.limit;
      return {
        ...step,
        limit: { ...step.limit, expired: (cloud, request) => expired(cloud, serverOf(cloud, request)) },
        steps: aboutServer(...step.steps),
      };
    }
    case "once":
      return { ...step, key: (cloud, request) => step.key(cloud, serverOf(cloud, request)), steps: aboutServer(...step.steps) };
    case "when":
      return { ...step, holds: (cloud, request) => step.holds(cloud, serverOf(cloud, request)), steps: aboutServer(...step.steps) };
  }
}
