// What the guests' demand for CPU must get right across several values: a pattern has an effect only where guests share CPUs, bursts must be
// possible with the step, and quotas must be libvirt's.
import { cpuTune } from "../datacenter/cputune.ts";
import type { Across } from "./across.ts";
import { type Path, valueAt } from "./located.ts";

export function checkDemand(across: Across): void {
  const written = (path: Path) => valueAt(across.root, path) !== undefined;
  const workload: Path = written(["workload", "trace"]) ? ["workload", "trace"] : ["workload"];
  const pattern: Path = [...workload, "cpu_pattern"];
  const sharing = written(["cloud", "cpu_sharing"]);
  const read = across.read(pattern);
  if (typeof read === "object" && read !== null) {
    if (!sharing) {
      across.complainOfKey(pattern, "cpu_pattern has no effect while guests get the CPU they ask for", "write cpu_sharing: {} under cloud");
    }
    const kind = Object.keys(read)[0]!;
    if (kind !== "diurnal" && kind !== "autocorrelated" && written([...workload, "cpu_utilisation"])) {
      across.complainOfKey([...workload, "cpu_utilisation"], `cpu_utilisation has no effect beside cpu_pattern: {${kind}: ...}`);
    }
    checkForms(across, pattern);
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
