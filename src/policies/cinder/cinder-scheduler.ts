// A cinder-scheduler process in a run: it decides on what was reported last and on what it has itself sent out since. Of what other schedulers
// sent out in the meantime it knows nothing until the next report, so that a pool may be chosen that is full by then; its driver refuses, and the
// volume is scheduled again.
// @source cinder/scheduler/host_manager.py (update_service_capabilities, _update_backend_state_map, revert_volume_consumed_capacity);
// cinder/scheduler/filter_scheduler.py (schedule_create_volume)
import type { Stream } from "../../kernel/random.ts";
import type { Micros } from "../../kernel/time.ts";
import { PythonError } from "../python/python-values.ts";
import { type BackendName, BackendState } from "./backend-state.ts";
import type { CinderConfig } from "./config.ts";
import { Evaluator } from "./evaluator/evaluator.ts";
import type { Surroundings, VolumeRecords } from "./filter.ts";
import { enabledPolicies, nextAttempt, tried, weighedCandidates } from "./filter-scheduler.ts";
import type { Capabilities, PoolState } from "./pool-state.ts";
import { groupCandidates, type MigrationPolicy, retypeBackend } from "./retype-and-groups.ts";
import type { Retry, VolumeRequestSpec } from "./volume-request-spec.ts";
import type { WeighedPool } from "./weigh-pools.ts";

export interface Chosen {
  readonly outcome: "chosen";
  readonly pool: PoolState;
  /** Goes along with the volume; comes back with it if it has to be scheduled again. Null where it is not. */
  readonly retry: Retry | null;
  /** All that could have taken it, the best first. */
  readonly candidates: readonly WeighedPool[];
}

export interface NotChosen {
  /** `NoValidBackend`, or the class of what a filter or a weigher raised. */
  readonly outcome: string;
  readonly reason: string;
}

/** What keys the draws of a decision. */
export interface Decision {
  readonly at: Micros;
  /** Number of the volume. */
  readonly volume: number;
}

/** Of how many pools the draws of one attempt are kept apart. */
const DRAWS_PER_ATTEMPT = 1_000_000;

interface ReportedBackend {
  readonly state: BackendState;
  reportedAt: Micros;
  up: boolean;
}

export class CinderScheduler {
  private readonly config: CinderConfig;
  private readonly volumes: VolumeRecords;
  private readonly hostOfServer: (uuid: string) => string | null;
  private readonly stream: Stream;
  private readonly evaluator = new Evaluator();
  /** By cluster or host, in the order in which they first reported. */
  private readonly backends = new Map<string, ReportedBackend>();

  /**
   * @param stream of this scheduler's own draws
   * @throws PythonError SchedulerHostFilterNotFound, SchedulerHostWeigherNotFound for names in the configuration that there are not
   */
  constructor(config: CinderConfig, volumes: VolumeRecords, hostOfServer: (uuid: string) => string | null, stream: Stream) {
    enabledPolicies(config);
    this.config = config;
    this.volumes = volumes;
    this.hostOfServer = hostOfServer;
    this.stream = stream;
  }

  /**
   * A report arrives. One that is older than the last is not looked at; and where a volume was sent after the driver looked, the pool's capacity
   * stays as it is reckoned here.
   * @param at when the driver looked
   * @throws PythonError for a report that makes no sense: pools without names, capacities that are no numbers
   */
  report(name: BackendName, capabilities: Capabilities, at: Micros): void {
    const key = name.clusterName || name.host;
    let backend = this.backends.get(key);
    if (backend === undefined) {
      backend = { state: new BackendState(name), reportedAt: at, up: true };
      this.backends.set(key, backend);
    }
    if (at < backend.reportedAt) return;
    backend.reportedAt = at;
    backend.state.update(capabilities, at, this.config.text("max_over_subscription_ratio"));
  }

  /** A volume service is found down, disabled or frozen, or up again; while it is not up its pools are not chosen. */
  setUp(backend: string, up: boolean): void {
    const known = this.backends.get(backend);
    if (known !== undefined) known.up = up;
  }

  /** The pools as they are seen from here, in the order of decisions. */
  get pools(): readonly PoolState[] {
    return [...this.backends.values()].flatMap(({ up, state }) => (up ? [...state.pools.values()] : []));
  }

  /** Chooses a pool for a new volume and counts the volume in there. A request that comes back with its `retry` gives the pool tried last its room back. */
  choose(request: VolumeRequestSpec, decision: Decision): Chosen | NotChosen {
    return this.decide(() => {
      const retry = nextAttempt(request.retry, this.config);
      const last = retry?.backends?.at(-1);
      if (last !== undefined) this.release(last, request.sizeGb);
      const candidates = this.candidates({ ...request, retry }, decision);
      const [best] = candidates;
      if (best === undefined) return noValidBackend("no weighed backends available");
      best.pool.consume(request.sizeGb, decision.at);
      return { outcome: "chosen", pool: best.pool, retry: tried(retry, best.pool), candidates };
    });
  }

  /** May the volume in `backendId` grow to its new size there? Counts the difference in if it may. */
  chooseToExtend(request: VolumeRequestSpec, backendId: string, decision: Decision): Chosen | NotChosen {
    return this.decide(() => {
      const candidates = this.candidates({ ...request, operation: "extend_volume" }, decision);
      const found = candidates.find(({ pool }) => pool.backendId === backendId);
      if (found === undefined) return noValidBackend(`cannot place the volume on ${backendId}`);
      found.pool.consume((request.newSizeGb ?? request.sizeGb) - request.sizeGb, decision.at);
      return { outcome: "chosen", pool: found.pool, retry: null, candidates };
    });
  }

  /** Chooses for a volume in `current` that gets a new type; counts it in where it would move. */
  chooseToRetype(request: VolumeRequestSpec, current: string, policy: MigrationPolicy, decision: Decision): Chosen | NotChosen {
    return this.decide(() => {
      const candidates = this.candidates({ ...request, volExistsOn: current }, decision);
      const { pool, isMove } = retypeBackend(candidates, current, policy);
      if (isMove) pool.consume(request.sizeGb, decision.at);
      return { outcome: "chosen", pool, retry: null, candidates };
    });
  }

  /** Chooses the back end of a group of volumes to come. Nothing is counted in: its volumes are scheduled one by one, bound to it. */
  chooseForGroup(requests: readonly VolumeRequestSpec[], decision: Decision): Chosen | NotChosen {
    return this.decide(() => {
      const lists = requests.map((request, i) => this.candidates(request, { ...decision, volume: decision.volume + i }));
      const candidates = groupCandidates(lists);
      const [best] = candidates;
      if (best === undefined) return noValidBackend("no weighed backends available");
      return { outcome: "chosen", pool: best.pool, retry: null, candidates };
    });
  }

  /** Counts a volume in that was put into a pool without a choice. */
  consume(backendId: string, sizeGb: number, at: Micros): void {
    for (const pool of this.pools) if (pool.backendId === backendId) pool.consume(sizeGb, at);
  }

  /** Gives back the room of a volume that did not come about; a report that came since knows of it already. */
  release(backendId: string, sizeGb: number): void {
    for (const pool of this.pools) if (pool.backendId === backendId && pool.isAheadOfReport) pool.release(sizeGb);
  }

  private candidates(request: VolumeRequestSpec, { volume }: Decision): readonly WeighedPool[] {
    const first = (request.retry?.numAttempts ?? 0) * DRAWS_PER_ATTEMPT;
    const around: Surroundings = {
      config: this.config,
      evaluator: this.evaluator,
      volumes: this.volumes,
      hostOfServer: this.hostOfServer,
      chance: (place) => this.stream.uniform(volume, first + 1 + place),
    };
    return weighedCandidates(this.pools, request, around, () => this.stream.uniform(volume, first));
  }

  private decide(choice: () => Chosen | NotChosen): Chosen | NotChosen {
    try {
      return choice();
    } catch (error) {
      if (error instanceof PythonError) return { outcome: error.type, reason: error.message };
      throw error;
    }
  }
}

function noValidBackend(reason: string): NotChosen {
  return { outcome: "NoValidBackend", reason };
}
