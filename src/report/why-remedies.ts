// What would have let a refused server in, in words.
import type { DecisionStory } from "../experiment/decision-story.ts";
import type { SizeStory } from "../experiment/empty-hosts.ts";
import type { Remedy } from "../experiment/remedies.ts";
import type { HostDemand } from "../policies/nova/request/placement-asks.ts";
import { counted, listed } from "./plain-columns.ts";
import { amountOf } from "./why-amounts.ts";
import type { Detail } from "./why-decision.ts";

const MOST_NAMES = 6;

/** Nothing for a decision that found a host, or in which a filter raised, and nothing of one server where several were asked for together. */
export function remedyLines({ choice, error, remedies, size, placement, together }: DecisionStory, detail: Detail): readonly string[] {
  if (choice !== null || error !== null || placement.notAsked !== null || together !== undefined) return [];
  const sizes = size === null ? [] : sizeLine(placement.hosts, size);
  const lines = remedies.map((remedy) => `- ${sentence(remedy, detail)}`);
  const none = [
    "- No single change of the flavor, of what it insists on, of an allocation ratio, of the filters or of the candidates would.",
  ];
  return ["What would have let it in, at this instant and by itself:", ...(lines.length === 0 ? none : lines), ...sizes];
}

/** Nothing where there is no host that it may be on. */
function sizeLine(hosts: number, { allowed, largeEnough, tooSmallIn }: SizeStory): readonly string[] {
  if (allowed === 0) return [];
  const where = allowed < hosts ? " that it may be on" : "";
  if (largeEnough === 0) {
    const [only, ...others] = tooSmallIn;
    const each = tooSmallIn.map((group) => `${counted(group.hosts, "host")} in ${listed(group.what)}`);
    const what = others.length === 0 ? `in ${listed(only!.what)}` : each.join("; ");
    return [`It is too large for every host${where}, even an empty one: ${what}.`];
  }
  const small = tooSmallIn.map((group) => `; ${group.hosts} ${group.hosts === 1 ? "is" : "are"} too small in ${listed(group.what)}`);
  return [
    `It is not too large: ${largeEnough} of ${counted(allowed, "host")}${where} would hold it if ${allowed === 1 ? "it were" : "they were"} empty${small.join("")}.`,
  ];
}

const withoutWords: Readonly<Record<HostDemand["kind"], string>> = {
  trait: "asking for the trait ",
  "no trait": "forbidding the trait ",
  aggregate: "keeping to the aggregate ",
  "no aggregate": "being kept out of the aggregate ",
  zone: "keeping to the availability zone ",
  host: "being forced to ",
};

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
    case "demand":
      return `Without ${withoutWords[remedy.demand]}${listed(remedy.names)}: ${took}`;
    case "filter":
      return `Without ${remedy.filter}: ${took}`;
    case "limit":
      return `max_placement_results = ${remedy.to} instead of ${remedy.from}: ${hosts[0]} would have taken it (with no limit, ${counted(hosts.length, "host")} would).`;
  }
}
