// The cloud of a scenario: its hosts, network, storage, images, flavors, quotas and the settings of Nova and Ceilometer. Keys are Nova's
// own option names wherever Nova has one.
import { SECOND } from "../kernel/time.ts";
import { describeKind } from "../kernel/units.ts";
import { initialRatios, type NovaRelease, newestRelease, releaseTitle } from "../policies/nova/releases.ts";
import { components } from "../services/index.ts";
import {
  absentSection,
  accept,
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
import { nameOf } from "./hardware-kinds.ts";
import { releaseKind } from "./release.ts";
import { blockStorage } from "./schema-block-storage.ts";
import { cpuSharing } from "./schema-demand.ts";
import { bandwidth, fabricSchema, nicShape } from "./schema-fabric.ts";
import { hardwareShape } from "./schema-hardware.ts";
import { imageCache, imageService } from "./schema-images.ts";
import { memorySharing } from "./schema-memory.ts";
import { migrationSchema } from "./schema-migration.ts";
import { networkingSchema } from "./schema-networking.ts";
import { objectStoreSchema } from "./schema-object-store.ts";
import { aggregatesShape, placementShape } from "./schema-placement.ts";
import { hostPowerShape, powerSchema } from "./schema-power.ts";
import { storageBackends, tierShape } from "./schema-storage.ts";
import {
  count,
  flag,
  gibRoundedDown,
  limit,
  orNever,
  property,
  quantity,
  text,
  vcpus,
  wholeGib,
  wholeMib,
  word,
  words,
} from "./value-kinds.ts";
import type { Catalogue, LocalNames } from "./vocabulary.ts";

/** No cloud has a million hosts in one region; a file that says so has a digit too many. */
export const MAX_HOSTS = 1_000_000;
/** The image of scenarios in which images do not matter. */
export const DEFAULT_IMAGE = "default-image";
/** Glance's disk_formats, in its order. */
/** Workers on hosts stop with them, and what they share cannot. */
const sharable = components.filter(({ declaration }) => declaration.scope !== "host").map(({ key }) => key);

const DISK_FORMATS = ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];
const PETABYTE = 2 ** 50;
const TERABYTE = 2 ** 40;
const OWN_CHOICE = "a choice of Orrery";

export const ram = (least: number, most = 64 * TERABYTE) => quantity("information", { least, most, step: wholeMib });
const disk = (least: number, most = PETABYTE) => quantity("information", { least, most, step: wholeGib });
const ratio = quantity("ratio", { above: 0, most: 1000 });

/** Everything about a host but its type and number; `cloud.host_defaults` takes the same keys. */
export function hostShape(catalogue: Catalogue, release: NovaRelease = newestRelease) {
  const initial = initialRatios(release);
  const initialSource = (resource: "cpu" | "ram", otherwise: string) =>
    `nova/conf/compute.py, initial_${resource}_allocation_ratio ${release.major < 27 ? `of ${releaseTitle(release)}` : otherwise}`;
  return {
    racks: defaulted(count("racks", 1, MAX_HOSTS), "Racks these hosts are dealt over, round robin", {
      default: 1,
      source: OWN_CHOICE,
      evidence: "assumed",
    }),
    hypervisor: defaulted(word("hypervisor", catalogue.hypervisors), "Hypervisor of these hosts", {
      default: "kvm",
      source: "the driver most clouds use",
      evidence: "assumed",
    }),
    vcpus: optional(count("vCPUs", 1, 4096), "Hardware threads of one host, before any allocation ratio", {
      absent: "that of the host type",
      source: "table of host types",
      evidence: "verified",
    }),
    ram: optional(ram(2 ** 20), "Memory of one host, before any allocation ratio", {
      absent: "that of the host type",
      source: "table of host types",
      evidence: "verified",
    }),
    disk: defaulted(
      quantity("information", { least: 0, most: PETABYTE, step: gibRoundedDown }),
      "Local disk of one host for instances, in whole GiB",
      { default: "2 TiB", source: OWN_CHOICE, evidence: "assumed" },
    ),
    ...nicShape(),
    cpu_allocation_ratio: defaulted(ratio, "vCPUs promised per hardware thread", {
      default: initial.cpu,
      source: initialSource("cpu", "(16.0 in Nova 26)"),
      evidence: "verified",
    }),
    ram_allocation_ratio: defaulted(ratio, "Memory promised per byte of memory", {
      default: initial.ram,
      source: initialSource("ram", "(1.5 in Nova 26)"),
      evidence: "verified",
    }),
    disk_allocation_ratio: defaulted(ratio, "Disk promised per byte of disk", {
      default: initial.disk,
      source: "nova/conf/compute.py, initial_disk_allocation_ratio",
      evidence: "verified",
    }),
    reserved_host_cpus: defaulted(count("vCPUs", 0, 4096), "Hardware threads kept for the host itself", {
      default: 0,
      source: "nova/conf/compute.py, reserved_host_cpus",
      evidence: "verified",
    }),
    reserved_host_memory: defaulted(ram(0), "Memory kept for the host itself (Nova: reserved_host_memory_mb)", {
      default: "512 MiB",
      source: "nova/conf/compute.py, reserved_host_memory_mb",
      evidence: "verified",
    }),
    reserved_host_disk: defaulted(
      quantity("information", { least: 0, most: PETABYTE, step: wholeMib }),
      "Disk kept for the host itself (Nova: reserved_host_disk_mb)",
      { default: "0 B", source: "nova/conf/compute.py, reserved_host_disk_mb", evidence: "verified" },
    ),
    ...hardwareShape(),
    ...hostPowerShape(),
  };
}

export function flavorShape(local: LocalNames) {
  return {
    name: required(text("a flavor name"), "Name of the flavor"),
    vcpus: required(vcpus(4096), "vCPUs of the flavor; fractions to a thousandth are possible"),
    ram: required(ram(2 ** 20), "Memory of the flavor, in whole MiB"),
    disk: defaulted(disk(0), "Root and ephemeral disk on the host, in whole GiB", {
      default: "0 B",
      source: "a server booted from a volume or the network",
      evidence: "assumed",
    }),
    volume: absentSection(
      "Data volume created with each server",
      { absent: "none", source: OWN_CHOICE, evidence: "assumed" },
      {
        size: required(disk(2 ** 30), "Size of the volume, in whole GiB"),
        type: optional(word("storage tier", local.storageTiers), "Storage tier of the volume (Cinder volume type)", {
          absent: "the first storage tier",
          source: OWN_CHOICE,
          evidence: "assumed",
        }),
      },
    ),
    extra_specs: table(
      "Nova extra specs, e.g. capabilities:hypervisor_type: QEMU",
      { noun: "extra spec", names: null },
      required(property, "An extra spec of the flavor"),
      { default: {}, source: "none", evidence: "assumed" },
    ),
  };
}

function quotaShape() {
  const unlimited = (nova: string) =>
    ({ default: "unlimited", source: `${OWN_CHOICE}; Nova's own default is ${nova} per project`, evidence: "assumed" }) as const;
  return {
    instances: defaulted(limit(count("instances", 0, 1e9)), "Servers one project may have", unlimited("10")),
    cores: defaulted(limit(count("cores", 0, 1e9)), "vCPUs one project may have", unlimited("20")),
    ram: defaulted(limit(ram(0, 1000 * PETABYTE)), "Memory one project may have", unlimited("51200 MiB")),
  };
}

function novaShape() {
  const nova = (value: unknown, file: string) => ({ default: value, source: file, evidence: "verified" }) as const;
  return {
    release: optional(releaseKind, "Release of Nova: defaults that changed, and which filters, weighers and options there are", {
      absent: `not named: defaults of ${releaseTitle(newestRelease)}`,
      source: "the newest known; filters, weighers and options of every release are at hand",
      evidence: "assumed",
    }),
    max_attempts: defaulted(
      count("attempts", 1, 1000),
      "Hosts tried for one server before it ends in MaxRetriesExceeded",
      nova(3, "nova/conf/scheduler.py, max_attempts"),
    ),
    max_placement_results: defaulted(
      count("candidates", 1, MAX_HOSTS),
      "Allocation candidates Placement returns for one request at most",
      nova(1000, "nova/conf/scheduler.py, max_placement_results"),
    ),
    max_concurrent_builds: defaulted(
      count("builds", 0, MAX_HOSTS),
      "Builds one host runs at a time; 0 = no limit",
      nova(10, "nova/conf/compute.py, max_concurrent_builds"),
    ),
    instance_build_timeout: defaulted(
      quantity("time", { most: 36_525 * 86_400 * SECOND }),
      "A server that is still building after this time ends in error; 0 s = no limit",
      nova("0 s", "nova/conf/compute.py, instance_build_timeout"),
    ),
    shelved_offload_time: defaulted(
      orNever(quantity("time", { most: 36_525 * 86_400 * SECOND })),
      "Time that a shelved server keeps its host; never = until it is offloaded by hand",
      nova("0 s", "nova/conf/compute.py, shelved_offload_time (-1 = never)"),
    ),
    reclaim_instance_interval: defaulted(
      quantity("time", { most: 36_525 * 86_400 * SECOND }),
      "Time in which a deleted server can be restored; 0 s = deleted at once",
      nova("0 s", "nova/conf/compute.py, reclaim_instance_interval"),
    ),
    update_resources_interval: defaulted(
      orNever(quantity("time", { least: SECOND, most: 36_525 * 86_400 * SECOND })),
      "Time between two periodic updates of a host's compute node record, which the scheduler reads; never = only claims and deletions write it",

      nova("60 s", "nova/conf/compute.py, update_resources_interval (0 = the 60 s of periodic tasks)"),
    ),
    build_failure_probability: defaulted(
      quantity("ratio", { most: 1 }),
      "Probability that one build on one host fails and is tried elsewhere",
      {
        default: 0,
        source: "a cloud in order",
        evidence: "assumed",
      },
    ),
    image_conversion_rate: defaulted(bandwidth, "Rate at which a host turns a downloaded image into its raw base file (force_raw_images)", {
      default: "500 MB/s",
      source: "the write rate of a SATA SSD, 520 MB/s, rounded",
      evidence: "assumed",
    }),
    ...placementShape(),
  };
}

/** `default` for every meter there is, `none`, or a list of names. */
function meters(known: readonly string[]): ValueKind<readonly string[]> {
  const named = words("meter", known);
  return {
    expected: 'default, none or a list of meters such as ["cpu", "memory"]',
    read: (written) => {
      if (written === "default") return accept(known);
      if (written === "none") return accept([]);
      if (Array.isArray(written)) return named.read(written);
      return reject(`expected default, none or a list of meters, got ${describeKind(written)}`);
    },
    print: named.print,
    json: { anyOf: [{ enum: ["default", "none"] }, { type: "array", items: { enum: known } }] },
  };
}

/** Followed before the schema is applied, as imports are, so here only their form matters. */
const filePaths: ValueKind<unknown> = {
  expected: "the path of a file or a folder, or a list of paths",
  read: accept,
  print: String,
  json: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
};

const NO_FILE = { absent: "none", source: "", evidence: "assumed" } as const;

export function cloudSchema(catalogue: Catalogue, local: LocalNames) {
  const host = hostShape(catalogue, local.release);
  return section("The cloud: what there is", {
    control_plane: defaulted(
      word("control plane", ["modelled", "instant"]),
      "modelled: every call, queue and retry takes time; instant: decisions and resources only",
      { default: "modelled", source: OWN_CHOICE, evidence: "assumed" },
    ),
    nova_conf: optional(filePaths, "A nova.conf, or several, whose options are laid under this scenario; relative to this file", NO_FILE),
    placement_conf: optional(filePaths, "A placement.conf, or several, likewise", NO_FILE),
    host_defaults: optionalHostDefaults(catalogue, local.release),
    hosts: list("Groups of equal hosts", 10_000, section("A group of equal hosts", { ...hostIdentity(catalogue), ...host })),
    aggregates: aggregatesShape(),
    fabric: fabricSchema(),
    block_storage: blockStorage(),
    image_service: imageService(),
    image_cache: imageCache(),
    networking: networkingSchema(),
    storage_backends: storageBackends(),
    storage_tiers: defaultedList(
      "Storage tiers for volumes",
      1000,
      section("A storage tier", {
        name: required(text("the name of a storage tier"), "Name of the tier, and of the Cinder volume type that selects it"),
        capacity: required(
          quantity("information", { least: 2 ** 30, most: 1000 * PETABYTE, step: gibRoundedDown }),
          "Space for volumes, in whole GiB",
        ),
        ...tierShape(local),
      }),
      { default: [], source: "servers without volumes", evidence: "assumed" },
    ),
    images: defaultedList(
      "Images servers boot from",
      10_000,
      section("An image", {
        name: required(text("an image name"), "Name of the image"),
        id: optional(text("the id of an image"), "Glance's id, by which isolated_images names the image", {
          absent: "the name of the image",
          source: OWN_CHOICE,
          evidence: "assumed",
        }),
        size: required(quantity("information", { least: 1, most: 64 * TERABYTE }), "Bytes moved when a host does not have the image yet"),
        disk_format: defaulted(word("disk format", DISK_FORMATS), "Format in which Glance keeps the image", {
          default: "qcow2",
          source: "the format in which distributions publish cloud images",
          evidence: "assumed",
        }),
        properties: table(
          "Image properties as Nova reads them, e.g. img_hv_type: qemu",
          { noun: "property", names: null },
          required(property, "A property of the image"),
          { default: {}, source: "none", evidence: "assumed" },
        ),
      }),
      { default: [{ name: DEFAULT_IMAGE, size: "2 GiB" }], source: "size of an ordinary server image", evidence: "assumed" },
    ),
    flavors: defaultedList("Flavors servers are made of; a trace brings its own", 10_000, section("A flavor", flavorShape(local)), {
      default: [],
      source: "the flavors of the trace",
      evidence: "verified",
    }),
    quota: optionalSection("Limits of each project", quotaShape()),
    nova: optionalSection("Settings of Nova", novaShape()),
    placement: optionalSection("Settings of Placement", {
      randomize_allocation_candidates: defaulted(
        flag,
        "Whether Placement offers its candidates in random order, and a random choice of them where there are more than max_placement_results; otherwise in the order of the scenario, and the first",
        { default: false, source: "placement/conf/placement.py, randomize_allocation_candidates", evidence: "verified" },
      ),
    }),
    object_store: objectStoreSchema(),
    cpu_sharing: cpuSharing(),
    memory_sharing: memorySharing(),
    migration: migrationSchema(),
    power: powerSchema(),
    workers: table(
      "Worker processes by service component",
      { noun: "component", names: catalogue.components },
      required(count("workers", 1, 100_000), "Worker processes of this component"),
      { default: {}, source: "the services' own defaults", evidence: "assumed" },
    ),
    service_times: table(
      "Mean service times by operation",
      { noun: "operation", names: catalogue.operations },
      required(quantity("time", { most: 86_400 * SECOND }), "Mean time a worker is busy with this operation"),
      { default: {}, source: "the services' own defaults", evidence: "assumed" },
    ),
    service_variations: table(
      "Coefficients of variation of service times by operation",
      { noun: "operation", names: catalogue.operations },
      required(quantity("ratio", { most: 100 }), "Standard deviation of the time, as a share of its mean"),
      { default: {}, source: "the services' own defaults", evidence: "assumed" },
    ),
    service_delays: table(
      "Delays before answers by operation, in which no worker is busy",
      { noun: "operation", names: catalogue.operations },
      required(quantity("time", { most: 86_400 * SECOND }), "Time that passes before the answer without keeping a worker busy"),
      { default: {}, source: "the services' own defaults", evidence: "assumed" },
    ),
    stages: table(
      "Stations by component that each of its requests passes one after another, such as the queries that a call makes; the workers are those of each",
      { noun: "component", names: sharable },
      required(count("stages", 1, 100), "Stations of this component, each taking its share of the service time"),
      { default: {}, source: "one", evidence: "assumed" },
    ),
    processor_sharing: defaulted(
      words("component", sharable),
      "Components whose workers serve all requests at once and share their time among them, instead of one request after another each",
      { default: [], source: "requests wait for a worker", evidence: "assumed" },
    ),
    metering: optionalSection("What Ceilometer measures", {
      interval: defaulted(quantity("time", { least: SECOND, most: 366 * 86_400 * SECOND }), "Time between two polls of a polled meter", {
        default: "300 s",
        source: "ceilometer etc/ceilometer/polling.yaml, interval",
        evidence: "verified",
      }),
      meters: defaulted(meters(catalogue.meters), "Meters that are written", {
        default: "default",
        source: "every meter of the catalogue",
        evidence: "assumed",
      }),
    }),
  });
}

function hostIdentity(catalogue: Catalogue) {
  return {
    name: optional(nameOf("hosts"), "Name of the group: its hosts are called <name>-1, <name>-2, ...", {
      absent: "compute-<number of the host in the cloud>",
      source: OWN_CHOICE,
      evidence: "assumed",
    }),
    type: required(word("host type", catalogue.hostTypes), "Host type: capacity and power curve of one host"),
    count: required(count("hosts", 1, MAX_HOSTS), "Number of hosts in this group"),
  };
}

function optionalHostDefaults(catalogue: Catalogue, release: NovaRelease) {
  return optionalSection("Values for every group of hosts that does not say otherwise", hostShape(catalogue, release));
}
