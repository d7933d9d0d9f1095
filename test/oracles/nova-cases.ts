// Cases with the answers of the real Nova 26.2.2 (Zed), one JSON object a line, and the hosts and requests of such a case in Orrery's terms.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Hosts } from "../../src/datacenter/hosts.ts";
import { type GroupPolicy, ServerGroups } from "../../src/datacenter/server-groups.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { describeHost } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

export function readCases<Case>(file: string): readonly Case[] {
  const text = gunzipSync(readFileSync(new URL(file, import.meta.url))).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Case);
}

export interface NovaHost {
  readonly host: string;
  readonly node: string;
  readonly vcpus: number;
  readonly vcpus_used: number;
  readonly memory_mb: number;
  readonly free_ram_mb: number;
  readonly local_gb: number;
  readonly free_disk_gb: number;
  readonly disk_available_least: number | null;
  readonly num_io_ops: number;
  readonly num_instances: number;
  readonly failed_builds: number;
  readonly cpu_allocation_ratio: number;
  readonly hypervisor_type: string;
  readonly instances: readonly string[];
}

/** One call of Nova's scheduler. */
export interface SingleCase {
  readonly id: string;
  readonly config: {
    readonly filter_scheduler: Readonly<Record<string, unknown>> & {
      readonly enabled_filters: string[];
      readonly weight_classes: string[];
    };
  };
  readonly hosts: readonly NovaHost[];
  readonly aggregates: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  readonly request: {
    readonly instance_uuid: string;
    readonly flavor: { readonly extra_specs: Readonly<Record<string, string>> };
    readonly instance_group: {
      readonly policy: string;
      readonly rules: { readonly max_server_per_host?: number };
      readonly members: readonly string[];
      readonly hosts: readonly string[];
    } | null;
    readonly ignore_hosts: unknown;
    readonly force_hosts: unknown;
    readonly force_nodes: unknown;
    readonly requested_destination: unknown;
  };
  readonly expected: {
    readonly outcome: "selected" | "no_valid_host" | "error";
    readonly filters: readonly { readonly name: string; readonly passed: readonly string[] }[];
    readonly filtered?: readonly string[];
    readonly weighers?: readonly { readonly name: string; readonly raw: readonly number[] }[];
    readonly weighed?: readonly { readonly node: string; readonly weight: number }[];
    readonly sorted?: readonly string[];
  };
}

/** Nova's columns as they are: what is used is set, not claimed, and may be more than there is. */
export function hostsOf(cases: readonly NovaHost[]): Hosts {
  const hosts = new Hosts(
    cases.map((host) =>
      describeHost({
        name: host.node,
        hypervisorType: host.hypervisor_type,
        vcpuMilli: host.vcpus * 1000,
        ramMb: host.memory_mb,
        diskGb: host.local_gb,
        cpuAllocationRatio: host.cpu_allocation_ratio,
      }),
    ),
  );
  for (const [row, host] of cases.entries()) {
    hosts.usedVcpuMilli[row] = host.vcpus_used * 1000;
    hosts.usedRamMb[row] = host.memory_mb - host.free_ram_mb;
    hosts.usedDiskGb[row] = host.local_gb - Math.min(host.free_disk_gb, host.disk_available_least ?? host.free_disk_gb);
    hosts.ioOps[row] = host.num_io_ops;
    hosts.instances[row] = host.num_instances;
    hosts.failedBuilds[row] = host.failed_builds;
  }
  // Without Placement every host is a candidate, overcommitted ones too.
  for (const capacity of [hosts.capacityVcpuMilli, hosts.capacityRamMb, hosts.capacityDiskGb]) capacity.fill(Number.POSITIVE_INFINITY);
  return hosts;
}

/** The scheduler and the request of a case, ready for `select`. */
export function scheduling({ config, hosts: rows, request }: SingleCase) {
  const hosts = hostsOf(rows);
  const settings = config.filter_scheduler;
  const multipliers = Object.entries(settings).filter(([name]) => name.endsWith("_weight_multiplier"));
  const policy = {
    name: "case",
    enabledFilters: settings.enabled_filters.filter((name) => name !== "AllHostsFilter"),
    weighers: settings.weight_classes,
    options: new Map(multipliers.map(([name, value]) => [name, value as number])),
    // The expected lists are those before Nova draws: it shuffles nothing and takes the first.
    hostSubsetSize: 1,
    shuffleBestSameWeighedHosts: false,
  };
  const scheduler = new FilterScheduler(hosts, policy, new RandomStreams("1", 0).stream("choice"), hosts.count);
  const group = request.instance_group;
  const groups = new ServerGroups((group?.policy as GroupPolicy | undefined) ?? null, hosts.count + 1);
  if (group?.policy === "affinity") {
    // A host that is gone is known to the group only.
    for (const name of group.hosts) {
      const row = rows.findIndex(({ host }) => host === name);
      groups.join(0, row < 0 ? hosts.count : row);
    }
  }
  if (group?.policy === "anti-affinity") {
    for (const [row, { instances }] of rows.entries()) for (const uuid of instances) if (group.members.includes(uuid)) groups.join(0, row);
  }
  const spec: RequestSpec = {
    server: 0,
    flavor: flavor("case", 0, 0, 0, { extraSpecs: new Map(Object.entries(request.flavor.extra_specs)) }),
    image: null,
    group: group === null ? -1 : 0,
    groups,
  };
  return { hosts, scheduler, spec };
}
