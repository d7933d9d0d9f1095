// The policy `nova.conf`: the scheduler as the configuration file sets it up. It is written into the scenario's policies in full, wherever
// they name it or are based on it, so that nothing after this needs to know of the file.
import { ALL_FILTERS, ALL_WEIGHERS, newestRelease, releaseTitle } from "../../policies/nova/releases.ts";
import { merged } from "../imports.ts";
import { type Located, type LocatedEntry, type LocatedMap, type Place, problemAt } from "../located.ts";
import type { WrittenOption } from "./option-text.ts";
import { listOf } from "./placed.ts";
import { type GivenValue, markSuperseded, type ReadingContext, settingOf } from "./read-values.ts";
import { allWeighers, type ClassChoice, chosenFilters, chosenWeighers } from "./scheduler-classes.ts";
import type { OptionName, Settings } from "./settings.ts";

export const CONF_POLICY = "nova.conf";

/** Why the scheduler's options have no effect where the study does not use them. */
export const UNUSED_POLICY = `no policy of the study takes it: name ${CONF_POLICY} among study.policies, or base one on it`;

/** A key of the policy with the option that gives it; null: the default of Nova. */
interface PolicyEntry {
  readonly key: string;
  readonly option: WrittenOption | null;
  readonly located: Located;
  /** Said when a policy of the study uses the entry. */
  readonly faults: ClassChoice["faults"];
  readonly left: readonly string[];
}

export class ConfPolicy {
  private readonly entries: readonly PolicyEntry[];

  constructor(entries: readonly PolicyEntry[]) {
    this.entries = entries;
  }

  /** The policy as a scenario would describe it, named at `place`. */
  described(place: Place): LocatedMap {
    const name: LocatedEntry = { keyPlace: place, value: { kind: "scalar", value: CONF_POLICY, place, folder: "" } };
    const rest = this.entries.map(({ key, located }): [string, LocatedEntry] => [key, { keyPlace: located.place, value: located }]);
    return { kind: "map", place, entries: new Map([["name", name], ...rest]) };
  }

  /** The policies of the study with this one in the place of its name. No policies written: this one alone. */
  expanded(written: Located | undefined, place: Place): Located {
    if (written === undefined) return { kind: "list", place, items: [this.described(place)] };
    if (written.kind !== "list") return written;
    return { ...written, items: written.items.map((policy) => this.expandedOne(policy)) };
  }

  private expandedOne(policy: Located): Located {
    if (isName(policy)) return this.described(policy.place);
    if (policy.kind !== "map" || !isName(policy.entries.get("based_on")?.value)) return policy;
    const own = { ...policy, entries: new Map([...policy.entries].filter(([key]) => key !== "based_on")) };
    const { entries } = this.described(policy.place);
    return merged({ kind: "map", place: policy.place, entries: new Map([...entries].filter(([key]) => key !== "name")) }, own, undefined);
  }

  /** Settles what became of the options, seen in the policies as they were expanded. */
  settle(policies: Located | undefined, { account, problems, catalogue }: ReadingContext): void {
    const items = policies?.kind === "list" ? policies.items : [];
    const own = new Set(this.entries.map(({ located }) => located));
    const isUsed = items.some((item) => item.kind === "map" && [...item.entries.values()].some(({ value }) => own.has(value)));
    const whyLeft = (name: string) => `${name} (${catalogue.lacking?.get(name) ?? "Orrery does not model it"})`;
    for (const { key, option, located, faults, left } of this.entries) {
      if (option === null) continue;
      const users = items.flatMap((item, index) => (item.kind === "map" && item.entries.get(key)?.value === located ? [index] : []));
      if (users.length === 0) {
        account.withoutEffect(option, isUsed ? `the policies based on ${CONF_POLICY} say ${key} themselves` : UNUSED_POLICY);
        continue;
      }
      for (const { message, hint } of faults) problems.push(problemAt(option.place, [`[${option.group}] ${option.name}`], message, hint));
      account.taken(option, users.map((index) => `study.policies.${index}.${key}`).join(", "));
      if (left.length > 0) {
        account.partLeftOut(option, left.join(", "), `left out: ${left.map(whyLeft).join(", ")}`);
      }
    }
  }
}

/** The policy of the file. Without `weight_classes` there, Nova's default holds: all its weighers. */
export function confPolicy(settings: Settings, given: readonly GivenValue[], context: ReadingContext): ConfPolicy {
  const { release, account } = context;
  const source = { catalogue: context.catalogue, release };
  const lists = (name: string, type: "list" | "texts") => {
    const names: readonly OptionName[] = [["filter_scheduler", name]];
    const last = settings.last(names);
    if (last === undefined) return null;
    if (type === "list") markSuperseded(settings.all(names), last, account);
    const options = type === "list" ? [last] : settings.every(names);
    const values = options.map((option) => settingOf(option, { type }, settings, context) ?? []);
    return { option: last, options, values: values.flat() as readonly string[] };
  };
  const available = lists("available_filters", "texts");
  const enabled = lists("enabled_filters", "list");
  const weighers = lists("weight_classes", "list");
  for (const option of available?.options ?? []) account.taken(option, "says which classes enabled_filters may name");
  const all = (place: Place) => listOf(allWeighers(source).names, place);
  const entries: PolicyEntry[] = [];
  if (enabled !== null) {
    const choice = chosenFilters(enabled.values, available?.values ?? [ALL_FILTERS], source);
    entries.push({ key: "enabled_filters", option: enabled.option, located: listOf(choice.names, enabled.option.place), ...choice });
  }
  if (weighers !== null) {
    const choice = chosenWeighers(weighers.values, source);
    entries.push({ key: "weight_classes", option: weighers.option, located: listOf(choice.names, weighers.option.place), ...choice });
  } else {
    const file = `default: ${ALL_WEIGHERS} of ${releaseTitle(release ?? newestRelease)}`;
    entries.push({ key: "weight_classes", option: null, located: all({ file, line: 0, column: 0 }), faults: [], left: [] });
  }
  for (const { options, policyOption, located } of given) {
    if (policyOption !== null) entries.push({ key: policyOption, option: options[0]!, located, faults: [], left: [] });
  }
  return new ConfPolicy(entries);
}

/** Problems of policies that name `nova.conf` where the scenario has no such file. */
export function nameWithoutFile(policies: Located | undefined): { readonly place: Place; readonly index: number }[] {
  const items = policies?.kind === "list" ? policies.items : [];
  return items.flatMap((policy, index) => {
    const base = policy.kind === "map" ? policy.entries.get("based_on")?.value : undefined;
    if (isName(policy)) return [{ place: policy.place, index }];
    return base !== undefined && isName(base) ? [{ place: base.place, index }] : [];
  });
}

const isName = (located: Located | undefined): boolean =>
  located?.kind === "scalar" && typeof located.value === "string" && located.value.trim() === CONF_POLICY;
