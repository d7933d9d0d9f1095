// Requests of users as the client sends them: in the order of their times, with servers by their numbers.

import type { TimedAsk } from "../workflows/api/api-client.ts";
import type { Arguments } from "../workflows/api/api-requests.ts";
import { apiOperations } from "../workflows/api/operations.ts";
import type { RallyAsk } from "../workload/rally.ts";
import type { ReadScenario } from "./schema.ts";
import type { ReadAction, ReadRequest } from "./schema-actions.ts";
import { serverNames } from "./server-names.ts";

/** Not parameters of an operation. */
const COMMON: readonly string[] = ["at", "do", "project", "as"];

/** Null: the scenario has none. */
export function actionsOf(read: ReadScenario): readonly TimedAsk[] | null {
  if (read.actions === undefined) return null;
  const names = "requests" in read.workload ? serverNames(read.workload.requests) : new Map<string, readonly string[]>();
  const actions = read.actions as unknown as readonly ReadAction[];
  const order = actions.map((_, index) => index).sort((a, b) => actions[a]!.at - actions[b]!.at || a - b);
  return order.map((index): TimedAsk => {
    const action = actions[index]!;
    const { parameters } = apiOperations.find(({ name }) => name === action.do)!;
    const args: Record<string, Arguments[string]> = {};
    let server = -1;
    for (const [name, value] of Object.entries(action)) {
      if (COMMON.includes(name) || value === undefined) continue;
      args[name] = value as Arguments[string];
      if (parameters[name]!.kind.is !== "server") continue;
      // Others may take part, and are meant by their numbers: the request is about the one that is called so.
      if (name === "server") server = numberOf(String(value), names);
      else args[name] = numberOf(String(value), names);
    }
    return { at: action.at, operation: action.do, project: action.project - 1, user: action.as ?? "", server, args };
  });
}

/** Names are known to mean one server by now. */
function numberOf(name: string, names: ReadonlyMap<string, readonly string[]>): number {
  return Number((names.get(name)?.[0] ?? name).slice("server-".length)) - 1;
}

/** The requests of an iteration of Rally; what they name gets the number of the iteration, which stands in the names as `{i}`. */
export function iterationOf(actions: readonly ReadRequest[]): readonly RallyAsk[] {
  const own = new Set<string>();
  const parametersOf = (operation: string) => apiOperations.find(({ name }) => name === operation)!.parameters;
  for (const action of actions) {
    for (const [name, { kind }] of Object.entries(parametersOf(action.do))) {
      if (kind.is === "new name" && action[name] !== undefined) own.add(`${kind.of} ${String(action[name])}`);
    }
  }
  return actions.map((action): RallyAsk => {
    const args: Record<string, unknown> = {};
    for (const [name, { kind }] of Object.entries(parametersOf(action.do))) {
      const value = action[name];
      if (value === undefined) continue;
      const numbered = (text: unknown) => ("of" in kind && own.has(`${kind.of} ${String(text)}`) ? `${String(text)}-{i}` : text);
      args[name] = Array.isArray(value) ? value.map(numbered) : numbered(value);
    }
    return { operation: action.do, project: action.project - 1, user: action.as ?? "", args };
  });
}
