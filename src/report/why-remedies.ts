// What would have let a refused server in, in words.
import type { DecisionStory } from "../experiment/decision-story.ts";
import type { Remedy } from "../experiment/remedies.ts";
import { counted, listed } from "./plain-columns.ts";
import { amountOf } from "./why-amounts.ts";
import type { Detail } from "./why-decision.ts";

const MOST_NAMES = 6;

/** Nothing for a decision that found a host, or in which a filter raised. */
export function remedyLines({ choice, error, remedies, largeEnough, placement }: DecisionStory, detail: Detail): readonly string[] {
  if (choice !== null || error !== null) return [];
  const size =
    largeEnough === 0
      ? "It is too large for every host, even an empty one."
      : `It is not too large: ${largeEnough} of ${placement.hosts} hosts would hold it if they were empty.`;
  const lines = remedies.map((remedy) => `- ${sentence(remedy, detail)}`);
  const none = ["- No single change of the flavor, of an allocation ratio, of the filters or of the candidates would."];
  return ["What would have let it in, at this instant and by itself:", ...(lines.length === 0 ? none : lines), size];
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
      return `max_placement_results = ${remedy.to} instead of ${remedy.from}: ${hosts[0]} would have taken it (with no limit, ${counted(hosts.length, "host")} would).`;
  }
}
