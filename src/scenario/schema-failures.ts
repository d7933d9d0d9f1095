// What fails in a cloud, how it is repaired, and how Nova and Masakari meet that. Keys are Nova's and Masakari's own option names wherever they
// have one.
import { componentKinds } from "../datacenter/failures/machine-room.ts";
import { failurePresets } from "../datacenter/failures/presets.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { SECOND } from "../kernel/time.ts";
import { describeKind, formatQuantity } from "../kernel/units.ts";
import { haDefaults } from "../workflows/operations/instance-ha.ts";
import { distribution } from "./distributions.ts";
import {
  absentList,
  absentSection,
  accept,
  choice,
  type Default,
  defaulted,
  reject,
  required,
  section,
  type ValueKind,
} from "./grammar.ts";
import type { LocatedMap } from "./located.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, flag, quantity, word } from "./value-kinds.ts";

const OWN_CHOICE = "a choice of Orrery";
const time = (bounds: { readonly least?: number; readonly above?: number } = {}) => quantity("time", { most: MAX_DURATION, ...bounds });
const laws = (example: string, never = false) => distribution({ value: time({ above: 0 }), example, never });

/** A default that a parameter declares, as a scenario would write it. */
function declared({ value, unit, source, evidence }: Parameter<number | boolean>): Default {
  const written = typeof value === "number" && unit === "us" ? formatQuantity(value, "time") : value;
  return { default: written, source, evidence };
}

const presetNames = failurePresets.map(({ name }) => name);

const componentSchema = choice(
  "A kind of component that fails, by a published law or by one of one's own",
  {
    preset: required(word("failure preset", presetNames), "Published law by which a kind of component fails"),
    described: section("A kind of component that fails by a law of one's own", {
      component: required(word("component", componentKinds), "Kind of component; each of its kind fails by itself"),
      between: required(laws("{weibull: {shape: 0.8, mean: 365 d}}"), "Time in working order, from a repair to the next failure"),
      repair: required(laws("4 h or {lognormal: {median: 4 h, sigma: 1.2}}"), "Time of a repair, without waiting for a crew"),
      needs_crew: defaulted(flag, "Whether a repair waits for a crew", {
        default: true,
        source: "hands are needed for most",
        evidence: "assumed",
      }),
      starts_new: defaulted(flag, "Whether components are new at the start of the run; otherwise they have been in service for long", {
        default: false,
        source: "a datacenter in service",
        evidence: "assumed",
      }),
    }),
  },
  `the name of a failure preset (${presetNames.slice(0, 3).join(", ")}, ...) or a map with component, between and repair`,
  (written) =>
    typeof written === "string"
      ? "preset"
      : typeof written === "object" && written !== null && !Array.isArray(written)
        ? "described"
        : null,
);

const crews: ValueKind<number> = {
  ...count("crews", 1, 1_000_000),
  expected: "a whole number of crews, or unlimited",
  read: (written) => {
    if (written === "unlimited") return accept(Number.POSITIVE_INFINITY);
    if (typeof written === "number") return count("crews", 1, 1_000_000).read(written);
    return reject(`expected a whole number of crews, or unlimited, got ${describeKind(written)}`);
  },
  print: (value) => (Number.isFinite(value) ? `${value} crew${value === 1 ? "" : "s"}` : "unlimited"),
  json: { anyOf: [count("crews", 1, 1_000_000).json, { enum: ["unlimited"] }] },
};

const servers = { ...quantity("ratio", { least: 1, most: 1_000_000 }), print: (value: number) => `${value} hosts` };

const nova = (value: unknown, file: string) => ({ default: value, source: file, evidence: "verified" }) as const;

/** Keys of `failures` that matter only where something fails by itself. */
export const failuresShape = {
  components: absentList("Kinds of components that fail", 20, componentSchema, {
    absent: "none fails by itself",
    source: OWN_CHOICE,
    evidence: "assumed",
  }),
  bursts: absentSection(
    "Shocks that strike several hosts at one instant",
    { absent: "none", source: OWN_CHOICE, evidence: "assumed" },
    {
      between: required(laws("{exponential: {mean: 30 d}}"), "Time from shock to shock"),
      size: required(
        distribution({ value: servers, example: "10 or {uniform: {low: 10, high: 50}}" }),
        "Hosts that one shock strikes, of those it can",
      ),
      repair: required(laws("{lognormal: {median: 5 min, sigma: 0.5}}"), "Time until a host that was struck is up again"),
      within: defaulted(word("extent", ["cloud", "rack"]), "Whether a shock strikes hosts of one rack only", {
        default: "cloud",
        source: OWN_CHOICE,
        evidence: "assumed",
      }),
    },
  ),
  crews: defaulted(crews, "Repairs that need a crew and can go on at a time", {
    default: "unlimited",
    source: OWN_CHOICE,
    evidence: "assumed",
  }),
  racks_per_pdu: defaulted(count("racks", 1, 1_000_000), "Racks that one PDU carries, in their order", {
    default: 12,
    source: "a PDU of 500 to 1000 machines (Dean 2008), at 60 machines a rack",
    evidence: "derived",
  }),
  disks_per_host: defaulted(count("disks", 1, 1000), "Disks of one host", { default: 4, source: OWN_CHOICE, evidence: "assumed" }),
  disks_tolerated: defaulted(count("disks", 0, 999), "Disks of one host that may be broken at once before it goes down", {
    default: 1,
    source: "a mirror or RAID 5",
    evidence: "assumed",
  }),
  report_interval: defaulted(
    time({ least: SECOND }),
    "Time between two reports of a compute service",
    nova("10 s", "nova/conf/service.py, report_interval"),
  ),
  service_down_time: defaulted(
    time({ least: SECOND }),
    "A compute service that has not reported for longer is taken for down",
    nova("60 s", "nova/conf/service.py, service_down_time"),
  ),
  resume_guests_state_on_host_boot: defaulted(
    flag,
    "Whether guests that ran before a crash are started with their host; otherwise they stay shut off until somebody starts them",
    nova(false, "nova/conf/compute.py, resume_guests_state_on_host_boot"),
  ),
  sync_power_state_interval: defaulted(
    time({ least: SECOND }),
    "Time between two looks at the guests of a host: one that is found shut off is then STOPPED",
    nova("600 s", "nova/conf/compute.py, sync_power_state_interval"),
  ),
  owners_start_after: defaulted(
    laws("10 min, {exponential: {mean: 1 h}} or never", true),
    "Time from the look that finds a guest shut off to its owner's start",
    { default: "never", source: "Nova starts nobody's server", evidence: "assumed" },
  ),
  reboot_time: defaulted(laws("5 min"), "Time in which a host that an operator reboots is down", {
    default: { lognormal: { median: "5 min", sigma: 0.5 } },
    source: "the reboots among the crashes of preset host-crash",
    evidence: "assumed",
  }),
  instance_ha: absentSection(
    "Masakari: servers are evacuated from hosts that are down",
    { absent: "nobody evacuates by himself", source: "an OpenStack without Masakari", evidence: "verified" },
    {
      monitoring_interval: defaulted(
        time({ least: SECOND }),
        haDefaults.monitoringInterval.meaning,
        declared(haDefaults.monitoringInterval),
      ),
      wait_period_after_service_update: defaulted(
        time(),
        haDefaults.waitPeriodAfterServiceUpdate.meaning,
        declared(haDefaults.waitPeriodAfterServiceUpdate),
      ),
      host_failure_recovery_threads: defaulted(
        count("servers", 1, 1000),
        haDefaults.hostFailureRecoveryThreads.meaning,
        declared(haDefaults.hostFailureRecoveryThreads),
      ),
      enable_returned_hosts: defaulted(flag, haDefaults.enablesReturnedHosts.meaning, declared(haDefaults.enablesReturnedHosts)),
    },
  ),
};

export function failuresSchema() {
  return absentSection(
    "Failures: what breaks, who repairs it, and how the cloud meets it",
    { absent: "nothing fails", source: OWN_CHOICE, evidence: "assumed" },
    failuresShape,
  );
}

/** What holds of the failures where a timeline stands alone. */
export const plainFailures = () => section("Failures", failuresShape).parse({});
export type ReadFailures = ReturnType<typeof plainFailures>;

/** A timeline alone meets the same Nova: what holds of failures then is told as if the part had been written. */
export function withPlainFailures(root: LocatedMap): LocatedMap {
  const timeline = root.entries.get("timeline");
  if (timeline === undefined || root.entries.has("failures")) return root;
  const { keyPlace } = timeline;
  const plain: LocatedMap = { kind: "map", entries: new Map(), place: keyPlace };
  return { ...root, entries: new Map([...root.entries, ["failures", { keyPlace, value: plain }]]) };
}
