// The study of a scenario: how long, how often, and which policies are compared.
import type { z } from "zod";
import { SECOND } from "../kernel/time.ts";
import { describeKind } from "../kernel/units.ts";
import { optionKind } from "../policies/nova/config.ts";
import { startAt, startingPlaces } from "../policies/nova/policy.ts";
import {
  absentList,
  accept,
  choice,
  type Default,
  defaulted,
  defaultedList,
  optional,
  reject,
  required,
  section,
  type ValueKind,
} from "./grammar.ts";
import { texts } from "./hardware-kinds.ts";
import { CONF_POLICY } from "./nova-conf/conf-policy.ts";
import { readFormula } from "./plugins/formula-weigher.ts";
import { MAX_HOSTS } from "./schema-cloud.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, flag, orExpression, printOption, quantity, seed, text, word, words } from "./value-kinds.ts";
import type { Catalogue, OptionFacts } from "./vocabulary.ts";

/** Keys of a described policy beside the options. */
export const POLICY_KEYS: readonly string[] = [
  ...["name", "based_on", "enabled_filters", "weight_classes", "host_subset_size", "shuffle_best_same_weighed_hosts", "volume_qos"],
];

export const DEFAULT_PRESET = "nova-default";

/** A pure number, as multipliers are; negative ones turn a preference around. */
function multiplier(minimum: number | undefined): ValueKind<number> {
  const least = minimum ?? -1e12;
  const plain = quantity("ratio", { least, most: 1e12 });
  return {
    ...plain,
    expected: "a number",
    read: (written) =>
      typeof written === "number"
        ? plain.read(written)
        : reject(`expected a number, got ${written === null ? "nothing" : JSON.stringify(written)}`),
    json: orExpression({ type: "number" }),
  };
}

/** How an option of a policy is written follows from its default. */
function optionSchema(option: OptionFacts): z.ZodType {
  const of = <T>(kind: ValueKind<T>) =>
    optional(kind, option.meaning, { absent: printOption(option.default), source: option.source, evidence: "verified" });
  switch (optionKind(option.default)) {
    case "number":
      return of(option.counts === undefined ? multiplier(option.minimum) : count(option.counts, option.minimum ?? 0, 1_000_000));
    case "flag":
      return of(flag);
    case "text":
      return of(text("a text"));
    case "list":
      return of(texts("texts", "[a, b]"));
  }
}

/** One policy, by its name or described; it has to be written unless there is a fallback. */
export function policySchema(catalogue: Catalogue, fallback: Default | null = null) {
  const presets = [...catalogue.presets.keys()];
  const inherited = { absent: "that of the policy it is based on", source: "based_on", evidence: "assumed" } as const;
  const options = Object.fromEntries([...catalogue.options].map(([name, option]) => [name, optionSchema(option)]));
  const named = { ...word("policy", presets), json: orExpression({ enum: [...presets, CONF_POLICY] }) };
  const preset = required(named, "A policy of the catalogue, or nova.conf");
  // A question to the scheduler has no volumes.
  const volumeQos = optional(flag, "Whether QoS specs are associated with the volume types that have them, under this policy", {
    absent: "they are",
    source: "cloud.storage_tiers",
    evidence: "assumed",
  });
  const described = section("A policy in Nova's own option names", {
    ...(options as Record<string, never>),
    name: required(text("a name for the policy", 80), "Name of the policy in results"),
    based_on: defaulted(named, "Policy of the catalogue, or nova.conf, that gives everything not written here", {
      default: DEFAULT_PRESET,
      source: "Nova as it is installed",
      evidence: "verified",
    }),
    enabled_filters: optional(words("filter", catalogue.filters), "Filters in the order in which they are applied", inherited),
    weight_classes: optional(words("weigher", catalogue.weighers), "Weighers in the order in which their weights are added", inherited),
    host_subset_size: optional(count("hosts", 1, 1_000_000), "One of this many best hosts is drawn at random", inherited),
    start_at: optional(word("starting place", startingPlaces), startAt.meaning, inherited),
    shuffle_best_same_weighed_hosts: optional(flag, "Whether equally good hosts are shuffled", inherited),
    max_placement_results: optional(count("candidates", 1, MAX_HOSTS), "Allocation candidates asked for at most, under this policy", {
      absent: "cloud.nova.max_placement_results",
      source: "cloud.nova",
      evidence: "assumed",
    }),
    ...((fallback === null ? { volume_qos: volumeQos } : {}) as { volume_qos: typeof volumeQos }),
    randomize_allocation_candidates: optional(flag, "Whether Placement draws the candidates, under this policy", {
      absent: "cloud.placement.randomize_allocation_candidates",
      source: "cloud.placement",
      evidence: "assumed",
    }),
  });
  return choice(
    "A policy to compare",
    { preset, described },
    `the name of a policy (${presets.join(", ")}) or a map with name`,
    (written) =>
      typeof written === "string"
        ? "preset"
        : typeof written === "object" && written !== null && !Array.isArray(written)
          ? "described"
          : null,
    fallback,
  );
}

const code: ValueKind<string> = {
  expected: "the text of a module",
  read: (written) =>
    typeof written === "string" ? accept(written) : reject(`expected the text of a module, got ${describeKind(written)}`),
  print: () => "the text of a module",
  json: { type: "string" },
};

const path = text("the path of a file", 1000);

/** A file with filters and weighers, or its name and its text. The file itself is read before the schema is applied. */
const pluginSchema = choice(
  "Filters and weighers of one's own",
  {
    path: required(path, "A TypeScript or JavaScript file, relative to the file that names it"),
    inline: section("A plug-in whose text stands in the scenario, as in the scenario of a result", {
      file: required(path, "Name of the plug-in, with its ending"),
      source: required(code, "Its text"),
    }),
  },
  "the path of a file, or a map with file and source",
  (written) =>
    typeof written === "string" ? "path" : typeof written === "object" && written !== null && !Array.isArray(written) ? "inline" : null,
);

const weigherName: ValueKind<string> = {
  ...text("a name for the weigher", 60),
  read: (written) => {
    const read = text("a name for the weigher", 60).read(written);
    if (!read.ok || /^[A-Za-z][A-Za-z0-9_]*$/.test(read.value)) return read;
    return reject(`expected a name of letters, digits and _, got "${read.value}"`, "such as QuietWeigher");
  },
};

const formula: ValueKind<string> = {
  ...text("an expression such as free_ram_mb / total_ram_mb", 500),
  read: (written) => {
    const read = text("an expression such as free_ram_mb / total_ram_mb", 500).read(written);
    if (!read.ok) return read;
    const compiled = readFormula(read.value);
    return compiled.ok ? read : reject(compiled.message, compiled.hint);
  },
};

const formulaSchema = section("A weigher written as an expression over what is known of a host and a request", {
  name: required(weigherName, "Name of the weigher"),
  expression: required(formula, "Value of a host; more is better"),
  multiplier: defaulted(multiplier(undefined), "Weight in the sum, where a policy does not say otherwise", {
    default: 1,
    source: "as Nova's RAMWeigher",
    evidence: "assumed",
  }),
  minval: optional(multiplier(undefined), "Lower bound of the normalisation", {
    absent: "the smallest value among the hosts",
    source: "nova/weights.py",
    evidence: "verified",
  }),
});

const confidence: ValueKind<number> = {
  ...quantity("ratio"),
  expected: "a confidence such as 0.95",
  read: (written) => {
    const read = quantity("ratio").read(written);
    if (!read.ok) return read;
    return read.value >= 0.5 && read.value <= 0.9999
      ? accept(read.value)
      : reject(`must be between 0.5 and 0.9999, got ${read.value}`, "e.g. 0.95");
  },
};

export function studySchema(catalogue: Catalogue) {
  return section("The study: what is run and compared", {
    duration: required(quantity("time", { least: SECOND, most: MAX_DURATION }), "Simulated time of one run"),
    warm_up: defaulted(quantity("time", { most: MAX_DURATION }), "Statistics before this instant are discarded", {
      default: "0 s",
      source: "the whole run counts",
      evidence: "assumed",
    }),
    seed: defaulted(seed, "Names the universe: the same seed gives the same requests and draws", {
      default: "1",
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    replications: defaulted(count("replications", 1, 10_000), "Independent repetitions of each run", {
      default: 10,
      source: "enough for intervals that can be read",
      evidence: "assumed",
    }),
    confidence: defaulted(confidence, "Confidence of the intervals in results", {
      default: 0.95,
      source: "custom of the field",
      evidence: "assumed",
    }),
    plugins: absentList("Files with filters and weighers of one's own", 50, pluginSchema, {
      absent: "none",
      source: "",
      evidence: "assumed",
    }),
    weighers: absentList("Weighers written as an expression", 100, formulaSchema, { absent: "none", source: "", evidence: "assumed" }),
    policies: defaultedList("Policies that are given exactly the same requests", 1000, policySchema(catalogue), {
      default: [DEFAULT_PRESET],
      source: "Nova as it is installed",
      evidence: "verified",
    }),
  });
}
