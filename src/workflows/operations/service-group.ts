// What Nova knows of its compute services. nova-compute reports every `report_interval`; the scheduler takes a service for up while its last
// report is at most `service_down_time` old. So a host that has crashed is still chosen for a minute, and whoever is sent there waits.
//
// The reports of the hosts are spread over the interval. Nothing is scheduled for them: when a service falls silent, the instant at which that
// will be noticed is worked out.
// @source nova/servicegroup/drivers/db.py is_up: abs(elapsed) <= service_down_time
import type { Hosts } from "../../datacenter/hosts.ts";
import type { Simulation, TimerKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";

export interface ServiceGroupTimes {
  readonly reportInterval: Micros;
  readonly serviceDownTime: Micros;
}

/** The first instant at which a service that reports at phase, phase + interval, ... and fell silent at `silentFrom` is taken for down. */
export function noticedAt(silentFrom: Micros, phase: Micros, { reportInterval, serviceDownTime }: ServiceGroupTimes): Micros {
  const since = (((silentFrom - phase) % reportInterval) + reportInterval) % reportInterval;
  const lastReport = Math.max(0, silentFrom - since); // a run begins with a report
  return Math.max(silentFrom, lastReport + serviceDownTime + 1);
}

export class ServiceGroup {
  private readonly simulation: Simulation;
  private readonly hosts: Hosts;
  private readonly times: ServiceGroupTimes;
  private readonly timer: TimerKind;
  /** Called when a service is taken for down, or is up again. */
  readonly listeners: ((host: number, heard: boolean) => void)[] = [];

  constructor(simulation: Simulation, hosts: Hosts, times: ServiceGroupTimes) {
    this.simulation = simulation;
    this.hosts = hosts;
    this.times = times;
    this.timer = simulation.timer("compute service down", (host) => this.set(host, false));
  }

  fallsSilent(host: number): void {
    const { simulation, hosts, times } = this;
    const phase = Math.floor((host * times.reportInterval) / hosts.count);
    simulation.cancel(this.timer, host);
    simulation.set(noticedAt(simulation.now, phase, times) - simulation.now, this.timer, host);
  }

  /** nova-compute reports when it starts. */
  reports(host: number): void {
    this.simulation.cancel(this.timer, host);
    if (this.hosts.serviceHeard[host] === 0) this.set(host, true);
  }

  private set(host: number, heard: boolean): void {
    this.hosts.setService(host, heard);
    for (const listener of this.listeners) listener(host, heard);
  }
}
