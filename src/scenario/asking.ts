// How the servers of a workload ask the scheduler: flavor, image and project of each, what its request says besides, and what the hosts are to
// Placement.
import { hostTypes } from "../datacenter/host-types.ts";
import type { Hosts } from "../datacenter/hosts.ts";
import type { Servers } from "../datacenter/servers.ts";
import { mixOf } from "../policies/nova/flavor-mix.ts";
import { driverTraits } from "../policies/nova/request/driver-traits.ts";
import { PlacementAsks } from "../policies/nova/request/placement-asks.ts";
import { type Asking, RequestBook } from "../policies/nova/request-book.ts";
import type { Flavor } from "../workload/workload.ts";
import type { Workload } from "./build.ts";
import type { CloudSpec } from "./scenario.ts";

const NO_HINTS: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * Servers are looked at when they ask: their columns are filled by then. `switched`: compute services are enabled and disabled during the run, and
 * whoever offers hosts looks at that himself.
 */
export function requestBook(
  spec: CloudSpec,
  { flavors, requests }: Workload,
  hosts: Hosts,
  servers: Servers,
  switched = false,
): RequestBook {
  const { asks } = requests;
  const { requestOptions, pciAliases } = spec.nova;
  const byProject = requestOptions.limit_tenants_to_placement_aggregate;
  const project = (server: number) => `project-${servers.project[server]! + 1}`;
  const asking = (server: number): Asking => ({
    flavor: flavors[servers.flavor[server]!]!,
    image: spec.images[servers.image[server]!] ?? null,
    projectId: project(server),
    zone: asks?.zones[asks.zone[server]!] ?? null,
    hints: asks?.hintSets[asks.hints[server]!] ?? NO_HINTS,
    inGroup: servers.group[server]! >= 0,
    forcedHost: asks?.forcedHosts[asks.forcedHost[server]!] ?? null,
  });
  const simple = (server: number) => servers.flavor[server]! * spec.images.length + servers.image[server]!;
  const key = (server: number): string | number => {
    if (asks === undefined && !byProject) return simple(server);
    const said = asks === undefined ? [] : [asks.zone[server], asks.hints[server], asks.forcedHost[server], asks.group[server]! >= 0];
    return [simple(server), ...said, byProject ? servers.project[server] : 0].join(" ");
  };
  return new RequestBook(
    { asking, key, project, name: (server) => servers.nameOf(server), mix: mixOf(flavors, requests.flavor) },
    placementAsks(spec, hosts, switched),
    pciAliases,
  );
}

function placementAsks({ aggregates, hosts: groups, nova }: CloudSpec, hosts: Hosts, switched: boolean): PlacementAsks {
  const threadsOfHosts = groups.flatMap(({ count, numa, type }) =>
    new Array<number>(count).fill(numa?.threadsPerCore ?? hostTypes.get(type)?.threadsPerCore ?? 1),
  );
  const providers = hosts.descriptions.map((description, host) => ({
    host: hosts.hostName(host),
    node: hosts.nodeName(host),
    cell: hosts.cell(host),
    uuid: hosts.hostName(host),
    aggregates: new Set(hosts.aggregates(host).map(({ name }) => name)),
    traits: new Set([
      ...driverTraits(description.hypervisorType, description.architecture),
      ...(threadsOfHosts[host]! > 1 ? ["HW_CPU_HYPERTHREADING"] : []),
      ...(description.traits ?? []),
      ...(description.disabled === true && !switched ? ["COMPUTE_STATUS_DISABLED"] : []),
    ]),
  }));
  return new PlacementAsks(
    providers,
    aggregates.map(({ name, metadata }) => ({ uuid: name, metadata })),
    { ...nova.requestOptions, max_placement_results: nova.maxPlacementResults },
  );
}

/** May the scheduler read the hosts themselves? While nobody asks for more than vCPUs, RAM and disk they say the same as compute node records. */
export function asksAreSimple(spec: CloudSpec, flavors: readonly Flavor[]): boolean {
  const plainHost = ({ numa, pciPools, resources }: CloudSpec["hosts"][number]) =>
    numa === null && pciPools.length === 0 && resources.size === 0;
  const plainFlavor = ({ extraSpecs, swapMb = 0 }: Flavor) =>
    swapMb === 0 && [...extraSpecs.keys()].every((name) => !/^(resources|trait|hw:|pci_passthrough)/.test(name));
  const plainImage = ({ properties }: CloudSpec["images"][number]) => [...properties.keys()].every((name) => !/^(hw_|trait)/.test(name));
  return spec.hosts.every(plainHost) && flavors.every(plainFlavor) && spec.images.every(plainImage);
}
