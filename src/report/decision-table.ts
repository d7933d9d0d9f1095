// The scheduler's decisions as a person reads them: a row a server, and where there was no host, how far the request came.
import Table from "cli-table3";
import type { Question, ServerDecision } from "../policies/cases/decisions.ts";
import { figure } from "./figures.ts";

export function decisionTable({ policy, hosts, requests }: Question, decisions: readonly ServerDecision[]): string {
  const table = new Table({
    head: ["server", "host", "weight", "candidates", "left", "alternates"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    colAligns: ["left", "left", "right", "right", "right", "left"],
  });
  const flavors = new Map(requests.map(({ name, flavor }) => [name, flavor.name]));
  const reasons: string[] = [];
  for (const decision of decisions) {
    const { server, host, outcome, weight, candidates, left_after: left, alternates } = decision;
    // A filter that was not run has nothing to say: it comes after one that left nobody, or passes over all but the first server of a request.
    const counts = policy.enabledFilters.map((filter) => (left[filter] === undefined ? "·" : String(left[filter])));
    table.push([
      `${server} (${flavors.get(decision.request)})`,
      host ?? outcome,
      weight === null ? "" : figure(weight),
      candidates === null ? "" : String(candidates),
      counts.join(" "),
      alternates.join(", "),
    ]);
    if (host === null) reasons.push(`${server}: ${reasonOf(decision, decisions)}`);
  }
  const placed = decisions.filter(({ host }) => host !== null).length;
  const used = new Set(decisions.flatMap(({ host }) => host ?? [])).size;
  return [
    `policy ${policy.name}: ${placed} of ${decisions.length} servers placed, on ${used} of ${hosts.length} hosts.`,
    policy.enabledFilters.length === 0 ? "left: no filters." : `left: hosts left after ${policy.enabledFilters.join(", ")}.`,
    table.toString(),
    ...reasons,
    "",
  ].join("\n");
}

/** Why a server has no host. */
function reasonOf(
  { request, server, candidates, left_after: left, outcome, error }: ServerDecision,
  all: readonly ServerDecision[],
): string {
  if (outcome === "error") return error ?? "";
  const siblings = all.filter((other) => other.request === request);
  const [reached] = siblings.filter((other) => other.candidates !== null).slice(-1);
  if (reached !== undefined && reached.server !== server)
    return `all servers of a request find a host or none does, and ${reached.server} does not`;
  if (candidates === 0) return "Placement offers no host with room";
  const [last] = Object.entries(left).slice(-1);
  if (last !== undefined && last[1] === 0) return `${last[0]} leaves no host`;
  return "Placement has no more room on the hosts that are left";
}
