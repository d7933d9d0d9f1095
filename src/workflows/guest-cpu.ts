// Guests that share the CPUs of their hosts: each wants what its utilisation says, gets what the host has for it, and power follows what is
// busy. Where guests vary in time they do so on a common grid, as the five-minute samples of measured clouds do: one event a step for the
// whole cloud.
//
// Assumes that a guest has a vCPU's worth of work for each vCPU it keeps busy, and that work it did not get done in a step is not made up for.
import type { Flavor } from "../datacenter/flavor.ts";
import type { HostCpu, ServerCpu } from "../datacenter/host-cpu.ts";
import type { HostPower } from "../datacenter/power.ts";
import type { Servers } from "../datacenter/servers.ts";
import type { EventKind, Simulation } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";

/** Share of its vCPUs that each server keeps busy in each step: see workload/utilisation/. */
export interface UtilisationInTime {
  readonly stepMicros: Micros;
  at(server: number, step: number): number;
}

export interface GuestCpuParts {
  readonly simulation: Simulation;
  readonly servers: Servers;
  readonly power: HostPower;
  readonly cpu: HostCpu;
  readonly hosts: number;
  readonly flavorOf: (server: number) => Flavor;
  /** vCPUs pinned, weight and cap of a server. */
  readonly describe: (server: number) => ServerCpu;
  /** Share of a guest's CPU time that goes to the hypervisor, by host. */
  readonly overheadShare: Float64Array;
  /** Null: each server is always as busy as its mean says. */
  readonly pattern: UtilisationInTime | null;
  /** Work that a guest gets done with its CPU time on this host, relative to memory that is all local; above 0 to 1. Absent: 1. */
  readonly localityOf?: (server: number, host: number) => number;
}

export class GuestCpu {
  readonly cpu: HostCpu;
  private readonly parts: GuestCpuParts;
  private readonly demands: Float64Array; // by server, in cores
  private readonly running: Uint8Array;
  private readonly left: Float64Array; // by migration
  private readonly pace: Float64Array; // by memory
  private readonly locality: Float64Array;
  private readonly remoteMicros: Float64Array; // in stays that are over
  private readonly receivedBefore: Float64Array; // at the beginning of the stay
  private readonly runningOn: Int32Array; // guests by host
  private step = 0;

  constructor(parts: GuestCpuParts) {
    this.parts = parts;
    this.cpu = parts.cpu;
    this.demands = new Float64Array(parts.servers.count);
    this.running = new Uint8Array(parts.servers.count);
    const column = () => new Float64Array(parts.servers.count);
    [this.left, this.pace, this.locality] = [column().fill(1), column().fill(1), column().fill(1)];
    [this.remoteMicros, this.receivedBefore] = [column(), column()];
    this.runningOn = new Int32Array(parts.hosts);
    if (parts.pattern !== null) this.followPattern(parts.pattern);
  }

  begin(server: number, host: number): void {
    const { simulation } = this.parts;
    this.running[server] = 1;
    this.runningOn[host]!++;
    this.cpu.place(server, host, simulation.now, this.parts.describe(server));
    [this.left[server], this.pace[server]] = [1, 1];
    this.locality[server] = this.parts.localityOf?.(server, host) ?? 1;
    this.receivedBefore[server] = this.cpu.cpuMicros(server, simulation.now);
    this.demands[server] = this.demandOf(server, host);
    this.cpu.setDemand(server, simulation.now, this.demands[server]!);
    this.tellPower(host);
  }

  end(server: number, host: number): void {
    this.remoteMicros[server] = this.remoteMicrosOf(server);
    this.running[server] = 0;
    this.runningOn[host]!--;
    this.cpu.remove(server, this.parts.simulation.now);
    this.tellPower(host);
  }

  /** Of its CPU time, this share is left to the guest from now on: it is slowed down or stands still while it is moved. */
  leave(server: number, share: number): void {
    this.left[server] = share;
    this.throttle(server);
  }

  /**
   * A vCPU that waits for a page stands still: of its time, this share is left to the guest's work from now on. Nothing happens to a guest that
   * does not run.
   */
  slow(server: number, pace: number): void {
    if (this.running[server] === 0) return;
    this.pace[server] = pace;
    this.throttle(server);
  }

  /** CPU time of the server, in core-microseconds, that has gone in waiting for the memory of other NUMA cells. */
  remoteMicrosOf(server: number): number {
    if (this.running[server] === 0) return this.remoteMicros[server]!;
    const received = this.cpu.cpuMicros(server, this.parts.simulation.now) - this.receivedBefore[server]!;
    return this.remoteMicros[server]! + received * (1 - this.locality[server]!);
  }

  private throttle(server: number): void {
    this.cpu.setThrottle(server, this.parts.simulation.now, 1 - this.left[server]! * this.pace[server]!);
    this.tellPower(this.cpu.hostOf(server));
  }

  /** CPU time that the guest itself has used, in nanoseconds: what the hypervisor took of it is not the guest's. */
  cpuNanos(server: number): number {
    const host = Math.max(0, this.parts.servers.host[server]!);
    return Math.round(this.cpu.cpuMicros(server, this.parts.simulation.now) * (1 - this.parts.overheadShare[host]!) * 1000);
  }

  private followPattern({ stepMicros }: UtilisationInTime): void {
    const { simulation } = this.parts;
    const told = simulation.recordKind("CPU that guests get, in thousandths of a core");
    const stepped: EventKind = simulation.kind("guests change their demand", () => {
      this.step++;
      let used = 0;
      for (let host = 0; host < this.runningOn.length; host++) {
        if (this.runningOn[host] === 0) continue;
        this.changeDemands(host);
        used += this.cpu.usedCores(host);
      }
      simulation.record(told, 0, Math.round(1000 * used) | 0);
      simulation.schedule(stepMicros, stepped, 0);
    });
    simulation.schedule(stepMicros, stepped, 0);
  }

  private changeDemands(host: number): void {
    const { servers, simulation } = this.parts;
    servers.forEachOn(host, (server) => {
      if (this.running[server] === 1) this.demands[server] = this.demandOf(server, host);
    });
    this.cpu.setDemands(host, simulation.now, this.demands);
    this.tellPower(host);
  }

  /** In cores, the hypervisor's part included. */
  private demandOf(server: number, host: number): number {
    const { pattern, servers, flavorOf, overheadShare } = this.parts;
    const share = pattern === null ? servers.cpuUtilisation[server]! : pattern.at(server, this.step);
    // The same work keeps CPUs busy for longer where memory is far away.
    return ((flavorOf(server).vcpuMilli / 1000) * share) / (1 - overheadShare[host]!) / this.locality[server]!;
  }

  private tellPower(host: number): void {
    this.parts.power.setUtilisation(host, this.parts.simulation.now, this.cpu.utilisation(host));
  }
}
