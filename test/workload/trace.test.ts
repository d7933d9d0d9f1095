import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { uniform } from "../../src/kernel/distribution.ts";
import { InputError } from "../../src/kernel/problem.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import type { Micros } from "../../src/kernel/time.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/kernel/time.ts";
import { readTrace } from "../../src/workload/trace.ts";
import type { Flavor, RequestTable, TraceWorkloadSpec } from "../../src/workload/workload.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Format = TraceWorkloadSpec["format"];
const FOREVER = 1000 * DAY;

function read(format: Format, path: string, duration: Micros = FOREVER, seed = "trace") {
  const spec: TraceWorkloadSpec = { kind: "trace", format, path, images: 4, projects: 10, cpuUtilisation: uniform(0, 1) };
  return readTrace(spec, new RandomStreams(seed, 0), duration);
}

function readText(format: Format, text: string, duration?: Micros, seed?: string) {
  const path = join(folder, "trace.csv");
  writeFileSync(path, text);
  return read(format, path, duration, seed);
}

function messages(format: Format, text: string): string[] {
  try {
    readText(format, text);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    throw error;
  }
  return [];
}

/** The most servers, cores and memory in use, each at its own instant; departures are handled before arrivals of the same instant. */
function peaks({ flavors, requests }: { flavors: readonly Flavor[]; requests: RequestTable }) {
  const events: { at: Micros; change: 1 | -1; server: number }[] = [];
  for (let server = 0; server < requests.count; server++) {
    const at = requests.arrival[server]!;
    events.push({ at, change: 1, server });
    const end = at + requests.lifetime[server]!;
    if (end < Number.POSITIVE_INFINITY) events.push({ at: end, change: -1, server });
  }
  events.sort((a, b) => a.at - b.at || a.change - b.change || a.server - b.server);
  let alive = 0;
  let vcpuMilli = 0;
  let ramMb = 0;
  const most = { alive: 0, cores: 0, ramGib: 0 };
  for (const { change, server } of events) {
    const flavor = flavors[requests.flavor[server]!]!;
    alive += change;
    vcpuMilli += change * flavor.vcpuMilli;
    ramMb += change * flavor.ramMb;
    most.alive = Math.max(most.alive, alive);
    most.cores = Math.max(most.cores, vcpuMilli / 1000);
    most.ramGib = Math.max(most.ramGib, ramMb / 1024);
  }
  return most;
}

const packingHeader = "vmId,tenantId,cores,ram,vmTypeId,starttime,endtime";

describe("the Azure packing trace", () => {
  it("turns units into exact sizes and days into microseconds", () => {
    const { flavors, requests } = readText(
      "azure-packing-cospot",
      `${packingHeader}\n1,7,42.0,7.0,0,-1497.0,inf\n2,7,200.0,28.0,1,0.5,2.25\n3,8,42.0,7.0,0,1e-05,3.0\n`,
    );
    expect(flavors.map(({ name, vcpuMilli, ramMb, diskGb }) => [name, vcpuMilli, ramMb, diskGb])).toEqual([
      ["c0.42-r1.75", 420, 1792, 0],
      ["c2-r7", 2000, 7168, 0],
    ]);
    expect([...requests.arrival]).toEqual([0, 864_000, DAY / 2]);
    expect([...requests.lifetime]).toEqual([Number.POSITIVE_INFINITY, 3 * DAY - 864_000, 1.75 * DAY]);
    expect([...requests.flavor]).toEqual([0, 0, 1]);
  });

  it("starts servers that were already running at time 0 in file order, and skips those that were gone", () => {
    const rows = "1,1,100.0,14.0,0,-3.0,1.0\n2,1,200.0,14.0,0,-5.0,0.0\n3,1,300.0,14.0,0,-9.0,-1.0\n4,1,400.0,14.0,0,-1.0,2.0\n";
    const { requests, flavors } = readText("azure-packing-cospot", `${packingHeader}\n${rows}`);
    expect([...requests.arrival]).toEqual([0, 0]);
    expect([...requests.flavor].map((flavor) => flavors[flavor]!.vcpuMilli)).toEqual([1000, 4000]);
    expect([...requests.lifetime]).toEqual([DAY, 2 * DAY]);
  });

  it("keeps a tenant in one project and replays only what arrives in time", () => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row},${row % 6},100.0,14.0,0,${row / 4},inf\n`).join("");
    const { requests } = readText("azure-packing-cospot", `${packingHeader}\n${rows}`, 10 * DAY);
    expect(requests.count).toBe(40);
    for (let server = 6; server < 40; server++) expect(requests.project[server]).toBe(requests.project[server - 6]);
  });

  it("sends a tenant to one availability zone, where the scenario gives zones, and leaves every other draw as it was", () => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row},${row % 6},100.0,14.0,0,${row / 4},inf\n`).join("");
    const { requests: plain } = readText("azure-packing-cospot", `${packingHeader}\n${rows}`);
    const spec = { kind: "trace", format: "azure-packing-cospot", images: 4, projects: 10, cpuUtilisation: uniform(0, 1) } as const;
    const zoneWeights = new Map([
      ["az1", 1],
      ["az2", 1],
    ]);
    const { requests } = readTrace({ ...spec, path: join(folder, "trace.csv"), zoneWeights }, new RandomStreams("trace", 0), FOREVER);
    const { asks, ...others } = requests;
    expect(others).toEqual(plain);
    expect(asks!.zones).toEqual(["az1", "az2"]);
    expect(new Set(asks!.zone)).toEqual(new Set([0, 1]));
    for (let server = 6; server < 60; server++) expect(asks!.zone[server]).toBe(asks!.zone[server - 6]);
  });

  it("names the place of everything that is wrong", () => {
    const rows =
      "1,1,x,14.0,0,0.5,inf\n2,1,100.05,14.0,0,0.5,inf\n3,1,100.0,-4,0,0.5,inf\n4,1,100.0,14.0,0,2,1\n5,1,100.0,14.0,0,inf,inf\n";
    expect(messages("azure-packing-cospot", `${packingHeader}\n${rows}`)).toEqual([
      '2:5 expected a number, got "x"',
      "3:5 expected a positive multiple of 0.1, got 100.05",
      "4:11 expected a positive multiple of 0.00390625, got -4",
      "5:20 the server ends before it starts",
      '6:18 expected a number, got "inf"',
    ]);
  });

  const sample = fileURLToPath(new URL("../../../shared/data/azure-packing-cospot/vms_1pct_bernoulli_0.csv.gz", import.meta.url));
  describe.skipIf(!existsSync(sample))("as published (../shared/data/azure-packing-cospot)", () => {
    it("has 52,509 servers, 7,396 at the start, 4,629 that stay, at most 7,639 at once on 41,583 cores and, earlier, in 308,231 GiB", () => {
      const trace = read("azure-packing-cospot", sample);
      const { count, arrival, lifetime } = trace.requests;
      expect(count).toBe(52_509);
      expect(trace.flavors).toHaveLength(85);
      expect(arrival.filter((at) => at === 0)).toHaveLength(7_396);
      expect(lifetime.filter((micros) => micros === Number.POSITIVE_INFINITY)).toHaveLength(4_629);
      // Servers and cores peak on day 5, memory already on day 2.
      expect(peaks(trace)).toEqual({ alive: 7_639, cores: 41_582.72, ramGib: 308_230.75 });
    });
  });
});

const flavorsHeader = "vm_id,bin_start_s,batch_id,flavor,vcpus,mem_gib,duration_bin,censored";

describe("the Azure trace of 2017 with flavors", () => {
  it("puts a batch at one instant inside its five minutes, from the first bin of the file", () => {
    const rows = "0,1800000,0,m,8,14,1,0\n1,1800000,0,a,1,0.75,12,0\n2,1800000,1,g,2,3.5,0,0\n3,1800300,2,g,2,3.5,3,1\n";
    const { flavors, requests } = readText("azure2017-flavors", `${flavorsHeader}\n${rows}`);
    expect(flavors.map((flavor) => flavor.name).join("")).toBe("abcdefghijklmnop");
    const inFile = [...requests.arrival.keys()].sort((a, b) => requests.flavor[a]! - requests.flavor[b]! || a - b);
    const [a, , g3, m] = inFile.map((server) => requests.arrival[server]!);
    expect(a).toBe(m);
    expect(a).toBeLessThan(5 * MINUTE);
    expect(g3).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(g3).toBeLessThan(10 * MINUTE);
    const lifetimes = new Map([...requests.lifetime].map((micros, server) => [flavors[requests.flavor[server]!]!.name, micros]));
    expect(lifetimes.get("m")).toBe(5 * MINUTE);
    expect(lifetimes.get("a")).toBe(HOUR);
    expect(lifetimes.get("g")).toBe(Number.POSITIVE_INFINITY);
    expect([...requests.arrival]).toEqual([...requests.arrival].sort((x, y) => x - y));
  });

  it("draws lifetimes in five-minute steps over the whole of their bin", () => {
    const bounds: readonly (readonly [bin: number, least: number, most: number])[] = [
      [0, 0, 0],
      [12, 3600, 3600],
      [13, 3900, 7200],
      [35, 82_800 + 300, 86_400],
      [36, 86_700, 172_800],
      [44, 777_900, 864_000],
      [45, 864_300, 1_728_000],
    ];
    for (const [bin, least, most] of bounds) {
      const rows = Array.from({ length: 400 }, (_, id) => `${id},0,0,b,1,1.75,${bin},0\n`).join("");
      const { requests } = readText("azure2017-flavors", `${flavorsHeader}\n${rows}`);
      const seconds = [...requests.lifetime].map((micros) => micros / SECOND);
      expect(seconds.every((s) => s >= least && s <= most && s % 300 === 0)).toBe(true);
      const mean = seconds.reduce((sum, s) => sum + s, 0) / 400;
      expect(Math.abs(mean - (least + most) / 2)).toBeLessThanOrEqual(3.5 * ((most - least + 300) / Math.sqrt(12 * 400)));
    }
  });

  it("gives every replay of a seed the same draws, and another seed others", () => {
    const rows = Array.from({ length: 50 }, (_, id) => `${id},${id * 300},${id},c,1,2,40,0\n`).join("");
    const text = `${flavorsHeader}\n${rows}`;
    const once = readText("azure2017-flavors", text).requests;
    expect(readText("azure2017-flavors", text).requests).toEqual(once);
    expect(readText("azure2017-flavors", text, FOREVER, "other").requests.lifetime).not.toEqual(once.lifetime);
    expect(readText("azure2017-flavors", text, HOUR).requests.lifetime).toEqual(once.lifetime.slice(0, 12));
  });

  it("names the place of everything that is wrong", () => {
    const rows = "0,1800000,0,q,8,14,1,0\n1,1800000,0,a,2,0.75,12,0\n2,-5,1,g,2,3.5,46,0\n3,1800300,2,g,2,3.5,3,2\n";
    expect(messages("azure2017-flavors", `${flavorsHeader}\n${rows}`)).toEqual([
      '2:13 expected a flavor from a to p, got "q"',
      "3:15 flavor a has 1 vCPU and 0.75 GiB, but this row says otherwise",
      "4:3 expected a whole number of 0 or more, got -5",
      "4:16 expected a whole number from 0 to 45, got 46",
      "5:23 expected a whole number from 0 to 1, got 2",
    ]);
    expect(messages("azure2017-flavors", `${packingHeader}\n1,1,100.0,14.0,0,0.5,inf\n`)).toHaveLength(8);
  });

  const dev = fileURLToPath(new URL("../../../shared/data/azure2017-flavors/vms_dev.csv.gz", import.meta.url));
  describe.skipIf(!existsSync(dev))("as published (../shared/data/azure2017-flavors)", () => {
    it("has 259,159 servers with 557,907 vCPUs in the dev part, 14,317 of them censored", () => {
      const { flavors, requests } = read("azure2017-flavors", dev);
      expect(requests.count).toBe(259_159);
      expect(requests.lifetime.filter((micros) => micros === Number.POSITIVE_INFINITY)).toHaveLength(14_317);
      let vcpuMilli = 0;
      for (const flavor of requests.flavor) vcpuMilli += flavors[flavor]!.vcpuMilli;
      expect(vcpuMilli).toBe(557_907_000);
      expect(requests.arrival[requests.count - 1]).toBeLessThan(300_000 * SECOND);
    });
  });

  const test = fileURLToPath(new URL("../../../shared/data/azure2017-flavors/vms_test.csv.gz", import.meta.url));
  describe.skipIf(!existsSync(test))("as published, the test part (../shared/data/azure2017-flavors)", () => {
    it("has 410,276 servers with 1,004,674 vCPUs, 23,311 of them censored", () => {
      const { flavors, requests } = read("azure2017-flavors", test);
      expect(requests.count).toBe(410_276);
      expect(requests.lifetime.filter((micros) => micros === Number.POSITIVE_INFINITY)).toHaveLength(23_311);
      let vcpuMilli = 0;
      for (const flavor of requests.flavor) vcpuMilli += flavors[flavor]!.vcpuMilli;
      expect(vcpuMilli).toBe(1_004_674_000);
    });
  });
});
