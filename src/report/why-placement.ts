// Why hosts were not candidates, in words: what the request insists on, what they lack, where the list ended.
import type { DemandStory, LackingHosts, PlacementStory } from "../experiment/decision-story.ts";
import type { MaxUnit } from "../experiment/max-unit.ts";
import { counted, listed } from "./plain-columns.ts";
import { amountOf, sumText } from "./why-amounts.ts";

export function placementLines(placement: PlacementStory): readonly string[] {
  if (placement.notAsked !== null) return [`Nova did not ask Placement: ${placement.notAsked}.`];
  return [...demandLines(placement), ...roomLines(placement), ...resourceLines(placement), ...listLines(placement)];
}

function demandLines({ demands, hosts, allowed }: PlacementStory): readonly string[] {
  if (demands.length === 0) return [];
  const left = allowed === 0 ? "no host is left" : `${counted(allowed, "host is", "hosts are")} left of ${hosts}`;
  return [`Placement: ${listed(demands.map(demandText))}; ${left}.`];
}

/** `6 hosts are not in availability zone az2`. */
export function demandText({ kind, names, hosts }: DemandStory): string {
  const are = counted(hosts, "host is", "hosts are");
  const [name] = names;
  const any = names.length === 1 ? name : `any of ${listed(names)}`;
  switch (kind) {
    case "zone":
      return `${are} not in availability zone ${name}`;
    case "trait":
      return `${counted(hosts, "host lacks", "hosts lack")} ${names.length === 1 ? `the trait ${name}` : `all of the traits ${listed(names)}`}`;
    case "no trait":
      return name === "COMPUTE_STATUS_DISABLED"
        ? `${are} disabled`
        : `${counted(hosts, "host has", "hosts have")} the trait ${name}, which is forbidden`;
    case "aggregate":
      return `${are} not in ${names.length === 1 ? `the aggregate ${name}` : `${any} (aggregates)`}`;
    case "no aggregate":
      return `${are} in the aggregate ${name}, which is kept for others`;
    case "host":
      return `${are} not ${name}, which is forced`;
  }
}

function roomLines({ hosts, allowed, room, fallback, lacking }: PlacementStory): readonly string[] {
  const of = allowed < hosts ? "of these, " : "";
  const lines: string[] = [];
  if (room < allowed) {
    const who = room === 0 ? "no host has" : counted(room, "host has", "hosts have");
    const by = lacking.map(lackingText);
    lines.push(`Placement: ${of}${who} room for it; ${listed(by)}.`);
  }
  if (fallback > 0) {
    lines.push(`Placement: ${counted(fallback, "host is", "hosts are")} offered by a second query, for VCPU instead of PCPU.`);
  }
  return lines;
}

function lackingText({ resources, beyondMaxUnit, hosts }: LackingHosts): string {
  const lack = resources.length === 0 ? [] : [`${hosts === 1 ? "lacks" : "lack"} ${resources.join(" and ")}`];
  const small = beyondMaxUnit.length === 0 ? [] : [`${hosts === 1 ? "is" : "are"} too small in ${beyondMaxUnit.join(" and ")}`];
  return `${hosts} ${[...lack, ...small].join(" and ")}`;
}

function resourceLines({ resources, hosts, allowed }: PlacementStory): readonly string[] {
  return resources.flatMap(({ resource, asked, lacking, tooSmall, beyondMaxUnit, maxUnit, mostFree, mostFreeHost, freeInAll }) => {
    if (lacking === 0) return [];
    const limit = maxUnitText({ resource, most: maxUnit });
    if (lacking === beyondMaxUnit) {
      return [
        `  ${resource}: ${counted(lacking, "host is", "hosts are")} too small for the ${amountOf(resource, asked)} asked for: ${limit}.`,
      ];
    }
    const empty = tooSmall === 0 ? "" : ` (${tooSmall} of them even when empty)`;
    const together = `${sumText(resource, freeInAll)} in all ${allowed < hosts ? `${allowed} ` : ""}hosts together`;
    const most = `the most free on one host is ${amountOf(resource, mostFree)} (${mostFreeHost}), and ${together}`;
    const ofSome = beyondMaxUnit === 0 ? "" : `; on ${beyondMaxUnit} of them, ${limit}`;
    return [
      `  ${resource}: ${counted(lacking, "host lacks", "hosts lack")} the ${amountOf(resource, asked)} asked for${empty}; ${most}${ofSome}.`,
    ];
  });
}

/** `one server may have at most 112 vCPUs of a host (max_unit, its threads)`; `which`: what hosts are meant. */
export function maxUnitText({ resource, most }: MaxUnit, which = ""): string {
  const whole = wholes[resource];
  return `one server may have at most ${amountOf(resource, most)} of a host${which} (max_unit${whole === undefined ? "" : `, ${whole}`})`;
}

/** What the whole host has. */
const wholes: Readonly<Record<string, string>> = {
  VCPU: "its threads",
  PCPU: "its dedicated CPUs",
  MEMORY_MB: "its RAM",
  DISK_GB: "its disk",
};

/** `every host lacks MEMORY_MB, and one server may have at most ...`; `whom` says who lacks it, `which` follows the word host. */
export function shortageText(lacking: string | null, maxUnits: readonly MaxUnit[], whom: string, which = ""): string {
  const parts = [...(lacking === null ? [] : [`${whom} lacks ${lacking}`]), ...maxUnits.map((unit) => maxUnitText(unit, which))];
  return parts.join(", and ");
}

function listLines({ room, candidates, limit, drawn }: PlacementStory): readonly string[] {
  const cut = room - candidates;
  if (cut <= 0) return [];
  const how = drawn ? "candidates are drawn, at most" : "the list is cut off at";
  return [
    limit !== null && candidates >= limit
      ? `Placement: ${how} max_placement_results = ${limit}; ${counted(cut, "more host has", "more hosts have")} room.`
      : `Placement: ${counted(cut, "host has", "hosts have")} room and ${cut === 1 ? "is" : "are"} not offered for another reason.`,
  ];
}
