// A scenario may point at a real nova.conf and placement.conf (`cloud.nova_conf`, `cloud.placement_conf`). What they say is laid under the
// scenario, as an import would be: the scenario has the last word, and every value keeps the line of the file it came from.
import type { z } from "zod";
import type { Problem } from "../../kernel/problem.ts";
import { merged } from "../imports.ts";
import { formatPlace, type Located, type LocatedEntry, type LocatedMap, type Path, type Place, problemAt, valueAt } from "../located.ts";
import { writtenRelease } from "../release.ts";
import type { ConfOption } from "../scenario.ts";
import type { Catalogue } from "../vocabulary.ts";
import { Account } from "./account.ts";
import { readConfFiles } from "./conf-files.ts";
import { CONF_POLICY, confPolicy, nameWithoutFile } from "./conf-policy.ts";
import { modelledElsewhere } from "./misplaced.ts";
import { novaOptionTable, placementOptionTable } from "./modelled-options.ts";
import { knownOptions } from "./option-defaults.ts";
import { type GivenValue, type ReadingContext, readValues } from "./read-values.ts";
import { Settings } from "./settings.ts";

const POLICIES: Path = ["study", "policies"];

export interface ConfReading {
  /** The scenario with the files worked in, and their names gone. */
  readonly root: LocatedMap;
  readonly options: readonly ConfOption[];
}

interface ConfOptions {
  readonly schema: z.ZodType;
  readonly catalogue: Catalogue;
  /** Folder the user stands in. */
  readonly cwd: string;
}

/** Works in the files that the scenario `root`, its parameters filled in, names. */
export function withConfiguration(root: LocatedMap, { schema, catalogue, cwd }: ConfOptions, problems: Problem[]): ConfReading {
  const bare = withoutKeys(root);
  const release = writtenRelease(root);
  const options: ConfOption[] = [];
  let result = bare;
  const novaConf = valueAt(root, ["cloud", "nova_conf"]);
  if (novaConf === undefined) {
    result = withoutUnknownPolicy(bare, problems);
  } else {
    const account = new Account("nova");
    const context: ReadingContext = { schema, catalogue, release, account, problems };
    const settings = new Settings(readConfFiles(novaConf, ["cloud", "nova_conf"], cwd, problems), knownOptions(novaOptionTable, context));
    const table = novaOptionTable.map((row) => (row.where?.(root) === false ? { ...row, targets: [] } : row));
    const given = readValues(settings, table, context);
    const policy = confPolicy(settings, given, context);
    const study = valueAt(bare, ["study"]);
    result = laidUnder(bare, given, schema, account);
    if (study === undefined || study.kind === "map") {
      const policies = policy.expanded(valueAt(bare, POLICIES), novaConf.place);
      if (study !== undefined) result = withValue(result, POLICIES, policies);
      policy.settle(policies, context);
    }
    for (const option of settings) {
      const elsewhere = account.isSettled(option) ? null : modelledElsewhere(option);
      if (elsewhere !== null) account.withoutEffect(option, elsewhere);
    }
    options.push(...account.of(settings));
  }
  const placementConf = valueAt(root, ["cloud", "placement_conf"]);
  if (placementConf !== undefined) {
    const account = new Account("placement");
    const context: ReadingContext = { schema, catalogue, release, account, problems };
    const written = readConfFiles(placementConf, ["cloud", "placement_conf"], cwd, problems);
    const settings = new Settings(written, knownOptions(placementOptionTable, context));
    const given = readValues(settings, placementOptionTable, context);
    result = laidUnder(result, given, schema, account);
    options.push(...account.of(settings));
  }
  return { root: result, options };
}

/** The scenario with the given values of keys under its own; settles which of them hold. */
function laidUnder(root: LocatedMap, given: readonly GivenValue[], schema: z.ZodType, account: Account): LocatedMap {
  const placed = given.flatMap(({ options, path, located }) => (path === null ? [] : [{ options, path, located }]));
  if (placed.length === 0) return root;
  const result = merged(nested(placed, root.place), root, schema);
  for (const { options, path, located } of placed) {
    const holds = valueAt(result, path);
    const key = path.join(".");
    options.forEach((option, index) => {
      if (holds === located) account.taken(option, located.kind === "list" && options.length > 1 ? `${key}.${index}` : key);
      else account.withoutEffect(option, `the scenario says ${key} itself${holds === undefined ? "" : `, at ${formatPlace(holds.place)}`}`);
    });
  }
  return result;
}

function nested(placed: readonly { readonly path: Path; readonly located: Located }[], place: Place): LocatedMap {
  const entries = new Map<string, LocatedEntry>();
  for (const { path, located } of placed) {
    const key = String(path[0]);
    if (entries.has(key)) continue;
    if (path.length === 1) {
      entries.set(key, { keyPlace: located.place, value: located });
      continue;
    }
    const inside = placed.filter((other) => other.path[0] === key).map((other) => ({ path: other.path.slice(1), located: other.located }));
    entries.set(key, { keyPlace: located.place, value: nested(inside, located.place) });
  }
  return { kind: "map", entries, place };
}

function withoutKeys(root: LocatedMap): LocatedMap {
  const cloud = valueAt(root, ["cloud"]);
  if (cloud?.kind !== "map") return root;
  const entries = new Map([...cloud.entries].filter(([key]) => key !== "nova_conf" && key !== "placement_conf"));
  return withValue(root, ["cloud"], { ...cloud, entries });
}

/** The map with the value at `path`, all but whose last key is there. */
function withValue(map: LocatedMap, [key, ...rest]: Path, value: Located): LocatedMap {
  const name = String(key);
  const old = map.entries.get(name);
  const below = old?.value;
  const changed = rest.length === 0 || below?.kind !== "map" ? value : withValue(below, rest, value);
  return { ...map, entries: new Map(map.entries).set(name, { keyPlace: old?.keyPlace ?? value.place, value: changed }) };
}

/** A policy called `nova.conf` needs the file. */
function withoutUnknownPolicy(root: LocatedMap, problems: Problem[]): LocatedMap {
  const policies = valueAt(root, POLICIES);
  const named = nameWithoutFile(policies);
  if (policies?.kind !== "list" || named.length === 0) return root;
  for (const { place, index } of named) {
    const message = `the policy "${CONF_POLICY}" is what a configuration file says, and the scenario names no file`;
    problems.push(problemAt(place, [...POLICIES, index], message, "give its path: cloud: {nova_conf: etc/nova.conf}"));
  }
  const broken = new Set(named.map(({ index }) => index));
  const items = policies.items.map((item, index): Located => (broken.has(index) ? { kind: "broken", place: item.place } : item));
  return withValue(root, POLICIES, { ...policies, items });
}
