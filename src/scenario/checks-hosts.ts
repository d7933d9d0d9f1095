// What hosts and aggregates must get right across several values: names that are given once, cells that divide, CPUs and devices that are there,
// and hosts that are in one availability zone at most.
import { shorten } from "../kernel/units.ts";
import { Refusal } from "../policies/nova/numa/refusal.ts";
import { type PciAlias, parseAliases } from "../policies/nova/pci/alias.ts";
import type { Across } from "./across.ts";
import { HostNames, type NamedGroup, UNNAMED } from "./host-names.ts";
import type { Path } from "./located.ts";
import { type HostHardware, layoutOf } from "./numa-layout.ts";
import { aliasOf } from "./resolve.ts";
import { MAX_HOSTS } from "./schema-cloud.ts";

const HOSTS = ["cloud", "hosts"] as const;
type ReadAlias = Parameters<typeof aliasOf>[0];

/** The names of all hosts; null while a group is wrong by itself. */
export function hostNamesOf(across: Across): HostNames | null {
  const groups = Array.from({ length: across.length(HOSTS) }, (_, index) => {
    const group = across.read([...HOSTS, index]) as { readonly name?: string; readonly count: number } | undefined;
    return group === undefined ? null : { name: group.name ?? null, count: group.count };
  });
  const known = groups.filter((group) => group !== null);
  const total = known.reduce((sum, { count }) => sum + count, 0);
  return known.length < groups.length || total > MAX_HOSTS ? null : new HostNames(known);
}

export function checkHosts(across: Across, names: HostNames | null): void {
  checkNames(across);
  for (let index = 0; index < across.length(HOSTS); index++) {
    const group: Path = [...HOSTS, index];
    const host = across.read(group) as (HostHardware & { readonly reserved_host_cpus: number }) | undefined;
    if (host === undefined) continue;
    for (const { path, message, hint } of layoutOf(host).faults) across.complain([...group, ...path], message, hint);
    const set = (["cpu_dedicated_set", "cpu_shared_set"] as const).find((key) => host[key] !== undefined);
    if (set !== undefined && host.reserved_host_cpus > 0) {
      across.complain(
        [...group, "reserved_host_cpus"],
        `Nova takes no reserved_host_cpus beside ${set}`,
        "CPUs that are in no set are the host's own",
      );
    }
  }
  checkAliases(across);
  if (names !== null) checkAggregates(across, names);
}

/** Two groups must not give one name to two hosts, and the name of a group must not be that of a host. */
function checkNames(across: Across): void {
  const groups: (NamedGroup & { readonly path: Path; readonly first: number })[] = [];
  let first = 0;
  for (let index = 0; index < across.length(HOSTS); index++) {
    const path: Path = [...HOSTS, index];
    const count = across.number([...path, "count"]);
    if (count === undefined) return;
    const name = across.read([...path, "name"]);
    groups.push({ name: typeof name === "string" ? name : null, count, path, first });
    first += count;
  }
  const unnamed = groups.filter(({ name }) => name === null);
  const seen = new Set<string>();
  for (const { name, count, path } of groups) {
    if (name === null) continue;
    const at: Path = [...path, "name"];
    if (seen.has(name)) across.complain(at, `group of hosts "${shorten(name)}" is named twice`, "give each a name of its own");
    seen.add(name);
    const both = name === UNNAMED ? unnamed.find((other) => other.first < count) : undefined;
    if (both !== undefined) {
      across.complain(
        at,
        `two hosts would be called ${UNNAMED}-${both.first + 1}`,
        "groups without a name use that name; give this one another",
      );
    }
    const host = new HostNames(groups).rowOf(name);
    if (host !== null) across.complain(at, `a host of another group is called "${shorten(name)}"`, "give this group another name");
  }
}

function checkAliases(across: Across): void {
  const path: Path = ["cloud", "nova", "pci_alias"];
  const accepted: PciAlias[] = [];
  for (let index = 0; index < across.length(path); index++) {
    const read = across.read([...path, index]) as ReadAlias | undefined;
    if (read === undefined) continue;
    const alias = aliasOf(read);
    try {
      parseAliases([...accepted.filter(({ name }) => name === alias.name), alias]);
      accepted.push(alias);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      across.complain([...path, index], error.message, "entries of one name agree in numa_policy and device_type, and write the latter");
    }
  }
}

function checkAggregates(across: Across, names: HostNames): void {
  const zoneOf = new Map<number, { readonly zone: string; readonly aggregate: string }>();
  for (let index = 0; index < across.length(["cloud", "aggregates"]); index++) {
    const path: Path = ["cloud", "aggregates", index];
    const hosts = across.read([...path, "hosts"]) as readonly string[] | undefined;
    const name = across.read([...path, "name"]);
    const zone = zoneOfAggregate(across, path);
    const conflicts = new Set<string>();
    hosts?.forEach((text, position) => {
      const named = names.rowsOf(text);
      if (!named.ok) {
        across.complain([...path, "hosts", position], named.why, named.hint);
        return;
      }
      if (zone === undefined) return;
      for (const row of named.rows) {
        const known = zoneOf.get(row);
        if (known === undefined) zoneOf.set(row, { zone, aggregate: String(name) });
        else if (known.zone !== zone && !conflicts.has(known.aggregate)) {
          conflicts.add(known.aggregate);
          const why = `${names.nameOf(row)} is in availability zone ${known.zone} already, by aggregate ${known.aggregate}`;
          across.complain([...path, "hosts", position], why, "a host is in one availability zone");
        }
      }
    });
  }
}

/** The zone of an aggregate by its key or its metadata, which must not differ. */
function zoneOfAggregate(across: Across, path: Path): string | undefined {
  const key = across.read([...path, "availability_zone"]) as string | undefined;
  const metadata = (across.read([...path, "metadata"]) as Readonly<Record<string, string>> | undefined)?.availability_zone;
  if (key !== undefined && metadata !== undefined && key !== metadata) {
    across.complain([...path, "metadata", "availability_zone"], `availability_zone is ${key} already`, "write it once");
  }
  return key ?? metadata;
}
