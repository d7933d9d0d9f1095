// Electricity in whole runs: each figure here can be worked out on paper.
import { describe, expect, it } from "vitest";
import { type RunResult, runOnce } from "../../src/experiment/run.ts";
import { type EventListName, eventLists } from "../../src/kernel/event-list/event-list.ts";
import { InputError } from "../../src/kernel/problem.ts";
import { runFiles } from "../../src/report/run-files.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { folder } from "./folder.ts";

interface Parts {
  readonly hosts?: string;
  readonly watts?: string;
  readonly power?: string;
  readonly servers?: string;
  readonly more?: string;
  readonly duration?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** Four hosts of 128 threads in two racks that draw 100 to 300 W; servers of half a host, always busy. */
function read({
  hosts = "",
  watts = ", idle_power: 100 W, max_power: 300 W",
  power = "",
  servers = "at_once: {count: 4}",
  more = "",
  duration = "3 h",
  files = {},
}: Parts): Scenario {
  const text = `cloud:
  control_plane: instant
  hosts:
    - {name: h, type: dell-r7515, count: 4, racks: 2, ram: 1 TiB${watts}${hosts}}
  flavors: [{name: half, vcpus: 64, ram: 8 GiB, disk: 1 GiB}]
${power}
workload:
  arrivals: {${servers}}
  lifetime: never
  cpu_utilisation: 1
${more}
study: {duration: ${duration}, replications: 1}
`;
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text, ...files }) });
}

function run(parts: Parts, eventList: EventListName = "wheel"): RunResult {
  const scenario = read(parts);
  return runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true, eventList });
}

const value = ({ values }: RunResult, name: string): number => values.get(name)!;
const joulesOf = ({ built: { cloud } }: RunResult, host: number) => cloud.power.energyJoules(host, cloud.simulation.now);

function problems(parts: Parts): string[] {
  try {
    read(parts);
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(({ path, message, hint }) => `${path}: ${message}${hint === "" ? "" : ` (${hint})`}`);
    throw error;
  }
  return [];
}

/** A server that is asked for in the last microsecond draws nothing to speak of. */
const nobodyBefore = (hours: number) => `at_once: {at: ${hours * 3.6e9 - 1} us, count: 1}`;
/** 64 of 128 threads, and 3 % on top for KVM. */
const LOAD = 0.5 * 1.03;
const BUSY = 100 + 200 * LOAD;
const STATES =
  "states: {off: 10 W, boot: 150 W, boot_time: 3 min, shutdown: 120 W, shutdown_time: 10 s, suspended: 12 W, suspend: 100 W, suspend_time: 10 s, resume: 140 W, resume_time: 15 s}";

describe("the power of hosts", () => {
  it("is what the model of that name says between idle and full watts", () => {
    const wattsOf = (hosts: string) => run({ hosts, power: "" }).built.cloud.power.watts(0);
    expect(wattsOf("")).toBeCloseTo(BUSY, 9);
    expect(wattsOf(", power_model: linear")).toBeCloseTo(BUSY, 9);
    expect(wattsOf(", power_model: sqrt")).toBeCloseTo(100 + 200 * Math.sqrt(LOAD), 9);
    expect(wattsOf(", power_model: cubic")).toBeCloseTo(100 + 200 * LOAD ** 3, 9);
    expect(wattsOf(", power_model: fan")).toBeCloseTo(100 + 200 * (2 * LOAD - LOAD ** 1.4), 9);
    expect(wattsOf(", power_model: fan, power_model_option: 1")).toBeCloseTo(BUSY, 9);
    const four = [
      2 * LOAD - LOAD ** 10,
      Math.sqrt(LOAD),
      (1 + LOAD - Math.exp(-LOAD / 0.3)) / 2,
      (1 + LOAD ** 3 - Math.exp(-(LOAD ** 3) / 0.3)) / 2,
    ];
    expect(wattsOf(", power_model: mean-of-four")).toBeCloseTo(100 + 200 * (four.reduce((sum, share) => sum + share) / 4), 9);
  });

  it("changes nothing of a run but its energy", () => {
    const plain = run({});
    expect(run({ hosts: ", power_model: sqrt", power: "  power: {pue: 1.2}" }).fingerprint).toBe(plain.fingerprint);
    expect(plain.built.electricity).toBeNull();
    expect(plain.values.has("carbon")).toBe(false);
  });
});

describe("a facility", () => {
  const joules = 4 * BUSY * 10_800;

  it("draws its hosts' energy times the PUE, and emits what the grid does, a year's mean for a zone", () => {
    const result = run({ power: "  power: {pue: 1.25, carbon_intensity: {zone: DE}}" });
    expect(value(result, "energy.it")).toBeCloseTo(joules / 3.6e6, 9);
    expect(value(result, "energy.facility")).toBeCloseTo((1.25 * joules) / 3.6e6, 9);
    expect(value(result, "pue")).toBeCloseTo(1.25, 9);
    expect(value(result, "carbon")).toBeCloseTo((0.338 * 1.25 * joules) / 3.6e6, 9);
    expect(value(result, "power.peak")).toBeCloseTo((4 * BUSY) / 1000, 9);
    expect(value(result, "power.facility.peak")).toBeCloseTo((5 * BUSY) / 1000, 9);
    expect(value(result, "power.rack.peak")).toBeCloseTo((2 * BUSY) / 1000, 9);
    expect(value(result, "power.host.peak")).toBeCloseTo(BUSY, 9);
  });

  it("has losses that do not fall with the load, and some that grow with its square", () => {
    const watts = 4 * BUSY;
    const affine = run({ power: "  power: {pue: {affine: {overhead: 20%, fixed: 300 W}}}" });
    expect(value(affine, "pue")).toBeCloseTo((1.2 * watts + 300) / watts, 9);
    const quadratic = run({ power: "  power: {pue: {quadratic: {fixed: 100 W, overhead: 0.1, square: 0.0001}}}" });
    expect(value(quadratic, "power.facility.mean")).toBeCloseTo((watts + 100 + 0.1 * watts + 1e-4 * watts * watts) / 1000, 9);
  });

  it("is cooled by the weather, hour by hour", () => {
    const pue = "{weather: {points: [{celsius: 10, pue: 1.1}, {celsius: 30, pue: 1.5}], outside: [0, 20]}}";
    const result = run({ power: `  power: {pue: ${pue}}` });
    expect(value(result, "pue")).toBeCloseTo((1.1 + 1.3 + 1.1) / 3, 9);
    expect(value(result, "power.facility.peak")).toBeCloseTo((1.3 * 4 * BUSY) / 1000, 9);
  });

  it("takes its carbon from a series, written or in a file that is recorded by its content", () => {
    const written = run({ power: "  power: {pue: 1, carbon_intensity: {hourly: [100 g/kWh, 200, 600]}}" });
    expect(value(written, "carbon")).toBeCloseTo((0.3 * joules) / 3.6e6, 9);
    const csv = "zone,t_ms,g_per_kwh\nNL,0,100\nNL,3600000,200\nNL,7200000,600\nSE,0,8\n";
    const power = (zone: string) => `  power: {pue: 1, carbon_intensity: {file: {path: grid.csv, zone: ${zone}}}}`;
    const files = { "grid.csv": csv };
    expect(value(run({ power: power("NL"), files }), "carbon")).toBe(value(written, "carbon"));
    expect(read({ power: power("NL"), files }).data.map(({ name }) => name)).toEqual(["grid.csv"]);
    expect(() => run({ power: power("XX"), files })).toThrow(/no zone "XX" in the file \(it has NL, SE\)/);
    expect(problems({ power: power("NL") })).toEqual([
      'cloud.power.carbon_intensity.file.path: there is no trace file "grid.csv" (the path is relative to the file that names it)',
    ]);
  });
});

describe("a rack that loses its power for half an hour and boots again", () => {
  const more = `failures: {owners_start_after: never}
timeline: [{at: 1 h, fail: {rack: 1, for: 30 min}}]`;
  const power = `  power: {pue: {affine: {overhead: 0.2, fixed: 100 W}}, carbon_intensity: {hourly: [100, 200]}, ${STATES}}`;

  it("draws nothing, then what booting takes, then idles, for its guests are shut off", () => {
    const result = run({ power, more });
    const { cloud } = result.built;
    const failed = 3600 * BUSY + 1800 * 0 + 180 * 150 + (10_800 - 5580) * 100;
    for (let host = 0; host < 4; host++) {
      const inRack = cloud.hosts.descriptions[host]!.rack === 0;
      expect(joulesOf(result, host)).toBeCloseTo(inRack ? failed : 10_800 * BUSY, 6);
    }
    const it = 2 * failed + 2 * 10_800 * BUSY;
    expect(value(result, "energy.it")).toBeCloseTo(it / 3.6e6, 9);
    expect(value(result, "energy.facility")).toBeCloseTo((1.2 * it + 100 * 10_800) / 3.6e6, 9);
    const second = 2 * (180 * 150 + (7200 - 5580) * 100) + 2 * 3600 * BUSY;
    const facility = (joules: number, seconds: number) => 1.2 * joules + 100 * seconds;
    const grams = (100 * (facility(it, 10_800) - facility(second, 3600)) + 200 * facility(second, 3600)) / 3.6e6;
    expect(value(result, "carbon")).toBeCloseTo(grams / 1000, 9);
    expect(value(result, "hosts.availability")).toBeCloseTo(100 * (1 - (2 * 1980) / (4 * 10_800)), 9);
  });

  it("is told hour by hour, and by host and rack, in files that agree with the metrics", () => {
    const result = run({ power, more });
    const files = new Map(
      runFiles(read({ power, more }), result, { version: "0", commit: null } as never).map((file) => [file.name, [...file.text].join("")]),
    );
    const rows = (name: string) =>
      files
        .get(name)!
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","));
    const hours = rows("energy.csv");
    expect(hours.map(([from, until]) => [from, until])).toEqual([["0", "3600"], ["3600", "7200"], ["7200", "10800"]]); // biome-ignore format: one line
    expect(hours.reduce((sum, row) => sum + Number(row[2]), 0)).toBeCloseTo(value(result, "energy.it"), 9);
    expect(hours.reduce((sum, row) => sum + Number(row[3]), 0)).toBeCloseTo(value(result, "energy.facility"), 9);
    expect(hours.reduce((sum, row) => sum + Number(row[4]), 0)).toBeCloseTo(value(result, "carbon"), 9);
    expect(rows("power.csv").map(([kind, object]) => `${kind} ${object}`)).toEqual(["host h-1", "host h-2", "host h-3", "host h-4", "rack rack-1", "rack rack-2"]); // biome-ignore format: one line
  });

  it("is back at once, and draws nothing meanwhile, where no power states are declared", () => {
    const result = run({ power: "  power: {}", more });
    expect(joulesOf(result, 0)).toBeCloseTo(3600 * BUSY + (10_800 - 5400) * 100, 6);
  });

  it("begins to boot anew when its power is cut while it boots", () => {
    const twice = more.replace("]", ", {at: 91 min, fail: {host: h-1, for: 9 min}}]");
    const result = run({ power, more: twice });
    expect(joulesOf(result, 0)).toBeCloseTo(3600 * BUSY + 60 * 150 + 180 * 150 + (10_800 - 6000 - 180) * 100, 6);
  });
});

describe("an operator", () => {
  const events = ({ built: { operations } }: RunResult) => {
    const { happenings } = operations!;
    return Array.from({ length: happenings.count }, (_, i) => happenings.row(i))
      .filter(({ by }) => by === "timeline")
      .map(({ time, action, object, outcome, endedAt }) => `${time / 6e7} ${action} ${object}: ${outcome} ${endedAt / 6e7}`);
  };
  const power = `  power: {${STATES}}`;

  it("switches a host off and on, suspends and wakes one, reboots one, and adds one that was never on", () => {
    const more = `failures: {reboot_time: 5 min}
timeline:
  - {at: 1 h, power_off: {host: h-1}}
  - {at: 1 h, suspend: {host: h-2}}
  - {at: 1 h, reboot: {host: h-3}}
  - {at: 1 h, add_hosts: {hosts: [h-4]}}
  - {at: 2 h, power_on: {hosts: [h-1, h-2]}}`;
    const result = run({ power, more, servers: nobodyBefore(2.5), duration: "2.5 h" });
    expect(joulesOf(result, 0)).toBeCloseTo(3600 * 100 + 10 * 120 + 3590 * 10 + 180 * 150 + 1620 * 100, 3);
    expect(joulesOf(result, 1)).toBeCloseTo(3600 * 100 + 10 * 100 + 3590 * 12 + 15 * 140 + 1785 * 100, 3);
    expect(joulesOf(result, 2)).toBeCloseTo(3600 * 100 + 300 * 150 + 5100 * 100, 3);
    expect(joulesOf(result, 3)).toBeCloseTo(180 * 150 + 5220 * 100, 3);
    expect(events(result)).toEqual([
      `60 power_off h-1: off ${60 + 1 / 6}`,
      `60 suspend h-2: suspended ${60 + 1 / 6}`,
      "60 reboot h-3: up again 65",
      "60 add h-4: in service 63",
      "120 power_on h-1: on 123",
      "120 power_on h-2: on 120.25",
    ]);
  });

  it("stops what runs on a host that he switches off, may not suspend it under its servers, and is told when it is off already", () => {
    const more = `timeline:
  - {at: 1 h, suspend: {host: h-1}}
  - {at: 1.1 h, power_off: {host: h-1}}
  - {at: 1.2 h, power_off: {host: h-1}}
  - {at: 1.3 h, suspend: {host: h-1}}
  - {at: 1.4 h, power_on: {host: h-2}}`;
    const result = run({ power, more });
    expect(events(result).map((line) => line.split(": ")[1]!.replace(/ [\d.]+$/, ""))).toEqual([
      "has 1 server",
      "off",
      "is off",
      "is off",
      "is on",
    ]);
    expect(result.built.cloud.running.reduce((sum, one) => sum + one, 0)).toBe(3);
  });

  it("finds that a host stays off which was off when its rack lost its power, and waits for power where there is none", () => {
    const more = `timeline:
  - {at: 10 min, power_off: {host: h-1}}
  - {at: 20 min, fail: {rack: 1, for: 10 min}}
  - {at: 40 min, fail: {rack: 1, for: 20 min}}
  - {at: 50 min, power_on: {host: h-1}}`;
    const result = run({ power, more, servers: nobodyBefore(2), duration: "2 h" });
    const seconds = { idle: 600 + 7200 - 3780, off: 590 + 600, boot: 180 };
    // Off for 590 s before its rack fails and for 600 s after; the second failure takes even that away.
    expect(joulesOf(result, 0)).toBeCloseTo(seconds.idle * 100 + 10 * 120 + seconds.off * 10 + seconds.boot * 150, 3);
    expect(events(result).at(-1)).toBe("50 power_on h-1: on 63");
  });
});

describe("Watcher saves energy", () => {
  const saving = (more = "") => `  power: {pue: 1, ${STATES}, saving: {interval: 1 h${more}}}`;
  const watcher = ({ built: { operations } }: RunResult) => {
    const { happenings } = operations!;
    return Array.from({ length: happenings.count }, (_, i) => happenings.row(i))
      .filter(({ by }) => by === "watcher")
      .map(({ time, action, outcome, endedAt }) => `${time / 6e7} ${action}: ${outcome} after ${(endedAt - time) / 1e6} s`);
  };

  it("by switching off all empty hosts but one, and switches on another when that one is taken", () => {
    const result = run({ power: saving(), servers: "constant: {interval: 100 min}", duration: "3.5 h" });
    // Servers come at 0, 100 and 200 min: the second leaves no free host that is on for the look at 120 min.
    expect(watcher(result)).toEqual([...new Array(2).fill("60 power_off: off after 10 s"), "120 power_on: on after 180 s"]);
    const it = value(result, "energy.it") * 3.6e6;
    const one = 3600 * 100 + 10 * 120;
    const busy = [12_600 * BUSY, 6000 * 100 + (12_600 - 6000) * BUSY];
    const woken = one + (7200 - 3610) * 10 + 180 * 150 + (12_000 - 7380) * 100 + 600 * BUSY;
    const stayedOff = one + (12_600 - 3610) * 10;
    expect(it).toBeCloseTo(busy[0]! + busy[1]! + woken + stayedOff, 3);
    expect(result.values.get("hosts.availability")).toBe(100);
    expect(result.values.get("servers.active")).toBe(3);
  });

  it("or by suspending them, and none at all where all are to stay", () => {
    const servers = "constant: {interval: 100 min}";
    const suspended = run({ power: saving(", by: suspend, min_free_hosts_num: 2"), servers });
    expect(watcher(suspended)).toEqual(["60 suspend: suspended after 10 s", "120 power_on: on after 15 s"]);
    expect(watcher(run({ power: saving(", min_free_hosts_num: 4"), servers }))).toEqual([]);
    expect(problems({ power: "  power: {saving: {free_used_percent: 110}}" })).toEqual([
      "cloud.power.saving: needs hosts that can be off (write states: {} under power)",
      "cloud.power.saving.free_used_percent: expected a number of percent, 0 to 100, got 110",
    ]);
  });
});

describe("a month of failures and orders", () => {
  const more = `failures:
  components: [{component: host, between: {exponential: {mean: 2 d}}, repair: {exponential: {mean: 20 min}}}, {component: rack, between: {exponential: {mean: 5 d}}, repair: 10 min}]
  owners_start_after: {exponential: {mean: 10 min}}
  instance_ha: {}
timeline:
  - {at: 1 h, every: 7 h, power_off: {all: hosts, count: 1}}
  - {at: 2 h, every: 5 h, power_on: {all: hosts}}
  - {at: 3 h, every: 11 h, suspend: {all: hosts, count: 2}}
  - {at: 4 h, every: 13 h, reboot: {all: hosts, count: 1}}`;
  const parts: Parts = {
    power: `  power: {pue: {affine: {overhead: 0.2, fixed: 300 W}}, carbon_intensity: {hourly: [100, 300, 500]}, ${STATES}, saving: {interval: 1 h}}`,
    servers: "poisson: {rate: 0.2 /h}",
    more,
    duration: "30 d",
  };

  it("keeps its books at every look, and is the same with every event list", () => {
    const lists = Object.keys(eventLists) as EventListName[];
    const runs = lists.map((list) => run(parts, list));
    for (const other of runs) {
      expect(other.fingerprint).toBe(runs[0]!.fingerprint);
      expect([...other.values]).toEqual([...runs[0]!.values]);
    }
    expect(value(runs[0]!, "pue")).toBeGreaterThan(1.2);
  });
});

describe("a scenario that says of power what cannot be", () => {
  it("is told all of it at once", () => {
    const hosts = ", power_model: linear, power_model_option: 2";
    const power = "  power: {pue: 0.8, carbon_intensity: -3 g/kWh, states: {boot_time: 2 d, off: 1 MW}}";
    expect(problems({ hosts, power })).toMatchInlineSnapshot(`
      [
        "cloud.hosts.0.power_model_option: has no effect: the power model linear takes no option (models that do: fan, mse, asymptotic, asymptotic-dvfs)",
        "cloud.power.pue: must be at least 1, got 0.8",
        "cloud.power.carbon_intensity: must not be negative, got "-3 g/kWh"",
        "cloud.power.states: has no effect: no host is ever off (let something fail, have a timeline with power_off, or write saving: {} beside it)",
        "cloud.power.states.boot_time: must be at most 1 d, got "2 d"",
        "cloud.power.states.off: must be at most 100 kW, got "1 MW"",
      ]
    `);
  });

  it("such as watts that fall, half a pair, temperatures that do not rise, orders without states, and zones nobody knows", () => {
    const more = "timeline: [{at: 1 h, power_off: {host: h-1}}]";
    const pue = "{weather: {points: [{celsius: 20, pue: 1.2}, {celsius: 10, pue: 1.1}], outside: []}}";
    expect(problems({ power: `  power: {pue: ${pue}, carbon_intensity: {zone: XX}}`, more })).toMatchInlineSnapshot(`
      [
        "cloud.power.pue.weather.points.1.celsius: the temperatures do not rise: 10 C comes after 20 C (sort the points)",
        "cloud.power.pue.weather.outside: expected at least one entry",
        "cloud.power.carbon_intensity.zone: unknown zone "XX" (known: SE, FR, BR, CA, UK, IT, IE, DE, US-WECC, US-SERC, JP, CN, IN, AU, ZA)",
        "timeline.0.power_off: power_off needs hosts that can be off (write power: {states: {}} under cloud)",
      ]
    `);
    expect(
      problems({ hosts: ", power_model: cubed", power: "  power: {pue: {linear: 2}, carbon_intensity: lots}" }),
    ).toMatchInlineSnapshot(`
      [
        "cloud.hosts.0.power_model: unknown power model "cubed" (known: piecewise, linear, square, cubic, sqrt, fan, mse, two-segment, asymptotic, asymptotic-dvfs, mean-of-four)",
        "cloud.power.pue: expected a number such as 1.58, or one of {affine: {...}}, {quadratic: {...}}, {weather: {...}}",
        "cloud.power.carbon_intensity: expected a carbon intensity such as 350 g/kWh, got "lots"",
      ]
    `);
  });
});

describe("watts of a host", () => {
  it("are given as a pair that rises, of a machine that draws something when it is busy", () => {
    expect(
      ["idle_power: 100 W", "idle_power: 300 W, max_power: 100 W", "idle_power: 0 W, max_power: 0 W"].map((watts) =>
        problems({ watts: `, ${watts}` }),
      ),
    ).toMatchInlineSnapshot(`
      [
        [
          "cloud.hosts.0.idle_power: idle_power needs max_power beside it (give both)",
        ],
        [
          "cloud.hosts.0.idle_power: an idle host would draw more (300 W) than a busy one (100 W) (are they swapped?)",
        ],
        [
          "cloud.hosts.0.max_power: must be more than 0 W, got "0 W"",
        ],
      ]
    `);
  });
});

describe("explain", () => {
  it("says who says it: the zone's intensity, the states' watts and times", () => {
    const { values } = read({
      power: `  power: {carbon_intensity: {zone: FR}, states: {boot: 150 W}}`,
      more: "timeline: [{at: 1 h, reboot: {host: h-1}}]",
    });
    const said = values.filter(({ path }) => path.startsWith("cloud.power") || path.includes("power_model"));
    expect(said.map(({ path, value: shown, source, evidence }) => `${path} = ${shown} [${evidence}] ${source}`)).toMatchInlineSnapshot(`
      [
        "cloud.hosts.0.power_model = piecewise [verified] default: the measured curve; no formula fits servers as well",
        "cloud.hosts.0.power_model_option = that of the model [verified] default: table of power models",
        "cloud.power.pue = 1.58 [verified] default: Uptime Institute Global Data Center Survey 2023, intelligence.uptimeinstitute.com",
        "cloud.power.carbon_intensity.zone = FR [scenario] a.yaml:6:36",
        "cloud.power.carbon_intensity.zone.intensity = 52 g/kWh [verified] Cloud Carbon Footprint, cloud-carbon-coefficients",
        "cloud.power.states.off = 10 W [verified] default: SimGrid examples/platforms/energy_boot.xml (an educated guess by its authors)",
        "cloud.power.states.suspended = 12 W [from memory] default: middle of 8 to 15 W",
        "cloud.power.states.boot_time = 3 min [assumed] default: self-test of a server, 180 to 300 s",
        "cloud.power.states.boot = 150 W [scenario] a.yaml:6:56",
        "cloud.power.states.shutdown_time = 7 s [verified] default: SimGrid examples/platforms/energy_boot.xml",
        "cloud.power.states.shutdown = what it draws at a load of 14.3 % [derived] default: SimGrid examples/platforms/energy_boot.xml: 110 W of a machine of 95 to 200 W",
        "cloud.power.states.suspend_time = 10 s [from memory] default: S3 of a server",
        "cloud.power.states.suspend = what it draws at a load of 0 % [assumed] default: taken as idle",
        "cloud.power.states.resume_time = 15 s [from memory] default: S3 of a server",
        "cloud.power.states.resume = what it draws at a load of 30 % [assumed] default: as for booting",
        "cloud.power.saving = hosts without servers stay on [assumed] default: a choice of Orrery",
      ]
    `);
  });
});
