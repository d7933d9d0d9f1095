// What `$name` stands for where no file sets the option: its default in the release, as Python writes it. Orrery knows those of the options in
// its table.
// @source oslo_config/cfg.py StrSubWrapper (oslo.config 9.0.0): None is the empty text, everything else str() of its value
import { novaOptions, type OptionValue } from "../../policies/nova/config.ts";
import { missingIn, newestRelease } from "../../policies/nova/releases.ts";
import { PythonFloat, str } from "../../policies/python/python-values.ts";
import type { ModelledOption } from "./modelled-options.ts";
import type { OptionType } from "./option-values.ts";
import type { ReadingContext } from "./read-values.ts";
import type { KnownOption, OptionName } from "./settings.ts";

/** The options of the table that the release has. */
export function knownOptions(
  table: readonly ModelledOption[],
  { catalogue, release }: Pick<ReadingContext, "catalogue" | "release">,
): (name: OptionName) => KnownOption | undefined {
  return ([group, name]) => {
    const row = table.find((each) => each.group === group && each.name === name);
    if (row === undefined || (release !== null && missingIn(release, name) !== null)) return undefined;
    const given = row.usual === undefined ? ofPolicy(row, catalogue) : row.usual;
    const usual = typeof given === "function" ? given(release ?? newestRelease) : given;
    return { names: [[group, name], ...(row.formerly ?? [])], usual: usual === undefined ? undefined : written(usual, row.type) };
  };
}

function ofPolicy({ targets }: ModelledOption, catalogue: ReadingContext["catalogue"]): OptionValue | undefined {
  const names = targets.flatMap((target) => ("policyOption" in target ? [target.policyOption] : []));
  const facts = names.map((name) => catalogue.options.get(name) ?? novaOptions.find((each) => each.name === name));
  return facts.find((each) => each !== undefined)?.default;
}

function written(value: OptionValue, type: OptionType): string {
  if (value === null) return "";
  return str(type === "number" && typeof value === "number" ? new PythonFloat(value) : value);
}
