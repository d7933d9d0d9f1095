// One decision as an operator reads it: the funnel from the hosts of the cloud to those that passed, why each was removed, the weights, the choice.
import { commonMultiplier, type DecisionStory, type WeighedHost } from "../experiment/decision-story.ts";
import { figure } from "./figures.ts";
import { listed, plainColumns } from "./plain-columns.ts";
import { instantText } from "./why-amounts.ts";
import { placementLines } from "./why-placement.ts";
import { remedyLines } from "./why-remedies.ts";

export interface Detail {
  /** Every host and every weigher, instead of what decided. */
  readonly all: boolean;
}

/** Weighers named that decide nothing. */
const MOST_SILENT = 4;
const BEST_HOSTS = 5;
const MOST_NAMES = 6;
/** What every section of a decision is set in by. */
const indent = (lines: readonly string[]) => lines.map((line) => (line === "" ? "" : `  ${line}`));

export function decisionLines(story: DecisionStory, title: string, detail: Detail): readonly string[] {
  const outcome = story.choice ?? (story.error === null ? "no host" : `no host: ${story.error}`);
  const sections = [funnelLines(story, detail), weightLines(story, detail), choiceLines(story), remedyLines(story, detail)];
  return [
    `${title}, at ${instantText(story.timeUs)}: ${outcome}`,
    ...sections.flatMap((lines) => (lines.length === 0 ? [] : ["", ...indent(lines)])),
  ];
}

function funnelLines(story: DecisionStory, { all }: Detail): readonly string[] {
  const { placement, entered, filters } = story;
  const rows = [
    ["stage", "hosts left", "removed"],
    ["the cloud", String(placement.hosts), ""],
    ["Placement", String(placement.candidates), String(placement.hosts - placement.candidates)],
  ];
  if (entered === null) rows.push(["filters", String(placement.candidates), "passed over: the hosts are forced"]);
  else if (entered !== placement.candidates) {
    const by = (story.together?.place ?? 0) > 0 ? "left by the server before" : "hosts the request names";
    rows.push([by, String(entered), String(placement.candidates - entered)]);
  }
  let left = entered ?? placement.candidates;
  for (const filter of filters) {
    rows.push([filter.name, String(filter.left), String(left - filter.left)]);
    left = filter.left;
  }
  for (const [i, name] of story.notAsked.entries())
    rows.push([name, "-", story.error !== null && i === 0 ? "raised an error" : "not asked"]);
  const reasons = [
    ...placementLines(placement),
    ...filters.flatMap(({ name, removed }) =>
      removed.map(({ because, hosts }) => {
        const names = listed(hosts, all ? hosts.length : MOST_NAMES);
        return `${name} removed ${hosts.length === 1 ? names : `${hosts.length} hosts, ${names}`}: ${because}.`;
      }),
    ),
    ...(story.error === null ? [] : [`The request failed as a whole, whatever other hosts there are: ${story.error}.`]),
  ];
  return [...plainColumns(rows, ["left", "right", "right"]), ...(reasons.length === 0 ? [] : ["", ...reasons])];
}

function weightLines(story: DecisionStory, { all }: Detail): readonly string[] {
  const { ranked, weighers, choice } = story;
  if (choice === null || ranked.length < 2 || weighers.length === 0) return [];
  const shown = ranked
    .map((host, i) => ({ host, rank: i + 1 }))
    .filter(({ host, rank }) => all || rank <= BEST_HOSTS || host.host === choice);
  const idle = weighers.map((_, i) => ranked.every((host) => host.values[i]!.product === ranked[0]!.values[i]!.product));
  const told = weighers.flatMap((name, i) => (all || !idle[i] ? [{ name, i }] : []));
  const weights = fixed(shown.map(({ host }) => host.weight));
  const blocks = told.map(({ name, i }) => weigherBlock(story, name, i, shown));
  const head = blocks.map((block) => block[0]!);
  const sub = blocks.map((block) => block[1]!);
  const rows = [
    ["", "", ...head, ""],
    ["rank", "host", ...sub, "weight"],
    ...shown.map(({ host, rank }, row) => {
      return [
        String(rank),
        host.host,
        ...blocks.map((block) => block[row + 2]!),
        `${weights[row]!}${host.host === choice ? "  chosen" : ""}`,
      ];
    }),
  ];
  const title = `Weights of ${shown.length === ranked.length ? "the" : `the best ${shown.length} of`} ${ranked.length} hosts:`;
  const silent = weighers.flatMap((name, i) => (all || !idle[i] ? [] : [`${name} (${figure(ranked[0]!.values[i]!.product)})`]));
  if (told.length === 0)
    return [`The ${ranked.length} hosts weigh the same, ${figure(ranked[0]!.weight)}: ${listed(silent, MOST_SILENT)}.`];
  return [
    `${title} each weigher's raw value (in Nova's units: MB, vCPUs) is normalised over the hosts, multiplied and added up.`,
    "",
    ...plainColumns(rows, ["right", "left"], "   "),
    ...(silent.length === 0 ? [] : ["", `${listed(silent, MOST_SILENT)} gave every host the same, which decides nothing.`]),
  ];
}

/** A weigher's part of the matrix: its name and multiplier, the heads of its columns, and a line a host. */
function weigherBlock(story: DecisionStory, name: string, i: number, shown: readonly { readonly host: WeighedHost }[]): readonly string[] {
  const common = commonMultiplier(story, i);
  const values = shown.map(({ host }) => host.values[i]!);
  const normalized = fixed(values.map((value) => value.normalized));
  const products = fixed(values.map((value) => value.product));
  const cells = values.map(({ raw, multiplier }, row) => {
    const factor = common === null ? [figure(multiplier)] : [];
    return [figure(raw), normalized[row]!, ...factor, products[row]!];
  });
  const lines = plainColumns(
    [["raw", "normalised", ...(common === null ? ["multiplier"] : []), "product"], ...cells],
    ["right", "right", "right", "right"],
    " ",
  );
  const title = common === null ? name : `${name} x ${figure(common)}`;
  const width = Math.max(title.length, ...lines.map((line) => line.length));
  return [title, ...lines.map((line) => line.padStart(width))];
}

/** Why this one, in a sentence or two. */
function choiceLines({
  ranked,
  weighers,
  choice,
  subset,
  shuffled,
  alternates,
  placement,
  entered,
  recordsBehind,
}: DecisionStory): readonly string[] {
  if (choice === null) return [];
  const behind = recordsBehind === null || recordsBehind.length === 0 ? [] : [behindSentence(recordsBehind)];
  const last = alternates.length === 0 ? [] : [`Alternates, to be tried if the build fails: ${alternates.join(", ")}.`];
  const after = [...behind, ...last];
  const [first, second] = ranked;
  if (ranked.length === 1) return [`${choice} is the only host left, so nothing is weighed.`, ...after];
  const rank = ranked.findIndex(({ host }) => host === choice);
  const draw = subset > 1 ? [`One of the best ${subset} is drawn (host_subset_size): the draw fell on ${choice}, rank ${rank + 1}.`] : [];
  const ties = ranked.filter(({ weight }) => weight === first!.weight).length;
  if (weighers.length === 0) {
    const order = placement.candidates === entered ? "Placement's order" : "their order";
    const plain = subset > 1 ? [] : [`The policy has no weighers: the first host in ${order} is taken.`];
    return [...plain, ...draw, ...after];
  }
  const best = ranked.slice(0, ties).map(({ host }) => host);
  if (ties > 1 && subset > 1) return [`${listed(best, BEST_HOSTS)} tie for the best weight.`, ...draw, ...after];
  if (ties > 1) {
    const others = best.filter((host) => host !== choice);
    const how = shuffled ? "equals are shuffled" : "the first of them in Placement's order is taken";
    return [`${choice} ties with ${listed(others, BEST_HOSTS)} for the best weight; ${how}.`, ...after];
  }
  return [leadSentence(first!, second!, weighers), ...draw, ...after];
}

function behindSentence(hosts: readonly string[]): string {
  const records = `${hosts.length === 1 ? "the record" : "the records"} of ${listed(hosts, BEST_HOSTS)}`;
  return `Host states are as nova-compute last reported them: ${records} did not have all that had been claimed or given back there.`;
}

/** `compute-13 leads compute-14 by 0.0123: RAMWeigher +0.02, CPUWeigher -0.0077.` The deciding weigher comes first. */
function leadSentence(first: WeighedHost, second: WeighedHost, weighers: readonly string[]): string {
  const parts = weighers
    .map((name, i) => ({ name, by: first.values[i]!.product - second.values[i]!.product, i }))
    .filter(({ by }) => by !== 0)
    .sort((a, b) => b.by - a.by || a.i - b.i);
  const signed = (x: number) => `${x > 0 ? "+" : ""}${Number(x.toPrecision(4))}`;
  const by = Number((first.weight - second.weight).toPrecision(4));
  const against = parts.filter((part) => part.by < 0).map((part) => `${part.name} ${signed(part.by)}`);
  const for_ = parts.filter((part) => part.by > 0).map((part) => `${part.name} ${signed(part.by)}`);
  const contrary = against.length === 0 ? "" : `, against ${listed(against)}`;
  return `${first.host} leads ${second.host} by ${by}: ${listed(for_)}${contrary}. ${whatDecided(parts, second.host)}`;
}

/** `parts` are the weighers that tell the two hosts apart, the strongest for the first host first. */
function whatDecided(parts: readonly { readonly name: string; readonly by: number }[], second: string): string {
  const [strongest, ...rest] = parts;
  if (rest.length === 0) return `Nothing but ${strongest!.name} tells them apart.`;
  const without = rest.reduce((sum, { by }) => sum + by, 0);
  if (without < 0) return `Without ${strongest!.name}, ${second} would be ahead.`;
  const most = parts.filter(({ by }) => by === strongest!.by).map(({ name }) => name);
  return `${listed(most)} ${most.length === 1 ? "counts" : "count"} most.`;
}

const LEAST_PLACES = 4;
const MOST_PLACES = 15;

/** Whole numbers as they are; otherwise all to so many places that what differs is seen to differ. */
function fixed(values: readonly number[]): readonly string[] {
  if (values.every(Number.isInteger)) return values.map((value) => String(value === 0 ? 0 : value));
  const different = new Set(values.map((value) => (value === 0 ? 0 : value))).size;
  for (let places = LEAST_PLACES; ; places++) {
    const texts = values.map((value) => (value === 0 ? 0 : value).toFixed(places));
    if (new Set(texts).size === different || places === MOST_PLACES) return texts;
  }
}
