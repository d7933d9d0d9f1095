// A cloud of one host that refuses what does not fit is a multi-service loss system: the blocking of each flavor is known exactly, and
// depends on the servers' mean lifetimes alone.
import { describe } from "vitest";
import { type HostId, Hosts } from "../../src/datacenter/hosts.ts";
import { constant, type Distribution, exponential, lognormalFromMean } from "../../src/kernel/distribution.ts";
import type { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { HOUR } from "../../src/kernel/time.ts";
import { TimeWeighted } from "../../src/statistics/time-weighted.ts";
import { type ClosedForm, holdToClosedForms } from "./replications.ts";

/** Servers of one flavor: `load` of them would run at a time if none were refused. */
interface Class {
  readonly load: number;
  readonly vcpus: number;
  readonly ramGb: number;
  /** In hours. */
  readonly lifetime: Distribution;
}

interface Cloud {
  readonly vcpus: number;
  readonly ramGb: number;
  readonly classes: readonly Class[];
}

const HOST = 0 as HostId;

function runCloud(streams: RandomStreams, cloud: Cloud, hours: number): Record<string, number> {
  const simulation = new Simulation();
  const hosts = oneHost(cloud);
  const gaps = streams.stream("server.arrival");
  const lifetimes = streams.stream("server.lifetime");
  const flavors = cloud.classes.map((row, index) => flavorOf(row, index));
  const between = cloud.classes.map((row) => exponential(row.lifetime.mean / row.load));
  const asked = cloud.classes.map(() => 0);
  const refused = cloud.classes.map(() => 0);
  const vcpus = new TimeWeighted();
  const ram = new TimeWeighted();
  const meter = () => {
    vcpus.set(simulation.now, hosts.usedVcpuMilli[HOST]! / 1000);
    ram.set(simulation.now, hosts.usedRamMb[HOST]! / 1024);
  };
  const hoursFrom = (value: number) => Math.round(value * HOUR);
  const create = simulation.kind("create", (row, n) => {
    simulation.schedule(hoursFrom(gaps.sample(between[row]!, row, n)), create, row, n + 1);
    asked[row]!++;
    if (hosts.claim(HOST, flavors[row]!))
      simulation.schedule(hoursFrom(lifetimes.sample(cloud.classes[row]!.lifetime, row, n)), remove, row);
    else refused[row]!++;
    meter();
  });
  const remove = simulation.kind("remove", (row) => {
    hosts.release(HOST, flavors[row]!);
    meter();
  });
  for (const row of cloud.classes.keys()) simulation.schedule(hoursFrom(gaps.sample(between[row]!, row, 0)), create, row, 1);
  simulation.run(hoursFrom(hours / 10));
  asked.fill(0);
  refused.fill(0);
  vcpus.reset(simulation.now);
  ram.reset(simulation.now);
  simulation.run(simulation.now + hoursFrom(hours));
  const blocking = refused.map((count, row): [string, number] => [`blocking of flavor ${row}`, count / asked[row]!]);
  return {
    ...Object.fromEntries(blocking),
    "vcpu use": vcpus.mean(simulation.now) / cloud.vcpus,
    "ram use": ram.mean(simulation.now) / cloud.ramGb,
  };
}

function oneHost({ vcpus, ramGb }: Cloud): Hosts {
  const nothingReserved = { reservedVcpuMilli: 0, reservedRamMb: 0, reservedDiskGb: 0 };
  const noOvercommit = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1 };
  const place = {
    name: "compute-0",
    type: "one",
    rack: 0,
    hypervisorType: "QEMU",
    supportedHypervisors: ["qemu"],
    architecture: "x86_64",
  };
  return new Hosts([{ ...place, ...nothingReserved, ...noOvercommit, vcpuMilli: vcpus * 1000, ramMb: ramGb * 1024, diskGb: 0 }]);
}

function flavorOf(row: Class, index: number) {
  const noDisk = { diskGb: 0, volumeGb: 0, volumeType: null, extraSpecs: new Map() };
  return { name: `flavor ${index}`, vcpuMilli: row.vcpus * 1000, ramMb: row.ramGb * 1024, ...noDisk };
}

/**
 * Blocking and use by the product form: each feasible mix of servers is as likely as the product of load^n / n! over the flavors. Counted out
 * one by one, which for a single resource is the Kaufman-Roberts recursion.
 */
function productForm({ vcpus, ramGb, classes }: Cloud): Record<string, number> {
  let total = 0;
  const sums: Record<string, number> = { "vcpu use": 0, "ram use": 0 };
  for (const row of classes.keys()) sums[`blocking of flavor ${row}`] = 0;
  const visit = (row: number, freeVcpus: number, freeRamGb: number, weight: number): void => {
    const next = classes[row];
    if (next === undefined) {
      total += weight;
      sums["vcpu use"]! += weight * (1 - freeVcpus / vcpus);
      sums["ram use"]! += weight * (1 - freeRamGb / ramGb);
      for (const [index, { vcpus: v, ramGb: r }] of classes.entries()) {
        if (v > freeVcpus || r > freeRamGb) sums[`blocking of flavor ${index}`]! += weight;
      }
      return;
    }
    let share = weight;
    for (let n = 0; n * next.vcpus <= freeVcpus && n * next.ramGb <= freeRamGb; n++) {
      visit(row + 1, freeVcpus - n * next.vcpus, freeRamGb - n * next.ramGb, share);
      share *= next.load / (n + 1);
    }
  };
  visit(0, vcpus, ramGb, 1);
  return Object.fromEntries(Object.entries(sums).map(([quantity, sum]) => [quantity, sum / total]));
}

/** `published` are values of the same system worked out elsewhere, for the product form itself. */
function lossSystem(name: string, cloud: Cloud, hours: number, published: Record<string, number>): ClosedForm {
  const exact: Record<string, number> = productForm(cloud);
  for (const [quantity, value] of Object.entries(published)) {
    if (Math.abs(exact[quantity]! - value) > 1e-6)
      throw new Error(`${name}: ${quantity} is ${exact[quantity]}, but ${value} by other means`);
  }
  return { name, model: (streams) => runCloud(streams, cloud, hours), exact, precision: 0.03 };
}

const exponentialHour = exponential(1);
const heavyHour = lognormalFromMean(1, 2);

/** Flavors of 1, 2, 4 ... vCPUs on a host whose RAM suffices for any mix. */
function powersOfTwo(vcpus: number, loads: readonly number[], lifetime: Distribution): Cloud {
  return { vcpus, ramGb: vcpus, classes: loads.map((load, row) => ({ load, vcpus: 2 ** row, ramGb: 2 ** row, lifetime })) };
}

describe("a cloud of one host, against the Kaufman-Roberts recursion", () => {
  const blocking = (...values: number[]) => Object.fromEntries(values.map((value, row) => [`blocking of flavor ${row}`, value]));
  const small = { ...blocking(0.059294, 0.127869, 0.29052), "vcpu use": 0.630579 };
  const large = { ...blocking(0.039182, 0.079476, 0.162816, 0.335538), "vcpu use": 0.804218 };
  const twoResources: Cloud = {
    vcpus: 12,
    ramGb: 24,
    classes: [
      { load: 3, vcpus: 1, ramGb: 1, lifetime: exponentialHour },
      { load: 2, vcpus: 2, ramGb: 8, lifetime: heavyHour },
      { load: 1, vcpus: 4, ramGb: 4, lifetime: constant(1) },
    ],
  };
  holdToClosedForms([
    lossSystem("16 vCPUs, three flavors, exponential lifetimes", powersOfTwo(16, [4, 2, 1], exponentialHour), 5_000, small),
    lossSystem("16 vCPUs, three flavors, lognormal lifetimes", powersOfTwo(16, [4, 2, 1], heavyHour), 8_000, small),
    lossSystem("64 vCPUs, four flavors, exponential lifetimes", powersOfTwo(64, [16, 8, 4, 1.5], exponentialHour), 2_500, large),
    lossSystem("12 vCPUs and 24 GB, three flavors, a law of lifetimes for each", twoResources, 4_500, {
      ...blocking(0.08522, 0.433692, 0.396027),
      "vcpu use": 0.618789,
      "ram use": 0.592548,
    }),
  ]);
});
