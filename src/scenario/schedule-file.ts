// Reads the file of `orrery schedule FILE`: text, schema, checks across values, and finally the question in the terms of the scheduler. Every
// problem that can be found is found before anything is thrown.
import { isAbsolute, resolve } from "node:path";
import { hostTypes } from "../datacenter/host-types.ts";
import { hypervisors } from "../datacenter/hypervisors.ts";
import { suggestion } from "../kernel/did-you-mean.ts";
import { InputError, type Problem } from "../kernel/problem.ts";
import { shorten } from "../kernel/units.ts";
import type { NamedRequest, Question } from "../policies/cases/decisions.ts";
import { type NovaOption, novaOptions } from "../policies/nova/config.ts";
import { mixOf } from "../policies/nova/flavor-mix.ts";
import type { HostRecord } from "../policies/nova/host-records.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import { namedTwice, namesIn } from "./checks.ts";
import { complaintsOf, inFileOrder } from "./complain.ts";
import { type Located, type Path, problemAt, toPlain, valueAt } from "./located.ts";
import { policyOf } from "./resolve.ts";
import { MAX_HOSTS } from "./schema-cloud.ts";
import { MAX_SERVERS, type ReadSchedule, scheduleCatalogue, scheduleSchema } from "./schema-schedule.ts";
import { readSource } from "./source-text.ts";
import type { Catalogue } from "./vocabulary.ts";

type ReadHost = ReadSchedule["hosts"][number];

/**
 * The question in the file at `path`, as the user wrote that path.
 * @throws InputError with every problem found, each with its place
 */
export function readSchedule(path: string, catalogue: Catalogue, cwd: string = process.cwd()): Question {
  const problems: Problem[] = [];
  const root = readSource(path, isAbsolute(path) ? path : resolve(cwd, path), problems);
  if (root === undefined) throw new InputError(inFileOrder(problems));
  if (root.kind !== "map") throw new InputError([problemAt(root.place, [], "expected a map with the keys hosts, flavors and requests")]);
  const names = (key: string) => namesIn(root, [key]).map(({ name }) => name);
  const local = { aggregates: names("aggregates"), flavors: names("flavors"), images: names("images"), groups: names("groups") };
  const schema = scheduleSchema(catalogue, local);
  problems.push(...complaintsOf(schema, root));
  for (const [key, noun] of [
    ["hosts", "host"],
    ["aggregates", "aggregate"],
    ["flavors", "flavor"],
    ["images", "image"],
    ["groups", "server group"],
    ["requests", "request"],
  ] as const) {
    problems.push(...namedTwice(namesIn(root, [key]), noun));
  }
  if (problems.length > 0) throw new InputError(inFileOrder(problems));
  const read = schema.parse(toPlain(root));
  problems.push(...tooMany(root, read));
  if (problems.length > 0) throw new InputError(problems);
  const question = questionOf(read, catalogue);
  problems.push(...acrossValues(root, read, question));
  if (problems.length > 0) throw new InputError(inFileOrder(problems));
  return question;
}

/** Counts that add up to more than is worth building. */
function tooMany(root: Located, { hosts, requests }: ReadSchedule): Problem[] {
  const total = (counted: readonly { readonly count: number }[]) => counted.reduce((sum, { count }) => sum + count, 0);
  return [
    { key: "hosts", found: total(hosts), most: MAX_HOSTS, noun: "hosts" },
    { key: "requests", found: total(requests), most: MAX_SERVERS, noun: "servers" },
  ].flatMap(({ key, found, most, noun }) =>
    found > most
      ? [problemAt((valueAt(root, [key]) ?? root).place, [key], `there are ${found} ${noun} in total, at most ${most} can be decided on`)]
      : [],
  );
}

/** What each value alone cannot tell. */
function acrossValues(root: Located, read: ReadSchedule, question: Question): Problem[] {
  const problems: Problem[] = [];
  const complain = (path: Path, message: string, hint = "") => {
    problems.push(problemAt((valueAt(root, path) ?? valueAt(root, path.slice(0, -1)) ?? root).place, path, message, hint));
  };
  for (const key of ["hosts", "flavors", "requests"] as const) {
    if (read[key].length === 0) complain([key], "is empty: expected at least one");
  }
  for (const [i, host] of read.hosts.entries()) {
    if (host.type === undefined && host.vcpus === undefined)
      complain(["hosts", i, "vcpus"], "is missing: expected vcpus, or a type that gives them");
    if (host.type === undefined && host.ram === undefined)
      complain(["hosts", i, "ram"], "is missing: expected ram, or a type that gives it");
  }
  const counted = "names of several are counted: a-1, a-2, ...";
  const host = firstRepeated(question.hosts.map(({ host }) => host));
  if (host !== undefined) complain(["hosts"], `two hosts are named "${shorten(host)}"`, counted);
  const servers = question.requests.flatMap(({ uuids }) => uuids);
  const server = firstRepeated(servers);
  if (server !== undefined) complain(["requests"], `two servers are named "${shorten(server)}"`, counted);
  for (const [i, { policy, max_server_per_host }] of read.groups.entries()) {
    if (max_server_per_host === undefined || policy === "anti-affinity") continue;
    complain(["groups", i, "max_server_per_host"], `is for anti-affinity groups, this one is ${policy}`, "leave it out");
  }
  const hosts = question.hosts.map(({ host }) => host);
  const known = new Set(hosts);
  const zones = [...new Set([defaultZone(read), ...read.aggregates.flatMap((aggregate) => zoneOf(aggregate) ?? [])])];
  for (const [i, request] of read.requests.entries()) {
    const { availability_zone: zone } = request;
    if (zone !== undefined && !zones.includes(zone)) {
      complain(["requests", i, "availability_zone"], `no aggregate is in availability zone "${shorten(zone)}"`, suggestion(zone, zones));
    }
    for (const key of ["ignore_hosts", "force_hosts"] as const) {
      for (const [j, name] of request[key].entries()) {
        if (!known.has(name)) complain(["requests", i, key, j], `unknown host "${shorten(name)}"`, suggestion(name, hosts));
      }
    }
  }
  return problems;
}

function questionOf(read: ReadSchedule, catalogue: Catalogue): Question {
  const flavors = read.flavors.map(({ name, vcpus, ram, disk, extra_specs }) => ({
    ...{ name, vcpuMilli: 1000 * vcpus, ramMb: ram, diskGb: disk, volumeGb: 0, volumeType: null },
    extraSpecs: new Map(Object.entries(extra_specs)),
  }));
  const images = read.images.map(({ name, properties }) => ({ name, id: name, bytes: 0, properties: new Map(Object.entries(properties)) }));
  const asked = read.requests.flatMap(({ flavor, count }) =>
    new Array<number>(count).fill(flavors.findIndex(({ name }) => name === flavor)),
  );
  const mix = mixOf(flavors, Int32Array.from(asked));
  const hosts: HostRecord[] = [];
  const membersOf = new Map(read.aggregates.map(({ name }): [string, string[]] => [name, []]));
  for (const host of read.hosts) {
    for (let i = 1; i <= host.count; i++) {
      const name = host.name === undefined ? `host-${hosts.length + 1}` : numbered(host.name, i, host.count);
      hosts.push(recordOf(host, name));
      for (const aggregate of host.aggregates) membersOf.get(aggregate)!.push(name);
    }
  }
  const aggregates = read.aggregates.map((aggregate) => {
    const zone = zoneOf(aggregate);
    const metadata = zone === undefined ? aggregate.metadata : { ...aggregate.metadata, availability_zone: zone };
    return { name: aggregate.name, hosts: membersOf.get(aggregate.name)!, metadata };
  });
  const inZone = (zone: string) => new Set(aggregates.filter(({ metadata }) => zoneIn(metadata) === zone).flatMap((one) => one.hosts));
  const requests = read.requests.map((request, i): NamedRequest => {
    const { name = `request-${i + 1}`, count } = request;
    const zone = request.availability_zone ?? null;
    // Nova asks Placement for the aggregates of the zone, if the zone has any.
    const offered = zone === null ? null : inZone(zone);
    return {
      name,
      uuids: Array.from({ length: count }, (_, server) => numbered(name, server + 1, count)),
      flavor: flavors.find((flavor) => flavor.name === request.flavor)!,
      image: images.find((image) => image.name === request.image) ?? null,
      projectId: request.project,
      availabilityZone: zone,
      group: request.group ?? null,
      hints: new Map(Object.entries(request.hints)),
      bootFromVolume: request.boot_from_volume,
      ignoreHosts: request.ignore_hosts,
      forceHosts: request.force_hosts,
      mix,
      ...(offered === null || offered.size === 0 ? {} : { offers: ({ host }: HostRecord) => offered.has(host) }),
    };
  });
  const groups = read.groups.map(({ name, policy, max_server_per_host, members }) => ({
    ...{ uuid: name, policy, members },
    rules: max_server_per_host === undefined ? {} : { max_server_per_host },
  }));
  return {
    policy: withConfig(policyOf(read.policy, scheduleCatalogue(catalogue), null), read.config),
    seed: read.seed,
    buildsFinish: read.builds_finish,
    hosts,
    aggregates,
    groups,
    requests,
  };
}

/** One alone keeps its name; of several, each has its number. */
const numbered = (name: string, number: number, count: number) => (count === 1 ? name : `${name}-${number}`);

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** Zone of hosts that no aggregate puts into another. */
function defaultZone({ config }: ReadSchedule): string {
  const set = (config as Readonly<Record<string, unknown>>).default_availability_zone;
  return String(set ?? novaOptions.find(({ name }) => name === "default_availability_zone")!.default);
}

const zoneIn = (metadata: Readonly<Record<string, string>>) => metadata.availability_zone;
const zoneOf = ({ availability_zone: zone, metadata }: ReadSchedule["aggregates"][number]) => zone ?? zoneIn(metadata);

/** What the policy sets itself goes before what is set for all. */
function withConfig(policy: PolicySpec, config: Readonly<Record<string, unknown>>): PolicySpec {
  const set = Object.entries(config).filter(([, value]) => value !== undefined) as [string, NovaOption["default"]][];
  return { ...policy, options: new Map([...set, ...policy.options]) };
}

/** The host as compute node, service and inventory, in Nova's words; what is reserved counts as used, as in a run. */
function recordOf(read: ReadHost, name: string): HostRecord {
  const type = read.type === undefined ? undefined : hostTypes.get(read.type)!;
  const hypervisor = hypervisors.get(read.hypervisor)!;
  const vcpus = read.vcpus ?? type?.threads ?? 0;
  const ramMb = read.ram ?? type?.ramMb ?? 0;
  const reservedDiskGb = Math.ceil(read.reserved_host_disk / 1024);
  const { used } = read;
  const inventory = (total: number, reserved: number, ratio: number, inUse: number) => {
    return { total, reserved, allocation_ratio: ratio, min_unit: 1, max_unit: total, step_size: 1, used: inUse };
  };
  return {
    ...{ host: name, node: name, cell: read.cell, host_ip: read.host_ip ?? null },
    ...{ vcpus, vcpus_used: used.vcpus + read.reserved_host_cpus },
    ...{ memory_mb: ramMb, free_ram_mb: ramMb - read.reserved_host_memory - used.ram },
    local_gb: read.disk,
    local_gb_used: used.disk + reservedDiskGb,
    free_disk_gb: read.disk - used.disk - reservedDiskGb,
    disk_available_least: null,
    num_instances: read.num_instances ?? read.instances.length,
    ...{ num_io_ops: read.num_io_ops, failed_builds: read.failed_builds },
    cpu_allocation_ratio: read.cpu_allocation_ratio,
    ram_allocation_ratio: read.ram_allocation_ratio,
    disk_allocation_ratio: read.disk_allocation_ratio,
    hypervisor_type: hypervisor.hypervisorType.value,
    hypervisor_version: 0,
    supported_instances: hypervisor.supported.map((supported) => ["x86_64", supported, "hvm"]),
    ...{ cpu_info: null, stats: {}, pci_pools: [], instances: read.instances },
    metrics: Object.entries(read.metrics).map(([metric, value]) => ({ name: metric, value })),
    service: { disabled: read.disabled, forced_down: false, seconds_since_heartbeat: 0 },
    ...(type === undefined ? {} : { watts_by_load: type.wattsByLoad }),
    inventory: {
      VCPU: inventory(vcpus, read.reserved_host_cpus, read.cpu_allocation_ratio, used.vcpus),
      MEMORY_MB: inventory(ramMb, read.reserved_host_memory, read.ram_allocation_ratio, used.ram),
      DISK_GB: inventory(read.disk, reservedDiskGb, read.disk_allocation_ratio, used.disk),
    },
  };
}
