import { describe, expect, it } from "vitest";
import { storageDevices } from "../../../src/datacenter/storage/devices.ts";
import { rebuildSeconds } from "../../../src/datacenter/storage/raid.ts";
import { RaidArray } from "../../../src/datacenter/storage/raid-array.ts";
import { RaidRebuilds } from "../../../src/datacenter/storage/raid-rebuilds.ts";
import { fixedLatency, VolumeIo } from "../../../src/datacenter/storage/volume-io.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { SECOND } from "../../../src/kernel/time.ts";

const CLIENT = 1000;
const device = { ...storageDevices.get("hdd-7200")!.model, capacityBytes: 20e9 };

/** An array of four small disks whose member 0 is rebuilt, beside so many clients that read at random. */
function rebuild(clients: number, fails?: { readonly member: number; readonly at: number }) {
  const simulation = new Simulation();
  const streams = new RandomStreams("rebuild", 0);
  const starts = streams.stream("starts");
  const array = new RaidArray({ level: "raid5", device, members: [0, 1, 2, 3] });
  const story: { outcome: string; seconds: number }[] = [];
  let [n, reads] = [0, 0];
  const read = (job: number) => {
    const plan = array.plan({ write: false, bytes: 4096, sequential: false }, starts.integer(0, n++, 900_000));
    if (plan !== null) io.start(job, plan);
  };
  const rebuilds: RaidRebuilds = new RaidRebuilds(
    simulation,
    (number, plan) => io.start(number, plan),
    (_, outcome) => {
      story.push({ outcome, seconds: simulation.now / SECOND });
      simulation.stop();
    },
  );
  const io: VolumeIo = new VolumeIo(
    simulation,
    { places: streams.stream("p"), jitter: streams.stream("j") },
    fixedLatency(simulation, 0),
    (job) => {
      if (job < CLIENT) return rebuilds.chunkDone(job);
      reads++;
      read(job);
    },
  );
  for (const _ of array.members) io.devices.add(device);
  array.fail(0);
  rebuilds.begin(array, 0, 16_777_216);
  for (let job = 0; job < clients; job++) read(CLIENT + job);
  if (fails !== undefined) {
    const fail = simulation.kind("fails", (member) => array.fail(member));
    simulation.schedule(fails.at * SECOND, fail, fails.member);
  }
  simulation.run(10_000 * SECOND);
  return { story: story[0]!, readsPerSecond: reads / (simulation.now / SECOND), array };
}

describe("a rebuild", () => {
  it("fills the new member at its rate while nobody disturbs it", () => {
    const { story, array } = rebuild(0);
    expect(story.outcome).toBe("rebuilt");
    expect(Math.abs(story.seconds / rebuildSeconds(20e9) - 1)).toBeLessThan(0.01);
    expect([array.missing, array.stateOf(0)]).toEqual([0, "active"]);
  });

  it("takes longer under load, and the load gets less done", () => {
    const busy = rebuild(64);
    expect(busy.story.outcome).toBe("rebuilt");
    expect(busy.story.seconds).toBeGreaterThan(rebuildSeconds(20e9) * 1.2);
    expect(busy.readsPerSecond).toBeLessThan(600);
    expect(busy.readsPerSecond).toBeGreaterThan(50);
  });

  it("ends with the data lost when another member fails before it is over", () => {
    const { story, array } = rebuild(0, { member: 2, at: 100 });
    expect([story.outcome, Math.floor(story.seconds), array.lost]).toEqual(["data lost", 100, true]);
  });

  it("refuses chunks and rates that never end", () => {
    const rebuilds = new RaidRebuilds(
      new Simulation(),
      () => {},
      () => {},
    );
    const array = new RaidArray({ level: "raid5", device, members: [0, 1, 2, 3] });
    for (const [chunk, rate] of [
      [0, 1],
      [1, 0],
      [Number.NaN, 1],
    ] as const) {
      expect(() => rebuilds.begin(array, 0, chunk, rate)).toThrow(/expected at least 1 byte at a rate above 0/);
    }
    expect(() => rebuilds.begin(array, 0, 1, 1)).toThrow(/member 0 has not failed/);
  });
});
