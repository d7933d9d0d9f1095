// What networking must get right across several values: ranges and addresses that can be read, hosts that there are, networks that the mechanism can
// carry, and a network that servers can join.
import { shorten } from "../kernel/units.ts";
import { networkOf } from "../policies/neutron/addresses.ts";
import { NeutronError } from "../policies/neutron/neutron-error.ts";
import { parseTunnelRanges, parseVlanRanges } from "../policies/neutron/segment-ranges.ts";
import { PythonError } from "../policies/python/python-values.ts";
import { apiOperations } from "../workflows/api/operations.ts";
import { neutronOperations } from "../workflows/neutron/index.ts";
import { mechanisms } from "../workflows/neutron/mechanisms.ts";
import type { Across } from "./across.ts";
import type { HostNames } from "./host-names.ts";
import { type Path, valueAt } from "./located.ts";
import type { ReadScenario } from "./schema.ts";
import type { ReadAction } from "./schema-actions.ts";

const NETWORKING: Path = ["cloud", "networking"];
type ReadNetworking = NonNullable<ReadScenario["cloud"]["networking"]>;
type ReadNetwork = ReadNetworking["networks"][number];

export function checkNetworking(across: Across, hosts: HostNames | null): void {
  const read = <T>(key: string) => across.read([...NETWORKING, key]) as T | undefined;
  if (valueAt(across.root, NETWORKING) === undefined) {
    checkNobodyAsks(across);
    return;
  }
  const tried = (path: Path, hint: string, does: () => void, message?: string) => {
    try {
      does();
    } catch (error) {
      if (!(error instanceof NeutronError || error instanceof PythonError)) throw error;
      across.complain(path, message ?? error.message, hint);
    }
  };
  if (across.read(["cloud", "control_plane"]) === "instant")
    across.complainOfKey(NETWORKING, "an instant control plane asks nobody for ports", "control_plane: modelled");
  tried([...NETWORKING, "vni_ranges"], "e.g. [1:1000]", () => void parseTunnelRanges("vxlan", read<readonly string[]>("vni_ranges") ?? []));
  tried(
    [...NETWORKING, "network_vlan_ranges"],
    "e.g. [physnet1:100:200]",
    () => void parseVlanRanges(read<readonly string[]>("network_vlan_ranges") ?? []),
  );
  const mechanism = mechanisms.get(read<string>("mechanism") ?? "");
  const carried = (path: Path, type: string | undefined) => {
    if (mechanism === undefined || type === undefined || mechanism.networkTypes.some((one) => one === type)) return;
    across.complain(path, `${mechanism.name} has no ${type} networks`, `expected one of ${mechanism.networkTypes.join(", ")}`);
  };
  carried([...NETWORKING, "network_type"], read<string>("network_type"));
  if (mechanism?.name !== "openvswitch" && read<string>("agent_mode") === "dvr")
    across.complainOfKey([...NETWORKING, "agent_mode"], `agent_mode has no effect with ${mechanism?.name}`, "mechanism: openvswitch");
  for (const key of ["router_distributed", "l3_ha"]) {
    const cannot = mechanism?.name === "ovn" || (mechanism?.name === "linuxbridge" && key === "router_distributed");
    if (cannot && read<boolean>(key) === true)
      across.complainOfKey([...NETWORKING, key], `${key} has no effect with ${mechanism?.name}`, "leave it out");
  }
  if (hosts !== null)
    for (const [index, name] of (read<readonly string[]>("network_nodes") ?? []).entries())
      if (!hosts.rowsOf(name).ok)
        across.complain([...NETWORKING, "network_nodes", index], `there is no host "${shorten(name)}"`, hosts.hintFor(name));

  const path: Path = [...NETWORKING, "networks"];
  const networks = Array.from({ length: across.length(path) }, (_, index) => across.read([...path, index]) as ReadNetwork | undefined);
  for (const [index, network] of networks.entries()) {
    if (network === undefined) continue;
    carried([...path, index, "type"], network.type);
    tried(
      [...path, index, "subnet"],
      "e.g. 10.0.0.0/24",
      () => void networkOf(network.subnet),
      `"${shorten(network.subnet)}" is no network`,
    );
    if (networks.findIndex((other) => other?.name === network.name) < index)
      across.complain([...path, index, "name"], `there are two networks "${shorten(network.name)}"`, "give each a name of its own");
  }
  const joined = read<string>("servers_join");
  if (joined !== undefined && networks.every((network) => network !== undefined && network.name !== joined))
    across.complain([...NETWORKING, "servers_join"], `there is no network "${shorten(joined)}"`, "name one of networks");
}

/** Names that actions may use from the start. */
export function startNetworks(across: Across): readonly string[] {
  const path: Path = [...NETWORKING, "networks"];
  return Array.from({ length: across.length(path) }, (_, index) => across.read([...path, index]) as ReadNetwork | undefined).flatMap(
    (network) => network?.name ?? [],
  );
}

/** Without networking there is nobody to ask for networks. */
function checkNobodyAsks(across: Across): void {
  for (let index = 0; index < across.length(["actions"]); index++) {
    const action = across.read(["actions", index]) as ReadAction | undefined;
    const operation = apiOperations.find(({ name }) => name === action?.do);
    if (operation === undefined || !neutronOperations.includes(operation)) continue;
    across.complain(["actions", index, "do"], `${operation.name} needs networks, and the cloud has none`, "cloud: networking: {...}");
  }
}
