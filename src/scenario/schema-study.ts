// The study of a scenario: how long, how often, and which policies are compared.
import { SECOND } from "../kernel/time.ts";
import { accept, choice, defaulted, defaultedList, optional, reject, required, section, type ValueKind } from "./grammar.ts";
import { CONF_POLICY } from "./nova-conf/conf-policy.ts";
import { MAX_DURATION } from "./schema-workload.ts";
import { count, flag, orExpression, printOption, quantity, seed, text, texts, word, words } from "./value-kinds.ts";
import type { Catalogue, OptionFacts } from "./vocabulary.ts";

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

/** What is written for an option, by the type of its default. */
function optionKind(name: string, { default: usual, counts, minimum }: OptionFacts): ValueKind<unknown> {
  const kind =
    typeof usual === "boolean"
      ? flag
      : typeof usual === "number"
        ? counts === undefined
          ? multiplier(minimum)
          : count(counts, minimum ?? 0, 1_000_000)
        : Array.isArray(usual)
          ? texts(`a value of ${name}`)
          : text(`a text for ${name}`);
  return kind as ValueKind<unknown>;
}

function policySchema(catalogue: Catalogue) {
  const presets = [...catalogue.presets.keys()];
  const inherited = { absent: "that of the policy it is based on", source: "based_on", evidence: "assumed" } as const;
  const options = Object.fromEntries(
    [...catalogue.options].map(([name, option]) => [
      name,
      optional(optionKind(name, option), option.meaning, {
        absent: printOption(option.default),
        source: option.source,
        evidence: "verified",
      }),
    ]),
  );
  const named = { ...word("policy", presets), json: orExpression({ enum: [...presets, CONF_POLICY] }) };
  const preset = required(named, "A policy of the catalogue, or nova.conf");
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
    shuffle_best_same_weighed_hosts: optional(flag, "Whether equally good hosts are shuffled", inherited),
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
  );
}

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
    policies: defaultedList("Policies that are given exactly the same requests", 1000, policySchema(catalogue), {
      default: [DEFAULT_PRESET],
      source: "Nova as it is installed",
      evidence: "verified",
    }),
  });
}
