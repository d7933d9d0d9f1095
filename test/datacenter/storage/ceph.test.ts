import { describe, expect, it } from "vitest";
import { cephParameters } from "../../../src/datacenter/storage/ceph-parameters.ts";
import { CephPool } from "../../../src/datacenter/storage/ceph-pool.ts";
import { type CephEvent, CephRecovery } from "../../../src/datacenter/storage/ceph-recovery.ts";
import { chooseOsds, placementGroups } from "../../../src/datacenter/storage/crush.ts";
import { storageDevices } from "../../../src/datacenter/storage/devices.ts";
import type { IoPlan } from "../../../src/datacenter/storage/io-plan.ts";
import { harmonic, transfersOf } from "../../../src/datacenter/storage/io-plan.ts";
import { fixedLatency, VolumeIo } from "../../../src/datacenter/storage/volume-io.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { HOUR, microsFromSeconds, SECOND } from "../../../src/kernel/time.ts";

const nvme = storageDevices.get("nvme-pm983")!.model;
const read4k = { write: false, bytes: 4096, sequential: false };
const write4k = { write: true, bytes: 4096, sequential: false };
const CLIENT = 100;

function poolOf(hosts: number, perHost: number, options: { size?: number; placementGroups?: number } = {}) {
  const osds = Array.from({ length: hosts * perHost }, (_, i) => ({ host: Math.floor(i / perHost), device: nvme, deviceNumber: i }));
  return new CephPool({ name: "vms", osds, ...options });
}

function recovering(pool: CephPool, bytesPerSecond: number = cephParameters.backfillBytesPerSecond.value) {
  const simulation = new Simulation();
  const events: [number, CephEvent, number][] = [];
  const recovery = new CephRecovery(simulation, pool, fixedLatency(simulation, 0, bytesPerSecond), (event, entity) =>
    events.push([simulation.now / SECOND, event, entity]),
  );
  return { simulation, recovery, events };
}

describe("the placement of groups", () => {
  it("is a matter of hashing: the same every time, each copy on another host, in proportion to the weights", () => {
    const hosts = [0, 0, 1, 1, 2, 2, 3, 3];
    const weights = [1, 1, 1, 1, 1, 1, 2, 2];
    const held = new Array(8).fill(0);
    const firsts = new Array(8).fill(0);
    const n = 8000;
    for (let group = 0; group < n; group++) {
      const osds = chooseOsds(group, 2, hosts, weights);
      if (group < 100) expect(osds).toEqual(chooseOsds(group, 2, hosts, weights));
      if (hosts[osds[0]!] === hosts[osds[1]!]) expect.fail(`group ${group}: ${osds} are on one host`);
      for (const osd of osds) held[osd]++;
      firsts[osds[0]!]++;
    }
    // The first copy goes by weight exactly; further ones cannot all go to the largest host.
    for (let osd = 0; osd < 8; osd++) expect(Math.abs(firsts[osd] / n / (weights[osd]! / 10) - 1)).toBeLessThan(0.1);
    expect(held[6] / held[0]).toBeGreaterThan(1.5);
    expect(held[6] / held[0]).toBeLessThan(2);
  });

  it("moves only what must move when an OSD leaves", () => {
    const hosts = Array.from({ length: 20 }, (_, i) => Math.floor(i / 2));
    const before = new Array(20).fill(1);
    const after = before.map((weight, osd) => (osd === 7 ? 0 : weight));
    let [moved, onIt] = [0, 0];
    for (let group = 0; group < 4000; group++) {
      const [old, now] = [chooseOsds(group, 3, hosts, before), chooseOsds(group, 3, hosts, after)];
      if (old.includes(7)) onIt++;
      moved += now.filter((osd) => !old.includes(osd)).length;
      if (now.includes(7)) expect.fail(`group ${group} is still on OSD 7`);
    }
    // The host of OSD 7 loses half its weight, so some of its other groups move too.
    expect(moved).toBeGreaterThanOrEqual(onIt);
    expect(moved).toBeLessThan(onIt * 1.5);
  });

  it("takes about a hundred groups an OSD, in powers of two", () => {
    expect([6, 60, 1].map((osds) => placementGroups(osds, 3, 100))).toEqual([256, 2048, 32]);
    expect(placementGroups(1, 3, 0)).toBe(1);
  });
});

describe("an I/O", () => {
  it("reads from the primary only; a write goes to the primary and from it to the replicas", () => {
    const pool = poolOf(3, 2);
    const group = pool.groupOf(1, 0);
    const [primary, ...replicas] = pool.holders(group);
    const read = pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: read4k }) as IoPlan;
    expect(read.map((stage) => stage.map(({ device }) => device))).toEqual([[primary]]);
    const host = pool.osds[primary!]!.host;
    expect(transfersOf(read)).toEqual([
      { from: CLIENT, to: host, bytes: 256 },
      { from: host, to: CLIENT, bytes: 4352 },
    ]);
    const write = pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: write4k }) as IoPlan;
    expect(write.map((stage) => stage.map(({ device }) => device))).toEqual([[primary], replicas, [null]]);
    const sent = transfersOf(write);
    expect(sent.filter(({ bytes }) => bytes === 4352).map(({ from, to }) => [from, to])).toEqual([
      [CLIENT, host],
      ...replicas.map((osd) => [host, pool.osds[osd]!.host]),
    ]);
  });

  it("takes the longest of k exponential times: E[max] = H_k S", () => {
    expect([harmonic(1), harmonic(2), harmonic(3)]).toEqual([1, 1.5, 1 + 1 / 2 + 1 / 3]);
    for (const k of [1, 2, 3]) {
      const simulation = new Simulation();
      const streams = new RandomStreams("max", 0);
      let [n, sum, began] = [0, 0, 0];
      const legs = Array.from({ length: k }, () => ({
        ...{ transfer: null, workSeconds: 0.001, jitterSeconds: 0.001, device: null, io: null, reply: null },
      }));
      const io: VolumeIo = new VolumeIo(
        simulation,
        { places: streams.stream("p"), jitter: streams.stream("j") },
        fixedLatency(simulation, 0),
        () => {
          sum += simulation.now - began;
          began = simulation.now;
          if (++n < 40_000) io.start(0, [legs]);
        },
      );
      io.start(0, [legs]);
      simulation.run();
      expect(Math.abs(sum / n / 1000 / harmonic(k) - 1)).toBeLessThan(0.015);
    }
  });

  it("spreads the bytes of a volume over primaries and replicas: every byte written is sent `size` times in all", () => {
    const pool = poolOf(4, 3);
    const flows = pool.flows(CLIENT, 1e6, 3e6);
    const sum = (those: typeof flows) => those.reduce((total, { bytes }) => total + bytes, 0);
    expect(sum(flows.filter(({ to }) => to === CLIENT))).toBeCloseTo(1e6, 3);
    expect(sum(flows.filter(({ from }) => from === CLIENT))).toBeCloseTo(3e6, 3);
    expect(sum(flows.filter(({ from, to }) => from !== CLIENT && to !== CLIENT))).toBeCloseTo(6e6, 3);
    expect(() => pool.flows(CLIENT, -1, 0)).toThrow(/expected finite numbers of 0 or more/);
  });
});

describe("the space of a pool", () => {
  it("is raw / size x 0.85, and fills OSD by OSD until the first full one stops the writes", () => {
    const pool = poolOf(3, 2);
    expect(pool.usableBytes).toBe(Math.floor(((6 * 3.84e12) / 3) * 0.85));
    const raw = (6 * 3.84e12) / 3;
    const fullest = () => Math.max(...pool.osds.map((_, osd) => pool.usedShare(osd)));
    const states = [];
    for (let share = 0; share < 1; share += 0.01) {
      if (pool.store(raw * 0.01) === "ENOSPC") break;
      for (const osd of pool.osds.keys()) states.push(pool.fullness(osd));
    }
    expect(new Set(states)).toEqual(new Set(["ok", "nearfull", "backfillfull", "full"]));
    expect(fullest()).toBeGreaterThanOrEqual(0.95);
    expect(pool.stored).toBeLessThan(raw);
    expect(pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: write4k })).toBe("ENOSPC");
    expect(pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: read4k })).toBeInstanceOf(Array);
    pool.store(-raw / 2);
    expect(pool.store(1)).toBe("written");
  });
});

describe("an OSD that fails", () => {
  it("is missed for the grace, called down, and marked out after ten minutes; its copies are made anew", () => {
    const pool = poolOf(5, 2, { placementGroups: 128 });
    pool.store(128 * 1e9);
    const { simulation, recovery, events } = recovering(pool);
    const copies = pool.copiesOf(3);
    const group = [...Array(128).keys()].find((g) => pool.holders(g)[0] === 3)!;
    recovery.fail(3, true);
    const offset = [...Array(10_000).keys()].find((i) => pool.groupOf(1, i * 4_194_304) === group)! * 4_194_304;
    const ask = () => pool.plan({ client: CLIENT, volume: 1, offsetBytes: offset, io: read4k });
    expect(ask()).toBe("stalled");
    simulation.run(21 * SECOND);
    expect(ask()).toBeInstanceOf(Array);
    expect(recovery.degraded).toBe(copies);
    simulation.run(HOUR);
    expect(events.slice(0, 2)).toEqual([
      [20, "osd down", 3],
      [620, "osd out", 3],
    ]);
    expect([recovery.degraded, pool.copiesOf(3), events.at(-1)![1]]).toEqual([0, 0, "recovered"]);
    // At least the data of the failed OSD were copied, somewhat more as its host is worth less now.
    const bytes = copies * 1e9;
    expect(recovery.recoveredBytes).toBeGreaterThanOrEqual(bytes);
    expect(recovery.recoveredBytes).toBeLessThan(bytes * 1.6);
    for (let g = 0; g < 128; g++) expect(new Set(pool.holders(g).map((osd) => pool.osds[osd]!.host)).size).toBe(3);
  });

  it("takes part in few backfills at once, so recovery goes at about the rate measured on eight OSDs", () => {
    const pool = poolOf(4, 2, { placementGroups: 256 });
    pool.store(256 * 2e9);
    const { simulation, recovery, events } = recovering(pool);
    recovery.fail(0, true);
    simulation.run(621 * SECOND);
    expect(recovery.backfilling).toBeGreaterThan(1);
    expect(recovery.backfilling).toBeLessThanOrEqual(7);
    simulation.run(12 * HOUR);
    const end = events.at(-1)!;
    expect(end[1]).toBe("recovered");
    const mib = recovery.recoveredBytes / (end[0] - 620) / 1048576;
    expect(mib).toBeGreaterThan(160);
    expect(mib).toBeLessThan(388);
  });

  it("costs nothing when it comes back in time", () => {
    const pool = poolOf(4, 2);
    pool.store(1e12);
    const { simulation, recovery, events } = recovering(pool);
    recovery.fail(2, false);
    simulation.run(300 * SECOND);
    recovery.start(2);
    simulation.run(HOUR);
    expect(events.map(([, event]) => event)).toEqual(["osd down", "osd up"]);
    expect([recovery.degraded, recovery.recoveredBytes]).toEqual([0, 0]);
  });

  it("leaves the pool degraded where no host is left to take its place", () => {
    const pool = poolOf(3, 1);
    pool.store(1e12);
    const { simulation, recovery, events } = recovering(pool);
    recovery.fail(0, true);
    simulation.run(HOUR);
    expect([recovery.degraded, pool.holders(0).length, events.length]).toEqual([pool.groups, 2, 2]);
    expect(pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: write4k })).toBeInstanceOf(Array);
    recovery.fail(1, false);
    simulation.run(2 * HOUR);
    // One copy is less than min_size 2: nothing is lost, but I/O hangs.
    expect(pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: read4k })).toBe("stalled");
    recovery.fail(1, true);
    recovery.fail(2, true);
    expect(events.filter(([, event]) => event === "data lost").length).toBe(pool.groups);
    expect(pool.plan({ client: CLIENT, volume: 1, offsetBytes: 0, io: read4k })).toBe("data lost");
  });

  it("is not replaced on OSDs that are too full for backfill", () => {
    const pool = poolOf(3, 2);
    pool.store(((6 * 3.84e12) / 3) * 0.75);
    const { simulation, recovery, events } = recovering(pool, 1e9);
    recovery.fail(0, true);
    simulation.run(24 * HOUR);
    expect(events.map(([, event]) => event)).toContain("backfill held up");
    expect(recovery.degraded).toBeGreaterThan(0);
    expect(pool.osds.every((_, osd) => pool.fullness(osd) !== "full")).toBe(true);
  });

  it("a second and third failure during recovery lose only the groups that were on all of them", () => {
    const pool = poolOf(6, 2);
    pool.store(1e12);
    const { simulation, recovery, events } = recovering(pool);
    const onAll = [...Array(pool.groups).keys()].filter((g) => [0, 2, 4].every((osd) => pool.holders(g).includes(osd))).length;
    for (const osd of [0, 2, 4]) recovery.fail(osd, true);
    simulation.run(1000 * HOUR);
    expect(events.filter(([, event]) => event === "data lost").length).toBe(onAll);
    expect([recovery.degraded, events.at(-1)![1]]).toEqual([onAll, "recovered"]);
  });
});

describe("pools that cannot be", () => {
  it("are refused", () => {
    expect(() => poolOf(2, 3)).toThrow(/Ceph pool vms: 3 copies on 2 hosts/);
    expect(() => poolOf(0, 0)).toThrow(/3 copies on 0 hosts/);
    expect(() => poolOf(3, 1, { placementGroups: 0 })).toThrow(/0 placement groups/);
    const osds = [0, 1, 2].map((host) => ({ host, device: nvme, deviceNumber: host, weight: host }));
    expect(() => new CephPool({ name: "x", osds })).toThrow(/OSD 0 has a weight of 0/);
    expect(() => poolOf(3, 1).store(Number.NaN)).toThrow(RangeError);
    const { recovery } = recovering(poolOf(3, 1));
    expect(() => recovery.fail(9, true)).toThrow(/no OSD 9 among 3/);
    expect(() => fixedLatency(new Simulation(), -1)).toThrow(/expected a latency of 0 or more/);
    expect(microsFromSeconds(cephParameters.messageSeconds.value)).toBe(50);
  });
});
