// Why a server is where it is, or why it is nowhere: its run is done again, with somebody looking on at its decisions and at what becomes of it.
// Looking on changes nothing: the run takes the same path and has the same fingerprint.
import type { Outcome, VmState } from "../datacenter/servers.ts";
import type { Micros } from "../kernel/time.ts";
import { DecisionRecorder } from "../policies/nova/decision-record.ts";
import type { BuiltRun } from "../scenario/build.ts";
import { type DecisionStory, tellDecision } from "./decision-story.ts";
import { type RunOptions, type RunResult, runInSteps } from "./run.ts";

/** What happened to the server besides the decisions, in order. Amounts are in vCPUs, MiB and GiB. */
export type StoryEvent = { readonly timeUs: Micros } & (
  | { readonly what: "decision"; readonly decision: number }
  | { readonly what: "claimed" | "build begins" | "left after a failed build" | "left"; readonly host: string }
  | { readonly what: "claim refused"; readonly host: string; readonly because: "no room" | "its server group" }
  | { readonly what: "quota refused"; readonly project: string; readonly limits: readonly QuotaLine[] }
  | {
      readonly what: "volume refused";
      readonly tier: string;
      readonly askedGb: number;
      readonly freeGb: number;
      readonly capacityGb: number;
    }
  | { readonly what: "active" | "failed" | "deleted" }
);

/** One limit of a project; -1 = none. */
export interface QuotaLine {
  readonly name: "instances" | "cores" | "ram";
  readonly used: number;
  readonly asked: number;
  readonly limit: number;
}

export interface ServerStory {
  readonly scenario: string;
  readonly policy: string;
  readonly seed: string;
  readonly replication: number;
  readonly fingerprint: string;
  readonly server: string;
  readonly request: RequestStory;
  readonly decisions: readonly DecisionStory[];
  readonly events: readonly StoryEvent[];
  readonly outcome: Outcome;
  readonly vmState: VmState;
  /** Settings that outcomes refer to. */
  readonly maxAttempts: number;
  readonly buildTimeoutUs: Micros;
}

export interface RequestStory {
  readonly requestedAtUs: Micros;
  readonly project: string;
  readonly flavor: string;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly volumeGb: number;
  readonly volumeType: string | null;
  readonly extraSpecs: readonly string[];
  readonly image: string | null;
  readonly groupPolicy: string | null;
  readonly availabilityZone: string | null;
}

/** Does the run again and tells of one server; yields the share that is done. The story is null when the server was never asked for. */
export function* serverStoryInSteps(
  options: RunOptions,
  server: number,
  slices: number,
): Generator<number, { readonly result: RunResult; readonly story: ServerStory | null }> {
  let witness: Witness | null = null;
  const prepare = (built: BuiltRun) => {
    options.prepare?.(built);
    witness = new Witness(built, server);
  };
  const result = yield* runInSteps({ ...options, prepare }, slices);
  const { cloud } = result.built;
  if (server >= cloud.servers.count || cloud.servers.requestedAt[server]! < 0) return { result, story: null };
  const { decisions, events } = witness! as Witness;
  const { scenario, policy, replication } = options;
  const story: ServerStory = {
    scenario: scenario.name,
    policy: policy.name,
    seed: scenario.study.seed,
    replication,
    fingerprint: result.fingerprint,
    server: cloud.servers.nameOf(server),
    request: tellRequest(result.built, server),
    decisions,
    events,
    outcome: cloud.servers.outcomeOf(server),
    vmState: cloud.servers.vmStateOf(server),
    maxAttempts: cloud.settings.maxAttempts,
    buildTimeoutUs: cloud.settings.instanceBuildTimeout,
  };
  return { result, story };
}

function tellRequest({ cloud }: BuiltRun, server: number): RequestStory {
  const { servers } = cloud;
  const flavor = cloud.flavorOf(server);
  const request = cloud.requestSpec(server);
  return {
    requestedAtUs: servers.requestedAt[server]!,
    project: projectName(servers.project[server]!),
    flavor: flavor.name,
    vcpus: flavor.vcpuMilli / 1000,
    ramMb: flavor.ramMb,
    diskGb: flavor.diskGb,
    volumeGb: flavor.volumeGb,
    volumeType: flavor.volumeType,
    extraSpecs: [...flavor.extraSpecs].map(([key, value]) => `${key} "${value}"`),
    image: cloud.imageOf(server)?.name ?? null,
    groupPolicy: request.group < 0 ? null : request.groups.policyOf(request.group),
    availabilityZone: request.availabilityZone ?? null,
  };
}

const projectName = (project: number) => `project-${project + 1}`;

/** Listens to everything that concerns one server, and writes it down while the cloud is as it was then. */
class Witness {
  readonly decisions: DecisionStory[] = [];
  readonly events: StoryEvent[] = [];

  constructor({ cloud }: BuiltRun, server: number) {
    const { simulation, notifications, servers, hosts } = cloud;
    const note = (event: StoryEvent) => this.events.push(event);
    const at = () => ({ timeUs: simulation.now });
    const hostName = (host: number) => hosts.hostName(host);
    const on = (name: Parameters<typeof notifications.on>[0], listener: () => void) => {
      notifications.on(name, (entity) => {
        if (entity === server) listener();
      });
    };
    let recorder: DecisionRecorder | null = null;
    const others = cloud.observerOf;
    cloud.observerOf = (asked, request) => {
      if (asked !== server) return others?.(asked, request) ?? null;
      recorder = new DecisionRecorder(cloud.scheduler, request, true);
      return recorder;
    };
    on("scheduler.select_destinations.end", () => {
      const { error } = cloud.decisions.row(cloud.decisions.count - 1);
      this.decisions.push(tellDecision(cloud, cloud.requestSpec(server), recorder!.record, error));
      note({ ...at(), what: "decision", decision: this.decisions.length });
    });
    cloud.claimListeners.push((entity, sign) => {
      if (entity !== server) return;
      const left = cloud.rescheduling(server) ? "left after a failed build" : "left";
      note({ ...at(), what: sign === 1 ? "claimed" : left, host: hostName(servers.lastHost[server]!) });
    });
    cloud.refusalListeners.push((entity, what, host) => {
      if (entity !== server) return;
      if (what === "quota") note({ ...at(), what: "quota refused", ...tellQuota(cloud, server) });
      else if (what === "volume") note({ ...at(), what: "volume refused", ...tellTier(cloud, server) });
      else {
        const room = hosts.fits(host, cloud.flavorOf(server));
        note({ ...at(), what: "claim refused", host: hostName(host), because: room ? "its server group" : "no room" });
      }
    });
    on("instance.create.start", () => note({ ...at(), what: "build begins", host: hostName(servers.host[server]!) }));
    on("instance.create.end", () => note({ ...at(), what: "active" }));
    on("instance.create.error", () => note({ ...at(), what: "failed" }));
    on("instance.delete.end", () => note({ ...at(), what: "deleted" }));
  }
}

function tellQuota(cloud: BuiltRun["cloud"], server: number): { readonly project: string; readonly limits: readonly QuotaLine[] } {
  const { settings } = cloud;
  const project = cloud.servers.project[server]!;
  const used = cloud.quotaUse(project);
  const flavor = cloud.flavorOf(server);
  const cores = settings.quotaVcpuMilli < 0 ? -1 : settings.quotaVcpuMilli / 1000;
  return {
    project: projectName(project),
    limits: [
      { name: "instances", used: used.instances, asked: 1, limit: settings.quotaInstances },
      { name: "cores", used: used.vcpuMilli / 1000, asked: flavor.vcpuMilli / 1000, limit: cores },
      { name: "ram", used: used.ramMb, asked: flavor.ramMb, limit: settings.quotaRamMb },
    ],
  };
}

function tellTier(cloud: BuiltRun["cloud"], server: number) {
  const { tiers } = cloud;
  const { volumeType, volumeGb } = cloud.flavorOf(server);
  const tier = tiers.indexOf(volumeType!);
  const { name, capacityGb } = tiers.tiers[tier]!;
  return { tier: name, askedGb: volumeGb, freeGb: capacityGb - tiers.usedGb[tier]!, capacityGb };
}
