// A flavor that asks for a little less of something, wherever it says so: in its own amounts, or in an extra spec that stands for them.
import type { Flavor } from "../datacenter/flavor.ts";
import type { Resource } from "../datacenter/shortage.ts";

/** `by` is in column units: thousandths of vCPUs, MiB, GiB, pieces. Null: nothing would be left, or the flavor does not say how much it wants. */
export function smallerFlavor(flavor: Flavor, resource: Resource, by: number): Flavor | null {
  const spec = [...flavor.extraSpecs].find(([key]) => /^resources[\w-]*:/.test(key) && key.slice(key.indexOf(":") + 1) === resource);
  if (spec !== undefined) {
    const left = Number(spec[1]) - (resource === "VCPU" ? by / 1000 : by);
    return left > 0 ? { ...flavor, extraSpecs: new Map([...flavor.extraSpecs, [spec[0], String(left)]]) } : null;
  }
  switch (resource) {
    case "VCPU":
      return flavor.vcpuMilli > by ? { ...flavor, vcpuMilli: flavor.vcpuMilli - by } : null;
    case "PCPU":
      return flavor.vcpuMilli > 1000 * by ? { ...flavor, vcpuMilli: flavor.vcpuMilli - 1000 * by } : null;
    case "MEMORY_MB":
      return flavor.ramMb > by ? { ...flavor, ramMb: flavor.ramMb - by } : null;
    case "DISK_GB": {
      const diskGb = flavor.diskGb - by;
      return diskGb > 0 && diskGb >= (flavor.ephemeralGb ?? 0) ? { ...flavor, diskGb } : null;
    }
    default:
      return null;
  }
}
