// How vCPUs and memory are divided among the guest's NUMA cells: in equal consecutive slices, or as flavor or image say cell by cell.
// @source nova/virt/hardware.py (_get_numa_topology_auto, _get_numa_topology_manual)
import { parseCpuList } from "./cpu-list.ts";
import { type ImageNumaProperties, numbered } from "./image-properties.ts";
import { integerOf } from "./integer-text.ts";
import { Refusal } from "./refusal.ts";

type ExtraSpecs = ReadonlyMap<string, string>;

export interface Slice {
  readonly cpus: readonly number[];
  readonly memoryMb: number;
}

/** Number of guest cells, null if not asked for. */
export function nodeCountOf(specs: ExtraSpecs, image: ImageNumaProperties): number | null {
  const text = specs.get("hw:numa_nodes") || null;
  if (text !== null && image.nodes) throw new Refusal("ImageNUMATopologyForbidden", "hw:numa_nodes and hw_numa_nodes are both set");
  if (text === null && image.nodes === null) return null;
  const nodes = text === null ? image.nodes! : /^(-?[1-9]\d*|0)$/.test(text) ? Number(text) : 0;
  if (nodes < 1) throw new Refusal("InvalidNUMANodesNumber", `"${text ?? image.nodes}" is not a number of NUMA nodes`);
  return nodes;
}

/** One slice for each of `nodes` guest cells. */
export function slicesOf(specs: ExtraSpecs, image: ImageNumaProperties, nodes: number, vcpus: number, ramMb: number): readonly Slice[] {
  const cpus = fromOneOf(
    "cpus",
    numbered(specs, "hw:numa_cpus", (_key, text) => parseCpuList(text)),
    image.cellCpus,
  );
  const memoryMb = fromOneOf("mem", numbered(specs, "hw:numa_mem", integerOf), image.cellMemoryMb);
  if (cpus === null && memoryMb === null) return equalSlices(nodes, vcpus, ramMb);
  if (cpus?.length !== nodes || memoryMb?.length !== nodes) {
    throw new Refusal(
      "ImageNUMATopologyIncomplete",
      `CPUs of ${cpus?.length ?? 0} and memory of ${memoryMb?.length ?? 0} of ${nodes} nodes`,
    );
  }
  const slices = cpus.map((cpus, node) => ({ cpus, memoryMb: memoryMb[node]! }));
  checkSlices(slices, vcpus, ramMb);
  return slices;
}

function fromOneOf<Value>(what: string, flavor: Value | null, image: Value | null): Value | null {
  if (flavor !== null && image !== null)
    throw new Refusal("ImageNUMATopologyForbidden", `hw:numa_${what} and hw_numa_${what} are both set`);
  return flavor ?? image;
}

function equalSlices(nodes: number, vcpus: number, ramMb: number): readonly Slice[] {
  if (vcpus % nodes > 0 || ramMb % nodes > 0) {
    throw new Refusal("ImageNUMATopologyAsymmetric", `${vcpus} vCPUs and ${ramMb} MiB cannot be divided by ${nodes} nodes`);
  }
  const each = vcpus / nodes;
  return Array.from({ length: nodes }, (_, node) => ({
    cpus: Array.from({ length: each }, (_, cpu) => node * each + cpu),
    memoryMb: ramMb / nodes,
  }));
}

function checkSlices(slices: readonly Slice[], vcpus: number, ramMb: number): void {
  const seen = new Set<number>();
  for (const cpu of slices.flatMap(({ cpus }) => cpus)) {
    if (cpu >= vcpus) throw new Refusal("ImageNUMATopologyCPUOutOfRange", `CPU ${cpu} of a server with ${vcpus} vCPUs`);
    if (seen.has(cpu)) throw new Refusal("ImageNUMATopologyCPUDuplicates", `CPU ${cpu} is in two nodes`);
    seen.add(cpu);
  }
  if (seen.size < vcpus) throw new Refusal("ImageNUMATopologyCPUsUnassigned", `${vcpus - seen.size} vCPUs are in no node`);
  const sumMb = slices.reduce((sum, { memoryMb }) => sum + memoryMb, 0);
  if (sumMb !== ramMb) throw new Refusal("ImageNUMATopologyMemoryOutOfRange", `the nodes have ${sumMb} MiB, the flavor ${ramMb} MiB`);
}
