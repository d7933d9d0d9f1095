// The file of `orrery schedule FILE`: hosts as they are now, and requests to be decided one after another. It is written in the grammar of
// scenarios, and means hosts, flavors and policies as they do; there is no time and no workload in it.
import type { z } from "zod";
import { describeKind } from "../kernel/units.ts";
import { type NovaOption, novaOptions } from "../policies/nova/config.ts";
import { filters } from "../policies/nova/filters/index.ts";
import { weighers } from "../policies/nova/weighers/index.ts";
import {
  type Absent,
  accept,
  type Default,
  defaulted,
  defaultedList,
  list,
  optional,
  optionalSection,
  reject,
  required,
  section,
  table,
  type ValueKind,
} from "./grammar.ts";
import { flavorShape, hostShape, MAX_HOSTS, ram } from "./schema-cloud.ts";
import { DEFAULT_PRESET, policySchema } from "./schema-study.ts";
import { count, flag, gibRoundedDown, property, quantity, seed, text, word, words } from "./value-kinds.ts";
import { anyNames, type Catalogue, type OptionFacts } from "./vocabulary.ts";

/** Servers that one file may ask for. */
export const MAX_SERVERS = 100_000;
export const groupPolicies = ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"] as const;

/** Names the file defines for itself. */
export interface ScheduleNames {
  readonly aggregates: readonly string[];
  readonly flavors: readonly string[];
  readonly images: readonly string[];
  readonly groups: readonly string[];
}

/** All that is decided on records and needs nothing that a file cannot say: devices it has none. */
const usable = <T extends { readonly needs?: string }>(all: readonly T[]): readonly T[] =>
  all.filter(({ needs }) => needs !== "PCI devices");
const usableFilters = usable(filters);
const usableWeighers = usable(weighers);

/** Options that do something here: the policy says the choice itself, and services are on or off. */
const usableOptions = novaOptions.filter(
  ({ name }) => !["host_subset_size", "shuffle_best_same_weighed_hosts", "service_down_time"].includes(name),
);

/** The words of a scenario, with the filters and weighers for which scenarios lack something. */
export function scheduleCatalogue(catalogue: Catalogue): Catalogue {
  return {
    ...catalogue,
    filters: usableFilters.map(({ name }) => name),
    weighers: usableWeighers.map(({ name }) => name),
    options: new Map([
      ...usableWeighers.map(({ multiplier, source }): [string, OptionFacts] => {
        const { name, option = name, default: value, meaning, minimum } = multiplier;
        return [option, { default: value, meaning, source, ...(minimum === undefined ? {} : { minimum }) }];
      }),
      ...usableOptions.flatMap(({ name, default: value, unit, meaning, source, minimum }): [string, OptionFacts][] =>
        typeof value === "number" && minimum !== undefined ? [[name, { default: value, meaning, source, minimum, counts: unit }]] : [],
      ),
    ]),
  };
}

const none: Default = { default: [], source: "none", evidence: "assumed" };
const empty: Default = { default: {}, source: "none", evidence: "assumed" };
const zero = (what: string): Default => ({ default: 0, source: `a host without ${what}`, evidence: "assumed" });
const absent = (what: string): Absent => ({ absent: what, source: "", evidence: "assumed" });

/** Texts as they are, in any number and with repetitions. */
const texts = (what: string): ValueKind<readonly string[]> => ({
  expected: `a list of ${what}`,
  read: (written) => {
    if (!Array.isArray(written)) return reject(`expected a list of ${what}, got ${describeKind(written)}`, "e.g. [a, b]");
    const bad = written.findIndex((item: unknown) => typeof item === "object");
    if (bad >= 0) return { ok: false, complaints: [{ message: `expected a text, got ${describeKind(written[bad])}`, path: [bad] }] };
    return accept(written.map(String));
  },
  print: (value) => value.join(", "),
  json: { type: "array", items: { type: ["string", "number"] } },
});

/** A scheduler hint, which Nova keeps as a list: one text stands for a list of one. */
const hint: ValueKind<readonly string[]> = {
  ...texts("texts"),
  expected: "a text or a list of texts",
  read: (written) => (typeof written === "object" ? texts("texts").read(written) : accept([String(written)])),
};

function optionSchema({ name, default: value, minimum, unit, meaning, source }: NovaOption): z.ZodType {
  const absent: Absent = { absent: String(value), source, evidence: "verified" };
  if (typeof value === "boolean") return optional(flag, meaning, absent);
  if (Array.isArray(value)) return optional(texts(unit), meaning, absent);
  if (typeof value !== "number") return optional(text(`a text for ${name}`), meaning, absent);
  if (minimum !== undefined) return optional(count(unit, minimum, 1_000_000), meaning, absent);
  return optional(quantity("ratio", { least: -1e12, most: 1e12 }), meaning, absent);
}

function hostSchema(catalogue: Catalogue, names: ScheduleNames) {
  const { racks: _racks, nic: _nic, ...shape } = hostShape(catalogue);
  return section("A host, or several alike", {
    name: optional(text("a host name"), "Name of the host; several get -1, -2, ... after it", absent("host-N, counted through the file")),
    count: defaulted(count("hosts", 1, MAX_HOSTS), "Number of such hosts", { default: 1, source: "one", evidence: "assumed" }),
    type: optional(
      word("host type", catalogue.hostTypes),
      "Host type: gives vcpus, ram and the power curve",
      absent("none: no power is known"),
    ),
    ...shape,
    used: optionalSection("What servers hold on each of these hosts already", {
      vcpus: defaulted(count("vCPUs", 0, 1_000_000), "vCPUs in use", zero("servers")),
      ram: defaulted(ram(0), "Memory in use", { ...zero("servers"), default: "0 B" }),
      disk: defaulted(quantity("information", { step: gibRoundedDown }), "Disk in use, in whole GiB", {
        ...zero("servers"),
        default: "0 B",
      }),
    }),
    instances: defaulted(texts("server names"), "Servers on the host, by which hints and groups may name them", none),
    num_instances: optional(count("servers", 0, 1_000_000), "Servers on the host", absent("as many as instances names")),
    num_io_ops: defaulted(count("builds", 0, 1_000_000), "Builds and moves under way", zero("builds")),
    failed_builds: defaulted(count("builds", 0, 1_000_000), "Builds failed since the last success", zero("failures")),
    disabled: defaulted(flag, "Whether the compute service is disabled", {
      default: false,
      source: "a host in service",
      evidence: "assumed",
    }),
    cell: defaulted(text("a cell name"), "Nova cell of the host", { default: "cell1", source: "one cell", evidence: "assumed" }),
    host_ip: optional(text("an address"), "Address of the host, for build_near_host_ip", absent("none")),
    metrics: table(
      "Metrics the host reports, e.g. cpu.percent: 30",
      { noun: "metric", names: null },
      required(quantity("ratio", { least: -1e12, most: 1e12 }), "Value of the metric"),
      empty,
    ),
    aggregates: defaulted(words("aggregate", names.aggregates), "Host aggregates the host is in", none),
  });
}

function requestSchema(names: ScheduleNames) {
  return section("A request for one or more servers", {
    name: optional(
      text("a request name"),
      "Name of the request, and of its server; several servers get -1, -2, ... after it",
      absent("request-N"),
    ),
    count: defaulted(count("servers", 1, MAX_SERVERS), "Servers asked for at once: all find a host, or none", {
      default: 1,
      source: "one",
      evidence: "assumed",
    }),
    flavor: required(word("flavor", names.flavors), "Flavor of the servers"),
    image: optional(word("image", names.images), "Image to boot from", absent("none: no image is looked at")),
    group: optional(word("server group", names.groups), "Server group of the servers", absent("none")),
    project: defaulted(text("a project"), "Project that asks", { default: "project-1", source: "one project", evidence: "assumed" }),
    availability_zone: optional(text("an availability zone"), "Availability zone asked for", absent("any")),
    boot_from_volume: defaulted(flag, "Whether a volume takes the place of the root disk", {
      default: false,
      source: "root disk on the host",
      evidence: "assumed",
    }),
    hints: table("Scheduler hints, each a text or a list", { noun: "hint", names: null }, required(hint, "A scheduler hint"), empty),
    ignore_hosts: defaulted(texts("host names"), "Hosts that are not to be taken", none),
    force_hosts: defaulted(texts("host names"), "Hosts of which one is to be taken, past all filters", none),
  });
}

export function scheduleSchema(catalogue: Catalogue, names: ScheduleNames) {
  const { volume: _volume, vcpus: _fractions, ...flavor } = flavorShape(anyNames);
  const properties = (meaning: string) => table(meaning, { noun: "property", names: null }, required(property, "A property"), empty);
  return section("A question to the scheduler", {
    policy: policySchema(scheduleCatalogue(catalogue), {
      default: DEFAULT_PRESET,
      source: "Nova as it is installed",
      evidence: "verified",
    }),
    seed: defaulted(seed, "Names the draws of policies that choose at random", {
      default: "1",
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    builds_finish: defaulted(flag, "Whether servers are active before the next request is decided; else they count in num_io_ops", {
      default: true,
      source: "requests that do not come in one burst",
      evidence: "assumed",
    }),
    config: optionalSection(
      "Nova's options where they differ from their defaults",
      Object.fromEntries(usableOptions.map((option) => [option.name, optionSchema(option)])),
    ),
    hosts: list("Hosts in the order in which Placement names them", 10_000, hostSchema(catalogue, names)),
    aggregates: defaultedList(
      "Host aggregates",
      10_000,
      section("A host aggregate", {
        name: required(text("an aggregate name"), "Name of the aggregate"),
        metadata: properties("Metadata of the aggregate, e.g. ssd: true"),
        availability_zone: optional(text("an availability zone"), "Availability zone that the aggregate's hosts are in", absent("none")),
      }),
      none,
    ),
    flavors: list(
      "Flavors that requests name",
      10_000,
      section("A flavor", { ...flavor, vcpus: required(count("vCPUs", 1, 4096), "vCPUs of the flavor") }),
    ),
    images: defaultedList(
      "Images that requests name",
      10_000,
      section("An image", {
        name: required(text("an image name"), "Name of the image, and its id"),
        properties: properties("Image properties as Nova reads them, e.g. img_hv_type: qemu"),
      }),
      none,
    ),
    groups: defaultedList(
      "Server groups",
      10_000,
      section("A server group", {
        name: required(text("the name of a server group"), "Name of the group"),
        policy: required(word("group policy", groupPolicies), "Policy of the group"),
        max_server_per_host: optional(count("servers", 1, 1_000_000), "Members one host may have, for anti-affinity", absent("1")),
        members: defaulted(texts("server names"), "Members that run already, among the instances of the hosts", none),
      }),
      none,
    ),
    requests: list("Requests in the order in which they are decided", MAX_SERVERS, requestSchema(names)),
  });
}

export type ReadSchedule = z.output<ReturnType<typeof scheduleSchema>>;
