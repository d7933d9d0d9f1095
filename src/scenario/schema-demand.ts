// How guests use their CPUs in time, and how they share those of their hosts.
import { smtGain } from "../datacenter/smt.ts";
import { MINUTE, SECOND } from "../kernel/time.ts";
import { noiseAutocorrelation, noiseDeviation } from "../workload/utilisation/diurnal-series.ts";
import { absentSection, choice, type Default, defaulted, list, required, section } from "./grammar.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { quantity, text, word } from "./value-kinds.ts";

const assumed = (value: unknown, source: string): Default => ({ default: value, source, evidence: "assumed" });
const ratio = quantity("ratio", { most: 1 });
const time = (least: number) => quantity("time", { least, most: MAX_DURATION });
const OWN_CHOICE = "a choice of Orrery";

const step = defaulted(
  time(SECOND),
  "Length of a step: guests keep their demand within it",
  assumed("5 min", "the samples of measured clouds"),
);

const forms = {
  constant: required(word("pattern", ["constant"] as const), "Each guest is always as busy as its mean"),
  diurnal: section("Guests follow the hours of the day, with noise that has a memory", {
    diurnal: section("Guests follow the hours of the day, with noise that has a memory", {
      step,
      amplitude: defaulted(
        ratio,
        "Half the way from the lowest to the highest point of the wave, as a share of the vCPUs",
        assumed(0.1, OWN_CHOICE),
      ),
      peak: defaulted(time(0), "Instant at which the wave is highest", assumed("14 h", "early afternoon")),
      period: defaulted(time(MINUTE), "Length of the wave", assumed("1 d", "a day")),
      deviation: defaulted(ratio, noiseDeviation.meaning, {
        default: noiseDeviation.value,
        source: noiseDeviation.source,
        evidence: noiseDeviation.evidence,
      }),
      autocorrelation: defaulted(ratio, noiseAutocorrelation.meaning, {
        default: noiseAutocorrelation.value,
        source: noiseAutocorrelation.source,
        evidence: noiseAutocorrelation.evidence,
      }),
    }),
  }),
  bursty: section("Guests work in bursts", {
    bursty: section("Guests work in bursts", {
      step,
      on: defaulted(time(SECOND), "Mean length of a burst", assumed("15 min", OWN_CHOICE)),
      off: defaulted(time(SECOND), "Mean length of a pause", assumed("1 h", OWN_CHOICE)),
      on_utilisation: defaulted(ratio, "Share of its vCPUs that a guest keeps busy in a burst", assumed(0.9, OWN_CHOICE)),
      off_utilisation: defaulted(ratio, "Share of its vCPUs that a guest keeps busy in a pause", assumed(0.02, OWN_CHOICE)),
    }),
  }),
  autocorrelated: section("Guests keep their utilisation for a while and then draw another from cpu_utilisation", {
    autocorrelated: section("Guests keep their utilisation for a while and then draw another from cpu_utilisation", {
      step,
      autocorrelation: defaulted(ratio, "Correlation of a guest's utilisation with that one step before", assumed(0.8, OWN_CHOICE)),
    }),
  }),
  planetlab: section("Guests replay a day of PlanetLab, over and over", {
    planetlab: section("Guests replay a day of PlanetLab, over and over", {
      path: required(text("the path of a PlanetLab day", 4096), "CSV with the columns vm, u0 ... u287, relative to the file that names it"),
    }),
  }),
  bitbrains: section("Guests replay those of Bitbrains, over and over", {
    bitbrains: section("Guests replay those of Bitbrains, over and over", {
      paths: list(
        "Files of the trace, one a guest",
        10_000,
        required(text("the path of a Bitbrains file", 4096), "A file of the trace, relative to the file that names it"),
      ),
    }),
  }),
};

type Form = keyof typeof forms;

/** A key of the workload. */
export function cpuPattern() {
  return choice(
    "How the guests' use of CPU varies in time",
    forms,
    "constant, or one of {diurnal: {...}}, {bursty: {...}}, {autocorrelated: {...}}, {planetlab: {path: ...}}, {bitbrains: {paths: [...]}}",
    (written): Form | null => {
      if (typeof written === "string") return "constant";
      if (typeof written !== "object" || written === null || Array.isArray(written)) return null;
      const [key, ...others] = Object.keys(written);
      return others.length === 0 && key !== undefined && key !== "constant" && Object.hasOwn(forms, key) ? (key as Form) : null;
    },
    { default: "constant", source: OWN_CHOICE, evidence: "assumed" },
  );
}

/** A key of the cloud. */
export function cpuSharing() {
  return absentSection(
    "How guests share the CPUs of a host",
    { absent: "guests get the CPU they ask for", source: OWN_CHOICE, evidence: "assumed" },
    {
      weighting: defaulted(
        word("weighting", ["per_vm", "per_vcpu"] as const),
        "Weight of a server whose flavor has no quota:cpu_shares: all alike, or by its vCPUs as in older Nova",
        { default: "per_vm", source: "nova, release note remove-default-cputune-shares-values", evidence: "verified" },
      ),
      smt_gain: defaulted(quantity("ratio", { least: 1, most: 2 }), smtGain.meaning, {
        default: smtGain.value,
        source: smtGain.source,
        evidence: smtGain.evidence,
      }),
    },
  );
}
