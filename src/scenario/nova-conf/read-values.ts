// From the options of a file to values for the scenario: each row of the table is looked up, read as its type, and given to the first place
// that scenarios have for it. What has no effect is settled with its reason on the way.
import type { z } from "zod";
import type { Problem } from "../../kernel/problem.ts";
import { missingIn, type NovaRelease, releaseTitle } from "../../policies/nova/releases.ts";
import { factsOf } from "../grammar.ts";
import { type Located, type Path, problemAt } from "../located.ts";
import type { Catalogue } from "../vocabulary.ts";
import type { Account } from "./account.ts";
import type { ModelledOption, ReadItem } from "./modelled-options.ts";
import type { WrittenOption } from "./option-text.ts";
import { type OptionSetting, readSetting } from "./option-values.ts";
import { placed } from "./placed.ts";
import { type OptionName, type Settings, UnknownReference } from "./settings.ts";

/** A value for the scenario, at a path from its root or as an option of the policy `nova.conf`. */
export interface GivenValue {
  /** What it is made of: one option, or as many as one that may be given several times was given. */
  readonly options: readonly WrittenOption[];
  readonly path: Path | null;
  readonly policyOption: string | null;
  readonly located: Located;
}

export interface ReadingContext {
  readonly schema: z.ZodType;
  readonly catalogue: Catalogue;
  /** Null: the scenario names none, and what any release has is taken. */
  readonly release: NovaRelease | null;
  readonly account: Account;
  readonly problems: Problem[];
}

export function readValues(settings: Settings, table: readonly ModelledOption[], context: ReadingContext): readonly GivenValue[] {
  const { account } = context;
  const given: GivenValue[] = [];
  for (const row of table) {
    const names: readonly OptionName[] = [[row.group, row.name], ...(row.formerly ?? [])];
    const option = settings.last(names);
    if (option === undefined) continue;
    if (row.type !== "texts") markSuperseded(settings.all(names), option, account);
    const target = row.targets.find((candidate) => exists(candidate, context));
    const missing = context.release === null ? null : missingIn(context.release, row.name);
    if (missing !== null) {
      account.withoutEffect(option, `${releaseTitle(context.release!)} has no such option: ${missing}`);
      continue;
    }
    const times = row.type === "texts" ? settings.every(names) : [option];
    if (target === undefined) {
      for (const each of times) {
        if (row.elsewhere === undefined) account.ignored(each, row.otherwise);
        else account.withoutEffect(each, row.elsewhere);
      }
      continue;
    }
    if ("readItem" in target) {
      const items = itemsOf(times, target.readItem, settings, context);
      if (items.length > 0) {
        const located: Located = { kind: "list", place: option.place, items };
        given.push({ options: times, path: target.path, policyOption: null, located });
      }
      continue;
    }
    const setting = settingOf(option, row, settings, context);
    if (setting === undefined) continue;
    const idle = setting === null || setting === "" ? "it is empty" : (row.idle?.(setting) ?? unlessOther(row, settings));
    const path = "path" in target ? target.path : null;
    const first = path === null ? undefined : given.find((other) => other.path?.join(".") === path.join("."))?.options[0];
    if (idle !== null) account.withoutEffect(option, idle);
    else if (first !== undefined) account.withoutEffect(option, `${first.name} in ${lineOf(first, option)} comes first`);
    else {
      const located = placed("path" in target ? target.write(setting!) : setting!, option.place);
      given.push({ options: [option], path, policyOption: "path" in target ? null : target.policyOption, located });
    }
  }
  return given;
}

/** An entry for each time the option is given; one with a problem is broken. */
function itemsOf(times: readonly WrittenOption[], read: ReadItem, settings: Settings, context: ReadingContext): readonly Located[] {
  return times.map((option): Located => {
    const { place } = option;
    const text = settingOf(option, { type: "text" }, settings, context);
    if (text === undefined) return { kind: "broken", place };
    const item = read(String(text ?? ""), place);
    if (!item.ok) {
      context.problems.push(problemAt(place, [`[${option.group}] ${option.name}`], item.message, item.hint));
      return { kind: "broken", place };
    }
    if (item.left !== null) context.account.partLeftOut(option, item.left.part, item.left.reason);
    return item.located;
  });
}

/** The value that holds, read as its type; null = empty, undefined = a problem was added. */
export function settingOf(
  option: WrittenOption,
  { type, least }: Pick<ModelledOption, "type" | "least">,
  settings: Settings,
  { problems }: Pick<ReadingContext, "problems">,
): OptionSetting | null | undefined {
  const refuse = (message: string): undefined => {
    problems.push(problemAt(option.place, [`[${option.group}] ${option.name}`], message));
    return undefined;
  };
  try {
    const read = readSetting(settings.filledIn(option), type, least);
    return read.ok ? read.value : refuse(read.message);
  } catch (error) {
    if (error instanceof UnknownReference) return refuse(error.message);
    throw error;
  }
}

/** Of several values one holds, and the service says nothing of the others. */
export function markSuperseded(all: readonly WrittenOption[], holds: WrittenOption, account: Account): void {
  for (const option of all) {
    if (option !== holds) account.withoutEffect(option, `[${holds.group}] ${holds.name} in ${lineOf(holds, option)} holds instead`);
  }
}

/** The line of an option, for a reader of another; with its file where that is another one, too. */
function lineOf({ place }: WrittenOption, reader: WrittenOption): string {
  return place.file === reader.place.file ? `line ${place.line}` : `${place.file}, line ${place.line},`;
}

function unlessOther({ unless }: ModelledOption, settings: Settings): string | null {
  const other = unless === undefined ? undefined : settings.last([unless.option]);
  return other === undefined ? null : unless!.says(other.value);
}

function exists(target: ModelledOption["targets"][number], { schema, catalogue }: ReadingContext): boolean {
  if (!("path" in target)) return POLICY_KEYS.includes(target.policyOption) || catalogue.options.has(target.policyOption);
  let here: z.ZodType | undefined = schema;
  for (const key of target.path) {
    const facts = factsOf(here!);
    if (facts.kind === "section") here = Object.hasOwn(facts.shape, key) ? facts.shape[key] : undefined;
    else here = facts.kind === "table" && (facts.names?.includes(String(key)) ?? true) ? facts.value : undefined;
    if (here === undefined) return false;
  }
  return true;
}

/** Keys of every policy, whatever its filters and weighers read. */
const POLICY_KEYS = ["host_subset_size", "shuffle_best_same_weighed_hosts"];
