// What failures and the timeline must get right across several values: objects that there are, one verb an entry, and nothing that could have no
// effect.

import type { Wiring } from "../datacenter/fabric/wiring.ts";
import { fabricNames } from "../datacenter/failures/fabric-parts.ts";
import { failurePresets } from "../datacenter/failures/presets.ts";
import { suggestion } from "../kernel/did-you-mean.ts";
import { formatQuantity, shorten } from "../kernel/units.ts";
import type { Across } from "./across.ts";
import { wiringOfRead } from "./fabric-objects.ts";
import type { HostNames } from "./host-names.ts";
import { type Path, valueAt } from "./located.ts";
import { aggregateOf, type hostGroupOf } from "./resolve-hosts.ts";
import { usualZone, verbOf } from "./resolve-operations.ts";
import type { ReadScenario } from "./schema.ts";
import { failuresShape, type ReadFailures } from "./schema-failures.ts";
import { powerVerbs, ratioKeys, stepVerbs, takenBy, type Verb, verbs } from "./schema-timeline.ts";
import { type NamedHosts, namedHosts, objectsOf, whereIn } from "./timeline-objects.ts";

type Entry = Readonly<Record<string, unknown>>;

export function checkOperations(across: Across, names: HostNames | null): void {
  const duration = across.number(["study", "duration"]);
  const failures = failuresIn(across);
  const hosts = names === null ? null : hostsOf(across, names, failures?.racks_per_pdu ?? 12);
  const done = checkTimeline(across, hosts, duration);
  const used = checkProfiles(across);
  if (failures !== null) checkFailures(across, failures, new Set([...done, ...used]), hosts?.wiring ?? (() => null));
}

/** What of the failures is right by itself; null: there is no such part. Components that are wrong are null. */
function failuresIn(across: Across): KnownFailures | null {
  const written = valueAt(across.root, ["failures"]);
  if (written?.kind !== "map") return null;
  const known = Object.fromEntries(Object.keys(failuresShape).map((key) => [key, across.read(["failures", key])]));
  const components = Array.from({ length: across.length(["failures", "components"]) }, (_, index) => {
    return (across.read(["failures", "components", index]) as KnownComponent | undefined) ?? null;
  });
  return { ...(known as Partial<ReadFailures>), components };
}

type KnownComponent = NonNullable<ReadFailures["components"]>[number];
type KnownFailures = Omit<Partial<ReadFailures>, "components"> & { readonly components: readonly (KnownComponent | null)[] };

function hostsOf(across: Across, names: HostNames, racksPerPdu: number): NamedHosts {
  const groups = Array.from({ length: across.length(["cloud", "hosts"]) }, (_, index) => {
    const group = across.read(["cloud", "hosts", index]) as Parameters<typeof hostGroupOf>[0];
    return { name: group.name ?? null, count: group.count, racks: Math.min(group.racks, group.count) };
  });
  const aggregates = Array.from({ length: across.length(["cloud", "aggregates"]) }, (_, index) => {
    const aggregate = across.read(["cloud", "aggregates", index]) as Parameters<typeof aggregateOf>[0] | undefined;
    if (aggregate === undefined) return null;
    const { name, hosts, metadata } = aggregateOf(aggregate, names);
    return { name, hosts, zone: metadata.get("availability_zone") };
  });
  return namedHosts(
    names,
    groups,
    aggregates.filter((aggregate) => aggregate !== null),
    racksPerPdu,
    usualZone(),
    () => networkOf(across, names),
  );
}

/** Null: something of it is wrong by itself. */
function networkOf(across: Across, names: HostNames): Wiring | null {
  const cloud = across.read(["cloud"]) as ReadScenario["cloud"] | undefined;
  return cloud === undefined ? null : wiringOfRead(cloud, names);
}

/** What is done anywhere: verbs, and the kinds of objects that they fail. */
function checkTimeline(across: Across, hosts: NamedHosts | null, duration: number | undefined): ReadonlySet<string> {
  const all = new Set<string>();
  const added = new Set<number>();
  const { root } = across;
  for (let index = 0; index < across.length(["timeline"]); index++) {
    const path: Path = ["timeline", index];
    const written = valueAt(root, path);
    if (written?.kind !== "map") continue;
    const said = verbs.filter((verb) => written.entries.has(verb));
    if (said.length !== 1) {
      const what = said.length === 0 ? "says not what is done" : `has ${said.length} verbs (${said.join(", ")})`;
      const unknown = [...written.entries.keys()].find((key) => !["at", "every", "times", "rolling", ...verbs].includes(key));
      if (said.length > 1 || unknown === undefined)
        across.complain(path, `an entry ${what}; expected one of ${verbs.join(", ")}`, "e.g. {at: 2 h, fail: {rack: 1, for: 1 h}}");
      continue;
    }
    const entry = across.read(path) as Entry | undefined;
    if (entry === undefined) continue;
    const at = entry.at as number;
    if (duration !== undefined && at >= duration)
      across.complain([...path, "at"], `nothing happens: the run ends after ${formatQuantity(duration, "time")}`);
    if (entry.times !== undefined && entry.every === undefined)
      across.complain([...path, "times"], "without every it happens once", "say every: 1 d, or leave times out");
    checkEntry(across, path, entry, hosts, all, added);
  }
  return all;
}

function checkEntry(across: Across, path: Path, entry: Entry, hosts: NamedHosts | null, all: Set<string>, added: Set<number>): void {
  const verb = verbOf(entry)!;
  const said = entry[verb] as Entry;
  const at: Path = [...path, verb];
  all.add(verb);
  const adds = verb === "add_hosts" || verb === "add_rack";
  if (adds && entry.every !== undefined) across.complain([...path, "every"], "hosts are added once", "leave every out");
  if (verb === "set" && !ratioKeys.some((key) => said[key] !== undefined)) {
    across.complain(at, `nothing is set: expected one of ${ratioKeys.join(", ")}`, "e.g. {all: hosts, cpu_allocation_ratio: 8}");
  }
  checkReversion(across, at, said);
  if (verb === "profile") {
    const known = Object.keys((across.read(["profiles"]) as Entry | undefined) ?? {});
    const name = said.name as string;
    if (!known.includes(name)) {
      across.complain(
        [...at, "name"],
        `unknown profile "${shorten(name)}"`,
        known.length === 0 ? "declare it under profiles" : suggestion(name, known),
      );
    }
    all.add(`profile ${name}`);
  }
  const where = whereIn(said);
  if (where.length !== 1) {
    const why = where.length === 0 ? "says not to what" : `names its objects twice (${where.join(", ")})`;
    across.complain(
      at,
      `${verb} ${why}: expected one of host, hosts, pool, aggregate, zone, rack or all`,
      "e.g. {rack: 3} or {all: hosts}",
    );
    return;
  }
  const whole = verb === "fail" || verb === "repair";
  if (!whole && said.all !== undefined && said.all !== "hosts") {
    across.complain([...at, "all"], `${verb} is done to hosts, not to ${String(said.all)}`, "write all: hosts");
    return;
  }
  if (hosts === null) return;
  const found = objectsOf(said, whole, hosts);
  if (!found.ok) {
    across.complain(
      [...at, found.key],
      found.why,
      found.hint ?? (found.candidates ? suggestion(String(said[found.key]), found.candidates) : ""),
    );
    return;
  }
  const { objects } = found;
  for (const { kind } of objects.slice(0, 1)) all.add(`of ${kind}`);
  if (said.fraction !== undefined && said.count !== undefined)
    across.complain([...at, "count"], "a fraction is given as well", "write one of the two");
  if (typeof said.count === "number" && said.count > objects.length)
    across.complain([...at, "count"], `only ${objects.length} can be drawn from`);
  if (entry.rolling !== undefined && (typeof said.count === "number" ? said.count : objects.length) === 1)
    across.complain([...path, "rolling"], "there is one object, so there is nothing to roll over", "leave rolling out");
  if (!adds) return;
  for (const { index } of objects) {
    if (!added.has(index)) {
      added.add(index);
      continue;
    }
    across.complain(at, `${hosts.names.nameOf(index)} is added twice`, "a host comes into service once");
    return;
  }
}

function checkReversion(across: Across, path: Path, said: Entry): void {
  if (said.revert_probability === undefined || said.confirm_after !== undefined) return;
  const hint = "say confirm_after: 10 min";
  across.complainOfKey([...path, "revert_probability"], "nobody reverts without a time at which it is decided", hint);
}

/** Profiles that nobody uses, and steps that say what their action does not take. Returns what the steps do. */
function checkProfiles(across: Across): ReadonlySet<string> {
  const done = new Set<string>();
  const profiles = (across.read(["profiles"]) as Readonly<Record<string, readonly Entry[]>> | undefined) ?? {};
  const used = new Set(
    Array.from({ length: across.length(["timeline"]) }, (_, index) => across.read(["timeline", index, "profile", "name"])),
  );
  for (const [name, steps] of Object.entries(profiles)) {
    if (!used.has(name))
      across.complainOfKey(["profiles", name], `no entry of the timeline does profile "${shorten(name)}"`, "use it or leave it out");
    if (steps.length === 0) across.complain(["profiles", name], "expected at least one step", `e.g. {do: ${stepVerbs[0]}}`);
    for (const [index, step] of steps.entries()) {
      const path: Path = ["profiles", name, index];
      const verb = step.do as Verb;
      done.add(verb);
      const ratios = ratioKeys.filter((key) => step[key] !== undefined);
      if (verb === "set" && ratios.length === 0) across.complain(path, `nothing is set: expected one of ${ratioKeys.join(", ")}`);
      if (verb !== "set")
        for (const key of ratios) across.complainOfKey([...path, key], `${verb} takes no ${key}`, "it belongs to do: set");
      if (verb !== "fail" && step.for !== undefined)
        across.complainOfKey([...path, "for"], `${verb} takes no time`, "it belongs to do: fail");
      for (const [key, takers] of Object.entries(takenBy)) {
        if (step[key] !== undefined && !takers.includes(verb))
          across.complainOfKey([...path, key], `${verb} takes no ${key}`, `it belongs to do: ${takers.join(" or ")}`);
      }
      checkReversion(across, path, step);
    }
  }
  return done;
}

const OF_GUESTS: readonly string[] = ["sync_power_state_interval", "owners_start_after"];

function checkFailures(across: Across, failures: KnownFailures, done: ReadonlySet<string>, network: () => Wiring | null): void {
  const at = (key: string): Path => ["failures", key];
  const written = (key: string) => valueAt(across.root, at(key)) !== undefined;
  const idle = (key: string, why: string, hint = "leave it out") =>
    written(key) && across.complainOfKey(at(key), `has no effect: ${why}`, hint);
  const { components, report_interval: interval, service_down_time: down, disks_per_host: disks, disks_tolerated: tolerated } = failures;
  const kinds = new Set(
    components.flatMap((component) => {
      if (component === null) return [];
      return typeof component === "string" ? failurePresets.find(({ name }) => name === component)!.kind : component.component;
    }),
  );
  const complete = !components.includes(null);
  const breaks = components.length > 0 || written("bursts") || ["fail", "reboot", ...powerVerbs].some((verb) => done.has(verb));
  const kills = valueAt(across.root, ["cloud", "memory_sharing"]) !== undefined;
  if (!breaks && kills) {
    // A guest that its kernel kills is found shut off, and started by its owner; hosts are not touched.
    for (const key of Object.keys(failuresShape).filter((key) => !OF_GUESTS.includes(key))) idle(key, "no host fails");
    return;
  }
  if (!breaks) {
    const hint = "components: [host-crash], or a timeline with fail or reboot";
    across.complainOfKey(["failures"], "nothing fails: this part has no effect", hint);
    return;
  }
  if (complete) {
    if (kinds.size === 0) idle("crews", "no component fails by itself");
    if (!kinds.has("pdu") && !done.has("of pdu")) idle("racks_per_pdu", "no PDU fails");
    if (!kinds.has("disk")) for (const key of ["disks_per_host", "disks_tolerated"]) idle(key, "no disk fails");
  }
  if (kinds.has("disk") && disks !== undefined && tolerated !== undefined && tolerated >= disks) {
    across.complain(at("disks_tolerated"), `a host has ${disks} disk${disks === 1 ? "" : "s"}, so its failures would have no effect`);
  }
  for (const [kind, noun] of [["link", "links"] as const, ["fabric-switch", "switches above those of racks"] as const]) {
    const index = components.findIndex((component) => typeof component === "object" && component?.component === kind);
    const wiring = index < 0 ? null : network();
    if (wiring === null) continue;
    const { links, upper } = fabricNames(wiring);
    if ((kind === "link" ? links.length : upper) === 0)
      across.complain([...at("components"), index, "component"], `the network has no ${noun}, so nothing fails`, "leave it out");
  }
  if (!done.has("reboot")) idle("reboot_time", "nobody reboots a host");
  if (interval !== undefined && down !== undefined && interval >= down) {
    across.complain(
      at(written("report_interval") ? "report_interval" : "service_down_time"),
      `services report every ${formatQuantity(interval, "time")} and would be taken for down after ${formatQuantity(down, "time")}`,
      "service_down_time is several times report_interval",
    );
  }
  components.forEach((component, index) => {
    const path: Path = ["failures", "components", index];
    if (component === null) return;
    if (typeof component === "string") {
      if (components.indexOf(component) < index) across.complain(path, `preset "${component}" is named twice`, "name it once");
      return;
    }
    const { between, starts_new: startsNew } = component;
    if (!(between.distribution.mean > 0 && between.distribution.mean < Number.POSITIVE_INFINITY))
      across.complain([...path, "between"], "a time between failures needs a finite mean above 0");
    else if (!startsNew && between.distribution.sampleExcess === undefined) {
      const kind = between.distribution.kind;
      across.complain([...path, "between"], `how ${kind} goes on in a component that is not new is not known`, "write starts_new: true");
    }
  });
}
