// The workload of a scenario: what users ask for, drawn from distributions or read from a published trace.
import { SECOND } from "../kernel/time.ts";
import { distribution } from "./distributions.ts";
import { absentSection, choice, type Default, defaulted, optional, optionalSection, required, section, table } from "./grammar.ts";
import { cpuPattern, networkPattern } from "./schema-demand.ts";
import { memoryShape } from "./schema-memory.ts";
import { rallyShape } from "./schema-rally.ts";
import { listedShape, MAX_DURATION, MAX_SERVERS, SCHEDULER_HINTS } from "./schema-requests.ts";
import { diskIo } from "./schema-storage.ts";
import { serverGroupRule } from "./server-group-rule.ts";
import { count, counted, flag, quantity, text, word } from "./value-kinds.ts";
import type { Catalogue, LocalNames } from "./vocabulary.ts";

export const TRACE_FORMATS = ["azure-packing-cospot", "azure2017-flavors"] as const;

const duration = (least: number) => quantity("time", { least, most: MAX_DURATION });
const rate = required(quantity("rate", { above: 0, most: 1e6 }), "Deployments per unit of time, on average");

const utilisation = distribution({ value: quantity("ratio", { most: 1 }), example: "0.1 or {uniform: {low: 5%, high: 30%}}" });

/** Distribution function of the mean CPU utilisation of Azure's servers. */
const AZURE_UTILISATION: Default = {
  default: {
    empirical: [
      { value: 0, probability: 0 },
      { value: 0.05, probability: 0.45 },
      { value: 0.1, probability: 0.59 },
      { value: 0.2, probability: 0.75 },
      { value: 0.3, probability: 0.85 },
      { value: 0.5, probability: 0.94 },
      { value: 1, probability: 1 },
    ],
  },
  source: "Azure 2019 VM trace, mean CPU utilisation, digitised from the figure in AzurePublicDataset",
  evidence: "derived",
};

const PROJECTS = defaulted(count("projects", 1, 1_000_000), "Projects the requests are spread over", {
  default: 10,
  source: "a choice of Orrery",
  evidence: "assumed",
});

const servers = { ...quantity("ratio", { least: 1, most: 100_000 }), print: (value: number) => counted(value, "servers") };

function guestTraffic() {
  const assumed = { default: "50 kB/s", source: "a quiet server; no published mean carried over", evidence: "assumed" } as const;
  const flow = quantity("bandwidth", { most: 1e13 });
  return optionalSection("What an active guest sends and receives on average", {
    incoming: defaulted(flow, "Mean traffic into one active guest", assumed),
    outgoing: defaulted(flow, "Mean traffic out of one active guest", assumed),
  });
}

const UTILISATION_MEANING = "Mean share of its vCPUs a server keeps busy, 0 to 1";

const isMap = (written: unknown): written is Record<string, unknown> =>
  typeof written === "object" && written !== null && !Array.isArray(written);

const arrivalForms = {
  poisson: section("Deployments at random, at a constant rate", {
    poisson: section("Deployments at random, at a constant rate", { rate }),
  }),
  diurnal: section("Deployments at random, at a rate that follows the day", {
    diurnal: section("Deployments at random, at a rate that follows the day", {
      rate,
      amplitude: defaulted(
        quantity("ratio", { most: 1 }),
        "How far the rate swings around its mean: 0.5 = from half to one and a half times",
        {
          default: 0.5,
          source: "a choice of Orrery",
          evidence: "assumed",
        },
      ),
      peak: defaulted(duration(0), "Instant of the highest rate within the period", {
        default: "14 h",
        source: "early afternoon",
        evidence: "assumed",
      }),
      period: defaulted(duration(SECOND), "Length of the cycle", { default: "1 d", source: "a day", evidence: "assumed" }),
    }),
  }),
  constant: section("Deployments at equal intervals", {
    constant: section("Deployments at equal intervals", {
      interval: required(duration(1), "Time between two deployments"),
    }),
  }),
  at_once: section("Many deployments at one instant", {
    at_once: section("Many deployments at one instant", {
      at: defaulted(duration(0), "Instant of the requests", { default: "0 s", source: "the start of the run", evidence: "assumed" }),
      count: required(count("deployments", 1, 10_000_000), "Deployments asked for at that instant"),
    }),
  }),
};

type ArrivalForm = keyof typeof arrivalForms;

function pickArrivals(written: unknown): ArrivalForm | null {
  const keys = isMap(written) ? Object.keys(written) : [];
  const form = keys[0];
  return keys.length === 1 && form !== undefined && Object.hasOwn(arrivalForms, form) ? (form as ArrivalForm) : null;
}

export function workloadSchema(catalogue: Catalogue, local: LocalNames) {
  const zones = table(
    "Weights by availability zone that deployments ask for. Empty: none is asked for",
    { noun: "availability zone", names: local.zones },
    required(quantity("ratio", { most: 1e12 }), "Weight of this availability zone"),
    { default: {}, source: "none is asked for", evidence: "assumed" },
  );
  const generated = section("A workload drawn from distributions", {
    arrivals: choice(
      "How deployments arrive",
      arrivalForms,
      "one kind of arrivals: {poisson: {rate: 40 /h}}, {diurnal: {rate: 40 /h}}, {constant: {interval: 90 s}} or {at_once: {count: 200}}",
      pickArrivals,
    ),
    batch: defaulted(
      distribution({ value: servers, named: catalogue.batchSizes, example: "1 or {discrete: {values: [1, 5], weights: [9, 1]}}" }),
      "Servers one deployment asks for",
      { default: 1, source: "one server at a time", evidence: "assumed" },
    ),
    max_servers: optional(count("servers", 1, MAX_SERVERS), "Arrivals end after this many servers", {
      absent: "no limit",
      source: "the duration ends the arrivals",
      evidence: "assumed",
    }),
    lifetime: required(
      distribution({
        value: quantity("time", { above: 0, most: MAX_DURATION }),
        example: "azure-2017, 2 h or {exponential: {mean: 2 h}}",
        named: catalogue.lifetimes,
        never: true,
      }),
      "Time from a request to the user's delete",
    ),
    flavors: weights("flavor", local.flavors),
    images: weights("image", local.images),
    projects: PROJECTS,
    cpu_utilisation: defaulted(utilisation, UTILISATION_MEANING, AZURE_UTILISATION),
    cpu_pattern: cpuPattern(),
    disk_io: diskIo(local),
    ...memoryShape(),
    guest_traffic: guestTraffic(),
    network_pattern: networkPattern(),
    server_group: defaulted(serverGroupRule, "Rule of the server group that each deployment forms", {
      default: "none",
      source: "Nova: a server belongs to a group only when its request says so",
      evidence: "verified",
    }),
    availability_zones: zones,
    scheduler_hints: SCHEDULER_HINTS,
    resizes: resizes(local.flavors),
    multi_create: defaulted(flag, "Whether a deployment is one request, for servers of one flavor, that get hosts together or not at all", {
      default: false,
      source: "a choice of Orrery: each server of a deployment is asked for alone",
      evidence: "assumed",
    }),
  });
  const traced = section("A workload read from a trace", {
    trace: section("A published trace", {
      format: required(word("trace format", TRACE_FORMATS), "Format of the trace file"),
      path: required(text("the path of a trace file", 4096), "Trace file, relative to the file that names it"),
      projects: PROJECTS,
      cpu_utilisation: defaulted(utilisation, UTILISATION_MEANING, AZURE_UTILISATION),
      cpu_pattern: cpuPattern(),
      ...memoryShape(),
      guest_traffic: guestTraffic(),
      network_pattern: networkPattern(),
      availability_zones: zones,
    }),
  });
  const listed = section("A workload of requests written one by one", {
    ...listedShape(local),
    projects: PROJECTS,
    cpu_utilisation: defaulted(utilisation, UTILISATION_MEANING, AZURE_UTILISATION),
    cpu_pattern: cpuPattern(),
    disk_io: diskIo(local),
    ...memoryShape(),
    guest_traffic: guestTraffic(),
    network_pattern: networkPattern(),
  });
  const rallied = section("A workload as Rally runs it", {
    rally: section("A task of Rally", rallyShape(local)),
    projects: PROJECTS,
    cpu_utilisation: defaulted(utilisation, UTILISATION_MEANING, AZURE_UTILISATION),
    cpu_pattern: cpuPattern(),
    disk_io: diskIo(local),
    ...memoryShape(),
    guest_traffic: guestTraffic(),
    network_pattern: networkPattern(),
  });
  return choice(
    "The workload: what users ask for",
    { traced, generated, listed, rallied },
    "a map with arrivals and lifetime, with requests, with a trace, or with a task of rally",
    (written) =>
      isMap(written)
        ? "trace" in written
          ? "traced"
          : "requests" in written
            ? "listed"
            : "rally" in written
              ? "rallied"
              : "generated"
        : null,
  );
}

function resizes(flavors: readonly string[] | null) {
  const time = (example: string) => distribution({ value: duration(0), example, never: true });
  return absentSection(
    "Servers that their users resize",
    { absent: "none", source: "a choice of Orrery", evidence: "assumed" },
    {
      probability: required(quantity("ratio", { above: 0, most: 1 }), "Share of the servers that are resized, each once"),
      after: required(time("2 h or {exponential: {mean: 2 h}}"), "Time from the launch to the request"),
      to: table(
        "Weights by flavor that servers are resized to; the flavor that a server has is left out. Empty: all others alike",
        { noun: "flavor", names: flavors },
        required(quantity("ratio", { most: 1e12 }), "Weight of this flavor"),
        { default: {}, source: "all others alike", evidence: "assumed" },
      ),
      confirm_after: defaulted(time("10 min, {exponential: {mean: 1 h}} or never"), "Time from the arrival to the user's last word", {
        default: "10 min",
        source: "a user who looks at it",
        evidence: "assumed",
      }),
      revert_probability: defaulted(quantity("ratio", { most: 1 }), "Share of the resizes that are reverted instead of confirmed", {
        default: 0,
        source: "a choice of Orrery",
        evidence: "assumed",
      }),
    },
  );
}

function weights(noun: string, names: readonly string[] | null) {
  return table(
    `Weights by ${noun}; they need not add up to 1. Empty: all ${noun}s alike`,
    { noun, names },
    required(quantity("ratio", { most: 1e12 }), `Weight of this ${noun}`),
    { default: {}, source: "all alike", evidence: "assumed" },
  );
}
