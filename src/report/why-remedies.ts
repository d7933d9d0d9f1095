// What would have let a refused server in, in words.
import type { DecisionStory } from "../experiment/decision-story.ts";
import type { Remedy } from "../experiment/remedies.ts";
import { counted, listed } from "./plain-columns.ts";
import { amountOf } from "./why-amounts.ts";
import type { Detail } from "./why-decision.ts";

const MOST_NAMES = 6;

/** Nothing for a decision that found a host, or in which a filter raised. */
export function remedyLines({ choice, error, remedies, roomWhenEmpty, placement }: DecisionStory, detail: Detail): readonly string[] {
  if (choice !== null || error !== null) return [];
  const empty =
    roomWhenEmpty === 0
      ? "Not even an empty cloud would: no host that the filters let pass is large enough."
      : `An empty cloud would: ${roomWhenEmpty} of ${placement.hosts} hosts are large enough and pass the filters.`;
  const lines = remedies.map((remedy) => `- ${sentence(remedy, detail)}`);
  const none = ["- No single change of the flavor, of an allocation ratio, of the filters or of the candidates would."];
  return ["What would have let it in, at this instant and by itself:", ...(lines.length === 0 ? none : lines), `- ${empty}`];
}

function sentence(remedy: Remedy, { all }: Detail): string {
  const { hosts } = remedy;
  const took = `${counted(hosts.length, "host would", "hosts would")} have taken it: ${listed(hosts, all ? hosts.length : MOST_NAMES)}.`;
  switch (remedy.change) {
    case "flavor": {
      const less = remedy.less.map(({ resource, from, to }) => `${amountOf(resource, to)} instead of ${amountOf(resource, from)}`);
      return `A flavor with ${listed(less)}: ${took}`;
    }
    case "ratio":
      return `${remedy.option} ${remedy.to} instead of ${remedy.from}: ${took}`;
    case "filter":
      return `Without ${remedy.filter}: ${took}`;
    case "limit":
      return `max_placement_results = ${remedy.to} instead of ${remedy.from}, so that the first host beyond the list is on it; with no limit, ${took}`;
  }
}
