// The metrics of runs in which guests read and write their volumes: by storage tier, and by flavor, which tells the victim of a noisy neighbour
// from the neighbour.
import { SECOND } from "../kernel/time.ts";
import type { CloudSpec, DiskIoSpec } from "../scenario/scenario.ts";
import type { DiskTally } from "../workflows/disk-tally.ts";
import type { GuestDisks } from "../workflows/guest-disks.ts";
import type { Metric } from "./metrics.ts";

const GIB = 2 ** 30;

export function diskMetrics(cloud: CloudSpec, diskIo: ReadonlyMap<string, DiskIoSpec>): readonly Metric[] {
  const busy = cloud.flavors.filter(({ name }) => diskIo.has(name));
  return [
    ...(cloud.storageBackends ?? []).map(
      ({ name }, index): Metric => ({
        ...{ name: `disk.backend.${name}.busy`, unit: "%", better: "neither" },
        meaning: `Share of what its devices can do that back end ${name} did`,
        of: ({ cloud: { guestDisks } }, { from, until }) => (100 * (guestDisks!.busySeconds[index] ?? 0)) / ((until - from) / SECOND),
      }),
    ),
    ...cloud.storageTiers.flatMap((tier, index) => {
      if (!busy.some(({ volumeType }) => volumeType === tier.name)) return [];
      const tally = (disks: GuestDisks) => disks.byTier[index]!;
      const thin = tier.thin === undefined ? [] : thinMetrics(tier.name, index, tier.capacityGb);
      return [...tallyMetrics(`disk.tier.${tier.name}`, `volumes of tier ${tier.name}`, tally), ...thin];
    }),
    ...busy.flatMap(({ name }) => {
      const index = cloud.flavors.findIndex((flavor) => flavor.name === name);
      return tallyMetrics(`disk.flavor.${name}`, `servers of flavor ${name}`, (disks) => disks.byFlavor[index]!);
    }),
  ];
}

function tallyMetrics(prefix: string, whose: string, tallyOf: (disks: GuestDisks) => DiskTally): readonly Metric[] {
  const metric = (
    name: string,
    unit: string,
    better: Metric["better"],
    meaning: string,
    of: (tally: DiskTally, seconds: number) => number,
  ): Metric => ({
    ...{ name: `${prefix}.${name}`, unit, better, meaning: `${meaning}: ${whose}` },
    of: ({ cloud: { guestDisks } }, { from, until }) => of(tallyOf(guestDisks!), (until - from) / SECOND),
  });
  const milliseconds = (p: number) => (tally: DiskTally) => 1000 * tally.latencySeconds(p);
  return [
    metric("iops.asked", "1/s", "neither", "I/Os that guests want to do, all together", ({ asked }, seconds) => asked / seconds),
    metric("iops.served", "1/s", "higher", "I/Os that guests do, all together", ({ served }, seconds) => served / seconds),
    metric("bandwidth", "MB/s", "higher", "Bytes that they read and write", ({ bytes }, seconds) => bytes / seconds / 1e6),
    metric("latency.mean", "ms", "lower", "Latency of an I/O, as the guest sees it", (tally) => 1000 * tally.latencyMeanSeconds),
    metric("latency.p95", "ms", "lower", "95th percentile of that latency", milliseconds(0.95)),
    metric("latency.p99", "ms", "lower", "99th percentile of that latency", milliseconds(0.99)),
    metric("throttled", "%", "neither", "Share of the I/Os wanted that QoS holds back", ({ asked, heldBack }) =>
      asked > 0 ? (100 * heldBack) / asked : Number.NaN,
    ),
  ];
}

function thinMetrics(name: string, tier: number, capacityGb: number): readonly Metric[] {
  return [
    {
      name: `disk.tier.${name}.thin.peak`,
      unit: "%",
      better: "neither",
      meaning: `Most of the thin pool that was in use: tier ${name}`,
      of: ({ cloud: { guestDisks } }) => (100 * guestDisks!.thinPeakBytes[tier]!) / (capacityGb * GIB),
    },
    {
      name: `disk.tier.${name}.thin.near_full`,
      unit: "times",
      better: "lower",
      meaning: `Times that the thin pool became near full: tier ${name}`,
      of: ({ cloud: { guestDisks } }) => guestDisks!.byTier[tier]!.nearFull,
    },
    {
      name: `disk.tier.${name}.thin.paused`,
      unit: "pauses",
      better: "lower",
      meaning: `Times that a server was paused with an I/O error because the thin pool was full: tier ${name}`,
      of: ({ cloud: { guestDisks } }) => guestDisks!.byTier[tier]!.paused,
    },
  ];
}
