// How guests use their CPUs and memory in time, and how they share the CPUs of their hosts.
import { remoteLatencyRatio } from "../datacenter/numa/remote-access.ts";
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

/** What varies, and how the schema speaks of it. */
interface Varying {
  readonly of: "vCPUs" | "memory";
  readonly holds: (when: string) => string;
  readonly bursts: readonly [on: number, off: number];
  readonly drawnFrom: string;
}

const cpu: Varying = {
  of: "vCPUs",
  holds: (when) => `Share of its vCPUs that a guest keeps busy in a ${when}`,
  bursts: [0.9, 0.02],
  drawnFrom: "cpu_utilisation",
};

const memory: Varying = {
  of: "memory",
  holds: (when) => `Share of its memory that a guest has touched in a ${when}`,
  bursts: [0.9, 0.3],
  drawnFrom: "memory_utilisation",
};

const formsOf = ({ of, holds, bursts: [on, off], drawnFrom }: Varying) => ({
  constant: required(
    word("pattern", ["constant"] as const),
    of === "vCPUs" ? "Each guest is always as busy as its mean" : "Each guest always uses as much memory as its mean",
  ),
  diurnal: section("Guests follow the hours of the day, with noise that has a memory", {
    diurnal: section("Guests follow the hours of the day, with noise that has a memory", {
      step,
      amplitude: defaulted(
        ratio,
        `Half the way from the lowest to the highest point of the wave, as a share of the ${of}`,
        assumed(0.1, OWN_CHOICE),
      ),
      peak: defaulted(time(0), "Instant at which the wave is highest", assumed("14 h", "early afternoon")),
      period: defaulted(time(MINUTE), "Length of the wave", assumed("1 d", "a day")),
      deviation: defaulted(ratio, noiseDeviation.meaning, {
        default: noiseDeviation.value,
        source: noiseDeviation.source,
        evidence: of === "vCPUs" ? noiseDeviation.evidence : "assumed",
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
      on_utilisation: defaulted(ratio, holds("burst"), assumed(on, OWN_CHOICE)),
      off_utilisation: defaulted(ratio, holds("pause"), assumed(off, OWN_CHOICE)),
    }),
  }),
  autocorrelated: section(`Guests keep their utilisation for a while and then draw another from ${drawnFrom}`, {
    autocorrelated: section(`Guests keep their utilisation for a while and then draw another from ${drawnFrom}`, {
      step,
      autocorrelation: defaulted(ratio, "Correlation of a guest's utilisation with that one step before", assumed(0.8, OWN_CHOICE)),
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
});

const planetlab = section("Guests replay a day of PlanetLab, over and over", {
  planetlab: section("Guests replay a day of PlanetLab, over and over", {
    path: required(text("the path of a PlanetLab day", 4096), "CSV with the columns vm, u0 ... u287, relative to the file that names it"),
  }),
});

const { bitbrains, ...generated } = formsOf(cpu);
const cpuForms = { ...generated, planetlab, bitbrains };
const memoryForms = formsOf(memory);

function formIn<F extends string>(forms: Readonly<Record<F, unknown>>, written: unknown): F | null {
  if (typeof written === "string") return "constant" as F;
  if (typeof written !== "object" || written === null || Array.isArray(written)) return null;
  const [key, ...others] = Object.keys(written);
  return others.length === 0 && key !== undefined && key !== "constant" && Object.hasOwn(forms, key) ? (key as F) : null;
}

const ALWAYS: Default = { default: "constant", source: OWN_CHOICE, evidence: "assumed" };

/** A key of the workload. */
export function cpuPattern() {
  return choice(
    "How the guests' use of CPU varies in time",
    cpuForms,
    "constant, or one of {diurnal: {...}}, {bursty: {...}}, {autocorrelated: {...}}, {planetlab: {path: ...}}, {bitbrains: {paths: [...]}}",
    (written) => formIn(cpuForms, written),
    ALWAYS,
  );
}

/** A key of the workload. */
export function memoryPattern() {
  return choice(
    "How the guests' use of memory varies in time",
    memoryForms,
    "constant, or one of {diurnal: {...}}, {bursty: {...}}, {autocorrelated: {...}}, {bitbrains: {paths: [...]}}",
    (written) => formIn(memoryForms, written),
    ALWAYS,
  );
}

const networkForms = {
  constant: required(word("pattern", ["constant"] as const), "Each guest always sends and receives what guest_traffic says"),
  bitbrains,
};

/** A key of the workload. */
export function networkPattern() {
  return choice(
    "How the guests' traffic varies in time, as the network meters count it",
    networkForms,
    "constant, or {bitbrains: {paths: [...]}}",
    (written) => formIn(networkForms, written),
    ALWAYS,
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
      remote_access: absentSection(
        "Guests without a NUMA topology of their own run on all cells of their host, and slower for it",
        { absent: "memory is equally near everywhere", source: OWN_CHOICE, evidence: "assumed" },
        {
          latency: defaulted(quantity("ratio", { least: 1, most: 100 }), remoteLatencyRatio.meaning, {
            default: remoteLatencyRatio.value,
            source: remoteLatencyRatio.source,
            evidence: remoteLatencyRatio.evidence,
          }),
        },
      ),
    },
  );
}
