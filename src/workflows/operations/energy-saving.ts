// Watcher looks at the cloud at even intervals and switches hosts without servers off, or on again, as its strategy saving_energy has it. A host
// is disabled before it goes, so that the scheduler sends nothing to it, and enabled when it is back.
//
// Assumes that hosts on their way up count as free ones that are on. Watcher would order a second one for each while they boot.
import { chosen } from "../../datacenter/failures/bursts.ts";
import type { Stream } from "../../kernel/random.ts";
import type { EventKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import { type SavingEnergySettings, savingEnergy } from "../../policies/watcher/saving-energy.ts";
import type { Cloud } from "../cloud.ts";
import type { Happenings } from "./happenings.ts";
import type { HostOutages } from "./host-outages.ts";
import type { PowerOrders } from "./power-orders.ts";

export interface EnergySavingSettings extends SavingEnergySettings {
  readonly interval: Micros;
  readonly by: "power_off" | "suspend";
}

type Sent = "no" | "off" | "coming";

export class EnergySaving {
  private readonly cloud: Cloud;
  private readonly settings: EnergySavingSettings;
  private readonly outages: HostOutages;
  private readonly orders: PowerOrders;
  private readonly happenings: Happenings;
  private readonly draws: Stream;
  private readonly looks: EventKind;
  /** What was made of each host by this strategy; operators' hosts are left alone. */
  private readonly sent: Sent[];
  private look = 0;

  constructor(cloud: Cloud, settings: EnergySavingSettings, outages: HostOutages, orders: PowerOrders, happenings: Happenings) {
    this.cloud = cloud;
    this.settings = settings;
    this.outages = outages;
    this.orders = orders;
    this.happenings = happenings;
    this.draws = cloud.streams.stream("power.saving");
    this.sent = new Array<Sent>(cloud.hosts.count).fill("no");
    this.looks = cloud.simulation.kind("watcher audit", () => this.audit());
    cloud.simulation.schedule(settings.interval, this.looks, 0);
  }

  private audit(): void {
    const { hosts, simulation } = this.cloud;
    simulation.schedule(this.settings.interval, this.looks, 0);
    const freeOn: number[] = [];
    const freeOff: number[] = [];
    let withServers = 0;
    let coming = 0;
    for (let host = 0; host < hosts.count; host++) {
      if (hosts.inService[host] === 0) continue;
      if (this.sent[host] === "off" && this.outages.works(host)) {
        // An operator has woken it.
        this.sent[host] = "no";
        hosts.setEnabled(host, true);
      }
      if (this.sent[host] === "coming") coming++;
      else if (this.sent[host] === "off") freeOff.push(host);
      else if (this.isUsed(host)) withServers++;
      else if (this.outages.works(host) && hosts.serviceEnabled[host] === 1) freeOn.push(host);
    }
    const { off, on } = savingEnergy({ withServers, freeOn: freeOn.length + coming, freeOff: freeOff.length }, this.settings);
    for (const host of this.draw(freeOn, Math.min(off, freeOn.length))) this.switchOff(host);
    for (const host of this.draw(freeOff, on)) this.switchOn(host);
    this.look++;
  }

  private isUsed(host: number): boolean {
    const { hosts, servers } = this.cloud;
    let used = hosts.instances[host]! > 0 || hosts.usedVcpuMilli[host]! > 0 || hosts.usedRamMb[host]! > 0;
    servers.forEachOn(host, () => {
      used = true;
    });
    return used;
  }

  private draw(from: readonly number[], count: number): readonly number[] {
    return count === 0 ? [] : chosen(from, count, (host) => this.draws.uniform(this.look, host));
  }

  private switchOff(host: number): void {
    const { by } = this.settings;
    this.sent[host] = "off";
    this.cloud.hosts.setEnabled(host, false);
    const row = this.happenings.begin("watcher", by, this.cloud.hosts.hostName(host));
    const done = (outcome: string) => this.happenings.end(row, outcome);
    if (by === "suspend") this.orders.suspend(host, done);
    else this.orders.powerOff(host, done);
  }

  private switchOn(host: number): void {
    if (this.cloud.power.state(host) === "shutting down" || this.cloud.power.state(host) === "suspending") return; // at the next look
    this.sent[host] = "coming";
    const row = this.happenings.begin("watcher", "power_on", this.cloud.hosts.hostName(host));
    this.orders.powerOn(host, (outcome) => {
      this.sent[host] = "no";
      this.cloud.hosts.setEnabled(host, true);
      this.happenings.end(row, outcome);
    });
  }
}
