// The tree over the devices of a ring: regions, their zones, the nodes in those (by address), devices. Replicas of a part are spread over it as
// widely as it goes. Tiers are row numbers in the order of Python's tuples, (1,), (1, 1), (1, 1, "10.0.0.1"), ..., the whole ring being row 0.
import type { RingDevice } from "./ring-device.ts";

export class Tiers {
  /** `region|zone|ip|id`, as much of it as the tier has; "" for the whole ring. */
  readonly keys: string[] = [""];
  /** 0 for the whole ring, 4 for a device. */
  readonly depths: number[] = [0];
  /** The tiers below that hold a device with weight, in order. */
  readonly children: number[][] = [[]];
  /** Devices with weight in each tier. */
  readonly deviceCounts: number[] = [0];
  private readonly byDevice: (readonly number[])[] = [];

  constructor(devices: readonly RingDevice[]) {
    const ordered = [...devices].sort((a, b) => a.region - b.region || a.zone - b.zone || compareText(a.ip, b.ip) || a.id - b.id);
    const rows = new Map<string, number>([["", 0]]);
    for (const device of ordered) {
      const path: number[] = [];
      let [key, above] = ["", 0];
      for (const step of [device.region, device.zone, device.ip, device.id]) {
        key = key === "" ? `${step}` : `${key}|${step}`;
        const row = rows.get(key) ?? this.add(key, path.length + 1);
        rows.set(key, row);
        path.push(row);
        if (device.weight > 0 && this.deviceCounts[row]! === 0) this.children[above]!.push(row);
        if (device.weight > 0) this.deviceCounts[row]!++;
        above = row;
      }
      if (device.weight > 0) this.deviceCounts[0]!++;
      this.byDevice[device.id] = path;
    }
  }

  get count(): number {
    return this.keys.length;
  }

  /** Region, zone, node and device of a device. */
  of(device: number): readonly number[] {
    return this.byDevice[device]!;
  }

  /** Is there a device with weight in it? */
  hasWeight(tier: number): boolean {
    return this.deviceCounts[tier]! > 0;
  }

  private add(key: string, depth: number): number {
    this.depths.push(depth);
    this.children.push([]);
    this.deviceCounts.push(0);
    return this.keys.push(key) - 1;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
