// Storage in a scenario: back ends and their devices, what a tier says beside its capacity, and what guests do with their volumes. QoS specs and
// the ratio of thin provisioning have Cinder's own names.
import { cephParameters as ceph } from "../datacenter/storage/ceph-parameters.ts";
import { storageDevices } from "../datacenter/storage/devices.ts";
import { qosKeys } from "../datacenter/storage/qos.ts";
import { raidLevels } from "../datacenter/storage/raid.ts";
import { SECOND } from "../kernel/time.ts";
import { absentSection, choice, type Default, defaulted, defaultedList, optional, required, section, table } from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, quantity, word } from "./value-kinds.ts";
import type { LocalNames } from "./vocabulary.ts";

const OWN_CHOICE = "a choice of Orrery";
const assumed = (value: unknown, source: string): Default => ({ default: value, source, evidence: "assumed" });
const ratio = quantity("ratio", { most: 1 });
const bandwidth = quantity("bandwidth", { above: 0, most: 1e13 });
const MAX_NODES = 1000;

const backendShape = {
  name: required(nameOf("storage nodes"), "Name of the back end: its nodes are attached to the network as <name>-1, <name>-2, ..."),
  device: required(word("storage device", [...storageDevices.keys()]), "Kind of its devices"),
  devices: required(count("devices", 1, 1000), "Devices of each node"),
  nic: defaulted(bandwidth, "Link of each node to the fabric, in each direction", assumed("25 Gbit/s", "usual for storage nodes")),
};

const raid = defaulted(word("RAID level", raidLevels), "How the devices of the node form one array", assumed("raid0", OWN_CHOICE));

const backendForms = {
  lvm: section("Volumes on the devices of one node, reached by iSCSI", {
    type: required(word("type", ["lvm"] as const), "Cinder's LVM driver"),
    ...backendShape,
    raid,
  }),
  nfs: section("Volumes as files of one NFS server", {
    type: required(word("type", ["nfs"] as const), "Cinder's NFS driver"),
    ...backendShape,
    raid,
  }),
  ceph: section("A replicated pool of Ceph, an OSD on each device", {
    type: required(word("type", ["ceph"] as const), "Cinder's RBD driver"),
    ...backendShape,
    nodes: defaulted(
      count("nodes", 1, MAX_NODES),
      "Nodes with OSDs; copies lie on different ones",
      assumed(3, "the fewest for three copies"),
    ),
    size: defaulted(count("copies", 1, MAX_NODES), ceph.size.meaning, {
      default: ceph.size.value,
      source: ceph.size.source,
      evidence: ceph.size.evidence,
    }),
  }),
};

type BackendForm = keyof typeof backendForms;

/** A key of the cloud. */
export function storageBackends() {
  const one = choice(
    "A storage back end",
    backendForms,
    "a map with type (lvm, nfs or ceph), name, device and devices",
    (written): BackendForm | null => {
      const type = typeof written === "object" && written !== null ? (written as { readonly type?: unknown }).type : undefined;
      return typeof type === "string" && Object.hasOwn(backendForms, type) ? (type as BackendForm) : null;
    },
  );
  return defaultedList("Back ends of storage tiers", 100, one, { default: [], source: "tiers are capacities only", evidence: "assumed" });
}

/** Keys of a storage tier beside its name and capacity. */
export function tierShape(local: LocalNames) {
  return {
    backend: optional(word("storage back end", local.storageBackends), "Back end whose devices and network serve its volumes", {
      absent: "capacity only: I/O takes no time",
      source: OWN_CHOICE,
      evidence: "assumed",
    }),
    thin: absentSection(
      "Volumes are given room as they are written",
      { absent: "thick: a volume takes all of its size when it is created", source: OWN_CHOICE, evidence: "assumed" },
      {
        max_over_subscription_ratio: defaulted(
          quantity("ratio", { least: 1, most: 1e6 }),
          "What volumes may be promised together, of the capacity",
          { default: 20, source: "cinder/volume/driver.py, max_over_subscription_ratio", evidence: "from memory" },
        ),
        near_full: defaulted(
          quantity("ratio", { above: 0, most: 1 }),
          "Share of the capacity in use from which on the pool is near full",
          assumed(0.85, "Ceph's mon_osd_nearfull_ratio"),
        ),
      },
    ),
    qos: table(
      "QoS specs of the volume type, enforced by the hypervisor; bytes and I/Os per second, 0 = no limit",
      { noun: "QoS spec", names: qosKeys },
      required(quantity("ratio", { most: 1e13 }), "A QoS spec of Cinder's front end"),
      { default: {}, source: "Cinder: a volume type has no QoS specs until some are associated", evidence: "verified" },
    ),
  };
}

const time = (least: number) => quantity("time", { least, most: MAX_DURATION });
const iops = (meaning: string) => defaulted(count("I/Os per second", 0, 1e9), meaning, assumed(0, "none unless written"));

const patterns = {
  constant: required(word("pattern", ["constant"] as const), "Each guest always does what is written"),
  bursty: section("Guests do what is written in bursts, and a part of it in pauses", {
    bursty: section("Guests do what is written in bursts, and a part of it in pauses", {
      step: defaulted(time(SECOND), "Length of a step: guests keep their demand within it", assumed("1 min", OWN_CHOICE)),
      on: defaulted(time(SECOND), "Mean length of a burst", assumed("5 min", OWN_CHOICE)),
      off: defaulted(time(SECOND), "Mean length of a pause", assumed("20 min", OWN_CHOICE)),
      off_share: defaulted(ratio, "Share of it that a guest does in a pause", assumed(0.02, OWN_CHOICE)),
    }),
  }),
};

/** A key of the workload. */
export function diskIo(local: LocalNames) {
  const io = section("What the guests of a flavor do with their volumes", {
    read_iops: iops("Reads per second that a guest wants to do"),
    write_iops: iops("Writes per second that a guest wants to do"),
    block_size: defaulted(
      quantity("information", { least: 512, most: 2 ** 30 }),
      "Bytes of an I/O",
      assumed("4 KiB", "pages of databases"),
    ),
    sequential: defaulted(ratio, "Share of I/Os that begin where the last one ended", assumed(0, "random access")),
    queue_depth: defaulted(
      count("I/Os", 1, 65_536),
      "I/Os that a guest keeps under way at most",
      assumed(32, "fio's customary iodepth for a busy server"),
    ),
    new_data: defaulted(
      ratio,
      "Share of the bytes written that go where nothing was written before; thin pools give them room",
      assumed(0.1, OWN_CHOICE),
    ),
    pattern: choice(
      "How the I/O varies in time",
      patterns,
      "constant, or {bursty: {...}}",
      (written): keyof typeof patterns | null => {
        if (typeof written === "string") return "constant";
        return typeof written === "object" && written !== null && Object.keys(written).join() === "bursty" ? "bursty" : null;
      },
      assumed("constant", OWN_CHOICE),
    ),
  });
  return table("I/O of guests with volumes, by flavor", { noun: "flavor", names: local.flavors }, io, {
    default: {},
    source: "the I/O of guests is not looked at",
    evidence: "assumed",
  });
}
