// The books of a cloud, added up again from the columns of its servers: what hosts, tiers, quotas and groups say must be what servers hold, and
// no more than there is.
import type { Amounts } from "../../datacenter/hosts.ts";
import type { Cloud } from "../../workflows/cloud.ts";

/** Everything that does not add up, in words; empty when all is well. */
export function audit(cloud: Cloud): readonly string[] {
  const { hosts, servers, tiers, groups } = cloud;
  const wrong: string[] = [];
  const same = (what: string, said: number, summed: number) =>
    said !== summed && wrong.push(`${what}: ${said} in the books, ${summed} summed`);
  const between = (what: string, low: number, x: number, high: number) =>
    (x < low || x > high) && wrong.push(`${what}: ${x} is not in ${low}..${high}`);
  const columns = () => new Float64Array(hosts.count);
  const [vcpuMilli, ramMb, diskGb, instances, busy] = [columns(), columns(), columns(), columns(), columns()];
  const further = new Map<string, Float64Array>();
  const { nodes, scheduling } = cloud;
  const held = { vcpuMilli: columns(), ramMb: columns(), diskGb: columns(), instances: columns() };
  const inCells = { memoryMb: columns(), shared: columns(), dedicated: columns() };
  const devices = columns();
  const seconds = columns(); // claims of servers on the move that are at home elsewhere
  const left = columns();
  const tierGb = new Float64Array(tiers.tiers.length);
  const quota = Array.from({ length: cloud.projects }, () => ({ least: [0, 0, 0], most: [0, 0, 0] }));
  const hostsOfGroup = new Map<number, number[]>();

  for (let server = 0; server < servers.count; server++) {
    if (servers.requestedAt[server]! < 0) continue;
    const host = servers.host[server]!;
    const flavor = cloud.flavorOf(server);
    const state = servers.vmStateOf(server);
    if (host >= 0) {
      const claim: Amounts = scheduling.claimOf(server) ?? flavor;
      vcpuMilli[host]! += claim.vcpuMilli;
      ramMb[host]! += claim.ramMb;
      diskGb[host]! += claim.diskGb;
      instances[host]!++;
      for (const [name, amount] of claim.others ?? []) {
        const column = further.get(name) ?? columns();
        further.set(name, column);
        column[host]! += amount;
      }
      if (![...flavor.extraSpecs.keys()].some((name) => name.startsWith("resources") || name === "hw:emulator_threads_policy")) {
        const cpus = claim.vcpuMilli + 1000 * (claim.others?.get("PCPU") ?? 0);
        const swapGb = Math.ceil((flavor.swapMb ?? 0) / 1024);
        same(`claim of ${servers.nameOf(server)}, vCPUs`, cpus, flavor.vcpuMilli);
        same(`claim of ${servers.nameOf(server)}, RAM`, claim.ramMb, flavor.ramMb);
        same(`claim of ${servers.nameOf(server)}, disk`, claim.diskGb, flavor.diskGb + swapGb);
      }
      if (scheduling.hasTaken(server)) {
        held.vcpuMilli[host]! += flavor.vcpuMilli;
        held.ramMb[host]! += flavor.ramMb;
        held.diskGb[host]! += flavor.diskGb + Math.trunc((flavor.swapMb ?? 0) / 1024);
        held.instances[host]!++;
        const { numa, pciRequests = [] } = scheduling.requestSpec(server);
        devices[host]! += pciRequests.reduce((sum, { count }) => sum + count, 0);
        for (const guest of (hosts.cells[host] && numa?.topology?.cells) || []) {
          inCells.memoryMb[host]! += guest.memoryMb;
          inCells.shared[host]! += guest.cpuset.length;
          inCells.dedicated[host]! += guest.pcpuset.length;
        }
      }
      const group = servers.group[server]!;
      if (group >= 0 && cloud.scheduling.hasTaken(server)) hostsOfGroup.set(group, [...(hostsOfGroup.get(group) ?? []), host]);
      if (state === "requested" || state === "deleted") wrong.push(`${servers.nameOf(server)} has a host in state ${state}`);
    }
    // A server on the move has a claim on its other host, too.
    const second = cloud.moving.claims.of(server);
    if (second !== undefined) {
      const other = second.host;
      const otherFlavor = cloud.flavors[second.flavor]!;
      if (host < 0) wrong.push(`${servers.nameOf(server)} has a second claim, but no first`);
      if (cloud.moving.of(server) === null) wrong.push(`${servers.nameOf(server)} has two claims and is not on the move`);
      vcpuMilli[other]! += second.amounts.vcpuMilli;
      ramMb[other]! += second.amounts.ramMb;
      diskGb[other]! += second.amounts.diskGb;
      instances[other]!++;
      seconds[other]!++;
      same(`second claim of ${servers.nameOf(server)}, RAM`, second.amounts.ramMb, otherFlavor.ramMb);
      if (second.taken) {
        held.vcpuMilli[other]! += otherFlavor.vcpuMilli;
        held.ramMb[other]! += otherFlavor.ramMb;
        held.diskGb[other]! += otherFlavor.diskGb + Math.trunc((otherFlavor.swapMb ?? 0) / 1024);
        held.instances[other]!++;
        const group = servers.group[server]!;
        if (group >= 0 && other !== host) hostsOfGroup.set(group, [...(hostsOfGroup.get(group) ?? []), other]);
        const { numa, pciRequests = [] } = scheduling.requestForMove(server, otherFlavor)!;
        devices[other]! += pciRequests.reduce((sum, { count }) => sum + count, 0);
        for (const guest of (hosts.cells[other] && numa?.topology?.cells) || []) {
          inCells.memoryMb[other]! += guest.memoryMb;
          inCells.shared[other]! += guest.cpuset.length;
          inCells.dedicated[other]! += guest.pcpuset.length;
        }
      }
    }
    if (cloud.running[server] === 1) {
      const cpu = flavor.vcpuMilli * servers.cpuUtilisation[server]! * cloud.cpuLeft[server]!;
      busy[host]! += Math.round(cpu * (1 + cloud.cpuOverhead[host]!));
      if (state !== "active" && state !== "resized" && state !== "rescued") wrong.push(`${servers.nameOf(server)} runs in state ${state}`);
    }
    if (cloud.hasVolume[server] === 1) {
      const volume = cloud.volumeFlavorOf(server);
      tierGb[tiers.indexOf(volume.volumeType!)]! += volume.volumeGb;
    }
    // The API counts a server an instant before it is BUILDING.
    const { least, most } = quota[servers.project[server]!]!;
    const amounts = [1, flavor.vcpuMilli, flavor.ramMb];
    const counted = state !== "requested" && state !== "deleted";
    // Where there are users a server counts from when it is in its cell.
    const racing = cloud.identity !== null && state === "building";
    for (const [i, amount] of amounts.entries()) {
      if (counted && !racing) least[i]! += amount;
      if (counted || (state === "requested" && servers.outcomeOf(server) === "pending")) most[i]! += amount;
    }
  }

  // Evacuated servers, and those that are being: Placement still counts them where they were.
  for (const [server, { host, amounts, taken }] of scheduling.leftBehind) {
    const flavor = cloud.flavorOf(server);
    vcpuMilli[host]! += amounts.vcpuMilli;
    ramMb[host]! += amounts.ramMb;
    diskGb[host]! += amounts.diskGb;
    instances[host]!++;
    left[host]!++;
    if (!taken) continue;
    held.vcpuMilli[host]! += flavor.vcpuMilli;
    held.ramMb[host]! += flavor.ramMb;
    held.diskGb[host]! += flavor.diskGb + Math.trunc((flavor.swapMb ?? 0) / 1024);
    held.instances[host]!++;
  }

  const auditCells = (host: number, name: string): void => {
    const cells = hosts.cells[host] ?? [];
    const sum = (of: (cell: (typeof cells)[number]) => number) => cells.reduce((total, cell) => total + of(cell), 0);
    same(
      `memory in cells of ${name}`,
      sum((cell) => cell.memoryUsedMb),
      inCells.memoryMb[host]!,
    );
    same(
      `shared vCPUs in cells of ${name}`,
      sum((cell) => cell.sharedVcpusUsed),
      inCells.shared[host]!,
    );
    const pinned = cells.flatMap((cell) => cell.pinnedCpus);
    // Isolated threads and emulator threads take more than the vCPUs themselves.
    between(
      `pinned CPUs of ${name}`,
      inCells.dedicated[host]!,
      pinned.length,
      inCells.dedicated[host]! === 0 ? 0 : Number.POSITIVE_INFINITY,
    );
    same(`different pinned CPUs of ${name}`, new Set(pinned).size, pinned.length);
    for (const cell of cells) {
      if (cell.pinnedCpus.some((cpu) => !cell.pcpuset.includes(cpu))) wrong.push(`CPUs of ${name} pinned outside the dedicated set`);
      for (const { sizeKb, used, total } of cell.pages) if (sizeKb > 4) between(`pages of ${sizeKb} KiB on ${name}`, 0, used, total);
    }
    const there = (hosts.descriptions[host]!.pciPools ?? []).reduce((total, { count }) => total + count, 0);
    const free = hosts.pools[host]!.reduce((total, { count }) => total + count, 0);
    same(`devices taken on ${name}`, there - free, devices[host]!);
  };

  let inUse = 0;
  for (let host = 0; host < hosts.count; host++) {
    const name = hosts.descriptions[host]!.name;
    same(`vCPUs of ${name}`, hosts.usedVcpuMilli[host]!, vcpuMilli[host]!);
    same(`RAM of ${name}`, hosts.usedRamMb[host]!, ramMb[host]!);
    same(`disk of ${name}`, hosts.usedDiskGb[host]!, diskGb[host]!);
    same(`instances of ${name}`, hosts.instances[host]!, instances[host]!);
    if (cloud.guestCpu === null) same(`busy CPU of ${name}`, cloud.busyMilli[host]!, busy[host]!);
    between(`vCPUs of ${name}`, 0, hosts.usedVcpuMilli[host]!, hosts.capacityVcpuMilli[host]!);
    between(`RAM of ${name}`, 0, hosts.usedRamMb[host]!, hosts.capacityRamMb[host]!);
    between(`disk of ${name}`, 0, hosts.usedDiskGb[host]!, hosts.capacityDiskGb[host]!);
    between(`builds on ${name}`, 0, hosts.ioOps[host]!, hosts.instances[host]!);
    between(`failed builds on ${name}`, 0, hosts.failedBuilds[host]!, Number.POSITIVE_INFINITY);
    between(`builds on ${name} that nova-compute knows`, 0, hosts.ioOps[host]!, held.instances[host]!);
    auditCells(host, name);
    if (nodes !== null) {
      const said = nodes.held(host);
      for (const what of ["vcpuMilli", "ramMb", "diskGb", "instances"] as const)
        same(`${what} that nova-compute holds on ${name}`, said[what], held[what][host]!);
    }
    for (const className of new Set([...further.keys(), ...(hosts.descriptions[host]!.resources?.keys() ?? [])])) {
      const { used, total } = hosts.furtherResource(className)!;
      same(`${className} of ${name}`, used[host]!, further.get(className)?.[host] ?? 0);
      between(`${className} of ${name}`, 0, used[host]!, total[host]!);
    }
    let listed = 0;
    servers.forEachOn(host, (server) =>
      servers.host[server] === host ? listed++ : wrong.push(`${servers.nameOf(server)} is on two lists`),
    );
    same(`servers listed on ${name}`, listed, instances[host]! - seconds[host]! - left[host]!);
    if (instances[host]! > 0) inUse++;
  }
  same("hosts in use", hosts.inUse, inUse);
  for (const [tier, { name }] of tiers.tiers.entries()) {
    same(`volumes on ${name}`, tiers.usedGb[tier]!, tierGb[tier]!);
    between(`volumes on ${name}`, 0, tiers.usedGb[tier]!, tiers.promisableGb(tier));
  }
  const { quotaInstances, quotaVcpuMilli, quotaRamMb } = cloud.settings;
  for (const [project, { least, most }] of quota.entries()) {
    const use = cloud.quotaUse(project);
    for (const [i, [what, used, limit]] of [
      ["instances", use.instances, quotaInstances] as const,
      ["cores", use.vcpuMilli, quotaVcpuMilli] as const,
      ["ram", use.ramMb, quotaRamMb] as const,
    ].entries()) {
      between(`quota use of project ${project}, ${what}`, least[i]!, used, most[i]!);
      // Nova looks at a resize's quota when it is asked for, and counts the new flavor when it is there: others may have come in between.
      // Requests that race, and limits that are lowered, are told by the quota itself.
      const mayExceed = limit < 0 || cloud.moving.migrations.count > 0 || cloud.identity !== null;
      between(`quota of project ${project}, ${what}`, 0, used, mayExceed ? Number.POSITIVE_INFINITY : limit);
    }
  }
  for (const [group, on] of hostsOfGroup) {
    const different = new Set(on).size;
    for (const host of on)
      same(`members of group ${group} on ${host}`, groups.countOn(group, host), on.filter((other) => other === host).length);
    if (groups.policyOf(group) === "affinity" && different > 1) wrong.push(`affinity group ${group} is on hosts ${on}`);
    const fullest = Math.max(...on.map((host) => on.filter((other) => other === host).length));
    if (groups.policyOf(group) === "anti-affinity" && fullest > groups.maxServerPerHost(group))
      wrong.push(`anti-affinity group ${group} is on hosts ${on}`);
  }
  return wrong;
}
