// Audits of a cloud at its events, and what it must not hold when all is over.
import type { PciPool } from "../../src/datacenter/pci-pool.ts";
import { audit } from "../../src/experiment/self-checks/books.ts";
import type { Cloud } from "../../src/workflows/cloud.ts";

export { audit };

/** Audits every `every`th event of the run, before it happens. Returns how often it has. */
export function auditEvents(cloud: Cloud, every = 1): () => number {
  let seen = 0;
  let audits = 0;
  cloud.simulation.observe(() => {
    if (seen++ % every !== 0) return;
    audits++;
    const wrong = audit(cloud);
    if (wrong.length > 0) throw new Error(wrong.join("; "));
  });
  return () => audits;
}

const plain = (pools: readonly PciPool[]) => pools.map(({ properties, numaNode, count }) => [[...properties], numaNode, count]);

/** What a cloud whose servers have all been deleted still holds; empty when all is well. */
export function heldStill(cloud: Cloud): readonly string[] {
  const held: string[] = [];
  const nothing = (what: string, column: ArrayLike<number>) => {
    for (let i = 0; i < column.length; i++) if (column[i] !== 0) held.push(`${what} ${i}: ${column[i]}`);
  };
  const { hosts } = cloud;
  nothing("vCPUs of host", hosts.usedVcpuMilli);
  nothing("RAM of host", hosts.usedRamMb);
  nothing("disk of host", hosts.usedDiskGb);
  nothing("instances of host", hosts.instances);
  nothing("builds of host", hosts.ioOps);
  nothing("busy CPU of host", cloud.busyMilli);
  nothing("hosts in use", [hosts.inUse]);
  for (let host = 0; host < hosts.count; host++) {
    const { resources, cells = null, pciPools = [] } = hosts.descriptions[host]!;
    for (const name of resources?.keys() ?? []) nothing(`${name} of host ${host},`, [hosts.furtherResource(name)!.used[host]!]);
    const { nodes } = cloud;
    if (nodes !== null) nothing(`what nova-compute holds on host ${host},`, Object.values(nodes.held(host)));
    if (JSON.stringify(hosts.cells[host]) !== JSON.stringify(cells)) held.push(`cells of host ${host}`);
    if (JSON.stringify(plain(hosts.pools[host]!)) !== JSON.stringify(plain(pciPools))) held.push(`devices of host ${host}`);
  }
  nothing("volumes on tier", cloud.tiers.usedGb);
  nothing("running", cloud.running);
  nothing("volume of server", cloud.hasVolume);
  nothing("transfers", [cloud.transfers.active]);
  for (let project = 0; project < cloud.projects; project++) nothing(`quota of project ${project}`, Object.values(cloud.quotaUse(project)));
  return held;
}

/**
 * The same for large clouds: keeps books of its own from the claims it is told of, holds those of the hosts concerned against the cloud's at
 * every event, and audits everything at every thousandth. Returns how many events it has seen.
 */
export function keepBooks(cloud: Cloud): () => number {
  const { hosts, servers } = cloud;
  const hostOf = new Int32Array(servers.count).fill(-1);
  const own = Array.from({ length: 4 }, () => new Float64Array(hosts.count));
  const touched: number[] = [];
  let live = 0;
  cloud.claimListeners.push((server, sign) => {
    if (sign > 0 !== hostOf[server]! < 0)
      throw new Error(`${servers.nameOf(server)} ${sign > 0 ? "claims twice" : "leaves without a claim"}`);
    if (sign < 0 && cloud.running[server] === 1) throw new Error(`${servers.nameOf(server)} leaves its host running`);
    const host = sign > 0 ? servers.host[server]! : hostOf[server]!;
    hostOf[server] = sign > 0 ? host : -1;
    const { vcpuMilli, ramMb, diskGb } = cloud.flavorOf(server);
    for (const [i, amount] of [vcpuMilli, ramMb, diskGb, 1].entries()) own[i]![host]! += sign * amount;
    live += sign;
    touched.push(host);
  });
  let seen = 0;
  cloud.simulation.observe(() => {
    for (const host of touched) {
      const said = [hosts.usedVcpuMilli[host]!, hosts.usedRamMb[host]!, hosts.usedDiskGb[host]!, hosts.instances[host]!];
      for (let i = 0; i < 4; i++)
        if (said[i] !== own[i]![host]) throw new Error(`host ${host}: ${said} in the books, ${own.map((column) => column[host])} claimed`);
      if (hosts.ioOps[host]! < 0 || hosts.ioOps[host]! > hosts.instances[host]!)
        throw new Error(`host ${host}: ${hosts.ioOps[host]} builds`);
    }
    touched.length = 0;
    if (seen++ % 1000 !== 0) return;
    const wrong = audit(cloud);
    if (wrong.length > 0) throw new Error(wrong.join("; "));
    const placed = servers.host.reduce((count, host) => (host >= 0 ? count + 1 : count), 0);
    if (placed !== live) throw new Error(`${placed} servers have a host, ${live} were claimed for`);
  });
  return () => seen;
}
