// A first Ceilometer. It listens: notifications make samples at their instant, and a polling agent on every host asks its guests and its
// power sensor once an interval, each agent with a phase of its own. No service knows that it is being metered.
//
// Assumes that asking takes no time and no messages.
import type { Micros } from "../kernel/time.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { meters as allMeters, type Meter } from "./meters.ts";
import { type GuestTraffic, Samples } from "./samples.ts";

export class Ceilometer {
  readonly meters: readonly Meter[];
  readonly samples = new Samples();
  private readonly cloud: Cloud;
  private readonly traffic: GuestTraffic;

  /** Listens from now on. `names` chooses from the catalogue, in the catalogue's order. */
  constructor(cloud: Cloud, names: readonly string[], interval: Micros, traffic: GuestTraffic) {
    this.cloud = cloud;
    this.traffic = traffic;
    this.meters = allMeters.filter((meter) => names.includes(meter.name) && (meter.exists?.(cloud) ?? true));
    this.meters.forEach((meter, index) => {
      if (meter.on !== "poll") cloud.notifications.on(meter.on, (entity) => this.take(index, entity));
    });
    if (this.meters.some((meter) => meter.on === "poll")) this.startAgents(interval);
  }

  private startAgents(interval: Micros): void {
    const { simulation, hosts, streams } = this.cloud;
    const phases = streams.stream("ceilometer.polling_phase");
    const poll = simulation.kind("poll", (host) => {
      this.poll(host);
      simulation.schedule(interval, poll, host);
    });
    for (let host = 0; host < hosts.count; host++) simulation.schedule(phases.integer(host, 0, interval), poll, host);
  }

  private poll(host: number): void {
    const { cloud } = this;
    this.meters.forEach((meter, index) => {
      if (meter.on !== "poll") return;
      if (meter.resource === "host") this.take(index, host);
      else cloud.servers.forEachOn(host, (server) => cloud.running[server] === 1 && this.take(index, server));
    });
  }

  private take(meter: number, entity: number): void {
    this.samples.add(meter, entity, this.cloud.simulation.now, this.meters[meter]!.volume(this.cloud, entity, this.traffic));
  }
}
