// The image's say in NUMA. Glance stores texts; Nova reads them before it looks at anything else, and an unreadable one refuses the request.
// @source nova/objects/image_meta.py (ImageMetaProps)
import { booleanIn } from "../../python/text-values.ts";
import { parseCpuList } from "./cpu-list.ts";
import { type CpuPolicy, type CpuThreadPolicy, cpuPolicies, cpuThreadPolicies } from "./instance-topology.ts";
import { integerOf } from "./integer-text.ts";
import { type PciNumaPolicy, pciNumaPolicies } from "./pci-numa-policy.ts";
import { Refusal } from "./refusal.ts";

export interface ImageNumaProperties {
  readonly cpuPolicy: CpuPolicy | null;
  readonly threadPolicy: CpuThreadPolicy | null;
  readonly realtimeMask: string | null;
  readonly nodes: number | null;
  /** vCPUs of each guest cell; null when the image says nothing. */
  readonly cellCpus: readonly (readonly number[])[] | null;
  readonly cellMemoryMb: readonly number[] | null;
  readonly pageSize: string | null;
  readonly lockedMemory: boolean | null;
  readonly pciNumaPolicy: PciNumaPolicy | null;
  readonly requiresHyperthreading: boolean;
}

/** Nova looks at this many numbered properties and no further. */
const cellsAtMost = 128;

/** Refuses with ValueError, a malformed CPU list with Invalid. */
export function readImage(properties: ReadonlyMap<string, string>): ImageNumaProperties {
  const oneOf = <Value extends string>(name: string, values: readonly Value[]): Value | null => {
    const text = properties.get(name);
    if (text === undefined) return null;
    const value = values.find((value) => value === text);
    if (value === undefined) throw new Refusal("ValueError", `image property ${name} is "${text}", expected one of ${values.join(", ")}`);
    return value;
  };
  const nodes = properties.get("hw_numa_nodes");
  const locked = properties.get("hw_locked_memory");
  return {
    cpuPolicy: oneOf("hw_cpu_policy", cpuPolicies),
    threadPolicy: oneOf("hw_cpu_thread_policy", cpuThreadPolicies),
    realtimeMask: properties.get("hw_cpu_realtime_mask") ?? null,
    nodes: nodes === undefined ? null : integerOf("image property hw_numa_nodes", nodes),
    cellCpus: numbered(properties, "hw_numa_cpus", (_name, text) => parseCpuList(text)),
    cellMemoryMb: numbered(properties, "hw_numa_mem", integerOf),
    pageSize: properties.get("hw_mem_page_size") ?? null,
    lockedMemory: locked === undefined ? null : booleanIn(locked),
    pciNumaPolicy: oneOf("hw_pci_numa_affinity_policy", pciNumaPolicies),
    requiresHyperthreading: properties.get("trait:HW_CPU_HYPERTHREADING") === "required",
  };
}

/** The values of `name.0`, `name.1`, ... up to the first one missing; null when there is not even the first. */
export function numbered<Value>(
  texts: ReadonlyMap<string, string>,
  name: string,
  read: (name: string, text: string) => Value,
): readonly Value[] | null {
  const values: Value[] = [];
  while (values.length < cellsAtMost) {
    const key = `${name}.${values.length}`;
    const text = texts.get(key);
    if (text === undefined) break;
    values.push(read(key, text));
  }
  return values.length === 0 ? null : values;
}
