// What the guests' use of CPU and memory must get right across several values: a pattern has an effect only where guests share CPUs, bursts must be
// possible with the step, and quotas must be libvirt's.
import { cpuTune } from "../datacenter/cputune.ts";
import type { Across } from "./across.ts";
import { type Path, valueAt } from "./located.ts";

type Quantity = "cpu" | "memory";

export function checkDemand(across: Across): void {
  const written = (path: Path) => valueAt(across.root, path) !== undefined;
  const workload: Path = written(["workload", "trace"]) ? ["workload", "trace"] : ["workload"];
  const sharing = written(["cloud", "cpu_sharing"]);
  checkPattern(across, workload, "cpu", sharing, "guests get the CPU they ask for");
  checkMemory(across, workload);
  checkNetwork(across, workload);
  for (const quantity of ["cpu", "memory", "network"]) {
    const paths: Path = [...workload, `${quantity}_pattern`, "bitbrains", "paths"];
    const list = valueAt(across.root, paths);
    if (list?.kind === "list" && list.items.length === 0) across.complain(paths, "expected at least one file of the trace");
  }
  if (sharing) checkQuotas(across);
  checkResizes(across);
}

function checkResizes(across: Across): void {
  const path: Path = ["workload", "resizes"];
  if (valueAt(across.root, path) === undefined) return;
  if (across.length(["cloud", "flavors"]) < 2)
    across.complainOfKey(path, "there is no other flavor to resize to", "list more flavors under cloud");
  const weights = across.read([...path, "to"]) as Readonly<Record<string, number>> | undefined;
  const given = Object.values(weights ?? {});
  if (given.length > 0 && given.every((weight) => weight === 0))
    across.complain([...path, "to"], "all weights are 0: nothing to resize to");
}

/** A trace takes the place of the means, and is for nobody but the meters. */
function checkNetwork(across: Across, workload: Path): void {
  const pattern: Path = [...workload, "network_pattern"];
  if (typeof (across.read(pattern) ?? "") === "string") return;
  const means: Path = [...workload, "guest_traffic"];
  if (valueAt(across.root, means) !== undefined)
    across.complainOfKey(means, "guest_traffic has no effect beside network_pattern: {bitbrains: ...}");
  const meters = across.read(["cloud", "metering", "meters"]) as readonly string[] | undefined;
  if (meters === undefined || meters.some((name) => name.startsWith("network."))) return;
  across.complainOfKey(pattern, "network_pattern has no effect: no network meter is written", "meters: default under cloud.metering");
}

/** A pattern has an effect only where guests share, and a mean only beside the patterns that start from it. */
function checkPattern(across: Across, workload: Path, quantity: Quantity, shared: boolean, otherwise: string): void {
  const pattern: Path = [...workload, `${quantity}_pattern`];
  const read = across.read(pattern);
  if (typeof read !== "object" || read === null) return;
  if (!shared) {
    across.complainOfKey(pattern, `${quantity}_pattern has no effect while ${otherwise}`, `write ${quantity}_sharing: {} under cloud`);
  }
  const kind = Object.keys(read)[0]!;
  const mean: Path = [...workload, `${quantity}_utilisation`];
  if (kind !== "diurnal" && kind !== "autocorrelated" && valueAt(across.root, mean) !== undefined) {
    across.complainOfKey(mean, `${quantity}_utilisation has no effect beside ${quantity}_pattern: {${kind}: ...}`);
  }
  checkForms(across, pattern);
}

/** Keys of memory that could have no effect. */
function checkMemory(across: Across, workload: Path): void {
  const sharing: Path = ["cloud", "memory_sharing"];
  const written = (path: Path) => valueAt(across.root, path) !== undefined;
  const shared = written(sharing);
  const otherwise = "guests get the memory they ask for";
  checkPattern(across, workload, "memory", shared, otherwise);
  const mean: Path = [...workload, "memory_utilisation"];
  if (!shared && written(mean)) {
    across.complainOfKey(mean, `memory_utilisation has no effect while ${otherwise}`, "write memory_sharing: {} under cloud");
  }
  const bound: Path = [...workload, "memory_bound"];
  const remote = written(["cloud", "cpu_sharing", "remote_access"]);
  if (written(bound) && !shared && !remote) {
    across.complainOfKey(
      bound,
      "memory_bound has no effect where memory is always there and near",
      "write memory_sharing: {swap: 64 GiB} or cpu_sharing: {remote_access: {}} under cloud",
    );
  }
  if (!shared) return;
  const merges = across.read([...sharing, "ksm"]);
  const balloons = across.read([...sharing, "ballooning"]);
  const swap = across.number([...sharing, "swap"]);
  const idle = (keys: readonly string[], why: string) => {
    for (const key of keys) if (written([...sharing, key])) across.complainOfKey([...sharing, key], `${key} has no effect ${why}`);
  };
  if (merges === false) idle(["ksm_pages_to_scan", "ksm_sleep", "ksm_duplicates", "ksm_sharable", "ksm_relaxation"], "without ksm: true");
  if (balloons === false) idle(["balloon_rate", "balloon_floor"], "without ballooning: true");
  if (merges === false && balloons === false) idle(["mem_stats_period"], "without ksm: true or ballooning: true");
  if (swap === 0 && balloons === false) idle(["swap_latency", "swap_accesses"], "without swap");
}

function checkForms(across: Across, pattern: Path): void {
  const number = (...keys: readonly string[]) => across.number([...pattern, ...keys]);
  for (const kind of ["diurnal", "autocorrelated"]) {
    const rho = number(kind, "autocorrelation");
    if (rho !== undefined && rho > 0.999) across.complain([...pattern, kind, "autocorrelation"], `must be at most 0.999, got ${rho}`);
  }
  const [step, on, off] = ["step", "on", "off"].map((key) => number("bursty", key));
  if (step === undefined || on === undefined || off === undefined) return;
  for (const [key, mean] of [["on", on] as const, ["off", off] as const]) {
    if (mean < step) across.complain([...pattern, "bursty", key], "must be at least as long as a step", "give a shorter step");
  }
  if (step / on + step / off > 1) {
    across.complain(
      [...pattern, "bursty"],
      "bursts and pauses would have to alternate from step to step",
      "make them longer, or the step shorter",
    );
  }
}

function checkQuotas(across: Across): void {
  for (let index = 0; index < across.length(["cloud", "flavors"]); index++) {
    const path: Path = ["cloud", "flavors", index];
    const flavor = across.read(path) as { readonly vcpus: number; readonly extra_specs: Readonly<Record<string, string>> } | undefined;
    if (flavor === undefined) continue;
    try {
      cpuTune(flavor.vcpus / 1000, new Map(Object.entries(flavor.extra_specs)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      across.complain([...path, "extra_specs"], error.message);
    }
  }
}
