// The files of one run's result. None of them holds a wall-clock time, a host name of this machine or an absolute path: the same run writes
// the same bytes anywhere.
import { createHash } from "node:crypto";
import type { CodeVersion } from "../experiment/code-version.ts";
import { metricsOf } from "../experiment/metrics.ts";
import { placementOverview } from "../experiment/placement-overview.ts";
import type { RunResult } from "../experiment/run.ts";
import { SECOND } from "../kernel/time.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Operations } from "../workflows/operations/operations.ts";
import { type Cell, csvChunks } from "./csv.ts";
import { powerFiles } from "./power-files.ts";
import { MANIFEST } from "./result-folder.ts";

/** A file of a result: its name and its text in pieces. */
export interface ResultFile {
  readonly name: string;
  readonly text: Iterable<string>;
}

/** JSON with numbers that are missing (NaN, Infinity) as null, and a line end. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The same data with the keys of files: `timeUs` becomes `time_us`. Names that are values stay as they are. */
export function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== "object" || value === null) return value;
  const snake = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [snake(key), snakeKeys(entry)]));
}

/** Everything that determines the results of a scenario, as text: its effective values, its data by content, and the code. */
export function scenarioIdentity(scenario: Scenario, code: CodeVersion): string {
  return JSON.stringify([code, scenario.name, portableValues(scenario), portableData(scenario)]);
}

/** First 12 hexadecimal digits of the SHA-256 over all that is given. */
export function identify(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}

/** What the manifests of runs and of comparisons begin with: the code, the scenario and its data. */
export function manifestHead(scenario: Scenario, code: CodeVersion) {
  return { orrery: code.version, sources: code.sources, scenario: scenario.name, seed: scenario.study.seed, data: portableData(scenario) };
}

/** The files of a result, the manifest among them: it lists them all. */
export function withManifest(manifest: Readonly<Record<string, unknown>>, files: readonly ResultFile[]): readonly ResultFile[] {
  const names = [MANIFEST, ...files.map((file) => file.name)];
  return [{ name: MANIFEST, text: [json({ ...manifest, files: names })] }, ...files];
}

const portableData = (scenario: Scenario) => scenario.data.map(({ name, sha256 }) => ({ name: lastPart(name), sha256 }));

/** Effective values by path, portable. */
export function portableValues(scenario: Scenario): Record<string, string> {
  return Object.fromEntries(scenario.values.map(({ path, value }) => [path, portableText(scenario, value)]));
}

/** Where data lies is this machine's business: the path of a data file, or a folder in it, is named by its last part only. */
function portableText(scenario: Scenario, text: string): string {
  const path = text.trim();
  return /[/\\]/.test(path) && scenario.data.some(({ name }) => name.includes(path)) ? lastPart(path) : text;
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== "") ?? "";
}

/** The scenario as written, fit to be read again by `diff`. */
function portableScenario(scenario: Scenario): unknown {
  const portable = (value: unknown): unknown => {
    if (typeof value === "string") return portableText(scenario, value);
    if (Array.isArray(value)) return value.map(portable);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, portable(entry)]));
    return value;
  };
  return portable(scenario.written);
}

/** `others` stand in the manifest with the rest. */
export function runFiles(
  scenario: Scenario,
  result: RunResult,
  code: CodeVersion,
  others: readonly ResultFile[] = [],
): readonly ResultFile[] {
  const { cloud, engine, ceilometer, operations } = result.built;
  const { servers, hosts, simulation } = cloud;
  const seconds = (micros: number): Cell => (micros < 0 ? null : micros / SECOND);
  const hostName = (host: number): Cell => (host < 0 ? null : hosts.descriptions[host]!.name);
  const serverName = (server: number) => servers.nameOf(server);
  const all = (count: number) => Array.from({ length: count }, (_, i) => i);

  const summary = {
    scenario: scenario.name,
    question: scenario.question,
    policy: result.policy.name,
    seed: scenario.study.seed,
    replication: result.replication,
    fingerprint: result.fingerprint,
    events: result.events,
    // Two spans: metrics and components leave the warm-up out, the counts of the whole run do not.
    averages_from_s: scenario.study.warmUp / SECOND,
    metrics: Object.fromEntries(
      metricsOf(scenario).map((metric) => [metric.name, { value: result.values.get(metric.name)!, unit: metric.unit }]),
    ),
    components:
      engine === null
        ? null
        : engine.componentLoads().map((load) => ({
            component: load.component,
            pools: load.pools,
            workers: load.workers,
            requests: load.requests,
            utilisation: load.utilisation,
            mean_wait_ms: load.meanWaitMillis,
            most_waiting: load.mostWaiting,
          })),
    whole_run: {
      outcomes: countBy(
        all(servers.count).filter((server) => servers.requestedAt[server]! >= 0),
        (server) => servers.outcomeOf(server),
      ),
      workflows: engine === null ? null : { begun: engine.begun.reduce((a, b) => a + b, 0), under_way_at_the_end: engine.underWay },
      calls: engine === null ? null : engine.calls.map(({ from, operation, count }) => ({ from, operation, count })),
    },
    placement: snakeKeys(placementOverview(result)),
  };
  const manifest = {
    ...manifestHead(scenario, code),
    policy: result.policy.name,
    replication: result.replication,
    values: portableValues(scenario),
    metrics: Object.fromEntries(metricsOf(scenario).map(({ name, unit, better, meaning }) => [name, { unit, better, meaning }])),
    events: result.events,
    fingerprint: result.fingerprint,
    checkpoints: simulation.fingerprint.checkpoints.map(({ count, time, hash }) => ({ events: count, time_us: time, fingerprint: hash })),
  };

  const serverRows = function* (): Generator<Cell[]> {
    for (let server = 0; server < servers.count; server++) {
      if (servers.requestedAt[server]! < 0) continue;
      yield [
        serverName(server),
        `project-${servers.project[server]! + 1}`,
        cloud.flavorOf(server).name,
        cloud.imageOf(server)?.name ?? null,
        servers.vmStateOf(server),
        servers.taskStateOf(server),
        servers.outcomeOf(server),
        hostName(servers.lastHost[server]!),
        servers.attempts[server]!,
        servers.cpuUtilisation[server]!,
        seconds(servers.requestedAt[server]!),
        seconds(servers.launchedAt[server]!),
        seconds(servers.deletedAt[server]!),
      ];
    }
  };
  const hostRows = function* (): Generator<Cell[]> {
    for (let host = 0; host < hosts.count; host++) {
      const { name, type, rack, vcpuMilli, ramMb, diskGb } = hosts.descriptions[host]!;
      const used = [hosts.usedVcpuMilli[host]! / 1000, hosts.usedRamMb[host]!, hosts.usedDiskGb[host]!];
      yield [
        name,
        type,
        `rack-${rack + 1}`,
        vcpuMilli / 1000,
        ramMb,
        diskGb,
        ...used,
        hosts.instances[host]!,
        cloud.power.energyJoules(host, simulation.now) / 3_600_000,
      ];
    }
  };
  const meterRows = function* (): Generator<Cell[]> {
    if (ceilometer === null) return;
    for (let i = 0; i < ceilometer.samples.count; i++) {
      const { meter, entity, time, volume } = ceilometer.samples.row(i);
      const { name, type, unit, resource } = ceilometer.meters[meter]!;
      const server = resource !== "host";
      const id = resource === "host" ? hostName(entity) : resource === "image" ? cloud.imageOf(entity)!.name : serverName(entity);
      yield [seconds(time), name, type, unit, volume, id, server ? `project-${servers.project[entity]! + 1}` : null];
    }
  };
  const eventRows = function* ({ happenings }: Operations): Generator<Cell[]> {
    for (let i = 0; i < happenings.count; i++) {
      const { time, by, action, object, outcome, endedAt } = happenings.row(i);
      yield [seconds(time), by, action, object, outcome, seconds(endedAt)];
    }
  };
  const { requests } = cloud;
  const requestRows = function* (): Generator<Cell[]> {
    for (let i = 0; i < requests.count; i++) {
      const { operation, service, project, user, server, askedAt, answeredAt, status, endedAt, outcome } = requests.row(i);
      const who = user === "" ? null : user;
      const about = server < 0 ? null : serverName(server);
      const how = endedAt < 0 ? "pending" : (outcome ?? "done");
      yield [
        i + 1,
        operation,
        service,
        `project-${project + 1}`,
        who,
        about,
        status === 0 ? null : status,
        how,
        seconds(askedAt),
        seconds(answeredAt),
        seconds(endedAt),
      ];
    }
  };
  const filters = result.policy.enabledFilters;
  const decisionRows = function* (): Generator<Cell[]> {
    for (let i = 0; i < cloud.decisions.count; i++) {
      const { time, server, host, candidates, leftAfter, weight } = cloud.decisions.row(i);
      yield [seconds(time), serverName(server), hostName(host), host < 0 ? "NoValidHost" : "chosen", candidates, ...leftAfter, weight];
    }
  };
  return withManifest(manifest, [
    { name: "summary.json", text: [json(summary)] },
    { name: "scenario.json", text: [json(portableScenario(scenario))] },
    {
      name: "servers.csv",
      text: csvChunks(
        [
          "server",
          "project",
          "flavor",
          "image",
          "vm_state",
          "task_state",
          "outcome",
          "last_host",
          "build_attempts",
          "cpu_utilisation",
          "requested_at_s",
          "launched_at_s",
          "deleted_at_s",
        ],
        serverRows(),
      ),
    },
    {
      name: "hosts.csv",
      text: csvChunks(
        [
          "host",
          "type",
          "rack",
          "vcpus",
          "ram_mb",
          "disk_gb",
          "claimed_vcpus",
          "claimed_ram_mb",
          "claimed_disk_gb",
          "instances",
          "energy_kwh",
        ],
        hostRows(),
      ),
    },
    { name: "meters.csv", text: csvChunks(["time_s", "meter", "type", "unit", "volume", "resource", "project"], meterRows()) },
    {
      name: "decisions.csv",
      text: csvChunks(
        ["time_s", "server", "host", "decision", "placement_candidates", ...filters.map((name) => `left_after_${name}`), "weight"],
        decisionRows(),
      ),
    },
    ...(requests.count === 0 && scenario.actions === undefined
      ? []
      : [
          {
            name: "requests.csv",
            text: csvChunks(
              [
                "request",
                "operation",
                "service",
                "project",
                "user",
                "server",
                "status",
                "outcome",
                "asked_at_s",
                "answered_at_s",
                "ended_at_s",
              ],
              requestRows(),
            ),
          },
        ]),
    ...(operations === null
      ? []
      : [{ name: "events.csv", text: csvChunks(["time_s", "by", "action", "object", "outcome", "ended_at_s"], eventRows(operations)) }]),
    ...powerFiles(result),
    ...others,
  ]);
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
