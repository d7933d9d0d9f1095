// Cinder in a scenario: its back ends with their pools, its volume types, its schedulers and its quotas. Keys are Cinder's own option names wherever
// Cinder has one.
import { SECOND } from "../kernel/time.ts";
import { describeKind } from "../kernel/units.ts";
import { cinderOptions, isRatio, ORDERED_HANDLER, STOCHASTIC_HANDLER } from "../policies/cinder/config.ts";
import { backendOptions } from "../policies/cinder/driver-report.ts";
import { cinderFilters } from "../policies/cinder/filters/index.ts";
import { cinderWeighers } from "../policies/cinder/weighers/index.ts";
import { quotaDefaultsOf } from "../policies/quotas/quota-defaults.ts";
import {
  absentSection,
  accept,
  type Default,
  defaulted,
  defaultedList,
  list,
  optional,
  reject,
  required,
  section,
  table,
  type ValueKind,
} from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { count, flag, gibRoundedDown, limit, property, quantity, text, word, words } from "./value-kinds.ts";

const OWN_CHOICE = "a choice of Orrery";
const assumed = (value: unknown, source: string): Default => ({ default: value, source, evidence: "assumed" });
const bandwidth = quantity("bandwidth", { above: 0, most: 1e13 });
const PETABYTE = 2 ** 50;

/** 20.0, or auto. */
const ratio: ValueKind<string> = {
  expected: "a ratio such as 20.0, or auto",
  read: (written) => {
    const known = typeof written === "number" || typeof written === "string";
    if (!known) return reject(`expected a ratio such as 20.0, or auto, got ${describeKind(written)}`);
    return isRatio(written) ? accept(String(written)) : reject(`expected a ratio such as 20.0, or auto, got "${written}"`);
  },
  print: (value) => value,
  json: { type: ["number", "string"] },
};

const multiplier: ValueKind<number> = {
  expected: "a number",
  read: (written) =>
    typeof written === "number" && Number.isFinite(written) ? accept(written) : reject(`expected a number, got ${describeKind(written)}`),
  print: String,
  json: { type: "number" },
};

const option = (name: string) => cinderOptions.find((known) => known.name === name)!;
const ofCinder = (name: string): Default => {
  const { default: value, source, evidence } = option(name);
  return { default: value, source, evidence };
};
const ofBackend = (name: string) => backendOptions.find((known) => known.name === name)!;
const none = (name: string) => ({ absent: "none", source: ofBackend(name).source, evidence: ofBackend(name).evidence });

const poolShape = {
  name: required(nameOf("pools"), "Name of the pool: volumes are in host@backend#pool"),
  capacity: required(
    quantity("information", { least: 2 ** 30, most: 1000 * PETABYTE, step: gibRoundedDown }),
    "Space of the pool, in whole GiB",
  ),
  thin: defaulted(flag, "Whether it is promised more than it has", assumed(false, "Cinder's LVM driver without lvm_type thin")),
  capabilities: table(
    "What its driver reports of it besides, for extra specs and expressions to ask for",
    { noun: "capability", names: null },
    required(property, "A capability of the pool"),
    { default: {}, source: "none", evidence: "assumed" },
  ),
};

function backendShape() {
  return {
    name: required(text("a back end as host@backend"), "The back end, as host@backend"),
    availability_zone: defaulted(text("an availability zone"), "Availability zone of its volume service", {
      default: "nova",
      source: "cinder/common/config.py, storage_availability_zone",
      evidence: "from memory",
    }),
    storage_protocol: defaulted(
      word("storage protocol", ["iSCSI", "nfs", "ceph", "FC", "NVMe-oF"]),
      "How hosts reach its volumes; images of a Ceph become volumes in it by cloning",
      assumed("iSCSI", "that of Cinder's LVM driver"),
    ),
    nic: defaulted(bandwidth, "Link of the back end to the fabric, in each direction", assumed("25 Gbit/s", "usual for storage nodes")),
    copy_rate: defaulted(
      bandwidth,
      "Rate at which it copies a volume within itself",
      assumed("200 MB/s", "dd between thick volumes on disks"),
    ),
    volume_backend_name: optional(text("a name"), ofBackend("volume_backend_name").meaning, none("volume_backend_name")),
    reserved_percentage: defaulted(count("per cent", 0, 100), ofBackend("reserved_percentage").meaning, {
      default: 0,
      source: ofBackend("reserved_percentage").source,
      evidence: ofBackend("reserved_percentage").evidence,
    }),
    max_over_subscription_ratio: optional(ratio, ofBackend("max_over_subscription_ratio").meaning, none("max_over_subscription_ratio")),
    filter_function: optional(text("an expression", 10_000), ofBackend("filter_function").meaning, none("filter_function")),
    goodness_function: optional(text("an expression", 10_000), ofBackend("goodness_function").meaning, none("goodness_function")),
    pools: list("Its pools", 1000, section("A pool", poolShape)),
  };
}

const typeShape = {
  name: required(text("the name of a volume type"), "Name of the type"),
  extra_specs: table(
    "What its volumes ask of a pool, such as volume_backend_name: fast",
    { noun: "extra spec", names: null },
    required(property, "An extra spec of the type"),
    { default: {}, source: "none", evidence: "assumed" },
  ),
  qos_specs: table(
    "QoS specs that the filter_function and goodness_function of back ends can ask for",
    { noun: "QoS spec", names: null },
    required(property, "A QoS spec of the type"),
    { default: {}, source: "none are associated", evidence: "verified" },
  ),
  multiattach: defaulted(flag, "Whether several servers may have one of its volumes", {
    default: false,
    source: "cinder/volume/volume_types.py: only with the extra spec multiattach",
    evidence: "verified",
  }),
};

const names = (noun: string, option: string, known: readonly { readonly name: string }[]) =>
  defaulted(
    words(
      noun,
      known.map(({ name }) => name),
    ),
    cinderOptions.find(({ name }) => name === option)!.meaning,
    ofCinder(option),
  );

/** A key of the cloud. */
export function blockStorage() {
  const cinderQuota = quotaDefaultsOf("cinder").filter(({ resource }) => !resource.includes("groups"));
  return absentSection(
    "Cinder: volumes that users make, attach, copy and move",
    { absent: "volumes come and go with servers, on storage tiers", source: OWN_CHOICE, evidence: "assumed" },
    {
      backends: list("Its back ends", 1000, section("A back end", backendShape())),
      volume_types: defaultedList("Volume types; the first is the default one", 1000, section("A volume type", typeShape), {
        default: [{ name: "__DEFAULT__" }],
        source: "cinder/common/config.py, default_volume_type",
        evidence: "verified",
      }),
      schedulers: defaulted(
        count("schedulers", 1, 100),
        "cinder-scheduler processes, each of which knows only of what it has decided itself until back ends report",
        assumed(1, "one process"),
      ),
      backend_stats_polling_interval: defaulted(
        quantity("time", { least: SECOND, most: 86_400 * SECOND }),
        "Time between two reports of a back end to the schedulers",
        { default: "60 s", source: "cinder/volume/manager.py, backend_stats_polling_interval", evidence: "from memory" },
      ),
      scheduler_default_filters: names("filter", "scheduler_default_filters", cinderFilters),
      scheduler_default_weighers: names("weigher", "scheduler_default_weighers", cinderWeighers),
      scheduler_weight_handler: defaulted(
        word("weight handler", [ORDERED_HANDLER, STOCHASTIC_HANDLER]),
        "What makes a choice of weights: the best, or a draw with the weights for chances",
        ofCinder("scheduler_weight_handler"),
      ),
      scheduler_max_attempts: defaulted(
        count("attempts", 1, 1000),
        option("scheduler_max_attempts").meaning,
        ofCinder("scheduler_max_attempts"),
      ),
      max_over_subscription_ratio: defaulted(ratio, option("max_over_subscription_ratio").meaning, ofCinder("max_over_subscription_ratio")),
      capacity_weight_multiplier: defaulted(
        multiplier,
        option("capacity_weight_multiplier").meaning,
        ofCinder("capacity_weight_multiplier"),
      ),
      allocated_capacity_weight_multiplier: defaulted(
        multiplier,
        option("allocated_capacity_weight_multiplier").meaning,
        ofCinder("allocated_capacity_weight_multiplier"),
      ),
      volume_number_multiplier: defaulted(multiplier, option("volume_number_multiplier").meaning, ofCinder("volume_number_multiplier")),
      no_snapshot_gb_quota: defaulted(flag, "Whether snapshots count no gigabytes against the quota", {
        default: false,
        source: "cinder/common/config.py, no_snapshot_gb_quota",
        evidence: "from memory",
      }),
      quota: table(
        "Limits of each project: volumes, snapshots, gigabytes, backups, backup_gigabytes, per_volume_gigabytes",
        { noun: "resource", names: cinderQuota.map(({ resource }) => resource) },
        required(limit(count("resources", 0, 1e9)), "Limit of the resource; gigabytes are whole GiB"),
        { default: {}, source: "cinder/quota.py: 10 volumes, 10 snapshots, 1000 GB, 10 backups, 1000 GB of backups", evidence: "verified" },
      ),
      backup_nic: defaulted(bandwidth, "Link of the store of backups to the fabric", assumed("25 Gbit/s", "usual for storage nodes")),
    },
  );
}

/** A key of a listed request. */
export function bootVolume() {
  return absentSection(
    "The volume that the servers boot from, in a cloud with block_storage; it takes the place of the disk on the host, whose room Placement is asked for all the same: give the flavor disk: 0 B",
    { absent: "they boot from a disk on their host", source: OWN_CHOICE, evidence: "assumed" },
    {
      volume: optional(text("the name of a volume"), "A volume that there is; the request is for one server then", {
        absent: "one is made of the image for each server",
        source: OWN_CHOICE,
        evidence: "assumed",
      }),
      size: defaulted(
        quantity("information", { least: 2 ** 30, most: PETABYTE, step: gibRoundedDown }),
        "Size of a volume that is made",
        assumed("20 GiB", "the root disk of an ordinary flavor"),
      ),
      type: optional(text("the name of a volume type"), "Volume type of a volume that is made", {
        absent: "the first type",
        source: OWN_CHOICE,
        evidence: "assumed",
      }),
      delete_on_termination: defaulted(flag, "Whether the volume is deleted with its server", {
        default: false,
        source: "nova/objects/block_device.py",
        evidence: "from memory",
      }),
    },
  );
}
