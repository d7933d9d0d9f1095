// Networks of users in a scenario: the mechanism that carries them, where its agents are, what projects may have, and the networks that there are from
// the start. Keys are Neutron's own options where it has one.
import { parameter } from "../kernel/parameter.ts";
import { SECOND } from "../kernel/time.ts";
import { dhcpAgentsPerNetwork, maxL3AgentsPerRouter } from "../policies/neutron/agent-schedulers.ts";
import { globalPhysnetMtu } from "../policies/neutron/mtu.ts";
import { quotaDefaultsOf } from "../policies/quotas/quota-defaults.ts";
import { agentModes, mechanisms } from "../workflows/neutron/mechanisms.ts";
import { absentSection, type Default, defaulted, defaultedList, optional, optionalSection, required, section } from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { count, flag, quantity, text, texts, word } from "./value-kinds.ts";

const OWN_CHOICE = "a choice of Orrery";
const MAX_NETWORKS = 10_000;
const assumed = (value: unknown, source: string): Default => ({ default: value, source, evidence: "assumed" });
const verified = (value: unknown, source: string): Default => ({ default: value, source, evidence: "verified" });
const time = quantity("time", { least: SECOND, most: 86_400 * SECOND });

export const networkTypes = ["flat", "vlan", "vxlan", "gre", "geneve", "local"] as const;

export const externalBandwidth = parameter({
  name: "neutron.external_bandwidth",
  value: 1.25e9,
  unit: "B/s",
  meaning: "The link that leads out of the cloud, in each direction.",
  source: "10 Gbit/s, a usual uplink of a small cloud",
  evidence: "assumed",
});

const oneNetwork = section("A network that there is from the start", {
  name: required(nameOf("networks"), "Name of the network; its subnet has the same"),
  subnet: required(text("addresses such as 10.0.0.0/24"), "Addresses of its subnet"),
  external: defaulted(
    flag,
    "Routers may have their gateways on it, and floating IPs their addresses",
    assumed(false, "Neutron: networks are internal unless it is said"),
  ),
  type: optional(word("network type", networkTypes), "How it is carried between hosts", {
    absent: "network_type; flat on physnet1 where it is external",
    source: OWN_CHOICE,
    evidence: "assumed",
  }),
  dhcp: defaulted(flag, "Servers on it are answered when they ask for an address", verified(true, "Networking API v2.0, enable_dhcp")),
});

const quotaKeys = ["network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule"] as const;

const quotaShape = Object.fromEntries(
  quotaKeys.map((key) => {
    const { limit } = quotaDefaultsOf("neutron").find(({ resource }) => resource === key)!;
    const kind = count("things", -1, 1_000_000_000);
    return [
      key,
      defaulted(kind, `Most of each project's ${key.replaceAll("_", " ")}s; -1 = no limit`, verified(limit, "neutron/conf/quota.py")),
    ];
  }),
) as Record<(typeof quotaKeys)[number], ReturnType<typeof defaulted<number>>>;

/** A key of the cloud. */
export function networkingSchema() {
  return absentSection(
    "Networks of users: with it servers have ports with addresses, and users may ask for networks, routers and floating IPs",
    { absent: "servers are wired, but their networks are not looked at", source: OWN_CHOICE, evidence: "assumed" },
    {
      mechanism: defaulted(
        word("mechanism driver", [...mechanisms.keys()]),
        "Who wires ports and carries networks: agents of Open vSwitch or Linux bridge, or OVN",
        assumed("openvswitch", "the driver of most measured clouds"),
      ),
      network_type: optional(word("network type", networkTypes), "How networks are carried unless it is said (tenant_network_types)", {
        absent: "vxlan; geneve with ovn",
        source: "usual with these drivers",
        evidence: "assumed",
      }),
      vni_ranges: defaulted(
        texts("a range of tunnel ids such as 1:1000"),
        "Tunnel ids that networks get",
        assumed(["1:65536"], "usual in installation guides"),
      ),
      network_vlan_ranges: defaulted(
        texts("a physical network and its VLANs such as physnet1:100:200"),
        "VLANs that networks get",
        assumed(["physnet1:1000:1999"], OWN_CHOICE),
      ),
      global_physnet_mtu: defaulted(
        count("bytes", 68, 65_535),
        globalPhysnetMtu.meaning,
        verified(globalPhysnetMtu.value, globalPhysnetMtu.source),
      ),
      network_nodes: optional(texts("a host, a group of hosts, or a range of them"), "Hosts with DHCP and L3 agents", {
        absent: "the first host",
        source: OWN_CHOICE,
        evidence: "assumed",
      }),
      agent_mode: defaulted(
        word("agent mode", agentModes),
        "legacy: other hosts have no L3 agents; dvr: each has one that routes for the servers beside it",
        verified("legacy", "neutron/conf/agent/l3/config.py"),
      ),
      router_distributed: defaulted(flag, "Routers are distributed unless it is said", verified(false, "neutron/conf/db/l3_dvr_db.py")),
      l3_ha: defaulted(flag, "Routers are on several agents unless it is said", verified(false, "neutron/conf/db/l3_hamode_db.py")),
      dhcp_agents_per_network: defaulted(
        count("agents", 1, 1000),
        dhcpAgentsPerNetwork.meaning,
        verified(dhcpAgentsPerNetwork.value, dhcpAgentsPerNetwork.source),
      ),
      max_l3_agents_per_router: defaulted(
        count("agents", 0, 1000),
        maxL3AgentsPerRouter.meaning,
        verified(maxL3AgentsPerRouter.value, maxL3AgentsPerRouter.source),
      ),
      report_interval: defaulted(time, "Time between two reports of an agent", verified("30 s", "neutron/conf/agent/common.py")),
      agent_down_time: defaulted(time, "Silence after which an agent is taken for dead", verified("75 s", "neutron/conf/db/agents_db.py")),
      allow_automatic_l3agent_failover: defaulted(
        flag,
        "Routers are taken from L3 agents that are dead",
        verified(false, "neutron/conf/db/l3_agentschedulers_db.py"),
      ),
      external_bandwidth: defaulted(quantity("bandwidth", { above: 0, most: 1e13 }), externalBandwidth.meaning, {
        default: "10 Gbit/s",
        source: externalBandwidth.source,
        evidence: externalBandwidth.evidence,
      }),
      quota: optionalSection("Limits of each project", quotaShape),
      networks: defaultedList("Networks that there are from the start, of project-1", MAX_NETWORKS, oneNetwork, assumed([], "none")),
      servers_join: optional(text("the name of a network"), "The network that servers get a port on when they are launched", {
        absent: "they get none",
        source: OWN_CHOICE,
        evidence: "assumed",
      }),
    },
  );
}
