// A cloud for workflows that are themselves the subject of a test: some hosts, some servers, constant times, and a log of what happened when.
import { Fabric } from "../../src/datacenter/fabric/fabric.ts";
import { leafSpine } from "../../src/datacenter/fabric/leaf-spine.ts";
import { Traffic } from "../../src/datacenter/fabric/traffic.ts";
import { Hosts } from "../../src/datacenter/hosts.ts";
import { Notifications } from "../../src/datacenter/notifications.ts";
import { HostPower } from "../../src/datacenter/power.ts";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { type Outcome, Servers } from "../../src/datacenter/servers.ts";
import { StorageTiers } from "../../src/datacenter/storage-tiers.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { PlacementAsks } from "../../src/policies/nova/request/placement-asks.ts";
import { defaultRequestOptions } from "../../src/policies/nova/request/request-options.ts";
import { RequestBook } from "../../src/policies/nova/request-book.ts";
import { SharedCapacity } from "../../src/queueing/shared-capacity.ts";
import { defineService } from "../../src/services/service.ts";
import { Cloud, type CloudParts } from "../../src/workflows/cloud.ts";
import { WorkflowEngine } from "../../src/workflows/engine.ts";
import { decide, type Step, type Workflow } from "../../src/workflows/vocabulary.ts";
import { describeHost } from "../datacenter/some-hosts.ts";
import { flavor, image } from "./tiny-scenario.ts";

export const LATENCY = 10;

const exactly = (time: number) => ({ time, cv: 0, source: "made up", evidence: "assumed" }) as const;
const component = { workers: 1, workersSource: "made up" } as const;

/** One worker everywhere; what a call of 100 us costs is then known to the microsecond. */
export const desk = defineService({
  name: "desk",
  type: "test",
  components: {
    counter: { ...component, transport: "http", operations: { serve: exactly(100), hurry: exactly(1) } },
    office: { ...component, transport: "local", operations: { file: exactly(50) } },
    /** Answers 1000 us after its worker is free again. */
    slow: {
      ...component,
      transport: "http",
      operations: { ponder: { ...exactly(100), delay: 1000 }, wander: { ...exactly(100), delayUpTo: 1000 } },
    },
    /** 7 us more for each host of the cloud. */
    surveyor: { ...component, transport: "local", operations: { survey: { ...exactly(100), perHost: 7 } } },
    remote: { ...component, transport: "rpc", operations: { work: exactly(100) } },
    varied: { ...component, workers: 100, transport: "local", operations: { work: { ...exactly(100_000), cv: 0.5 } } },
    porter: { ...component, transport: "local", scope: "host", operations: { carry: exactly(100) } },
    seats: { ...component, workers: 2, transport: "local", scope: "host", operations: {} },
    hall: { ...component, workers: 2, transport: "local", operations: {} },
  },
});

export interface TinyOptions extends Partial<Pick<CloudParts, "workers" | "capacities" | "serviceTimes">> {
  readonly hosts?: number;
  readonly servers?: number;
  readonly glanceBytesPerSecond?: number;
  readonly seed?: string;
}

/** Servers are dealt over the hosts, round robin. */
export function tinyCloud({
  hosts: hostCount = 2,
  servers: serverCount = 16,
  glanceBytesPerSecond = 1000,
  ...options
}: TinyOptions): Cloud {
  const simulation = new Simulation();
  const streams = new RandomStreams(options.seed ?? "1", 0);
  const hosts = new Hosts(Array.from({ length: hostCount }, (_, host) => describeHost({ name: `host-${host}` })));
  const servers = new Servers(serverCount, hostCount);
  for (let server = 0; server < serverCount; server++) servers.place(server, server % hostCount);
  let cloud: Cloud | null = null;
  const transfers = new SharedCapacity(simulation, (strand) => {
    cloud!.traffic.ended(strand);
    cloud!.transferDone(strand);
  });
  const nics = new Array<number>(hostCount).fill(1e9);
  const services = [{ name: "glance", bytesPerSecond: glanceBytesPerSecond }];
  const points = { nicBytesPerSecond: nics, racks: nics.map(() => 0), services };
  const fabric = new Fabric(transfers, leafSpine(points, { spines: 1, uplinkBytesPerSecond: 1e9 }));
  cloud = new Cloud({
    simulation,
    streams,
    hosts,
    servers,
    groups: new ServerGroups(() => null, hostCount),
    tiers: new StorageTiers([]),
    fabric,
    traffic: new Traffic(simulation, fabric, transfers),
    transfers,
    power: new HostPower(nics.map(() => [100, 200])),
    notifications: new Notifications(),
    scheduler: new FilterScheduler(hosts, presets.get("nova-default")!, streams.stream("scheduler.choice"), 1000),
    book: new RequestBook(
      {
        asking: () => ({
          ...{
            flavor: flavor("m1", 1, 1024, 10),
            image: image("cirros", 1000),
            projectId: "project-1",
            zone: null,
            hints: null,
            inGroup: false,
            forcedHost: null,
          },
        }),
        ...{ key: () => 0, name: (server) => servers.nameOf(server), project: () => "project-1" },
      },
      new PlacementAsks([], [], defaultRequestOptions),
      [],
    ),
    flavors: [flavor("m1", 1, 1024, 10)],
    images: [image("cirros", 1000)],
    projects: 1,
    settings: {
      maxAttempts: 3,
      maxPlacementResults: 1000,
      instanceBuildTimeout: 0,
      buildFailureProbability: 0,
      imageConversionBytesPerSecond: 500_000_000,
      quotaInstances: -1,
      quotaVcpuMilli: -1,
      quotaRamMb: -1,
      packHostNumaCells: false,
      disableGroupPolicyCheck: false,
    },
    cpuOverhead: new Float64Array(hostCount),
    latencyMicros: LATENCY,
    workers: options.workers ?? new Map(),
    capacities: options.capacities ?? new Map(),
    serviceTimes: options.serviceTimes ?? new Map(),
  });
  return cloud;
}

export interface Story {
  readonly cloud: Cloud;
  readonly engine: WorkflowEngine;
  /** `0 text @120`: subject, text, instant. The end of a workflow is `done` or its outcome. */
  readonly log: readonly string[];
  /** Begins the workflow for a subject, now or `at` an instant. */
  readonly begin: (subject: number, at?: number) => void;
  /** Begins it for subjects 0 to n - 1 at the start, and runs to the end. */
  readonly tell: (n?: number) => readonly string[];
}

type Say = (text: string, outcome?: Outcome) => Step;

/** A workflow, told with `say(text)`, which logs, and `say(text, outcome)`, which logs and fails. */
export function story(steps: (say: Say) => readonly Step[], options: TinyOptions = {}): Story {
  const cloud = tinyCloud(options);
  const { simulation } = cloud;
  const log: string[] = [];
  const note = (subject: number, text: string) => log.push(`${subject} ${text} @${simulation.now}`);
  const say: Say = (text, outcome) =>
    decide(text, (_cloud, subject) => {
      note(subject, text);
      return outcome ?? null;
    });
  const workflow: Workflow = { name: "story", steps: steps(say), ended: (_cloud, subject, outcome) => note(subject, outcome ?? "done") };
  const engine = new WorkflowEngine(cloud, [workflow]);
  const comes = simulation.kind("comes", (subject) => engine.start(0, subject));
  const begin = (subject: number, at = 0) => simulation.schedule(at, comes, subject);
  const tell = (n = 1) => {
    for (let subject = 0; subject < n; subject++) begin(subject);
    simulation.run();
    return log;
  };
  return { cloud, engine, log, begin, tell };
}

/** What must hold of an engine whose simulation has run to its end. */
export function leftovers({ engine }: { readonly engine: WorkflowEngine }): string[] {
  const { stations } = engine;
  const left: string[] = [];
  if (engine.underWay !== 0) left.push(`${engine.underWay} workflows under way`);
  if (engine.strands !== 0) left.push(`${engine.strands} strands`);
  for (let station = 0; station < stations.count; station++) {
    const id = station as Parameters<typeof stations.inStation>[0];
    const { name } = stations.statistics(id);
    if (stations.inStation(id) !== 0) left.push(`${stations.inStation(id)} in ${name}`);
    if (stations.checkLittle(id) !== 0) left.push(`Little's law broken by ${stations.checkLittle(id)} at ${name}`);
  }
  return left;
}
