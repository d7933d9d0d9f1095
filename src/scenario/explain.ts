// Every value a run depends on, written or not: its unit, the line it stands in or the source of the default, how far it can be trusted,
// and what it means.
import type { z } from "zod";
import { failurePresets } from "../datacenter/failures/presets.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { type Dimension, formatQuantity } from "../kernel/units.ts";
import { startAt } from "../policies/nova/policy.ts";
import { missingIn } from "../policies/nova/releases.ts";
import { type Absent, type Default, type Facts, factsOf } from "./grammar.ts";
import { childOf, formatPlace, type Located, type Path, toPlain, valueAt } from "./located.ts";
import type { OwnPolicies } from "./plugins/own-policies.ts";
import { placeIn } from "./plugins/own-policies.ts";
import { writtenRelease } from "./release.ts";
import { policyOf } from "./resolve.ts";
import type { ExplainedValue, PolicySpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";
import { zoneIntensity } from "./schema-power.ts";
import { printOption } from "./value-kinds.ts";
import type { Catalogue } from "./vocabulary.ts";

/** Where a value comes from, for the values inside it that are not written themselves. */
type Origin = Pick<ExplainedValue, "source" | "evidence">;

/** All effective values in the order of the schema. `root` is valid. */
export function explain(
  schema: z.ZodType,
  root: Located,
  read: ReadScenario,
  catalogue: Catalogue,
  own: OwnPolicies,
): readonly ExplainedValue[] {
  const values: ExplainedValue[] = [];

  const visit = (inside: z.ZodType, located: Located | undefined, written: unknown, path: Path, origin: Origin | null): void => {
    const joined = path.join(".");
    // Host defaults show up in the hosts, imports and configuration files in the places of what they brought.
    if (joined === "cloud.host_defaults" || joined === "import" || CONF_KEYS.includes(joined)) return;
    if (joined === "study.policies") {
      explainPolicies(located);
      return;
    }
    if (joined === "study.plugins") {
      explainPlugins(located);
      return;
    }
    if (joined === "study.weighers" && located === undefined) return;
    const facts = factsOf(inside);
    let value = written;
    let from = origin;
    if (located !== undefined) from = originOf(located);
    else if (value === undefined) {
      const { fallback } = facts;
      if (fallback === null) return;
      if ("absent" in fallback) {
        values.push({
          path: joined,
          value: fallback.absent,
          source: sourceOf(fallback),
          evidence: fallback.evidence,
          meaning: facts.meaning,
        });
        return;
      }
      value = fallback.default;
      if (fallback.source !== "") from = { source: sourceOf(fallback), evidence: fallback.evidence };
    }
    descend(facts, inside, located, value, path, from);
  };

  const descend = (
    facts: Facts,
    inside: z.ZodType,
    located: Located | undefined,
    value: unknown,
    path: Path,
    origin: Origin | null,
  ): void => {
    const child = (schemaInside: z.ZodType, key: string | number) => {
      const below = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
      visit(schemaInside, childOf(located, key), below, [...path, key], below === undefined ? null : origin);
    };
    const said = origin ?? { source: "", evidence: "assumed" as const };
    switch (facts.kind) {
      case "value": {
        const result = inside.safeParse(value);
        if (result.success)
          values.push({ path: path.join("."), value: facts.valueKind.print(result.data), ...said, meaning: facts.meaning });
        if (path[0] === "failures" && path[1] === "components" && path.length === 3) values.push(...presetValues(path, value));
        if (path.join(".") === "cloud.power.carbon_intensity.zone") values.push(...zoneValue(path, value));
        return;
      }
      case "section":
        for (const [key, below] of Object.entries(facts.shape)) child(below, key);
        return;
      case "list": {
        const length = Array.isArray(value) ? value.length : 0;
        if (length === 0) values.push({ path: path.join("."), value: "none", ...said, meaning: facts.meaning });
        for (let index = 0; index < length; index++) child(facts.element, index);
        return;
      }
      case "table": {
        const keys = Object.keys(value as object);
        if (keys.length === 0) values.push({ path: path.join("."), value: emptyTable(facts.fallback), ...said, meaning: facts.meaning });
        for (const key of keys) child(facts.value, key);
        return;
      }
      case "choice": {
        const option = facts.pick(value);
        if (option !== null) descend(factsOf(facts.options[option]!), facts.options[option]!, located, value, path, origin);
      }
    }
  };

  /** The content of a file decides, so it is told beside its name; then what the file declares, and where. */
  const explainPlugins = (located: Located | undefined): void => {
    own.modules.forEach(({ file, name, sha256, policies }, index) => {
      const path = `study.plugins.${index}`;
      const place = located === undefined ? undefined : childOf(located, index)?.place;
      values.push({
        path,
        value: `${name} (content ${sha256.slice(0, 12)})`,
        source: place === undefined ? file : formatPlace(place),
        evidence: "scenario",
        meaning: "Filters and weighers of the user's own",
      });
      for (const policy of policies) {
        const { kind, meaning } = policy;
        const source = policy.source === null ? placeIn(file, policy) : `${placeIn(file, policy)} (${policy.source})`;
        values.push({ path: `${path}.${policy.name}`, value: kind, source, evidence: "scenario", meaning: meaning || `A ${kind}` });
      }
    });
  };

  const explainPolicies = (located: Located | undefined): void => {
    const optionsNamed = new Set<string>();
    const release = writtenRelease(root);
    read.study.policies.forEach((policy, index) => {
      const spec = policyOf(policy, catalogue, release);
      const written = childOf(located, index);
      const preset = typeof policy === "string" ? policy : policy.based_on;
      for (const value of policyValues(spec, catalogue, index, written, preset)) values.push(value);
      for (const name of spec.options.keys()) optionsNamed.add(name);
    });
    for (const [name, option] of catalogue.options) {
      if (release !== null && missingIn(release, name) !== null) continue;
      const meaning = optionsNamed.has(name) ? `${option.meaning} (policies that do not say otherwise)` : option.meaning;
      values.push({
        path: `study.policies.*.${name}`,
        value: printOption(option.default),
        source: option.source,
        evidence: option.evidence ?? "verified",
        meaning,
      });
    }
  };

  visit(schema, root, toPlain(root), [], null);
  for (const parameter of catalogue.parameters ?? []) {
    if (values.some((value) => value.path === parameter.name) || !acts(parameter.name, read)) continue;
    const { name, source, evidence, meaning } = parameter;
    values.push({ path: name, value: printParameter(parameter), source, evidence, meaning });
  }
  return values;
}

function zoneValue(path: Path, zone: unknown): ExplainedValue[] {
  const known = zoneIntensity(zone);
  if (known === null) return [];
  const { value, unit, source, evidence, meaning } = known;
  return [{ path: `${path.join(".")}.intensity`, value: `${value} ${unit}`, source, evidence, meaning }];
}

/** Is there anything in the scenario that the parameter has an effect on? */
function acts(name: string, { cloud }: ReadScenario): boolean {
  const [top, key = "", rest = ""] = name.split(".");
  if (top === "cloud") return (cloud as Readonly<Record<string, unknown>>)[key] !== undefined;
  if (top !== "hypervisors") return true;
  return cloud.hosts.some(({ hypervisor }) => hypervisor === key) && (cloud.memory_sharing !== undefined || !rest.startsWith("memory_"));
}

/** What a failure preset means, and who says so. */
function presetValues(path: Path, name: unknown): ExplainedValue[] {
  const preset = failurePresets.find((each) => each.name === name);
  if (preset === undefined) return [];
  return [
    {
      path: `${path.join(".")}.between`,
      value: preset.between.text,
      source: preset.between.source,
      evidence: preset.between.evidence,
      meaning: preset.meaning,
    },
    {
      path: `${path.join(".")}.repair`,
      value: preset.repair.text,
      source: preset.repair.source,
      evidence: preset.repair.evidence,
      meaning: "Time of a repair, without waiting for a crew",
    },
  ];
}

const CONF_KEYS: readonly string[] = ["cloud.nova_conf", "cloud.placement_conf"];

/** What stands in no line and calls itself a default was put there: a configuration file is silent about it, or a hypervisor leaves no choice. */
function originOf({ place }: Located): Origin {
  const isDefault = place.line === 0 && place.file.startsWith("default: ");
  return { source: formatPlace(place), evidence: isDefault ? "verified" : "scenario" };
}

const sourceOf = (fallback: Default | Absent): string => `default: ${fallback.source}`;

function emptyTable(fallback: Default | Absent | null): string {
  return fallback === null ? "none" : fallback.source;
}

/** A preset is explained by its own parts; a described policy by what is written and what it takes from the policy it is based on. */
function policyValues(
  spec: PolicySpec,
  catalogue: Catalogue,
  index: number,
  written: Located | undefined,
  preset: string,
): ExplainedValue[] {
  const inherited: Origin =
    written?.kind === "map" || written === undefined
      ? { source: `default: policy ${preset} of the catalogue`, evidence: "verified" }
      : { source: `${formatPlace(written.place)} (policy ${preset} of the catalogue)`, evidence: "scenario" };
  const value = (key: string, printed: string, meaning: string): ExplainedValue => {
    const own = written === undefined ? undefined : valueAt(written, [key]);
    const origin = own === undefined ? inherited : originOf(own);
    return { path: `study.policies.${index}.${key}`, value: printed, ...origin, meaning };
  };
  const listed = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
  return [
    value("name", spec.name, "Name of the policy in results"),
    value("enabled_filters", listed(spec.enabledFilters), "Filters in the order in which they are applied"),
    value("weight_classes", listed(spec.weighers), "Weighers in the order in which their weights are added"),
    value(
      "host_subset_size",
      `${spec.hostSubsetSize} host${spec.hostSubsetSize === 1 ? "" : "s"}`,
      "One of this many best hosts is drawn at random",
    ),
    value("shuffle_best_same_weighed_hosts", String(spec.shuffleBestSameWeighedHosts), "Whether equally good hosts are shuffled"),
    value(startAt.name, spec.startAt ?? String(startAt.default), startAt.meaning),
    ...[...spec.options].map(([name, set]) =>
      value(name, printOption(set), catalogue.options.get(name)?.meaning ?? "Option of a filter or a weigher"),
    ),
  ];
}

const DIMENSION_OF_UNIT: Readonly<Record<string, Dimension>> = {
  us: "time",
  B: "information",
  "B/s": "bandwidth",
  "/s": "rate",
  "1": "ratio",
  W: "power",
  J: "energy",
};

function printParameter({ value, unit }: Parameter<number | string | boolean>): string {
  if (typeof value !== "number") return String(value);
  const dimension = Object.hasOwn(DIMENSION_OF_UNIT, unit) ? DIMENSION_OF_UNIT[unit] : undefined;
  return dimension === undefined ? `${value} ${unit}` : formatQuantity(value, dimension);
}
