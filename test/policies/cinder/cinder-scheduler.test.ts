import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../../src/kernel/time.ts";
import { type Chosen, CinderScheduler, type NotChosen } from "../../../src/policies/cinder/cinder-scheduler.ts";
import { CinderConfig, type CinderOptionValue, STOCHASTIC_HANDLER } from "../../../src/policies/cinder/config.ts";
import { driverReport } from "../../../src/policies/cinder/driver-report.ts";
import type { VolumeRequestSpec } from "../../../src/policies/cinder/volume-request-spec.ts";
import { noVolumes, request, streamOf } from "./some-pools.ts";

/** A volume service with one thick pool, which takes volumes as long as it has room and reports what it holds. */
class Driver {
  readonly name: { readonly host: string; readonly clusterName: null; readonly availabilityZone: string };
  private readonly totalGb: number;
  private readonly options: ReadonlyMap<string, number | string>;
  private usedGb = 0;

  constructor(host: string, totalGb: number, options: Readonly<Record<string, number | string>> = {}) {
    this.name = { host: `${host}@lvm`, clusterName: null, availabilityZone: "nova" };
    this.totalGb = totalGb;
    this.options = new Map(Object.entries(options));
  }

  /** False where the volume group is full. */
  create(sizeGb: number): boolean {
    if (this.usedGb + sizeGb > this.totalGb) return false;
    this.usedGb += sizeGb;
    return true;
  }

  reportTo(schedulers: readonly CinderScheduler[], at: number): void {
    const freeGb = this.totalGb - this.usedGb;
    const pool = { poolName: "p", totalGb: this.totalGb, freeGb, allocatedGb: this.usedGb, thin: false };
    const report = driverReport(this.options, "iSCSI", [pool]);
    for (const scheduler of schedulers) scheduler.report(this.name, report, at);
  }
}

const scheduler = (options: Readonly<Record<string, CinderOptionValue>> = {}, name = "cinder.scheduler") =>
  new CinderScheduler(new CinderConfig(new Map(Object.entries(options))), noVolumes, () => null, streamOf(name));

const at = (seconds: number, volume = 0) => ({ at: seconds * SECOND, volume });

function chosen(answer: Chosen | NotChosen): Chosen {
  if (!("pool" in answer)) throw new Error(`${answer.outcome}: ${"reason" in answer ? answer.reason : ""}`);
  return answer;
}
const hostOf = (answer: Chosen | NotChosen) => ("pool" in answer ? answer.pool.host.split("@")[0] : answer.outcome);

function cloud(sizes: Readonly<Record<string, number>>, options: Readonly<Record<string, CinderOptionValue>> = {}) {
  const drivers = new Map(Object.entries(sizes).map(([host, totalGb]) => [host, new Driver(host, totalGb)]));
  const one = scheduler(options);
  for (const driver of drivers.values()) driver.reportTo([one], 0);
  return { drivers, scheduler: one };
}

describe("a cinder-scheduler", () => {
  it("knows no pools before a report, and says so", () => {
    expect(scheduler().choose(request(), at(0))).toEqual({ outcome: "NoValidBackend", reason: "no weighed backends available" });
  });

  it("counts in what it sends out, so that the next volume goes elsewhere", () => {
    const { scheduler } = cloud({ a: 100, b: 95 });
    expect([0, 1, 2, 3].map((i) => hostOf(scheduler.choose(request(), at(1, i))))).toEqual(["a", "b", "a", "b"]);
  });

  it("fills pool after pool where the multiplier is negative", () => {
    const { scheduler } = cloud({ a: 30, b: 40 }, { capacity_weight_multiplier: -1 });
    expect([0, 1, 2, 3].map((i) => hostOf(scheduler.choose(request(), at(1, i))))).toEqual(["a", "a", "a", "b"]);
  });

  it("loses count to a newer report, and keeps it against an older one", () => {
    const { drivers, scheduler } = cloud({ a: 100 });
    const { pool } = chosen(scheduler.choose(request({ sizeGb: 70 }), at(10)));
    drivers.get("a")!.reportTo([scheduler], 5 * SECOND); // looked before the volume was sent
    expect(pool.freeCapacityGb).toBe(30);
    drivers.get("a")!.reportTo([scheduler], 60 * SECOND); // looked later, and the volume is not there yet
    expect(pool.freeCapacityGb).toBe(100);
    drivers.get("a")!.reportTo([scheduler], 30 * SECOND); // arrives late
    expect(pool.updatedAt).toBe(60 * SECOND);
  });

  it("looks past services that are down, and forgets no count meanwhile", () => {
    const { scheduler } = cloud({ a: 100, b: 50 });
    scheduler.choose(request(), at(1));
    scheduler.setUp("a@lvm", false);
    expect(hostOf(scheduler.choose(request(), at(2, 1)))).toBe("b");
    scheduler.setUp("a@lvm", true);
    expect(scheduler.pools.map(({ freeCapacityGb }) => freeCapacityGb)).toEqual([90, 40]);
  });
});

describe("two schedulers with one stale view", () => {
  /** Both send every volume where they believe is most room; what is refused is tried again. Returns the attempts of each volume. */
  function run(volumes: number, options: Readonly<Record<string, CinderOptionValue>> = {}) {
    const drivers = new Map<string, Driver>([
      ["a", new Driver("a", 100)],
      ["b", new Driver("b", 90)],
      ["c", new Driver("c", 80)],
    ]);
    const pair = [scheduler(options, "one"), scheduler(options, "two")];
    for (const driver of drivers.values()) driver.reportTo(pair, 0);
    return Array.from({ length: volumes }, (_, volume) => {
      let spec: VolumeRequestSpec = request({ sizeGb: 30 });
      for (let attempt = 1; ; attempt++) {
        const answer = pair[volume % 2]!.choose(spec, at(1 + volume, volume));
        if (!("pool" in answer)) return `${answer.outcome} after ${attempt - 1}`;
        if (drivers.get(hostOf(answer)!)!.create(30)) return `${hostOf(answer)} ${attempt}`;
        if (answer.retry === null) return "refused";
        spec = { ...spec, retry: answer.retry };
      }
    });
  }

  it("send the same pool too much; the driver refuses, and another pool is tried", () => {
    const filters = ["AvailabilityZoneFilter", "CapacityFilter", "CapabilitiesFilter", "IgnoreAttemptedHostsFilter"];
    // Room for eight volumes: three, three and two. Each scheduler believes all of it its own.
    expect(run(8, { scheduler_default_filters: filters })).toEqual(["a 1", "a 1", "b 1", "b 1", "c 1", "c 1", "a 1", "b 2"]);
  });

  it("try the full pool again and again where no filter remembers, and give up after as many attempts as are allowed", () => {
    expect(run(8)).toEqual(["a 1", "a 1", "b 1", "b 1", "c 1", "c 1", "a 1", "NoValidBackend after 3"]);
    expect(run(8, { scheduler_max_attempts: 1 }).at(-1)).toBe("refused");
  });
});

describe("an attempt that failed", () => {
  const filters = ["CapacityFilter", "IgnoreAttemptedHostsFilter"];

  it("is remembered by backend id, and gives its room back", () => {
    const { scheduler } = cloud({ a: 100, b: 95 }, { scheduler_default_filters: filters });
    const first = chosen(scheduler.choose(request(), at(1)));
    expect(first.retry).toEqual({ numAttempts: 1, backends: ["a@lvm#p"], hosts: ["a@lvm#p"] });
    const second = chosen(scheduler.choose(request({ retry: first.retry }), at(2)));
    expect(second.retry).toEqual({ numAttempts: 2, backends: ["a@lvm#p", "b@lvm#p"], hosts: ["a@lvm#p", "b@lvm#p"] });
    expect(scheduler.pools.map(({ freeCapacityGb }) => freeCapacityGb)).toEqual([100, 85]);
  });

  it("gives nothing back that a newer report already left out", () => {
    const { drivers, scheduler } = cloud({ a: 100, b: 95 }, { scheduler_default_filters: filters });
    const first = chosen(scheduler.choose(request(), at(1)));
    drivers.get("a")!.reportTo([scheduler], MINUTE);
    scheduler.choose(request({ retry: first.retry }), at(61));
    expect(scheduler.pools[0]!.freeCapacityGb).toBe(100);
  });

  it("may be the last: scheduler_max_attempts counts them, and 1 remembers none", () => {
    const { scheduler } = cloud({ a: 100 }, { scheduler_max_attempts: 2 });
    const first = chosen(scheduler.choose(request(), at(1)));
    const second = chosen(scheduler.choose(request({ retry: first.retry }), at(2)));
    expect(scheduler.choose(request({ retry: second.retry }), at(3))).toMatchObject({ outcome: "NoValidBackend" });
    expect(chosen(cloud({ a: 100 }, { scheduler_max_attempts: 1 }).scheduler.choose(request(), at(1))).retry).toBeNull();
  });
});

describe("other choices", () => {
  it("a bound volume goes to its back end or pool only", () => {
    const { scheduler } = cloud({ a: 100, b: 95 });
    expect(hostOf(scheduler.choose(request({ resourceBackend: "b@lvm" }), at(1)))).toBe("b");
    expect(hostOf(scheduler.choose(request({ resourceBackend: "b@lvm#p" }), at(1)))).toBe("b");
    expect(hostOf(scheduler.choose(request({ resourceBackend: "b@lvm#q" }), at(1)))).toBe("NoValidBackend");
  });

  it("a volume that grows stays, and counts what it grows by", () => {
    const { scheduler } = cloud({ a: 100, b: 200 });
    const grow = (newSizeGb: number) => scheduler.chooseToExtend(request({ sizeGb: 50, newSizeGb }), "a@lvm#p", at(1));
    expect(hostOf(grow(150))).toBe("a");
    expect(scheduler.pools.map(({ freeCapacityGb }) => freeCapacityGb)).toEqual([0, 200]);
    expect(hostOf(grow(51))).toBe("NoValidBackend");
  });

  it("a volume with a new type stays if it can, room or none, and moves only if it may", () => {
    const { scheduler } = cloud({ a: 10, b: 200 });
    const retype = (spec: VolumeRequestSpec, policy: "never" | "on-demand") => scheduler.chooseToRetype(spec, "a@lvm#p", policy, at(1));
    expect(hostOf(retype(request({ sizeGb: 100 }), "never"))).toBe("a");
    const elsewhere = request({ sizeGb: 100, extraSpecs: new Map([["volume_backend_name", "fast"]]) });
    new Driver("c", 500, { volume_backend_name: "fast" }).reportTo([scheduler], 0);
    expect(hostOf(retype(elsewhere, "never"))).toBe("NoValidBackend");
    expect(hostOf(retype(elsewhere, "on-demand"))).toBe("c");
    expect(scheduler.pools[2]!.freeCapacityGb).toBe(400);
    expect(hostOf(scheduler.chooseToRetype(request(), "b@lvm", "never", at(1)))).toBe("b"); // from before there were pools
  });

  it("a group takes a back end that can take each of its volumes, and counts nothing yet", () => {
    const { scheduler } = cloud({ a: 100, b: 60, c: 20 });
    expect(hostOf(scheduler.chooseForGroup([request({ sizeGb: 15 }), request({ sizeGb: 50 })], at(1)))).toBe("a");
    expect(hostOf(scheduler.chooseForGroup([request({ sizeGb: 15 }), request({ sizeGb: 150 })], at(1)))).toBe("NoValidBackend");
    expect(scheduler.pools[0]!.freeCapacityGb).toBe(100);
  });

  it("what comes to lie in a pool without a choice is counted in, and given back, by backend id", () => {
    const { scheduler } = cloud({ a: 100, b: 95 });
    scheduler.consume("a@lvm#p", 50, SECOND);
    expect(hostOf(scheduler.choose(request(), at(2)))).toBe("b");
    scheduler.release("a@lvm#p", 50);
    expect(hostOf(scheduler.choose(request(), at(3)))).toBe("a");
  });

  it("what a filter raises is the outcome", () => {
    const { scheduler } = cloud({ a: 100 });
    expect(hostOf(scheduler.choose(request({ extraSpecs: new Map([["pool_name", "<or>"]]) }), at(1)))).toBe("IndexError");
  });
});

describe("chance", () => {
  const draw = (options: Readonly<Record<string, CinderOptionValue>>, volume: number) =>
    hostOf(cloud({ a: 300, b: 100 }, options).scheduler.choose(request(), at(1, volume)));

  it("is a function of the volume and the attempt, not of what was drawn before", () => {
    const options = { scheduler_default_weighers: ["ChanceWeigher"] };
    const all = Array.from({ length: 40 }, (_, volume) => draw(options, volume));
    expect(new Set(all)).toEqual(new Set(["a", "b"]));
    expect(draw(options, 7)).toBe(all[7]);
  });

  it("follows the weights with the stochastic handler: three volumes to one", () => {
    const options = { scheduler_weight_handler: STOCHASTIC_HANDLER };
    const toA = Array.from({ length: 400 }, (_, volume) => draw(options, volume)).filter((host) => host === "a").length;
    expect(toA / 400).toBeGreaterThan(0.68);
    expect(toA / 400).toBeLessThan(0.82);
  });
});

describe("configuration", () => {
  it("tells everything that is wrong with it at once", () => {
    const wrong = { scheduler_max_attempts: 0, capacity_weight_multiplier: "much", max_over_subscription_ratio: "many", colour: "red" };
    const message = (() => {
      try {
        return String(new CinderConfig(new Map(Object.entries(wrong))));
      } catch (error) {
        return String(error);
      }
    })();
    for (const name of Object.keys(wrong)) expect(message).toContain(name);
    expect(() => scheduler({ scheduler_default_filters: ["RetryFilter"] })).toThrow("RetryFilter");
    expect(() => driverReport(new Map<string, number | string>([["reserved_percentage", 120]]), "iSCSI", [])).toThrow("120");
  });

  it("of a back end reaches the pools: what is reserved, its ratio, its functions", () => {
    const one = scheduler({ scheduler_default_filters: ["CapacityFilter", "DriverFilter"], max_over_subscription_ratio: "3" });
    const pools = [{ poolName: "p", totalGb: 100, freeGb: 100, allocatedGb: 0, thin: true }] as const;
    const report = (options: Readonly<Record<string, number | string>>, seconds: number) =>
      one.report(
        { host: "a@ceph", clusterName: null, availabilityZone: "nova" },
        driverReport(new Map(Object.entries(options)), "ceph", pools),
        seconds,
      );
    const fits = (sizeGb: number) => hostOf(one.choose(request({ sizeGb }), { at: 0, volume: 0 })) === "a";
    report({ reserved_percentage: 10 }, 1);
    expect([fits(270), fits(1)]).toEqual([true, false]);
    report({ max_over_subscription_ratio: "1.5" }, 2);
    expect([fits(151), fits(150)]).toEqual([false, true]);
    report({ filter_function: "volume.size < 5" }, 3);
    expect([fits(5), fits(4)]).toEqual([false, true]);
  });
});
