// What a scenario must get right across several values: names that are given once, totals within bounds, a warm-up shorter than the run.
// Each check reads only the values it needs and stays silent when one of them is wrong by itself, so that all problems appear at once.
import type { z } from "zod";
import type { Problem } from "../kernel/problem.ts";
import { formatQuantity, shorten } from "../kernel/units.ts";
import { NovaConfig } from "../policies/nova/config.ts";
import { newestRelease } from "../policies/nova/releases.ts";
import { Across } from "./across.ts";
import { checkActions } from "./checks-actions.ts";
import { blockNames, checkBlockStorage } from "./checks-block-storage.ts";
import { checkDemand } from "./checks-demand.ts";
import { checkFabric } from "./checks-fabric.ts";
import { checkFlavors } from "./checks-flavors.ts";
import { checkHosts, hostNamesOf } from "./checks-hosts.ts";
import { checkHypervisors } from "./checks-hypervisors.ts";
import { checkIdentity, identityNames } from "./checks-identity.ts";
import { checkNetworking, startNetworks } from "./checks-networking.ts";
import { checkObjectStore } from "./checks-object-store.ts";
import { checkOperations } from "./checks-operations.ts";
import { checkPower } from "./checks-power.ts";
import { checkPolicies, checkRequests, checkServerHints } from "./checks-requests.ts";
import { checkStorage } from "./checks-storage.ts";
import type { ReadDistribution } from "./distributions.ts";
import type { Hints } from "./hints.ts";
import { type Located, type Path, problemAt, valueAt } from "./located.ts";
import { writtenRelease } from "./release.ts";
import { DEFAULT_IMAGE, MAX_HOSTS } from "./schema-cloud.ts";
import { MAX_SERVERS } from "./schema-requests.ts";
import type { Catalogue, LocalNames } from "./vocabulary.ts";

interface Named {
  readonly name: string;
  readonly path: Path;
  readonly at: Located;
}

/** Names a list of maps gives: `cloud.flavors[*].name`. */
export function namesIn(root: Located, path: Path): Named[] {
  const list = valueAt(root, path);
  if (list?.kind !== "list") return [];
  return list.items.flatMap((_, index) => {
    const at = valueAt(root, [...path, index, "name"]);
    return at?.kind === "scalar" && typeof at.value === "string" ? [{ name: at.value.trim(), path: [...path, index, "name"], at }] : [];
  });
}

/** Words the scenario defines for itself. Lists that are not written fall back on the schema's own default. */
export function localNames(root: Located): LocalNames {
  const names = (key: string) => namesIn(root, ["cloud", key]).map(({ name }) => name);
  const written = valueAt(root, ["cloud", "images"]);
  return {
    flavors: names("flavors"),
    images: written === undefined ? [DEFAULT_IMAGE] : names("images"),
    storageTiers: names("storage_tiers"),
    storageBackends: names("storage_backends"),
    zones: zonesIn(root),
    serverGroups: namesIn(root, ["workload", "server_groups"]).map(({ name }) => name),
    release: writtenRelease(root) ?? newestRelease,
  };
}

/** Zones that aggregates make by their key or their metadata, and the default zones, which hold the hosts of no aggregate's zone. */
function zonesIn(root: Located): readonly string[] {
  const texts = (list: Path, keys: readonly Path[]) =>
    Array.from({ length: lengthOf(valueAt(root, list)) }, (_, index) => keys.map((key) => valueAt(root, [...list, index, ...key])))
      .flat()
      .flatMap((zone) => (zone?.kind === "scalar" && typeof zone.value === "string" ? [zone.value.trim()] : []));
  const made = texts(["cloud", "aggregates"], [["availability_zone"], ["metadata", "availability_zone"]]);
  const usual = new NovaConfig(new Map()).text("default_availability_zone") ?? "";
  return [...new Set([...made, usual, ...texts(["study", "policies"], [["default_availability_zone"]])])];
}

const lengthOf = (located: Located | undefined): number => (located?.kind === "list" ? located.items.length : 0);

/** Names that are given twice. */
export function namedTwice(names: readonly Named[], noun: string): Problem[] {
  const first = new Map<string, number>();
  return names.flatMap(({ name, path, at: located }) => {
    const line = first.get(name);
    if (line === undefined) {
      first.set(name, located.place.line);
      return [];
    }
    const message = `${noun} "${shorten(name)}" is named twice (first in line ${line})`;
    return [problemAt(located.place, path, message, "give each a name of its own")];
  });
}

export function checkAcross(schema: z.ZodType, root: Located, catalogue: Catalogue): Problem[] {
  const across = new Across(schema, root);
  const { problems } = across;
  const at = (path: Path): Located => valueAt(root, path) ?? root;
  const complain = (path: Path, message: string, hint = "") => problems.push(problemAt(at(path).place, path, message, hint));
  const read = (path: Path) => across.read(path);
  const number = (path: Path) => across.number(path);

  for (const [key, noun] of [
    ["flavors", "flavor"],
    ["images", "image"],
    ["storage_tiers", "storage tier"],
    ["storage_backends", "storage back end"],
    ["aggregates", "aggregate"],
  ] as const) {
    problems.push(...namedTwice(namesIn(root, ["cloud", key]), noun));
  }
  const policies = valueAt(root, ["study", "policies"]);
  once(
    (policies?.kind === "list" ? policies.items : []).flatMap((policy, index) => {
      const path: Path = ["study", "policies", index];
      const name = policy.kind === "map" ? valueAt(policy, ["name"]) : policy;
      return name?.kind === "scalar" && typeof name.value === "string" ? [{ name: name.value, path, at: name }] : [];
    }),
    "policy",
  );
  once(namesIn(root, ["workload", "server_groups"]), "server group");
  checkGroups();
  checkWorkload();
  const hosts = hostNamesOf(across);
  checkHosts(across, hosts);
  checkFabric(across, hosts);
  checkNetworking(across, hosts);
  checkFlavors(across);
  checkDemand(across);
  checkStorage(across);
  checkHypervisors(across);
  checkRequests(across, hosts);
  checkPolicies(across, hosts, catalogue);
  checkOperations(across, hosts);
  checkObjectStore(across, hosts);
  const { flavors, images } = localNames(root);
  checkIdentity(across);
  checkActions(
    across,
    new Map([
      ["flavor", flavors ?? []],
      ["image", images ?? []],
      ["network", startNetworks(across)],
      ["subnet", startNetworks(across)],
      ...blockNames(across),
      ...identityNames(across),
    ]),
  );
  checkBlockStorage(across);
  checkPower(across);

  const duration = number(["study", "duration"]);
  const warmUp = number(["study", "warm_up"]);
  if (duration !== undefined && warmUp !== undefined && warmUp >= duration && valueAt(root, ["study", "warm_up"]) !== undefined) {
    complain(
      ["study", "warm_up"],
      `the warm-up (${formatQuantity(warmUp, "time")}) must be shorter than the duration (${formatQuantity(duration, "time")})`,
    );
  }
  return problems;

  function once(names: readonly Named[], noun: string): void {
    problems.push(...namedTwice(names, noun));
  }

  function checkGroups(): void {
    const hosts = valueAt(root, ["cloud", "hosts"]);
    if (hosts?.kind !== "list") return;
    if (hosts.items.length === 0) complain(["cloud", "hosts"], "expected at least one group of hosts");
    let total = 0;
    hosts.items.forEach((_, index) => {
      const group: Path = ["cloud", "hosts", index];
      const count = number([...group, "count"]);
      if (count === undefined) return;
      total += count;
      const racks = number([...group, "racks"]);
      if (racks !== undefined && racks > count)
        complain([...group, "racks"], `there are more racks (${racks}) than hosts (${count}) in this group`);
      const vcpus = number([...group, "vcpus"]);
      const reservedCpus = number([...group, "reserved_host_cpus"]);
      if (vcpus !== undefined && reservedCpus !== undefined && reservedCpus > vcpus) {
        complain([...group, "reserved_host_cpus"], `more threads are reserved (${reservedCpus}) than a host has (${vcpus})`);
      }
      const ram = number([...group, "ram"]);
      const reservedMemory = number([...group, "reserved_host_memory"]);
      if (ram !== undefined && reservedMemory !== undefined && reservedMemory > ram) {
        complain([...group, "reserved_host_memory"], `more memory is reserved (${reservedMemory} MiB) than a host has (${ram} MiB)`);
      }
    });
    if (total > MAX_HOSTS) complain(["cloud", "hosts"], `there are ${total} hosts in total, at most ${MAX_HOSTS} can be simulated`);
  }

  function checkWorkload(): void {
    const workload = valueAt(root, ["workload"]);
    if (workload?.kind !== "map") return;
    const zones: Path = [...(workload.entries.has("trace") ? ["workload", "trace"] : ["workload"]), "availability_zones"];
    checkWeights(zones);
    if (workload.entries.has("trace")) return;
    const listed = workload.entries.has("requests");
    const needy = listed ? "a workload of requests" : "a workload drawn from distributions";
    const flavors = valueAt(root, ["cloud", "flavors"]);
    if (flavors === undefined && valueAt(root, ["cloud"])?.kind === "map") {
      complain(
        ["cloud"],
        `flavors is missing: ${needy} needs at least one flavor`,
        "flavors: [{name: m1.small, vcpus: 1, ram: 2 GiB, disk: 20 GiB}]",
      );
    } else if (flavors?.kind === "list" && flavors.items.length === 0) {
      complain(["cloud", "flavors"], `expected at least one flavor: ${needy} needs one`);
    }
    if (valueAt(root, ["cloud", "images"])?.kind === "list" && namesIn(root, ["cloud", "images"]).length === 0) {
      complain(["cloud", "images"], "expected at least one image");
    }
    if (listed && lengthOf(workload.entries.get("requests")?.value) === 0)
      complain(["workload", "requests"], "expected at least one request");
    for (const key of ["flavors", "images"]) checkWeights(["workload", key]);
    flavors?.kind === "list" && checkVolumes(flavors.items.length);
    checkArrivals();
    const hints = read(["workload", "scheduler_hints"]) as Hints | undefined;
    if (hints !== undefined) checkServerHints(across, ["workload", "scheduler_hints"], hints, new Map(), Number.POSITIVE_INFINITY);
  }

  function checkWeights(path: Path): void {
    const values = Object.values((read(path) as Readonly<Record<string, number>> | undefined) ?? {});
    if (values.length > 0 && values.every((weight) => weight === 0))
      complain(path, "all weights are zero", "give at least one a positive weight");
  }

  function checkVolumes(flavors: number): void {
    if ((valueAt(root, ["cloud", "storage_tiers"]) as { items?: readonly unknown[] } | undefined)?.items?.length) return;
    for (let index = 0; index < flavors; index++) {
      const path: Path = ["cloud", "flavors", index, "volume"];
      if (valueAt(root, path)?.kind !== "map") continue;
      complain(path, "a volume needs a storage tier, and the cloud has none", "storage_tiers: [{name: ssd, capacity: 100 TiB}]");
    }
  }

  function checkArrivals(): void {
    const path: Path = ["workload", "arrivals"];
    const duration = number(["study", "duration"]);
    const arrivals = read(path) as Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
    const [kind, values] = Object.entries(arrivals ?? {})[0] ?? [];
    if (kind === undefined || values === undefined) return;
    if (kind === "diurnal" && values.peak! >= values.period!) {
      const peak: Path = [...path, "diurnal", "peak"];
      const period = formatQuantity(values.period!, "time");
      problems.push(problemAt((valueAt(root, peak) ?? at(path)).place, peak, `the peak must lie within the period of ${period}`));
    }
    if (duration === undefined) return;
    if (kind === "at_once" && values.at! >= duration) {
      complain([...path, "at_once", "at"], `nothing arrives: the run ends after ${formatQuantity(duration, "time")}`);
    }
    const deployments =
      kind === "at_once" ? values.count! : kind === "constant" ? duration / values.interval! : (values.rate! * duration) / 1e6;
    const batch = read(["workload", "batch"]) as ReadDistribution | undefined;
    const most = number(["workload", "max_servers"]) ?? Number.POSITIVE_INFINITY;
    const servers = Math.min(most, deployments * (batch?.distribution.mean ?? 1));
    if (servers > MAX_SERVERS) {
      complain(
        path,
        `asks for about ${servers.toPrecision(2)} servers in one run, at most ${MAX_SERVERS} can be simulated`,
        "check the rate, the duration and the batch",
      );
    }
  }
}
