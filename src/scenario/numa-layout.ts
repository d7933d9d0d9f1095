// The NUMA cells of a group of hosts: what the host type is made of, divided over the cells that the scenario asks for.
import { type HostType, hostTypes } from "../datacenter/host-types.ts";
import type { CellLayout } from "../datacenter/numa/lay-out-cells.ts";
import { formatQuantity, readQuantity } from "../kernel/units.ts";

/** What a scenario says of one host. */
export interface HostHardware {
  readonly type: string;
  readonly vcpus?: number | undefined;
  /** In MiB. */
  readonly ram?: number | undefined;
  readonly numa_cells?: number | undefined;
  readonly cpu_shared_set?: readonly number[] | undefined;
  readonly cpu_dedicated_set?: readonly number[] | undefined;
  /** Pages in each cell by size as written, `2 MiB`. */
  readonly huge_pages: Readonly<Record<string, number>>;
  readonly pci_devices: readonly { readonly numa_cell?: number | undefined }[];
}

export interface LayoutFault {
  /** Keys and positions below the group of hosts. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

export interface Layout {
  /** Null: the host reports no NUMA topology. */
  readonly cells: CellLayout | null;
  readonly faults: readonly LayoutFault[];
}

/** KiB of a page size as written, or null for what is no size of a huge page. */
export function pageSizeKb(text: string): number | null {
  const read = readQuantity(text, "information");
  if (!read.ok) return null;
  const kb = read.value / 1024;
  // Pages come in powers of two, beyond the ordinary 4 KiB and up to the 16 GiB of POWER.
  return Number.isInteger(kb) && kb > 4 && kb <= 16 * 2 ** 20 && (kb & (kb - 1)) === 0 ? kb : null;
}

/** How a host is divided into cells, and everything that does not go together. */
export function layoutOf(host: HostHardware): Layout {
  const faults: LayoutFault[] = [];
  const fault = (path: readonly (string | number)[], message: string, hint = "") => void faults.push({ path, message, hint });
  const type = hostTypes.get(host.type);
  const asked =
    host.numa_cells !== undefined ||
    host.cpu_shared_set !== undefined ||
    host.cpu_dedicated_set !== undefined ||
    Object.keys(host.huge_pages).length > 0 ||
    host.pci_devices.some((device) => device.numa_cell !== undefined);
  if (!asked || type === undefined) return { cells: null, faults };

  const cells = host.numa_cells ?? type.sockets;
  const sockets = cells === 1 ? 1 : type.sockets;
  const threads = host.vcpus ?? type.threads;
  const ramMb = host.ram ?? type.ramMb;
  checkDivision(host, { type, cells, sockets, threads, ramMb }, fault);
  checkSets(host, threads, fault);
  const hugePages = pagesOf(host, fault);
  const memoryMbPerCell = ramMb / cells;
  const hugeKb = hugePages.reduce((sum, { sizeKb, perCell }) => sum + sizeKb * perCell, 0);
  if (hugeKb > memoryMbPerCell * 1024) {
    const has = formatQuantity(memoryMbPerCell * 2 ** 20, "information");
    fault(
      ["huge_pages"],
      `a cell's huge pages need ${formatQuantity(hugeKb * 1024, "information")}, more than its memory of ${has}`,
      "the numbers are per cell",
    );
  }
  host.pci_devices.forEach(({ numa_cell: cell }, index) => {
    if (cell === undefined || cell < cells) return;
    fault(["pci_devices", index, "numa_cell"], `there is no NUMA cell ${cell}`, `cells: 0 to ${cells - 1}`);
  });
  return { cells: divided(type, { cells, sockets, threads, memoryMbPerCell }, hugePages, host), faults };
}

/** Only the first thing that does not divide is said: the others follow from the same number of cells. */
function checkDivision(
  host: HostHardware,
  { type, cells, sockets, threads, ramMb }: { type: HostType; cells: number; sockets: number; threads: number; ramMb: number },
  fault: Fault,
): void {
  // Where numa_cells was not written, the group is to blame.
  const key = host.numa_cells !== undefined ? ["numa_cells"] : [];
  const step = type.threadsPerCore * cells;
  if (cells % sockets !== 0) {
    fault(key, `${cells} NUMA cells do not divide over the ${type.sockets} sockets of ${type.key}`, `1, or a multiple of ${type.sockets}`);
  } else if (threads % step !== 0) {
    const cores = type.threadsPerCore === 1 ? "cores" : `cores of ${type.threadsPerCore} threads`;
    const path = host.vcpus === undefined ? key : ["vcpus"];
    fault(path, `${threads} hardware threads do not divide into ${cells} NUMA cells of whole ${cores}`, nearby(threads, step));
  } else if (ramMb % cells !== 0) {
    fault(host.ram === undefined ? key : ["ram"], `${ramMb} MiB do not divide into ${cells} NUMA cells of whole MiB`, nearby(ramMb, cells));
  }
}

function divided(
  type: HostType,
  { cells, sockets, threads, memoryMbPerCell }: { cells: number; sockets: number; threads: number; memoryMbPerCell: number },
  hugePages: CellLayout["hugePages"],
  host: HostHardware,
): CellLayout {
  return {
    sockets,
    cellsPerSocket: cells / sockets,
    coresPerCell: threads / type.threadsPerCore / cells,
    threadsPerCore: type.threadsPerCore,
    memoryMbPerCell,
    hugePages,
    sharedCpus: host.cpu_shared_set ?? null,
    dedicatedCpus: host.cpu_dedicated_set ?? null,
  };
}

type Fault = (path: readonly (string | number)[], message: string, hint?: string) => void;

/** nova-compute does not start with CPUs that are not there, or in both sets. */
function checkSets(host: HostHardware, threads: number, fault: Fault): void {
  for (const key of ["cpu_shared_set", "cpu_dedicated_set"] as const) {
    const beyond = host[key]?.find((cpu) => cpu >= threads);
    if (beyond !== undefined) fault([key], `there is no CPU ${beyond}`, `CPUs: 0 to ${threads - 1}`);
  }
  const shared = new Set(host.cpu_shared_set);
  const both = host.cpu_dedicated_set?.find((cpu) => shared.has(cpu));
  if (both !== undefined)
    fault(["cpu_dedicated_set"], `CPU ${both} is in cpu_shared_set too`, "Nova wants two sets with nothing in common");
}

function pagesOf(host: HostHardware, fault: Fault): CellLayout["hugePages"] {
  const sizes = new Map<number, number>();
  for (const [size, perCell] of Object.entries(host.huge_pages)) {
    const sizeKb = pageSizeKb(size);
    if (sizeKb === null) continue;
    if (sizes.has(sizeKb)) fault(["huge_pages", size], `the page size ${size} is named twice`);
    sizes.set(sizeKb, perCell);
  }
  return [...sizes].sort(([a], [b]) => a - b).map(([sizeKb, perCell]) => ({ sizeKb, perCell }));
}

function nearby(threads: number, step: number): string {
  const below = Math.floor(threads / step) * step;
  return below === 0 ? `e.g. ${step}` : `e.g. ${below} or ${below + step}`;
}
