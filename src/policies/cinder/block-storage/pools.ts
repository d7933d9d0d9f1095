// The pools of the back ends as they are, and the schedulers that decide on what the drivers have reported of them. Every driver reports once in
// `backend_stats_polling_interval`; between two reports a scheduler knows only of what it has sent out itself.
//
// Reports are worked out when somebody asks: nothing but a change makes a pool's contents differ from those of the last report, so the report of an
// instant is made before the first change after it. Assumes that reports reach all schedulers at once.
// @source cinder/manager.py (SchedulerDependentManager), cinder/volume/manager.py (publish_service_capabilities)
import type { Stream } from "../../../kernel/random.ts";
import type { Micros } from "../../../kernel/time.ts";
import { withPool } from "../backend-name.ts";
import { CinderScheduler } from "../cinder-scheduler.ts";
import type { CinderConfig } from "../config.ts";
import { driverReport } from "../driver-report.ts";
import type { VolumeRecords } from "../filter.ts";
import type { Capabilities } from "../pool-state.ts";

export interface BlockPool {
  readonly name: string;
  readonly capacityGb: number;
  readonly thin: boolean;
  /** What its driver says of it besides. */
  readonly capabilities: Capabilities;
}

export interface BlockBackend {
  /** `host@backend` */
  readonly name: string;
  readonly zone: string;
  readonly protocol: string;
  /** Options of its section of cinder.conf. */
  readonly options: ReadonlyMap<string, number | string>;
  readonly pools: readonly BlockPool[];
  /** Rate at which it copies within itself. */
  readonly copyBytesPerSecond: number;
}

export interface BlockPools {
  readonly backends: readonly BlockBackend[];
  readonly config: CinderConfig;
  readonly schedulers: number;
  readonly pollingInterval: Micros;
}

export class Pools {
  readonly backends: readonly BlockBackend[];
  readonly schedulers: readonly CinderScheduler[];
  /** By pool, over all back ends: GB of what is in it. */
  readonly usedGb: Float64Array;
  private readonly names: readonly string[];
  private readonly pools: readonly BlockPool[];
  private readonly backendOf: readonly number[];
  private readonly interval: Micros;
  private reported = -1;

  constructor(
    { backends, config, schedulers, pollingInterval }: BlockPools,
    records: VolumeRecords,
    stream: (scheduler: number) => Stream,
  ) {
    this.backends = backends;
    this.interval = pollingInterval;
    this.pools = backends.flatMap(({ pools }) => pools);
    this.names = backends.flatMap(({ name, pools }) => pools.map((pool) => withPool(name, pool.name)));
    this.backendOf = backends.flatMap(({ pools }, backend) => pools.map(() => backend));
    this.usedGb = new Float64Array(this.pools.length);
    this.schedulers = Array.from({ length: schedulers }, (_, i) => new CinderScheduler(config, records, () => null, stream(i)));
  }

  /** -1: there is none of that name. */
  poolNamed(name: string): number {
    return this.names.indexOf(name);
  }

  /** `host@backend#pool` */
  nameOf(pool: number): string {
    return this.names[pool]!;
  }

  /** Row of its back end. */
  backend(pool: number): number {
    return this.backendOf[pool]!;
  }

  isThin(pool: number): boolean {
    return this.pools[pool]!.thin;
  }

  /** All pools say at this instant what they would have said at the last time for a report. */
  report(now: Micros): void {
    const due = Math.floor(now / this.interval);
    if (due === this.reported) return;
    this.reported = due;
    let pool = 0;
    for (const { name, zone, protocol, options, pools } of this.backends) {
      const contents = pools.map(({ name: poolName, capacityGb, thin, capabilities }) => {
        const allocatedGb = this.usedGb[pool++]!;
        return { poolName, totalGb: capacityGb, freeGb: Math.max(0, capacityGb - allocatedGb), allocatedGb, thin, capabilities };
      });
      const report = driverReport(options, protocol, contents);
      for (const scheduler of this.schedulers)
        scheduler.report({ host: name, clusterName: null, availabilityZone: zone }, report, due * this.interval);
    }
  }

  /** The driver takes room; false where a thick pool has not that much left. A thin one is promised more than it has. */
  take(pool: number, sizeGb: number, now: Micros): boolean {
    this.report(now);
    const { capacityGb, thin } = this.pools[pool]!;
    if (!thin && this.usedGb[pool]! + sizeGb > capacityGb) return false;
    this.usedGb[pool]! += sizeGb;
    return true;
  }

  giveBack(pool: number, sizeGb: number, now: Micros): void {
    this.report(now);
    if (this.usedGb[pool]! < sizeGb)
      throw new RangeError(`pool ${this.names[pool]} cannot give back ${sizeGb} GB: only ${this.usedGb[pool]} GB are taken`);
    this.usedGb[pool]! -= sizeGb;
  }
}
