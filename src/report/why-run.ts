// Placement over a run as an operator reads it: where NoValidHost came from, what was stranded, and how fragmented the room was.

import { resources } from "../datacenter/shortage.ts";
import type { CountedCause } from "../experiment/no-valid-host.ts";
import type { PlacementOverview } from "../experiment/placement-overview.ts";
import type { RunResult } from "../experiment/run.ts";
import { type FlavorRoom, type Stranded, USABLE } from "../experiment/stranded.ts";
import { formatTime } from "../kernel/time.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { counted, listed, plainColumns } from "./plain-columns.ts";
import { sumText } from "./why-amounts.ts";
import type { Detail } from "./why-decision.ts";
import { shortageText } from "./why-placement.ts";

/** Flavors that are told without `--all`. */
const MOST_FLAVORS = 12;
const MOST_NAMED = 3;

export function whyRun(scenario: Scenario, result: RunResult, overview: PlacementOverview, detail: Detail): string {
  const { fullest, end, noValidHost } = overview;
  const { policy, replication, fingerprint } = result;
  const seed = scenario.study.seed;
  const lines = [
    `${scenario.name}, policy ${policy.name}, seed ${seed}, replication ${replication}, fingerprint ${fingerprint}.`,
    "",
    ...refusalLines(noValidHost),
    ...(fullest === null
      ? []
      : [
          "",
          `When the cloud was fullest, at ${formatTime(fullest.timeUs)} (${(100 * fullest.share).toFixed(1)} % of the scarcest resource claimed; room alone, filters not asked):`,
          ...strandedLines(fullest, detail),
        ]),
    "",
    `At the end, at ${formatTime(scenario.study.duration)}:`,
    ...strandedLines(end, detail),
  ];
  return `${lines.join("\n")}\n`;
}

function refusalLines(causes: readonly CountedCause[]): readonly string[] {
  const total = causes.reduce((sum, { decisions }) => sum + decisions, 0);
  if (total === 0) return ["The scheduler found a host for every server, over the whole run."];
  const rows = causes.map((cause) => {
    const flavors = [...cause.flavors].sort((a, b) => b.decisions - a.decisions || (a.flavor < b.flavor ? -1 : 1));
    const names = flavors.map(({ flavor, decisions }) => `${flavor} ${decisions}`);
    return [String(cause.decisions), causeText(cause), listed(names, MOST_NAMED)];
  });
  const outcome = causes.some(({ stage }) => stage === "error") ? "NoValidHost or SchedulingError" : "NoValidHost";
  return [
    `${counted(total, "server")} of the whole run found no host (${outcome}), by the first stage that left none:`,
    ...plainColumns([["servers", "left no host", "flavors"], ...rows], ["right"]).map((line) => `  ${line}`),
  ];
}

function causeText({ stage, detail, maxUnits = [], among = [] }: CountedCause): string {
  if (stage === "max_placement_results") return "max_placement_results cut off hosts that would have passed";
  if (stage === "claims") return "hosts passed, but others claimed them first";
  if (stage === "together") return "hosts passed, but not enough for all that were asked for together";
  if (stage === "error") return `an error: ${detail}`;
  if (stage === "request") return `refused before Placement was asked: ${detail}`;
  if (stage !== "Placement") return stage;
  const whom = among.length === 0 ? "" : ` ${listed(among)}`;
  if (detail === "no host") return `Placement: there is no host${whom}`;
  if (detail === "not the same everywhere") return `Placement: every host${whom} lacks something, but not all the same`;
  return `Placement: ${shortageText(detail, maxUnits, `every host${whom}`, whom)}`;
}

const causeWords: Readonly<Record<string, string>> = {
  [USABLE]: "takes at least one flavor",
  "no flavor fits": "no flavor fits: each lacks something, not all the same",
  "no flavor allowed": "no flavor may be there: traits or aggregates keep all away",
};

function strandedLines({ causes, flavors }: Stranded, { all }: Detail): readonly string[] {
  const rows = causes.map(({ cause, hosts, vcpus, ramMb, diskGb }) => {
    return [
      causeWords[cause] ?? strandedText(cause),
      String(hosts),
      sumText("VCPU", vcpus),
      sumText("MEMORY_MB", ramMb),
      sumText("DISK_GB", diskGb),
    ];
  });
  const told = all ? flavors : flavors.slice(0, MOST_FLAVORS);
  const more = flavors.length - told.length;
  const refusals = told.flatMap(({ flavor, notAllowed = 0, refused }) => [
    ...(notAllowed > 0 ? [`${flavor}: traits or aggregates keep it off ${counted(notAllowed, "host")}.`] : []),
    ...refused.map(({ filter, hosts, servers }) => `${flavor}: ${filter} refuses ${counted(hosts, "host")} with room for ${servers}.`),
  ]);
  return [
    ...plainColumns(
      [["free capacity by cause", "hosts", "free vCPUs", "free RAM", "free disk"], ...rows],
      ["left", ...resources.map(() => "right" as const), "right"],
    ),
    "",
    ...plainColumns(
      [["flavor", "more that fit", "in the sum of all free room", "lost to fragmentation"], ...told.map(flavorRow)],
      ["left", "right", "right", "right"],
    ),
    ...(more === 0 ? [] : [`and ${counted(more, "more flavor")} (--all).`]),
    ...(refusals.length === 0 ? [] : ["", ...refusals]),
  ].map((line) => (line === "" ? "" : `  ${line}`));
}

/** The resource that every flavor lacks there, or the filter that refuses them all. */
function strandedText(cause: string): string {
  return cause.startsWith("no ") ? `no flavor fits: ${cause}` : `refused by ${cause}`;
}

const flavorRow = ({ flavor, fits, fitsInSum, fragmented }: FlavorRoom): readonly string[] => {
  const share = fitsInSum === 0 ? "" : ` (${Math.round((100 * fragmented) / fitsInSum)} %)`;
  return [flavor, String(fits), String(fitsInSum), `${fragmented}${share}`];
};
