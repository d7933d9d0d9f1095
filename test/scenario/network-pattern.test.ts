// Guests whose traffic a trace tells, as the network meters count it.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { RecordedBytes } from "../../src/workload/recorded-traffic.ts";
import { RecordedSeries } from "../../src/workload/utilisation/recorded-series.ts";
import { folder, problemsOf } from "./folder.ts";

const STEP = 300e6;

const COLUMNS = [
  ...["Timestamp [ms]", "CPU cores", "CPU capacity provisioned [MHZ]", "CPU usage [MHZ]", "CPU usage [%]"],
  ...["Memory capacity provisioned [KB]", "Memory usage [KB]", "Disk read throughput [KB/s]", "Disk write throughput [KB/s]"],
  ...["Network received throughput [KB/s]", "Network transmitted throughput [KB/s]"],
];

/** One guest that receives 10 and 30 KB/s in turn, and sends twice that. */
const trace = [
  COLUMNS.join(";\t"),
  ...[10, 30].map((rate, i) => [1000 + 300 * i, 1, 2600, 26, 1, 4_194_304, 2_097_152, 0, 0, rate, 2 * rate].join(";\t")),
  "",
].join("\n");

function read(workload: string, cloud = "") {
  const text = `cloud:
  control_plane: instant
  hosts: [{type: dell-r7515, count: 1}]
  ${cloud}
  flavors: [{name: f, vcpus: 1, ram: 1 GiB}]
workload:
  arrivals: {at_once: {count: 1}}
  lifetime: never
  ${workload}
study: {duration: 1 h}
`;
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text, "1.csv": trace }) });
}

const refusals = (workload: string, cloud = "") => problemsOf(() => read(workload, cloud)).map(({ message }) => message);

describe("traffic that is recorded", () => {
  it("adds up step by step, over and over, wherever it is looked at", () => {
    const bytes = new RecordedBytes(new RecordedSeries(STEP, [[10, 30]]));
    expect(bytes.between(0, STEP / 2, STEP / 2)).toBe(0);
    expect(bytes.between(0, STEP / 2, STEP)).toBe(1500);
    expect(bytes.between(0, STEP / 2, 2.5 * STEP)).toBe(1500 + 9000 + 1500);
    expect(bytes.between(0, 0, STEP)).toBe(3000);
  });

  it("is what the network meters count from the launch on", () => {
    const scenario = read("network_pattern: {bitbrains: {paths: [1.csv]}}");
    const { built } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 });
    const { samples, meters } = built.ceilometer!;
    const rows = Array.from({ length: samples.count }, (_, i) => samples.row(i));
    const of = (name: string) => rows.filter((row) => meters[row.meter]!.name === name);
    const expected = (time: number) => {
      const [rounds, rest] = [Math.floor(time / (2 * STEP)), time % (2 * STEP)];
      return 1024 * (rounds * 12_000 + (10 * Math.min(rest, STEP) + 30 * Math.max(0, rest - STEP)) / 1e6);
    };
    expect(of("network.incoming.bytes").length).toBe(12);
    for (const { time, volume } of of("network.incoming.bytes")) expect(Math.abs(volume - expected(time))).toBeLessThanOrEqual(0.5 + 1e-6);
    for (const { time, volume } of of("network.outgoing.bytes"))
      expect(Math.abs(volume - 2 * expected(time))).toBeLessThanOrEqual(0.5 + 1e-6);
  });

  it("must have an effect", () => {
    const pattern = "network_pattern: {bitbrains: {paths: [1.csv]}}";
    expect(refusals(`${pattern}\n  guest_traffic: {incoming: 1 MB/s}`)).toEqual([
      "guest_traffic has no effect beside network_pattern: {bitbrains: ...}",
    ]);
    expect(refusals(pattern, "metering: {meters: [cpu]}")).toEqual(["network_pattern has no effect: no network meter is written"]);
    expect(refusals("network_pattern: {diurnal: {}}")).toHaveLength(1);
    expect(refusals("network_pattern: {bitbrains: {paths: []}}")).toEqual(["expected at least one file of the trace"]);
  });
});
