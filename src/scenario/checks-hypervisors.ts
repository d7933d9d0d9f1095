// What hosts, and what is asked of them, must get right with their hypervisors: bare metal is promised once, and what no hypervisor of the cloud
// can do has no effect.
import { type Hypervisor, hypervisors } from "../datacenter/hypervisors.ts";
import type { Across } from "./across.ts";
import { bareMetalRatios, bareMetalReserves } from "./bare-metal.ts";
import { type Path, valueAt } from "./located.ts";
import { type HostHardware, layoutOf } from "./numa-layout.ts";

type ReadHost = HostHardware & { readonly hypervisor: string } & Readonly<Record<string, unknown>>;

const able = (what: (hypervisor: Hypervisor) => boolean) =>
  [...hypervisors.values()]
    .filter(what)
    .map(({ key }) => key)
    .join(", ");

export function checkHypervisors(across: Across): void {
  const groups = Array.from({ length: across.length(["cloud", "hosts"]) }, (_, index) => {
    return across.read(["cloud", "hosts", index]) as ReadHost | undefined;
  });
  for (const [index, host] of groups.entries()) if (host !== undefined) checkBareMetal(across, ["cloud", "hosts", index], host);
  const known = groups.filter((host) => host !== undefined);
  if (known.length < groups.length) return;
  const used = known.flatMap(({ hypervisor }) => hypervisors.get(hypervisor) ?? []);
  const need = (path: Path, what: (hypervisor: Hypervisor) => boolean, says: string) => {
    if (used.length === 0 || used.some(what)) return;
    across.complain(path, `no host has a hypervisor that ${says}`, `hypervisors that do: ${able(what)}`);
  };
  const isOn = (path: Path) => valueAt(across.root, path) !== undefined && across.read(path) === true;
  const postCopy: Path = ["cloud", "migration", "live_migration_permit_post_copy"];
  if (isOn(postCopy)) need(postCopy, (one) => one.postCopy.value, "can end a live migration by post-copy");
  const memory: Path = ["cloud", "memory_sharing"];
  if (valueAt(across.root, memory) !== undefined) {
    if (isOn([...memory, "ksm"])) need([...memory, "ksm"], (one) => one.memoryMerging.value, "merges pages of guests");
    if (isOn([...memory, "ballooning"])) need([...memory, "ballooning"], (one) => one.memoryBallooning.value, "asks guests for memory");
    if ((across.number([...memory, "swap"]) ?? 0) > 0) need([...memory, "swap"], (one) => one.memorySwapping.value, "puts pages in swap");
  }
  const remote: Path = ["cloud", "cpu_sharing", "remote_access"];
  if (valueAt(across.root, remote) === undefined) return;
  const cellsOf = (host: ReadHost) => {
    const { cells } = layoutOf(host);
    return cells === null ? 0 : cells.sockets * cells.cellsPerSocket;
  };
  if (known.every((host) => cellsOf(host) < 2))
    across.complainOfKey(remote, "no host has more than one NUMA cell, so no memory is far away", "give hosts numa_cells: 2");
}

function checkBareMetal(across: Across, group: Path, host: ReadHost): void {
  if (hypervisors.get(host.hypervisor)?.overcommit.value !== false) return;
  for (const key of bareMetalRatios) {
    const ratio = host[key];
    if (ratio !== 1) {
      const message = `bare metal cannot be promised more than once: ${key} is 1 with ${host.hypervisor}, got ${String(ratio)}`;
      across.complain([...group, key], message, "leave it out");
    }
  }
  for (const key of bareMetalReserves) {
    if (Number(host[key]) === 0) continue;
    across.complain([...group, key], `a server on bare metal has the whole host: ${key} is 0 with ${host.hypervisor}`, "leave it out");
  }
}
