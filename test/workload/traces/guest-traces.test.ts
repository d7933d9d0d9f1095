// Traces of what guests do: units, gaps, and what is wrong with a file; and the published files, where they are.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { InputError } from "../../../src/kernel/problem.ts";
import { HOUR, MINUTE, SECOND } from "../../../src/kernel/time.ts";
import { readBitbrains } from "../../../src/workload/traces/bitbrains.ts";
import { readCarbonIntensity } from "../../../src/workload/traces/carbon-intensity.ts";
import { readMeasuredPower } from "../../../src/workload/traces/measured-power.ts";
import { cpuSeries, readFragmentTrace } from "../../../src/workload/traces/opendc-fragments.ts";
import { PLANETLAB_STEPS, readPlanetLabDay } from "../../../src/workload/traces/planetlab.ts";
import { RecordedSeries } from "../../../src/workload/utilisation/recorded-series.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-guests-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, name = "trace.csv"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function messages(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ line, message, hint }) => `${line}: ${message}${hint && ` (${hint})`}`);
    throw error;
  }
  return [];
}

const shared = (path: string) => fileURLToPath(new URL(`../../../../shared/data/${path}`, import.meta.url));

describe("a recorded series", () => {
  it("begins again where a record ends, and gives servers beyond the recorded guests the first ones again", () => {
    const series = new RecordedSeries(MINUTE, [
      [0.1, 0.2, 0.3],
      [0.4, 0.5],
    ]);
    expect([0, 1, 2, 3].map((step) => series.at(0, step))).toEqual([0.1, 0.2, 0.3, 0.1]);
    expect([series.at(1, 3), series.at(2, 1), series.at(3, 0)]).toEqual([0.5, 0.2, 0.4]);
    expect(series.length(1)).toBe(2);
  });

  it("refuses to be empty or to hold what is no quantity", () => {
    expect(() => new RecordedSeries(MINUTE, [])).toThrow(/has no guests/);
    expect(() => new RecordedSeries(MINUTE, [[]])).toThrow(/guest 0 of a recorded series has no values/);
    expect(() => new RecordedSeries(MINUTE, [[1, Number.NaN]])).toThrow(/value 1 of guest 0 is NaN/);
    expect(() => new RecordedSeries(0, [[1]])).toThrow(RangeError);
  });
});

describe("a Bitbrains guest", () => {
  const header = [
    ...["Timestamp [ms]", "CPU cores", "CPU capacity provisioned [MHZ]", "CPU usage [MHZ]", "CPU usage [%]"],
    ...["Memory capacity provisioned [KB]", "Memory usage [KB]", "Disk read throughput [KB/s]", "Disk write throughput [KB/s]"],
    ...["Network received throughput [KB/s]", "Network transmitted throughput [KB/s]"],
  ].join(";\t");
  const row = (time: number, usage: number, memory = 4_194_304) =>
    `${time};\t2;\t1000;\t${usage};\t0;\t${memory};\t1048576;\t1;\t2;\t3;\t4`;
  const read = (...rows: string[]) => readBitbrains([file([header, ...rows].join("\n"))]);

  it("has memory in KB and timestamps in seconds, whatever its header says", () => {
    const { vcpus, ramMb, cpu, memory, diskReadBytesPerSecond, transmittedBytesPerSecond } = read(row(1000, 250), row(1300, 500));
    expect([vcpus, ramMb]).toEqual([[2], [4096]]);
    expect([cpu.stepMicros, cpu.at(0, 0), cpu.at(0, 1), memory.at(0, 1)]).toEqual([5 * MINUTE, 0.25, 0.5, 0.25]);
    expect([diskReadBytesPerSecond.at(0, 0), transmittedBytesPerSecond.at(0, 0)]).toEqual([1024, 4096]);
  });

  it("may as well count milliseconds", () => {
    expect(read(row(1_000_000, 250), row(1_300_000, 500)).cpu.at(0, 1)).toBe(0.5);
  });

  it("holds the last sample through a gap, and takes turbo as fully busy", () => {
    const { cpu } = read(row(0, 100), row(300, 200), row(1201, 300), row(1500, 1100));
    expect([0, 1, 2, 3, 4, 5].map((step) => cpu.at(0, step))).toEqual([0.1, 0.2, 0.2, 0.2, 0.3, 1]);
    expect(cpu.length(0)).toBe(6);
  });

  it("in bytes or MB is found out", () => {
    expect(messages(() => read(row(0, 1, 4_294_967_296)))).toEqual([
      expect.stringMatching(/2: .*in KB.*got 4294967296 \(is the file in bytes\?\)/),
    ]);
    expect(messages(() => read(row(0, 1, 4096)))).toEqual([expect.stringMatching(/got 4096 \(is the file in MB\?\)/)]);
  });

  it("with another step, a broken clock or words for numbers is a problem with a place", () => {
    expect(messages(() => read(row(0, 1), row(60, 1)))[0]).toMatch(/3: expected samples five minutes apart, .* most are 60 apart/);
    expect(messages(() => read(row(0, 1), row(300, 1), row(-600, 1), row(600, 1)))[0]).toMatch(/4: expected timestamps that rise/);
    expect(messages(() => read(row(0, 1), row(300, 1).replace("1000", "many")))[0]).toMatch(/3: expected a number, got "many"/);
    expect(messages(() => readBitbrains([file("a;b\n1;2")]))[0]).toMatch(/column "Timestamp \[ms\]" is missing/);
  });

  const published = shared("bitbrains-50/one_vm_all_metrics.csv.gz");
  it.skipIf(!existsSync(published))("as published has 2 GiB and a month of samples (../shared/data/bitbrains-50)", () => {
    const { ramMb, vcpus, cpu } = readBitbrains([published]);
    expect([ramMb, vcpus]).toEqual([[2048], [1]]);
    expect((cpu.length(0) * cpu.stepMicros) / HOUR / 24).toBeCloseTo(30, 0);
    expect(cpu.at(0, 0)).toBeCloseTo(0.0073333, 6);
  });
});

describe("a PlanetLab day", () => {
  const header = ["vm", ...Array.from({ length: PLANETLAB_STEPS }, (_, step) => `u${step}`)].join(",");
  const row = (name: string, value: number) => [name, ...new Array<number>(PLANETLAB_STEPS).fill(value)].join(",");

  it("has whole percents in the order of the file", () => {
    const day = readPlanetLabDay(file([header, row("b", 24), row("a", 100)].join("\n")));
    expect(day.names).toEqual(["b", "a"]);
    expect([day.cpu.at(0, 287), day.cpu.at(1, 0)]).toEqual([0.24, 1]);
  });

  it("with more than 100 percent or too few columns is a problem", () => {
    expect(messages(() => readPlanetLabDay(file([header, row("a", 101)].join("\n"))))[0]).toMatch(/whole number from 0 to 100, got 101/);
    expect(messages(() => readPlanetLabDay(file("vm,u0\na,1")))[0]).toMatch(/column "u1" is missing/);
  });

  const published = shared("planetlab/20110303.csv.gz");
  it.skipIf(!existsSync(published))("of 3 March 2011 has 1052 machines, 12.31 % busy (../shared/data/planetlab)", () => {
    const { names, cpu } = readPlanetLabDay(published);
    let sum = 0;
    for (let vm = 0; vm < cpu.guests; vm++) for (let step = 0; step < PLANETLAB_STEPS; step++) sum += cpu.at(vm, step);
    expect(names).toHaveLength(1052);
    expect(sum / cpu.guests / PLANETLAB_STEPS).toBeCloseTo(0.1231, 4);
  });
});

describe("a trace of fragments", () => {
  const tasks = (rows: string) => file(`id,submission_ms,duration_ms,cpu_count,cpu_capacity_mhz,mem_capacity_kb\n${rows}`, "tasks.csv");
  const fragments = (rows: string) => file(`id,duration_ms,cpu_usage_mhz\n${rows}`, "fragments.csv");
  const two = "7,0,900000,4,1000,8388608\n9,1000,300000,1,500,1048576";

  it("gives each task its fragments, in whatever order the tasks come", () => {
    const trace = readFragmentTrace(tasks(two), fragments("9,300000,600\n7,600000,250\n7,300000,500"));
    expect([trace.ids, [...trace.ramMb], [...trace.vcpus]]).toEqual([
      ["7", "9"],
      [8192, 1024],
      [4, 1],
    ]);
    expect([...trace.firstFragment]).toEqual([0, 2, 3]);
    expect([...trace.fragmentDuration]).toEqual([600 * SECOND, 300 * SECOND, 300 * SECOND]);
    expect([...trace.fragmentCpu]).toEqual([0.25, 0.5, 1]);
  });

  it("becomes a series of means over equal steps", () => {
    const trace = readFragmentTrace(tasks(two), fragments("9,300000,250\n7,450000,200\n7,450000,800"));
    const series = cpuSeries(trace, 5 * MINUTE);
    expect([0, 1, 2].map((step) => series.at(0, step))).toEqual([0.2, 0.5, 0.8].map((share) => expect.closeTo(share, 12)));
    expect([series.length(0), series.length(1)]).toEqual([3, 1]);
  });

  it("with unknown or double tasks, no capacity or negative use is a problem", () => {
    expect(messages(() => readFragmentTrace(tasks(two), fragments("8,1,1")))[0]).toMatch(/2: there is no task "8"/);
    expect(messages(() => readFragmentTrace(tasks(two), fragments("7,1,-1")))[0]).toMatch(/expected 0 MHz or more, got -1/);
    expect(messages(() => readFragmentTrace(tasks(two.replace("9,", "7,")), fragments("7,1,1")))[0]).toMatch(/task "7" is there twice/);
    expect(messages(() => readFragmentTrace(tasks(two.replace("1000,8", "0,8")), fragments("7,1,1")))[0]).toMatch(/more than 0 MHz/);
  });

  const published = shared("bitbrains-50/vms.csv.gz");
  it.skipIf(!existsSync(published))(
    "has fifty guests of Bitbrains, a month of five minutes or less each (../shared/data/bitbrains-50)",
    () => {
      const trace = readFragmentTrace(published, shared("bitbrains-50/fragments.csv.gz"));
      const series = cpuSeries(trace, 5 * MINUTE);
      expect([trace.count, series.guests]).toEqual([50, 50]);
      const days = Array.from({ length: 50 }, (_, guest) => (series.length(guest) * 5 * MINUTE) / HOUR / 24);
      expect(Math.max(...days)).toBeCloseTo(30, 0);
      expect(Math.min(...days)).toBeGreaterThan(5);
      expect(Math.max(...trace.ramMb)).toBeLessThan(1024 * 1024);
    },
  );
});

describe("a carbon intensity file", () => {
  it("has a step function for each zone", () => {
    const zones = readCarbonIntensity(file("zone,t_ms,g_per_kwh\nDE,0,300\nFR,0,50\nDE,900000,310"));
    expect([...zones.keys()]).toEqual(["DE", "FR"]);
    expect([zones.get("DE")!.at(14 * MINUTE), zones.get("DE")!.at(15 * MINUTE), zones.get("FR")!.at(HOUR)]).toEqual([300, 310, 50]);
  });

  it("that is not in order or negative is a problem", () => {
    expect(messages(() => readCarbonIntensity(file("zone,t_ms,g_per_kwh\nDE,10,1\nDE,10,1")))[0]).toMatch(/times of zone DE do not rise/);
    expect(messages(() => readCarbonIntensity(file("zone,t_ms,g_per_kwh\nDE,10,-1")))[0]).toMatch(/expected 0 g\/kWh or more/);
  });

  const published = shared("surf-lisa-power/carbon_intensity_week.csv");
  it.skipIf(!existsSync(published))(
    "of a week has the Netherlands and Germany by quarters of an hour, France by hours (../shared/data)",
    () => {
      const zones = readCarbonIntensity(published);
      expect(zones.get("DE")!.at(0)).toBe(308.707);
      expect([...zones].map(([zone, series]) => [zone, series.nextAfter(0) / MINUTE])).toEqual(
        expect.arrayContaining([["NL", 15], ["DE", 15], ["FR", 60]]), // biome-ignore format: one line
      );
    },
  );
});

describe("measured power", () => {
  it("has the ends of samples and mean watts", () => {
    const { ends, watts } = readMeasuredPower(file("t_ms,power_w\n30000,22008.0\n60000,21260"));
    expect([[...ends], [...watts]]).toEqual([
      [30 * SECOND, 60 * SECOND],
      [22008, 21260],
    ]);
    expect(messages(() => readMeasuredPower(file("t_ms,power_w\n30000,1\n30000,1")))[0]).toMatch(/times that rise/);
    expect(messages(() => readMeasuredPower(file("t_ms,power_w\n30000,0")))[0]).toMatch(/more than 0 W/);
  });
});
