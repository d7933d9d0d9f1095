// What requests of users must get right across several values: servers that there will be, names that something gives, users and projects.
import { didYouMean } from "../kernel/did-you-mean.ts";
import { shorten } from "../kernel/units.ts";
import type { ResourceType } from "../workflows/api/api-operation.ts";
import { apiOperations } from "../workflows/api/operations.ts";
import type { Across } from "./across.ts";
import { isServerName } from "./hints.ts";
import type { ReadAction } from "./schema-actions.ts";
import { type NamedRequest, serverNames } from "./server-names.ts";

const ACTIONS = ["actions"] as const;
const REQUESTS = ["workload", "requests"] as const;

/** @param given names of things that the scenario has from its start, by type */
export function checkActions(across: Across, given: ReadonlyMap<ResourceType, readonly string[]>): void {
  const instant = across.read(["cloud", "control_plane"]) === "instant";
  if (instant && across.read(["workload", "rally"]) !== undefined)
    across.complainOfKey(["workload", "rally"], "Rally has nothing to measure with an instant control plane", "control_plane: modelled");
  checkIteration(across);
  const count = across.length(ACTIONS);
  if (count === 0) return;
  if (instant) across.complainOfKey(ACTIONS, "an instant control plane has no APIs to ask", "control_plane: modelled");
  const read = Array.from({ length: count }, (_, index) => across.read([...ACTIONS, index]) as ReadAction | undefined);
  const projects = across.number(["workload", "projects"]);
  const names = new Map([...given].map(([type, known]) => [type, new Set(known)]));
  for (const action of read) {
    for (const [name, { kind }] of parametersOf(action)) {
      if (kind.is !== "new name" || typeof action?.[name] !== "string") continue;
      const known = names.get(kind.of) ?? new Set<string>();
      names.set(kind.of, known.add(action[name]));
    }
  }
  const requests = Array.from(
    { length: across.length(REQUESTS) },
    (_, index) => across.read([...REQUESTS, index]) as NamedRequest | undefined,
  );
  const servers = requests.every((request) => request !== undefined) ? serverNames(requests as readonly NamedRequest[]) : null;
  for (const [index, action] of read.entries()) {
    if (action === undefined) continue;
    const path = [...ACTIONS, index];
    if (projects !== undefined && action.project > projects)
      across.complain([...path, "project"], `there is no project ${action.project}`, `projects: 1 to ${projects}`);
    for (const [name, { kind }] of parametersOf(action)) {
      const value = action[name];
      if (value === undefined) continue;
      if (kind.is === "server" && servers !== null) checkServer(across, [...path, name], String(value), servers);
      if (kind.is !== "name" && kind.is !== "names") continue;
      const known = names.get(kind.of) ?? new Set<string>();
      for (const wanted of (Array.isArray(value) ? value : [value]).map(String)) {
        if (known.has(wanted)) continue;
        const near = didYouMean(wanted, known);
        const hint = near === null ? `make it with an earlier ${kind.of} create` : `did you mean "${near}"?`;
        across.complain([...path, name], `nothing makes a ${kind.of} "${shorten(wanted)}"`, hint);
      }
    }
  }
}

const RALLY = ["workload", "rally"] as const;

/** Exactly one of a scenario of Rally's and requests of one's own; these can name no servers. */
function checkIteration(across: Across): void {
  const rally = across.read(RALLY) as { readonly scenario?: string; readonly iteration?: readonly ReadAction[] } | undefined;
  if (rally === undefined) return;
  if ((rally.scenario === undefined) === (rally.iteration === undefined)) {
    const what = rally.scenario === undefined ? "says nothing of what an iteration does" : "says twice what an iteration does";
    across.complain(RALLY, what, "one of scenario: NovaServers.boot_server and iteration: [{do: ...}]");
  }
  if (rally.iteration?.length === 0) across.complain([...RALLY, "iteration"], "expected at least one request");
  for (const [index, action] of (rally.iteration ?? []).entries()) {
    for (const [name, { kind }] of parametersOf(action)) {
      if (kind.is === "server")
        across.complain([...RALLY, "iteration", index, name], "an iteration has no servers", "ask for other things");
    }
  }
}

function parametersOf(action: ReadAction | undefined) {
  return Object.entries(apiOperations.find(({ name }) => name === action?.do)?.parameters ?? {});
}

function checkServer(
  across: Across,
  path: readonly (string | number)[],
  name: string,
  servers: ReadonlyMap<string, readonly string[]>,
): void {
  const meant = servers.get(name);
  if (meant?.length === 1 || isServerName(name)) return;
  if (meant !== undefined) {
    across.complain(path, `"${shorten(name)}" is ${meant.length} servers`, `one of them: ${shorten(name)}-1, ${shorten(name)}-2, ...`);
    return;
  }
  const near = didYouMean(name, servers.keys());
  const hint = near === null ? "servers: server-1, server-2, ..., or the name of a request" : `did you mean "${near}"?`;
  across.complain(path, `there is no server "${shorten(name)}"`, hint);
}
