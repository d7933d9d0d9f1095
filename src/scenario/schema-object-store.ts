// The object store of a scenario: storage nodes and their devices, rings, storage policies, proxies; what happens to them; and generated reads.
import { swiftParameters as swift } from "../datacenter/object-store/swift-parameters.ts";
import { storageDevices } from "../datacenter/storage/devices.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { SECOND } from "../kernel/time.ts";
import { formatQuantity } from "../kernel/units.ts";
import { keystoneauthOptions } from "../policies/swift/keystoneauth.ts";
import {
  absentList,
  absentSection,
  type Default,
  defaulted,
  defaultedList,
  list,
  optional,
  optionalSection,
  required,
  section,
  table,
  type ValueKind,
} from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { bandwidth } from "./schema-fabric.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, quantity, text, word } from "./value-kinds.ts";

const OWN_CHOICE = "a choice of Orrery";
const PETABYTE = 1e15;
/** Of one ring, whose table has them by numbers of 16 bits. */
export const MAX_DEVICES = 65_535;
export const MAX_PART_POWER = 18;
const time = (least = 0) => quantity("time", { least, most: MAX_DURATION });
const assumed = (value: unknown, source = OWN_CHOICE): Default => ({ default: value, source, evidence: "assumed" });
const ofParameter = ({ value, source, evidence }: Parameter): Default => ({ default: formatQuantity(value, "time"), source, evidence });
/** What is told apart by a number, rather than counted. */
const numbered = (noun: string, least: number, most: number): ValueKind<number> => ({ ...count(noun, least, most), print: String });
const notSaid = { absent: "not said", source: "", evidence: "assumed" } as const;

/** Those of accounts' names are fixed: project 1 has the account AUTH_project-1. */
const AUTH_OPTIONS = [
  "operator_roles",
  "reseller_admin_role",
  "system_reader_roles",
  "project_reader_roles",
  "allow_names_in_acls",
] as const satisfies readonly (keyof typeof keystoneauthOptions)[];

const usualAuth = AUTH_OPTIONS.map((name) => `${name} = ${keystoneauthOptions[name].value || "none"}`).join("; ");

function nodesShape() {
  return section("A group of equal storage nodes", {
    name: defaulted(nameOf("storage nodes"), "Name of the group: its nodes are called <name>-1, <name>-2, ...", assumed("storage")),
    count: required(count("storage nodes", 1, 10_000), "Number of nodes in this group"),
    region: defaulted(numbered("regions", 0, 1000), "Region of these nodes in the rings", assumed(1)),
    zone: defaulted(numbered("zones", 0, 100_000), "Zone of these nodes in the rings", assumed(1)),
    rack: optional(numbered("racks", 1, 1_000_000), "Number of the rack that they stand in: one of hosts, or one behind those", {
      absent: "where the services of the cloud are, on links that never limit",
      source: OWN_CHOICE,
      evidence: "assumed",
    }),
    nic: defaulted(bandwidth, "Bandwidth of one node's link to the fabric", assumed("25 Gbit/s", "one link of an ordinary host")),
    devices: section("Devices of one node, all alike", {
      count: required(count("devices", 1, 1000), "Devices of one node"),
      kind: defaulted(
        word("device", [...storageDevices.keys()]),
        "Device from the table of devices: its size, and a bandwidth that all it reads and writes share",
        assumed("hdd-7200", "object stores are built of large disks"),
      ),
      size: optional(quantity("information", { least: 1e6, most: PETABYTE }), "Room of one device", {
        absent: "that of its kind",
        source: "table of devices",
        evidence: "verified",
      }),
      weight: optional(quantity("ratio", { most: 1e9 }), "Weight of one device in the rings; 0 takes no parts", {
        absent: "its size in GB",
        source: "Swift's advice on weights",
        evidence: "from memory",
      }),
    }),
  });
}

function policyShape() {
  return section("A storage policy: whole copies (replicas), or fragments (data_fragments and parity_fragments)", {
    name: required(text("the name of a storage policy"), "Name of the policy"),
    replicas: optional(count("replicas", 1, 100), "Whole copies of each object", notSaid),
    data_fragments: optional(count("fragments", 1, 100), "Fragments that make an object again (erasure coding, k)", notSaid),
    parity_fragments: optional(count("fragments", 1, 100), "Fragments besides those (erasure coding, m)", notSaid),
  });
}

export function objectStoreSchema() {
  return absentSection(
    "Swift, the object store",
    { absent: "none", source: OWN_CHOICE, evidence: "assumed" },
    {
      nodes: list("Groups of equal storage nodes", 1000, nodesShape()),
      policies: defaultedList("Storage policies; the first is the default", 100, policyShape(), {
        default: [{ name: "Policy-0", replicas: 3 }],
        source: "the policy that Swift has without any; three replicas as in its guides",
        evidence: "from memory",
      }),
      container_replicas: defaulted(count("replicas", 1, 100), "Databases of each container", {
        default: 3,
        source: "Swift's installation guides",
        evidence: "from memory",
      }),
      part_power: defaulted(
        numbered("powers", 1, MAX_PART_POWER),
        "Rings have 2 to this power parts; about 100 a device are good",
        assumed(10),
      ),
      min_part_hours: defaulted(
        count("hours", 0, 255),
        "Hours for which a rebalance leaves a part alone of which another has moved a replica",
        {
          default: 1,
          source: "Swift's installation guides",
          evidence: "from memory",
        },
      ),
      overload: defaulted(
        quantity("ratio", { most: 1000 }),
        "How much more than its weight a device may take so that replicas are farther apart",
        {
          default: 0,
          source: "swift/common/ring/builder.py",
          evidence: "verified",
        },
      ),
      ring_seed: defaulted(count("seeds", 0, 2 ** 31 - 1), "Seed of swift-ring-builder's rebalance", assumed(1)),
      hash_path_prefix: optional(text("a text"), "Secret that names are hashed with, before them", {
        absent: "none",
        source: "swift.conf-sample",
        evidence: "from memory",
      }),
      hash_path_suffix: defaulted(text("a text"), "Secret that names are hashed with, behind them", {
        default: "changeme",
        source: "swift.conf-sample",
        evidence: "from memory",
      }),
      proxies: optionalSection("Proxies, over which a load balancer spreads requests", {
        count: defaulted(count("proxies", 1, 1000), "Number of proxies", assumed(2, "the fewest that can lose one")),
        nic: defaulted(bandwidth, "Bandwidth of one proxy's link to the fabric", assumed("25 Gbit/s", "one link of an ordinary host")),
      }),
      client_link: defaulted(bandwidth, "Bandwidth of the link by which clients outside the cloud come in", assumed("10 Gbit/s")),
      keystoneauth: table(
        "Options of the filter that lets requests pass",
        { noun: "option", names: AUTH_OPTIONS },
        required(text("a text, lists with commas between"), "An option of [filter:keystoneauth]"),
        { default: {}, source: `swift/common/middleware/keystoneauth.py: ${usualAuth}`, evidence: "verified" },
      ),
      conn_timeout: defaulted(time(1), swift.connTimeoutMicros.meaning, ofParameter(swift.connTimeoutMicros)),
      node_timeout: defaulted(time(1), swift.nodeTimeoutMicros.meaning, ofParameter(swift.nodeTimeoutMicros)),
      replicator_interval: defaulted(time(SECOND), swift.replicatorIntervalMicros.meaning, ofParameter(swift.replicatorIntervalMicros)),
      updater_interval: defaulted(time(SECOND), swift.updaterIntervalMicros.meaning, ofParameter(swift.updaterIntervalMicros)),
    },
  );
}

/** What happens to storage nodes and devices. */
export const storageVerbs = ["fail", "repair", "reweigh"] as const;

export function objectStoreTimelineSchema() {
  return absentList(
    "What happens to storage nodes and devices at given times",
    10_000,
    section("An event of the object store", {
      at: required(time(), "Instant at which it happens"),
      do: required(
        word("action", storageVerbs),
        "fail: a node does not answer, a device loses what is on it; repair: a node is back with what it has, a device is replaced by an empty one; reweigh: a device has another weight, and the rings are rebalanced",
      ),
      node: optional(text("the name of a storage node"), "A storage node such as storage-1", notSaid),
      device: optional(text("the name of a device"), "A device by its node and its number, such as storage-1/d2", notSaid),
      for: optional(time(1), "Time until what failed is repaired", { absent: "a repair ends it", source: "", evidence: "assumed" }),
      weight: optional(quantity("ratio", { most: 1e9 }), "Weight from then on, of reweigh", notSaid),
    }),
    { absent: "nothing happens to them", source: OWN_CHOICE, evidence: "assumed" },
  );
}

export function objectReadsSchema() {
  return absentSection(
    "Objects that are there from the start and are read again and again, some more often than others",
    { absent: "none", source: OWN_CHOICE, evidence: "assumed" },
    {
      rate: required(quantity("rate", { above: 0, most: 1e6 }), "Reads in a time, which come independently of each other"),
      objects: required(count("objects", 1, 10_000_000), "Number of objects"),
      size: required(quantity("information", { least: 1, most: 5 * 2 ** 30 }), "Size of each"),
      skew: defaulted(
        quantity("ratio", { most: 10 }),
        "Exponent of Zipf's law: the n-th object is read in proportion to n to the power of minus this; 0 = all alike",
        { default: 0.9, source: "exponents of web objects lie between 0.6 and 1", evidence: "from memory" },
      ),
      storage_policy: optional(text("the name of a storage policy"), "Storage policy of their container", {
        absent: "the first",
        source: OWN_CHOICE,
        evidence: "assumed",
      }),
      container: defaulted(text("the name of a container"), "Their container, in the account of project 1", assumed("popular")),
    },
  );
}
