// CPUs of a host shared by its servers: the shares themselves, what they add up to over time, and what is steal.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostCpu } from "../../src/datacenter/host-cpu.ts";
import type { HostCpuDescription } from "../../src/datacenter/host-cpu-description.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";

interface Guest {
  readonly demand: number;
  readonly weight?: number;
  readonly vcpus?: number;
  readonly capThreads?: number;
}

/** One host with these servers, numbered from 0. */
function hostWith(host: HostCpuDescription, guests: readonly Guest[]): HostCpu {
  const cpu = new HostCpu([host]);
  for (const [server, { demand, weight = 1, vcpus = 8, ...cap }] of guests.entries()) cpu.place(server, 0, 0, { vcpus, weight, ...cap });
  cpu.setDemands(
    0,
    0,
    guests.map(({ demand }) => demand),
  );
  return cpu;
}

const ratesOf = (cpu: HostCpu, guests: readonly Guest[]) => guests.map((_, server) => cpu.rateOf(server));
const plain = (cores: number): HostCpuDescription => ({ cores, threadsPerCore: 1 });

describe("the CPUs of a host", () => {
  it.each([
    { cores: 8, demands: [4, 4, 2, 8], weights: [4, 4, 2, 8], shares: [16 / 9, 16 / 9, 8 / 9, 32 / 9] },
    { cores: 8, demands: [1, 4, 2, 8], weights: [4, 4, 2, 8], shares: [1, 2, 1, 4] },
    { cores: 16, demands: [3.5, 8, 0.5, 8, 2], weights: [4, 8, 2, 8, 4], shares: [2.7, 5.4, 0.5, 5.4, 2] },
  ])("are shared max-min fairly by weight: $shares of $cores", ({ cores, demands, weights, shares }) => {
    const guests = demands.map((demand, index) => ({ demand, weight: weights[index]! }));
    const cpu = hostWith(plain(cores), guests);
    for (const [server, share] of shares.entries()) expect(Math.abs(cpu.rateOf(server) - share)).toBeLessThan(1e-9);
    expect(cpu.violation(0)).toBeNull();
  });

  it("give every server alike where all weigh alike, and none to those that want none", () => {
    const guests = [{ demand: 8 }, { demand: 0, weight: 1e6 }, { demand: 2, vcpus: 2 }, { demand: 8 }];
    expect(ratesOf(hostWith(plain(9), guests), guests)).toEqual([3.5, 0, 2, 3.5]);
  });

  it("are not given beyond a hard cap, idle as they may be, nor beyond the vCPUs", () => {
    const guests = [
      { demand: 4, vcpus: 4, capThreads: 2 },
      { demand: 7, vcpus: 4 },
    ];
    const cpu = hostWith(plain(16), guests);
    expect(ratesOf(cpu, guests)).toEqual([2, 4]);
    expect(cpu.stealShare(0)).toBe(0.5);
    expect(cpu.guestStealPercent(0)).toBe(50);
    expect(cpu.demandOf(1)).toBe(4);
    expect(cpu.stealShare(1)).toBe(0);
  });

  it("are worth more with two threads a core, as soon as more threads run than there are cores", () => {
    const smt = { cores: 2, threadsPerCore: 2, smtGain: 1.25 };
    const three = [1, 1, 1].map((demand) => ({ demand, vcpus: 1 }));
    const cpu = hostWith(smt, three);
    expect(ratesOf(cpu, three)).toEqual([0.75, 0.75, 0.75]); // 2.25 cores in all
    expect(cpu.busyThreads(0)).toBe(3);
    expect(cpu.utilisation(0)).toBe(0.75);
    expect(ratesOf(hostWith({ ...smt, smtGain: 1 }, three), three)).toEqual([2 / 3, 2 / 3, 2 / 3]);
    const halves = [0.5, 0.5, 0.5].map((demand) => ({ demand, vcpus: 1 }));
    expect(ratesOf(hostWith(smt, halves), halves)).toEqual([0.5, 0.5, 0.5]);
    const full = [2.2].map((demand) => ({ demand, vcpus: 4 }));
    expect(hostWith(smt, full).busyThreads(0)).toBeCloseTo(2 + 0.2 / 0.25, 12);
  });

  it("do less at a lower clock, and the last level holds again when the clock is back", () => {
    const guests = [
      { demand: 1, vcpus: 1 },
      { demand: 3, vcpus: 4 },
    ];
    const cpu = hostWith(plain(4), guests);
    cpu.setFrequency(0, 0, 0.5);
    expect(ratesOf(cpu, guests)).toEqual([0.5, 1.5]); // 4 threads want to run, at half the clock
    expect(cpu.busyThreads(0)).toBe(4);
    cpu.setFrequency(0, 0, 1);
    expect(ratesOf(cpu, guests)).toEqual([1, 3]);
    cpu.setFrequency(0, 0, 0);
    expect(ratesOf(cpu, guests)).toEqual([0, 0]);
    expect(cpu.utilisation(0)).toBe(0);
  });

  it("are held back from a server that is throttled, until it is placed anew", () => {
    const cpu = hostWith(plain(8), [{ demand: 4, vcpus: 4 }]);
    cpu.setThrottle(0, 0, 0.7);
    expect(cpu.rateOf(0)).toBeCloseTo(1.2, 12);
    cpu.remove(0, 0);
    cpu.place(0, 0, 0, { vcpus: 4 });
    cpu.setDemand(0, 0, 4);
    expect(cpu.rateOf(0)).toBe(4);
  });

  it("leave the dedicated set to those that are pinned to it", () => {
    const cpu = new HostCpu([{ cores: 8, threadsPerCore: 1, dedicatedThreads: 4 }]);
    cpu.place(0, 0, 0, { vcpus: 8 });
    cpu.place(1, 0, 0, { vcpus: 3, dedicated: true });
    cpu.setDemands(0, 0, [8, 3]);
    expect([cpu.rateOf(0), cpu.rateOf(1)]).toEqual([4, 3]);
    expect(cpu.usedCores(0)).toBe(7);
    expect(cpu.busyThreads(0)).toBe(7);
    expect(() => cpu.place(2, 0, 0, { vcpus: 2, dedicated: true })).toThrow(
      /host 0 cannot pin 2 vCPUs: 3 of its 4 dedicated threads are taken/,
    );
    cpu.remove(1, 0);
    cpu.place(2, 0, 0, { vcpus: 4, dedicated: true });
    expect(cpu.hostOf(2)).toBe(0);
  });

  it("cost the guest what the hypervisor takes of them", () => {
    const cpu = hostWith({ ...plain(8), overhead: 0.03 }, [{ demand: 1 }]);
    expect([cpu.rateOf(0), cpu.usefulRateOf(0)]).toEqual([1, 0.97]);
  });
});

describe("the books of CPU time", () => {
  it("know what each server got and missed, through every change and on every host", () => {
    const cpu = new HostCpu([plain(2), plain(4)]);
    cpu.place(0, 0, 0, { vcpus: 2 });
    cpu.place(1, 0, 0, { vcpus: 2 });
    cpu.setDemand(0, 0, 2);
    cpu.setDemand(1, 10 * SECOND, 2); // from here on one core each
    cpu.remove(0, 30 * SECOND);
    cpu.place(0, 1, 40 * SECOND, { vcpus: 2 });
    cpu.setDemand(0, 50 * SECOND, 1.5);
    const end = 60 * SECOND;
    expect(cpu.cpuMicros(0, end)).toBe((20 + 20 + 15) * SECOND);
    expect(cpu.stealMicros(0, end)).toBe(20 * SECOND);
    expect(cpu.cpuMicros(1, end)).toBe((20 + 60) * SECOND);
    expect(cpu.stealMicros(1, end)).toBe(20 * SECOND);
    expect([0, 1].map((host) => cpu.usedMicros(host, end))).toEqual([120 * SECOND, 15 * SECOND]);
    expect([0, 1].map((host) => cpu.stolenMicros(host, end))).toEqual([40 * SECOND, 0]);
    expect(cpu.cpuMicros(7, end)).toBe(0);
  });

  it("add up: what the servers got is what the host gave", () => {
    const demand = fc.integer({ min: 0, max: 80 }).map((tenths) => tenths / 10);
    const change = fc.record({ server: fc.nat(9), demand, wait: fc.nat(10 * MINUTE) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), (changes) => {
        const cpu = new HostCpu([{ cores: 8, threadsPerCore: 2 }]);
        for (let server = 0; server < 10; server++) cpu.place(server, 0, 0, { vcpus: 8, weight: 1 + server });
        let now = 0;
        for (const { server, demand, wait } of changes) {
          cpu.setDemand(server, now, demand);
          now += wait;
        }
        let [got, missed] = [0, 0];
        for (let server = 0; server < 10; server++) {
          got += cpu.cpuMicros(server, now);
          missed += cpu.stealMicros(server, now);
        }
        expect(Math.abs(got - cpu.usedMicros(0, now))).toBeLessThanOrEqual(1e-9 * (got + missed) + 1e-3);
        expect(Math.abs(missed - cpu.stolenMicros(0, now))).toBeLessThanOrEqual(1e-9 * (got + missed) + 1e-3);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

describe("any host with any servers", () => {
  const positive = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
  const guest = fc.record({
    vcpus: fc.integer({ min: 1, max: 32 }),
    weight: positive,
    capThreads: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ min: 0.01, max: 40, noNaN: true })),
    demand: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 320 }).map((tenths) => tenths / 10),
    ),
  });
  const host = fc.record({
    cores: fc.integer({ min: 0, max: 64 }),
    threadsPerCore: fc.constantFrom(1, 2, 4),
    smtGain: fc.double({ min: 1, max: 1.3, noNaN: true }),
  });

  it("gives out min(capacity, what is wanted), and the same level to all who have less than they may (KKT)", () => {
    fc.assert(
      fc.property(host, fc.array(guest, { maxLength: 90 }), fc.double({ min: 0.1, max: 1.5, noNaN: true }), (host, guests, frequency) => {
        const cpu = new HostCpu([host]);
        for (const [server, one] of guests.entries()) cpu.place(server, 0, 0, one);
        cpu.setFrequency(0, 0, frequency);
        cpu.setDemands(
          0,
          0,
          guests.map(({ demand }) => demand),
        );
        const limits = guests.map(({ demand, vcpus, capThreads }) => Math.min(demand, vcpus, frequency * Math.min(vcpus, capThreads)));
        const running = limits.reduce((sum, limit) => sum + Math.ceil(limit / frequency - 1e-9), 0);
        const siblings = Math.min(Math.max(0, running - host.cores), host.cores * (host.threadsPerCore - 1));
        const gain = host.threadsPerCore > 1 ? ((host.smtGain - 1) / (host.threadsPerCore - 1)) * siblings : 0;
        const capacity = frequency * (Math.min(running, host.cores) + gain);
        const rates = ratesOf(cpu, guests);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(rates)).toBeCloseTo(Math.min(capacity, sum(limits)), 6);
        const levels = guests.flatMap(({ weight }, server) =>
          rates[server]! < limits[server]! * (1 - 1e-9) ? [rates[server]! / weight] : [],
        );
        for (const level of levels) expect(Math.abs(level - levels[0]!)).toBeLessThanOrEqual(1e-9 * levels[0]!);
        for (const [server, { weight }] of guests.entries()) {
          expect(rates[server]!).toBeLessThanOrEqual(limits[server]!);
          if (levels.length > 0) expect(rates[server]! / weight).toBeLessThanOrEqual(levels[0]! * (1 + 1e-9));
        }
        expect(cpu.violation(0)).toBeNull();
        expect(cpu.utilisation(0)).toBeGreaterThanOrEqual(0);
        expect(cpu.busyThreads(0)).toBeLessThanOrEqual(host.cores * host.threadsPerCore + 1e-9);
      }),
      { seed: 3, numRuns: 400 },
    );
  });

  it("is refused clearly where it cannot be", () => {
    expect(() => new HostCpu([plain(Number.NaN)])).toThrow(/host 0: NaN cores/);
    expect(() => new HostCpu([plain(-1)])).toThrow(/host 0: -1 cores/);
    expect(() => new HostCpu([{ cores: 4, threadsPerCore: 0 }])).toThrow(/0 threads a core/);
    expect(() => new HostCpu([{ cores: 4, threadsPerCore: 2, smtGain: 3 }])).toThrow(/an SMT gain of 3; expected 1 to 2/);
    expect(() => new HostCpu([{ cores: 4, threadsPerCore: 2, dedicatedThreads: 9 }])).toThrow(/9 dedicated threads; expected 0 to 8/);
    expect(() => new HostCpu([{ cores: 4, threadsPerCore: 2, overhead: 1 }])).toThrow(/an overhead of 1/);
    const cpu = new HostCpu([plain(4)]);
    expect(() => cpu.place(0, 0, 0, { vcpus: 0 })).toThrow(/server 0: 0 vCPUs/);
    expect(() => cpu.place(0, 0, 0, { vcpus: 1, weight: 0 })).toThrow(/a weight of 0/);
    expect(() => cpu.place(0, 0, 0, { vcpus: 1, capThreads: Number.NaN })).toThrow(/a cap of NaN threads/);
    expect(() => cpu.place(0, 1, 0, { vcpus: 1 })).toThrow(/no host 1 among 1/);
    expect(() => cpu.setDemand(0, 0, 1)).toThrow(/server 0 is on no host/);
    cpu.place(0, 0, 5, { vcpus: 1 });
    expect(() => cpu.place(0, 0, 5, { vcpus: 1 })).toThrow(/is on host 0 already/);
    expect(() => cpu.setDemand(0, 5, Number.NaN)).toThrow(/a demand of NaN cores/);
    expect(() => cpu.setDemands(0, 5, [])).toThrow(/server 0: a demand of undefined cores/);
    expect(() => cpu.setDemand(0, 4, 1)).toThrow(/booked up to 5 us/);
    expect(() => cpu.setFrequency(0, 5, Number.POSITIVE_INFINITY)).toThrow(/a clock of Infinity/);
    expect(() => cpu.setThrottle(0, 5, 1.5)).toThrow(/throttled by 1.5/);
    expect(new HostCpu([]).cpuMicros(0, 10)).toBe(0);
  });
});
