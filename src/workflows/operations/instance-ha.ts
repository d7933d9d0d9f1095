// Masakari: notices that a host is gone, disables its compute service, waits until Nova knows, and evacuates its servers, a few at a time.
//
// Assumes that the cluster's fencing is done within the wait, and that one notification is enough (duplicates are dropped in any case).
// @source masakari and masakari-monitors: hostmonitor monitoring_interval 60, wait_period_after_service_update 180, host_failure_recovery_threads 3
import { type Distribution, uniform } from "../../kernel/distribution.ts";
import { type Parameter, parameter } from "../../kernel/parameter.ts";
import type { TimerKind } from "../../kernel/simulation.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { Evacuations } from "./evacuations.ts";
import type { Happenings } from "./happenings.ts";
import type { HostOutages } from "./host-outages.ts";
import { inWords } from "./operator.ts";

export const haDefaults = {
  monitoringInterval: parameter({
    name: "failures.instance_ha.monitoring_interval",
    value: 60 * SECOND,
    unit: "us",
    meaning: "Time between two looks of the host monitor at its cluster",
    source: "masakari-monitors, [host] monitoring_interval",
    evidence: "verified",
  }),
  waitPeriodAfterServiceUpdate: parameter({
    name: "failures.instance_ha.wait_period_after_service_update",
    value: 180 * SECOND,
    unit: "us",
    meaning: "Time from disabling the compute service to the first evacuation",
    source: "masakari, wait_period_after_service_update",
    evidence: "verified",
  }),
  hostFailureRecoveryThreads: parameter({
    name: "failures.instance_ha.host_failure_recovery_threads",
    value: 3,
    unit: "1",
    meaning: "Servers of one host that are evacuated at a time",
    source: "masakari, host_failure_recovery_threads",
    evidence: "verified",
  }),
  enablesReturnedHosts: parameter({
    name: "failures.instance_ha.enable_returned_hosts",
    value: true,
    unit: "1",
    meaning: "Whether somebody enables the compute service again when its host is back; Masakari itself does not",
    source: "a choice of Orrery",
    evidence: "assumed",
  }),
} satisfies Record<string, Parameter<number | boolean>>;

/** Time for the cluster's members to agree that one of them is gone. */
const CLUSTER: Distribution = uniform(1 * SECOND, 10 * SECOND);

export interface InstanceHaSettings {
  readonly monitoringInterval: Micros;
  readonly waitPeriodAfterServiceUpdate: Micros;
  readonly hostFailureRecoveryThreads: number;
  readonly enablesReturnedHosts: boolean;
}

export class InstanceHa {
  private readonly cloud: Cloud;
  private readonly settings: InstanceHaSettings;
  private readonly outages: HostOutages;
  private readonly evacuations: Evacuations;
  private readonly happenings: Happenings;
  private readonly notices: TimerKind;
  private readonly recovers: TimerKind;
  private readonly disabled: Uint8Array; // by host, by this

  constructor(cloud: Cloud, settings: InstanceHaSettings, outages: HostOutages, evacuations: Evacuations, happenings: Happenings) {
    this.cloud = cloud;
    this.settings = settings;
    this.outages = outages;
    this.evacuations = evacuations;
    this.happenings = happenings;
    this.disabled = new Uint8Array(cloud.hosts.count);
    this.notices = cloud.simulation.timer("host monitor notifies", (host) => this.notified(host));
    this.recovers = cloud.simulation.timer("instance HA evacuates", (host) => this.recover(host));
    outages.listeners.push((host, works) => (works ? this.returned(host) : this.failed(host)));
  }

  private failed(host: number): void {
    const { simulation, streams } = this.cloud;
    const n = this.outages.count[host]!;
    const draws = streams.stream("ha.detection");
    const looks = Math.floor(draws.uniform(host, 2 * n) * this.settings.monitoringInterval);
    const agrees = Math.round(draws.sample(CLUSTER, host, 2 * n + 1));
    simulation.set(looks + agrees, this.notices, host);
  }

  private notified(host: number): void {
    const { hosts, simulation } = this.cloud;
    if (hosts.serviceEnabled[host] === 1) {
      hosts.setEnabled(host, false);
      this.disabled[host] = 1;
    }
    this.happenings.note("instance HA", "disable", hosts.hostName(host), "disabled");
    simulation.set(this.settings.waitPeriodAfterServiceUpdate, this.recovers, host);
  }

  /** So many threads take the servers of the host in their order. */
  private recover(host: number): void {
    const { cloud } = this;
    const waiting: number[] = [];
    cloud.servers.forEachOn(host, (server) => waiting.push(server));
    waiting.sort((a, b) => a - b);
    const row = this.happenings.begin("instance HA", "evacuate", cloud.hosts.hostName(host));
    const counts = new Map<string, number>();
    let left = waiting.length;
    if (left === 0) this.happenings.end(row, "no servers");
    let next = 0;
    const take = () => {
      const server = waiting[next++];
      if (server === undefined) return;
      this.evacuations.start(server, (outcome) => {
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        if (--left === 0) this.happenings.end(row, inWords(counts));
        take();
      });
    };
    for (let thread = 0; thread < this.settings.hostFailureRecoveryThreads; thread++) take();
  }

  /** A host that is back before it was missed is left alone; one that was disabled is evacuated all the same, or Nova refuses that. */
  private returned(host: number): void {
    this.cloud.simulation.cancel(this.notices, host);
    if (this.disabled[host] === 0 || !this.settings.enablesReturnedHosts) return;
    this.disabled[host] = 0;
    this.cloud.hosts.setEnabled(host, true);
    this.happenings.note("instance HA", "enable", this.cloud.hosts.hostName(host), "enabled");
  }
}
