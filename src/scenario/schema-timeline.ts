// The timeline of a scenario: what operators do, and what they let fail, at which times. An entry has one verb; the verb says to what.
import { SECOND } from "../kernel/time.ts";
import { distribution } from "./distributions.ts";
import { absentList, absentSection, defaulted, list, optional, required, section, table, type ValueKind } from "./grammar.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, quantity, text, texts, word } from "./value-kinds.ts";

const time = (least = 0) => quantity("time", { least, most: MAX_DURATION });
const none = { absent: "not said", source: "", evidence: "assumed" } as const;
const ratio = quantity("ratio", { above: 0, most: 1000 });

/** Orders to hosts that can be off. */
export const powerVerbs = ["power_off", "power_on", "suspend"] as const;
/** Verbs that are done to hosts. */
export const hostVerbs = ["drain", "migrate", "disable", "enable", "reboot", "evacuate", ...powerVerbs] as const;
/** All verbs of timeline entries. */
export const verbs = [...hostVerbs, "set", "fail", "repair", "add_hosts", "add_rack", "profile"] as const;
export type Verb = (typeof verbs)[number];
/** What the steps of a profile do. */
export const stepVerbs = [...hostVerbs, "set", "fail", "repair"] as const;

/** Keys that say where hosts are. */
const whereShape = {
  host: optional(text("the name of a host"), "A host", none),
  hosts: optional(texts("a host, a group of hosts or a range such as compute-1..compute-4"), "Hosts by their names", none),
  pool: optional(text("the name of a group of hosts"), "All hosts of a group of cloud.hosts", none),
  aggregate: optional(text("the name of an aggregate"), "All hosts of an aggregate", none),
  zone: optional(text("the name of an availability zone"), "All hosts of an availability zone", none),
  rack: optional(count("racks", 1, 1_000_000), "A rack by its number: 3 is rack-3", none),
  all: optional(word("kind of object", ["hosts", "racks", "pdus", "switches"]), "All objects of a kind", none),
};

/** A number as it is, a name as text. */
const numberOrName: ValueKind<number | string> = {
  ...text("the number of a rack, or the name of a switch"),
  read: (written) =>
    typeof written === "number"
      ? count("switches", 1, 1_000_000).read(written)
      : text("the number of a rack, or the name of a switch").read(written),
  print: (value) => String(value),
  json: { anyOf: [count("switches", 1, 1_000_000).json, text("the name of a switch").json] },
};

/** Objects that can fail without being hosts or racks. */
const brokenShape = {
  pdu: optional(count("PDUs", 1, 1_000_000), "A PDU by its number", none),
  switch: optional(
    numberOrName,
    "The top-of-rack switch of a rack, by the number of the rack, or a switch of the fabric by its name",
    none,
  ),
  link: optional(texts("the name of a switch"), "All cables between two switches of the fabric, as [leaf-1, spine-2]", none),
  feed: optional(word("feed", ["power", "network"]), "What the whole cloud hangs on: its power feed, or its router", none),
};

const drawnShape = {
  fraction: optional(
    quantity("ratio", { above: 0, most: 1 }),
    "Share of the objects that are drawn, anew each time; at least one is",
    none,
  ),
  count: optional(count("objects", 1, 1_000_000), "Number of the objects that are drawn, anew each time", none),
};

/** Everything that says what a verb is done to. */
export const whereKeys: readonly string[] = [...Object.keys(whereShape), ...Object.keys(brokenShape)];

const ratiosShape = {
  cpu_allocation_ratio: optional(ratio, "vCPUs promised per hardware thread from then on", none),
  ram_allocation_ratio: optional(ratio, "Memory promised per byte of memory from then on", none),
  disk_allocation_ratio: optional(ratio, "Disk promised per byte of disk from then on", none),
};
export const ratioKeys: readonly string[] = Object.keys(ratiosShape);

const methodShape = {
  method: optional(word("method", ["live", "cold"]), "How servers leave: live, and only those cold that are stopped, or all cold", {
    absent: "live",
    source: "a choice of Orrery",
    evidence: "assumed",
  }),
};
const confirmationShape = {
  confirm_after: optional(
    distribution({ value: time(), example: "10 min, {exponential: {mean: 1 h}} or never", never: true }),
    "Time from the arrival of a server that was migrated cold to its confirmation; until then its old host keeps its room",
    { absent: "resize_confirm_window decides", source: "", evidence: "assumed" },
  ),
  revert_probability: optional(
    quantity("ratio", { most: 1 }),
    "Share of the servers migrated cold that are reverted after confirm_after instead of confirmed",
    { absent: "0", source: "", evidence: "assumed" },
  ),
};
/** Keys that only some verbs take, and those that take them. */
export const takenBy: Readonly<Record<string, readonly string[]>> = {
  method: ["drain"],
  confirm_after: ["drain", "migrate"],
  revert_probability: ["drain", "migrate"],
};

const forShape = { for: optional(time(1), "Time until it is over; otherwise a repair ends it", none) };

const verb = <S extends Parameters<typeof absentSection>[2]>(meaning: string, shape: S) => absentSection(meaning, none, shape);
const onHosts = { ...whereShape, ...drawnShape };

function entryShape() {
  return {
    at: required(time(), "Instant at which it happens first"),
    every: optional(time(SECOND), "Time until it happens again", { absent: "once", source: "", evidence: "assumed" }),
    times: optional(count("times", 2, 1_000_000), "How often it happens", {
      absent: "to the end of the run, where it repeats",
      source: "",
      evidence: "assumed",
    }),
    rolling: absentSection(
      "Objects are taken in batches, each when the one before has come to its end",
      { absent: "all at once", source: "", evidence: "assumed" },
      {
        by: defaulted(word("batch", ["object", "rack"]), "What a batch counts: single objects, or racks with all their objects", {
          default: "object",
          source: "one at a time",
          evidence: "assumed",
        }),
        size: defaulted(count("objects", 1, 1_000_000), "Objects, or racks, of one batch", {
          default: 1,
          source: "one at a time",
          evidence: "assumed",
        }),
        wait: defaulted(time(), "Pause from the end of a batch to the next one", { default: "0 s", source: "none", evidence: "assumed" }),
      },
    ),
    drain: verb("Disable the compute service, and move servers away where that is possible", {
      ...onHosts,
      ...methodShape,
      ...confirmationShape,
    }),
    migrate: verb("Migrate all servers of hosts cold: each is shut down, and started on another host", {
      ...onHosts,
      ...confirmationShape,
    }),
    disable: verb("Disable the compute service: no new servers come", onHosts),
    enable: verb("Enable the compute service", onHosts),
    reboot: verb("Reboot hosts with all that runs on them", onHosts),
    evacuate: verb("Evacuate all servers of hosts whose compute service is down", onHosts),
    power_off: verb("Shut hosts down; what runs on them stops", onHosts),
    power_on: verb("Switch hosts on that are off, or wake them", onHosts),
    suspend: verb("Suspend hosts to memory (S3) on which nothing runs", onHosts),
    set: verb("Change what may be promised of hosts", { ...onHosts, ...ratiosShape }),
    fail: verb("Let something fail, with all that hangs on it", { ...whereShape, ...brokenShape, ...drawnShape, ...forShape }),
    repair: verb("End what a fail of the timeline has begun", { ...whereShape, ...brokenShape, ...drawnShape }),
    add_hosts: verb("Put hosts of cloud.hosts into service that are not before", whereShape),
    add_rack: verb("Put a rack of hosts into service that is not before", { rack: required(count("racks", 1, 1_000_000), "Its number") }),
    profile: verb("Do the steps of a profile", {
      name: required(text("the name of a profile"), "Name of the profile"),
      ...whereShape,
      ...drawnShape,
    }),
  };
}

export function timelineSchema() {
  return absentList(
    "What operators do, and what they let fail, at given times",
    10_000,
    section("An entry of the timeline", entryShape()),
    {
      absent: "nobody does anything",
      source: "a choice of Orrery",
      evidence: "assumed",
    },
  );
}

export function profilesSchema() {
  return table(
    "Steps that timeline entries can do by a name",
    { noun: "profile", names: null },
    list(
      "Steps, each when the one before has come to its end",
      100,
      section("A step of a profile", {
        do: required(word("action", stepVerbs), "What is done"),
        after: defaulted(time(), "Pause before it", { default: "0 s", source: "none", evidence: "assumed" }),
        ...ratiosShape,
        ...forShape,
        ...methodShape,
        ...confirmationShape,
      }),
    ),
    { default: {}, source: "none are declared", evidence: "assumed" },
  );
}
