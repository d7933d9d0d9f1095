// Amounts and instants in an operator's words: vCPUs as they are, RAM and disk with their unit.
import type { Resource } from "../datacenter/shortage.ts";
import { formatTime, type Micros } from "../kernel/time.ts";
import { formatQuantity } from "../kernel/units.ts";
import { figure } from "./figures.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const LONGEST_EXACT = 11;

/** `16 vCPUs`, `126 GiB RAM`, `160 GiB disk`; of other resource classes `4 PCPU`. */
export function amountOf(resource: Resource, amount: number): string {
  switch (resource) {
    case "VCPU":
      return `${amount} ${amount === 1 ? "vCPU" : "vCPUs"}`;
    case "MEMORY_MB":
      return `${ramText(amount)} RAM`;
    case "DISK_GB":
      return `${diskText(amount)} disk`;
    default:
      return `${amount} ${resource}`;
  }
}

/** Exact: `126 GiB`, `12289 MiB`. */
export const ramText = (ramMb: number): string => bytesText(ramMb * MIB);
export const diskText = (diskGb: number): string => bytesText(diskGb * GIB);

const bytesText = (bytes: number) => (bytes === 0 ? "0 GiB" : formatQuantity(bytes, "information"));

/** As short as a sum over many hosts should be: `129.7 TiB`; exact where that is short. */
export function sumText(resource: Resource, amount: number): string {
  if (resource !== "MEMORY_MB" && resource !== "DISK_GB") return figure(amount);
  const bytes = amount * (resource === "MEMORY_MB" ? MIB : GIB);
  const exact = bytesText(bytes);
  return exact.length <= LONGEST_EXACT ? exact : `${(bytes / TIB).toFixed(1)} TiB`;
}
export const instantText = (micros: Micros): string => (micros === 0 ? "0 s" : formatTime(micros));
