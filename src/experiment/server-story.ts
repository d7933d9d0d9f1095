// Why a server is where it is, or why it is nowhere: its run is done again, with somebody looking on at its decisions and at what becomes of it.
// Looking on changes nothing: the run takes the same path and has the same fingerprint.
import type { Outcome, VmState } from "../datacenter/servers.ts";
import type { Micros } from "../kernel/time.ts";
import { DecisionRecorder } from "../policies/nova/decision-record.ts";
import type { BuiltRun } from "../scenario/build.ts";
import { type DecisionStory, type PlacementStory, recordsBehind, tellDecision, tellPlacement } from "./decision-story.ts";
import { type RunOptions, type RunResult, runInSteps } from "./run.ts";

/** What happened to the server besides the decisions, in order. Amounts are in vCPUs, MiB and GiB. */
export type StoryEvent = { readonly timeUs: Micros } & (
  | { readonly what: "decision"; readonly decision: number }
  | { readonly what: "claimed" | "left after a failed build" | "left"; readonly host: string }
  /** With the hosts that were kept for later attempts when the host was claimed. */
  | { readonly what: "build begins"; readonly host: string; readonly alternates: readonly string[] }
  /** `of the list`: where the scheduler claims along its list; otherwise a later attempt at an alternate. */
  | { readonly what: "claim refused"; readonly host: string; readonly ofTheList: boolean }
  /** nova-compute's last word when the build begins: of a group, with its policy and the members that are on the host. */
  | { readonly what: "build refused"; readonly host: string; readonly because: "group"; readonly policy: string; readonly members: number }
  | { readonly what: "build refused"; readonly host: string; readonly because: "NUMA cells" | "PCI devices" }
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
  /** Of servers asked for together of which none got a host: the one for which there was none. */
  readonly failedTogether: string | null;
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
  readonly forcedHost: string | null;
  /** Scheduler hints with their values, but for the server group. */
  readonly hints: readonly string[];
  /** The other servers of the same request: all get hosts, or none does. */
  readonly together: readonly string[];
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
  const { decisions, events, failedTogether } = witness! as Witness;
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
    failedTogether,
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
    forcedHost: request.forceHosts?.[0] ?? null,
    hints: [...(request.hints ?? [])].flatMap(([name, values]) => (name === "group" ? [] : [`${name} ${values.join(", ")}`])),
    together: membersWith(cloud, server).flatMap((other) => (other === server ? [] : [servers.nameOf(other)])),
  };
}

/** The servers of the request that the server is one of. */
function membersWith(cloud: BuiltRun["cloud"], server: number): readonly number[] {
  return cloud.membersOf(cloud.leaderOf(server));
}

const projectName = (project: number) => `project-${project + 1}`;

/** Listens to everything that concerns one server, and writes it down while the cloud is as it was then. */
class Witness {
  readonly decisions: DecisionStory[] = [];
  readonly events: StoryEvent[] = [];
  failedTogether: string | null = null;

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
    let looking: Looking | null = null;
    const others = cloud.observerOf;
    cloud.observerOf = (asked, request) => {
      if (asked !== server) return others?.(asked, request) ?? null;
      const recorder = new DecisionRecorder(cloud.scheduler, request, true);
      looking = { recorder, placement: tellPlacement(cloud, request), behind: recordsBehind(cloud) };
      note({ ...at(), what: "decision", decision: this.decisions.length + 1 });
      return recorder;
    };
    notifications.on("scheduler.select_destinations.end", (leader) => {
      if (cloud.leaderOf(server) !== leader) return;
      const members = cloud.membersOf(leader);
      if (members.length > 1 && cloud.decisions.hostOf(cloud.decisions.count - 1) < 0) {
        this.failedTogether = servers.nameOf(members[cloud.scheduling.reached]!);
      }
      if (looking === null) return;
      this.decisions.push(tellLooking(cloud, server, looking));
      looking = null;
    });
    cloud.claimListeners.push((entity, sign) => {
      if (entity !== server) return;
      const left = cloud.rescheduling(server) ? "left after a failed build" : "left";
      note({ ...at(), what: sign === 1 ? "claimed" : left, host: hostName(servers.lastHost[server]!) });
    });
    cloud.refusalListeners.push((entity, what, host) => {
      // The quota is for all servers of the request, or for none.
      if (what === "quota" && cloud.leaderOf(entity) === cloud.leaderOf(server)) {
        note({ ...at(), what: "quota refused", ...tellQuota(cloud, entity) });
      }
      if (entity !== server || what === "quota") return;
      if (what === "volume") note({ ...at(), what: "volume refused", ...tellTier(cloud, server) });
      else if (what === "claim") note({ ...at(), what: "claim refused", host: hostName(host), ofTheList: servers.attempts[server] === 0 });
      else note({ ...at(), what: "build refused", host: hostName(host), ...whyNotBuilt(cloud, server, host, what) });
    });
    on("instance.create.start", () => {
      const alternates = cloud.scheduling.alternatesOf(server).map(hostName);
      note({ ...at(), what: "build begins", host: hostName(servers.host[server]!), alternates });
    });
    on("instance.create.end", () => note({ ...at(), what: "active" }));
    on("instance.create.error", () => note({ ...at(), what: "failed" }));
    on("instance.delete.end", () => note({ ...at(), what: "deleted" }));
  }
}

/** A decision while it is made. */
interface Looking {
  readonly recorder: DecisionRecorder;
  readonly placement: PlacementStory;
  readonly behind: ReadonlySet<number> | null;
}

function tellLooking(cloud: BuiltRun["cloud"], server: number, { recorder, placement, behind }: Looking): DecisionStory {
  const { decisions, scheduling, servers } = cloud;
  const members = membersWith(cloud, server);
  const place = members.indexOf(server);
  const { host: chosen, error } = decisions.row(decisions.count - members.length + place);
  const alternates = members.length > 1 ? scheduling.alternatesOf(server) : recorder.record.chosen.slice(1);
  const together = members.length === 1 ? {} : { together: { servers: members.map((member) => servers.nameOf(member)), place } };
  const found = chosen >= 0 ? alternates : [];
  return tellDecision(cloud, cloud.requestSpec(server), recorder.record, {
    placement,
    behind,
    chosen,
    alternates: found,
    error,
    ...together,
  });
}

function whyNotBuilt(cloud: BuiltRun["cloud"], server: number, host: number, what: "group" | "host") {
  const { groups, scheduling } = cloud;
  const request = cloud.requestSpec(server);
  const { group } = request;
  if (what === "group") {
    return { because: what, policy: groups.policyOf(group) ?? "no policy", members: groups.countOn(group, host) } as const;
  }
  const withoutDevices = scheduling.lastWord.servers({ ...request, pciRequests: [] }, host, 1) === 1;
  return { because: withoutDevices ? "PCI devices" : "NUMA cells" } as const;
}

function tellQuota(cloud: BuiltRun["cloud"], server: number): { readonly project: string; readonly limits: readonly QuotaLine[] } {
  const project = cloud.servers.project[server]!;
  const quota = cloud.quotaOf(project);
  const used = cloud.quotaUse(project);
  const asked = cloud.quotaAsked(cloud.leaderOf(server));
  const cores = quota.vcpuMilli < 0 ? -1 : quota.vcpuMilli / 1000;
  return {
    project: projectName(project),
    limits: [
      { name: "instances", used: used.instances, asked: asked.instances, limit: quota.instances },
      { name: "cores", used: used.vcpuMilli / 1000, asked: asked.vcpuMilli / 1000, limit: cores },
      { name: "ram", used: used.ramMb, asked: asked.ramMb, limit: quota.ramMb },
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
