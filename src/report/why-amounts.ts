// Amounts and instants in an operator's words: vCPUs as they are, RAM and disk with their unit.
import type { Resource } from "../datacenter/shortage.ts";
import { formatTime, type Micros } from "../kernel/time.ts";
import { formatQuantity } from "../kernel/units.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** `16 vCPUs`, `126 GiB RAM`, `160 GiB disk`. */
export function amountOf(resource: Resource, amount: number): string {
  switch (resource) {
    case "VCPU":
      return `${amount} ${amount === 1 ? "vCPU" : "vCPUs"}`;
    case "MEMORY_MB":
      return `${ramText(amount)} RAM`;
    case "DISK_GB":
      return `${diskText(amount)} disk`;
  }
}

export const ramText = (ramMb: number): string => formatQuantity(ramMb * MIB, "information");
export const diskText = (diskGb: number): string => formatQuantity(diskGb * GIB, "information");
export const instantText = (micros: Micros): string => (micros === 0 ? "0 s" : formatTime(micros));
