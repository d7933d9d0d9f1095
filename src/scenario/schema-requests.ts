// A workload of requests written one by one, for lessons and for cases that must be exact: who asks when for what, and for which zone, group or
// host.
import { DAY } from "../kernel/time.ts";
import { accept, defaulted, defaultedList, list, optional, required, section, type ValueKind } from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { hints } from "./hints.ts";
import { bootVolume } from "./schema-block-storage.ts";
import { groupPolicy, maxServerPerHost } from "./server-group-rule.ts";
import { count, quantity, text, word } from "./value-kinds.ts";
import type { LocalNames } from "./vocabulary.ts";

/** Longest time a scenario can name, and the run it can ask for. */
export const MAX_DURATION = 36_525 * DAY;
export const MAX_SERVERS = 50_000_000;

export const SCHEDULER_HINTS = defaulted(hints, "Scheduler hints, for the filters that read them", {
  default: {},
  source: "Nova: a request has hints only when its user gives some",
  evidence: "verified",
});

const lifetime: ValueKind<number> = {
  ...quantity("time", { above: 0, most: MAX_DURATION }),
  expected: "a time such as 2 h, or never",
  read: (written) =>
    written === "never" ? accept(Number.POSITIVE_INFINITY) : quantity("time", { above: 0, most: MAX_DURATION }).read(written),
  print: (value) => (value === Number.POSITIVE_INFINITY ? "never" : quantity("time").print(value)),
  json: { type: "string" },
};

const PROJECT = {
  ...count("projects", 1, 1_000_000),
  expected: "the number of a project, counted from 1",
  print: (project: number) => `project-${project}`,
};

export function listedShape(local: LocalNames) {
  const none = { absent: "none", source: "Nova: what a user does not ask for is not asked for", evidence: "verified" } as const;
  const request = section("A request for one server or several", {
    name: optional(nameOf("servers"), "Name by which hints of other requests mean its servers: <name>, or <name>-1, <name>-2, ...", none),
    at: defaulted(quantity("time", { most: MAX_DURATION }), "Instant of the request", {
      default: "0 s",
      source: "the start of the run",
      evidence: "assumed",
    }),
    count: defaulted(count("servers", 1, 100_000), "Servers asked for, which get hosts together or not at all", {
      default: 1,
      source: "nova/api, min_count",
      evidence: "verified",
    }),
    flavor: required(word("flavor", local.flavors), "Flavor of the servers"),
    image: optional(word("image", local.images), "Image of the servers", {
      absent: "the first image",
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    project: defaulted(PROJECT, "Number of the project that asks: 2 is project-2", {
      default: 1,
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    lifetime: defaulted(lifetime, "Time from the request to the user's delete, or never", {
      default: "never",
      source: "nobody deletes",
      evidence: "assumed",
    }),
    availability_zone: optional(word("availability zone", local.zones), "Availability zone that is asked for", none),
    server_group: optional(word("server group", local.serverGroups), "Server group that the servers join", none),
    scheduler_hints: SCHEDULER_HINTS,
    boot_volume: bootVolume(),
    host: optional(text("the name of a host"), "Host that an administrator forces the servers to, past all filters", none),
  });
  const group = section("A server group", {
    name: required(text("the name of a server group"), "Name of the server group"),
    policy: required(groupPolicy, "Policy of the server group"),
    max_server_per_host: optional(maxServerPerHost, "Members one host may hold, under anti-affinity", {
      absent: "1 under anti-affinity, no limit otherwise",
      source: "nova/scheduler/filters/affinity_filter.py",
      evidence: "verified",
    }),
  });
  return {
    requests: list("Requests; those of one instant happen in the order of the file", 1_000_000, request),
    server_groups: defaultedList("Server groups that requests can name", 1_000_000, group, {
      default: [],
      source: "nobody has made one",
      evidence: "assumed",
    }),
  };
}
