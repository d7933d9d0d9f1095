// The network of a scenario: its topology in one of four forms, or the plain keys of a leaf-spine, and what holds for all of them. Here too are
// the NICs of a host.
import { bonds } from "../datacenter/fabric/attach-points.ts";
import { encapsulations, ethernetMtu } from "../datacenter/fabric/encapsulation.ts";
import { MAX_FAT_TREE_PORTS } from "../datacenter/fabric/fat-tree.ts";
import { latencyFactor, nicLatency, switchLatency } from "../datacenter/fabric/hop-latency.ts";
import { MAX_SPINES } from "../datacenter/fabric/leaf-spine.ts";
import { didYouMean } from "../kernel/did-you-mean.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { SECOND } from "../kernel/time.ts";
import { formatQuantity } from "../kernel/units.ts";
import {
  absentSection,
  accept,
  choice,
  type Default,
  defaulted,
  list,
  optional,
  optionalSection,
  reject,
  required,
  section,
  type ValueKind,
} from "./grammar.ts";
import { texts } from "./hardware-kinds.ts";
import { count, flag, quantity, text, word } from "./value-kinds.ts";

export const bandwidth = quantity("bandwidth", { above: 0, most: 1e13 });
const hop = quantity("time", { most: SECOND });
const MAX_LINKS = 100_000;

export const topologies = ["star", "leaf_spine", "fat_tree", "custom"] as const;
export type Topology = (typeof topologies)[number];

const ofParameter = ({ value, source, evidence }: Parameter): Default => ({ default: formatQuantity(value, "time"), source, evidence });
const usualLeafSpine = { source: "usual leaf-spine design with 25G hosts and 100G uplinks", evidence: "assumed" } as const;

/** Keys of a group of hosts. */
export function nicShape() {
  return {
    nic: defaulted(bandwidth, "Bandwidth of one host's link to its leaf switch", { default: "25 Gbit/s", ...usualLeafSpine }),
    nics: defaulted(count("NICs", 1, 16), "NICs of one host, each with a link of that bandwidth", {
      default: 1,
      source: "a host with one link",
      evidence: "assumed",
    }),
    bond: defaulted(
      word("bond", bonds),
      "How several NICs share flows: hashed over those that are up, the first that is up, or each flow its own",
      {
        default: "active-active",
        source: "link aggregation (802.3ad), of no effect with one NIC",
        evidence: "assumed",
      },
    ),
  };
}

const evenPorts: ValueKind<number> = (() => {
  const ports = count("ports", 2, MAX_FAT_TREE_PORTS);
  return {
    ...ports,
    read: (written) => {
      const read = ports.read(written);
      if (!read.ok || read.value % 2 === 0) return read;
      return reject(`must be even, got ${read.value}: half of a switch's ports lead up`, `e.g. ${read.value + 1}`);
    },
  };
})();

const ends = texts("switches, hosts, groups of hosts, or glance", "[leaf-1, leaf-2]");
/** One name, or a list of them. */
const someEnds: ValueKind<readonly string[]> = {
  ...ends,
  expected: "the name of a switch, a host, a group of hosts, or glance, or a list of them",
  read: (written) => {
    const read = ends.read(typeof written === "string" ? [written] : written);
    return read.ok && read.value.length === 0 ? reject("names nothing: expected at least one name") : read;
  },
  json: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
};

const switchNames: ValueKind<readonly string[]> = {
  ...texts("switches", "[leaf-1, leaf-2, spine-1]"),
  read: (written) => {
    const read = texts("switches", "[leaf-1, leaf-2, spine-1]").read(written);
    if (!read.ok) return read;
    if (read.value.length === 0) return reject("names no switch: expected at least one");
    const twice = read.value.findIndex((name, index) => read.value.indexOf(name) < index);
    if (twice >= 0) return { ok: false, complaints: [{ message: `switch "${read.value[twice]}" is named twice`, path: [twice] }] };
    return accept(read.value);
  },
};

const customLink = section("A link; from several, to one switch", {
  from: required(someEnds, "What is joined to the switch: other switches, hosts, groups or ranges of hosts, glance"),
  to: required(text("the name of a switch"), "The switch"),
  bandwidth: optional(bandwidth, "Bandwidth of each of these links, in each direction", {
    absent: "the NIC of a host, the link of glance",
    source: "nic of the hosts, cloud.fabric.glance; between switches it has to be written",
    evidence: "assumed",
  }),
});

const spines = () =>
  defaulted(count("spines", 1, MAX_SPINES), "Spine switches; each leaf has one link to each", {
    default: 2,
    source: "smallest redundant leaf-spine fabric",
    evidence: "assumed",
  });
const uplink = () => defaulted(bandwidth, "Bandwidth of each leaf-to-spine link", { default: "100 Gbit/s", ...usualLeafSpine });

function topologyShapes() {
  return {
    star: { star: optionalSection("One switch that never blocks, with everything on it", {}) },
    leaf_spine: {
      leaf_spine: optionalSection("A leaf for every rack, and spines above", {
        spines: spines(),
        uplink: uplink(),
        oversubscription: optional(
          quantity("ratio", { above: 0, most: 1000 }),
          "Bandwidth of a rack's NICs over that of its uplinks, in place of uplink",
          { absent: "follows from uplink", source: "hosts' NICs, racks, spines and uplink", evidence: "derived" },
        ),
      }),
    },
    fat_tree: {
      fat_tree: section("A fat tree: every rack on an edge switch", {
        k: required(evenPorts, "Ports of each switch; room for k^3/4 hosts in k^2/2 racks"),
        link: defaulted(bandwidth, "Bandwidth of each link between switches", {
          default: "25 Gbit/s",
          source: "the NIC of an ordinary host: full bisection",
          evidence: "assumed",
        }),
      }),
    },
    custom: {
      custom: section("Switches and links as listed", {
        switches: required(switchNames, "Names of the switches"),
        links: list("Links", MAX_LINKS, customLink),
      }),
    },
  };
}

function commonShape() {
  return {
    glance: defaulted(bandwidth, "Bandwidth of the link that joins the image service to the fabric", {
      default: "25 Gbit/s",
      source: "one link of an ordinary host",
      evidence: "assumed",
    }),
    latency: defaulted(quantity("time", { most: 60 * SECOND }), "One-way latency of a control-plane message", {
      default: "250 us",
      source: "half of the 0.43 to 0.56 ms round trip between hosts in OpenStack's performance-docs (Mitaka, VXLAN)",
      evidence: "derived",
    }),
    hop_latency: absentSection(
      "Latency that the bytes of a transfer have before they flow",
      { absent: "none: a transfer begins at once", source: "microseconds, where transfers last for seconds", evidence: "assumed" },
      {
        switch: defaulted(hop, switchLatency.meaning, ofParameter(switchLatency)),
        nic: defaulted(hop, nicLatency.meaning, ofParameter(nicLatency)),
        factor: defaulted(quantity("ratio", { most: 100 }), latencyFactor.meaning, {
          default: latencyFactor.value,
          source: latencyFactor.source,
          evidence: latencyFactor.evidence,
        }),
      },
    ),
    encapsulation: optional(
      word("encapsulation", encapsulations),
      "How what crosses the fabric is wrapped; links then carry its headers too",
      {
        absent: "headers are not counted: the bandwidth of links is what payload gets",
        source: "bandwidths understood as throughput",
        evidence: "assumed",
      },
    ),
    mtu: defaulted(count("bytes", 576, 65_535), "Largest IP packet on the links, where encapsulation is written", {
      default: ethernetMtu.value,
      source: ethernetMtu.source,
      evidence: ethernetMtu.evidence,
    }),
    link_metrics: optional(flag, "Whether the run measures how much of its links is used", {
      absent: "links are not looked at",
      source: "a matter of what is asked",
      evidence: "assumed",
    }),
    hash_seed: defaulted(count("seeds", 0, 2 ** 31 - 1), "Seed of the hash by which switches choose among equal paths", {
      default: 0,
      source: "the switches' own default",
      evidence: "assumed",
    }),
  };
}

export function fabricSchema() {
  const { star, leaf_spine, fat_tree, custom } = topologyShapes();
  const common = commonShape();
  const form = <S extends object>(shape: S) => section("Network of the datacenter", { ...shape, ...common });
  return choice(
    "Network of the datacenter",
    {
      plain: form({ spines: spines(), uplink: uplink() }),
      star: form(star),
      leaf_spine: form(leaf_spine),
      fat_tree: form(fat_tree),
      custom: form(custom),
    },
    "a map with a topology, such as {fat_tree: {k: 8}}",
    topologyOf,
    { default: {}, source: "", evidence: "assumed" },
  );
}

/** The topology that is named, or nearly so; the keys of a leaf-spine may also stand by themselves. */
export function topologyOf(written: unknown): Topology | "plain" {
  if (typeof written !== "object" || written === null || Array.isArray(written)) return "plain";
  const keys = Object.keys(written);
  const named = topologies.find((topology) => keys.includes(topology));
  if (named !== undefined) return named;
  const meant = keys.map((key) => didYouMean(key, topologies)).find((near) => near !== null);
  return topologies.find((topology) => topology === meant) ?? "plain";
}
