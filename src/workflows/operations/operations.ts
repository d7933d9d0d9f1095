// Everything that happens to a cloud besides its users' requests, put together: its machine room with the failures that strike it, what they do
// to hosts, servers and builds, the operators' timeline and the automation that evacuates.
import { type BurstLaw, Bursts } from "../../datacenter/failures/bursts.ts";
import { type ComponentKind, MachineRoom } from "../../datacenter/failures/machine-room.ts";
import { type FailureLaw, Renewal, RepairCrews } from "../../datacenter/failures/renewal.ts";
import type { Distribution } from "../../kernel/distribution.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import { EnergySaving, type EnergySavingSettings } from "./energy-saving.ts";
import { Evacuations } from "./evacuations.ts";
import { Happenings } from "./happenings.ts";
import { HostOutages, type OutageSettings } from "./host-outages.ts";
import { InstanceHa, type InstanceHaSettings } from "./instance-ha.ts";
import { Operator } from "./operator.ts";
import { Timeline, type TimelineEntry } from "./timeline.ts";

/** A kind of component that fails by a law. */
export interface FailureProcess {
  /** Names its draws: the preset, or the kind and its number. */
  readonly name: string;
  readonly kind: ComponentKind;
  readonly law: FailureLaw;
}

export interface OperationsSpec {
  readonly processes: readonly FailureProcess[];
  readonly bursts: BurstLaw | null;
  /** Infinity: there is always a crew. */
  readonly crews: number;
  readonly racksPerPdu: number;
  readonly disksPerHost: number;
  readonly disksTolerated: number;
  readonly outages: OutageSettings;
  readonly rebootTime: Distribution;
  readonly ha: InstanceHaSettings | null;
  readonly timeline: readonly TimelineEntry[];
  /** Absent: nobody switches hosts off to save energy. */
  readonly saving?: EnergySavingSettings;
}

export class Operations {
  readonly room: MachineRoom;
  readonly outages: HostOutages;
  readonly evacuations: Evacuations;
  readonly happenings: Happenings;
  readonly operator: Operator;
  readonly crews: RepairCrews;
  /** Failures of components so far, planned ones left out. */
  failures = 0;

  /** @param canBeOff hosts boot, shut down and are suspended, as their power states say */
  constructor(cloud: Cloud, engine: WorkflowEngine | null, spec: OperationsSpec, canBeOff = false) {
    const { simulation, hosts, streams } = cloud;
    this.happenings = new Happenings(simulation);
    this.evacuations = new Evacuations(cloud);
    cloud.evacuations = this.evacuations;
    this.outages = new HostOutages(cloud, engine, spec.outages, () => this.room, canBeOff);
    this.room = new MachineRoom(
      {
        rackOf: hosts.descriptions.map(({ rack }) => rack),
        racksPerPdu: spec.racksPerPdu,
        disksPerHost: spec.disksPerHost,
        disksTolerated: spec.disksTolerated,
        hostName: (host) => hosts.hostName(host),
        fabric: cloud.fabric,
      },
      {
        powered: (host, up) => this.outages.powered(host, up),
        reached: (host, reachable) => this.outages.reached(host, reachable),
      },
    );
    this.outages.services.listeners.push((host, heard) =>
      this.happenings.note("service group", heard ? "up" : "down", hosts.hostName(host), heard ? "heard of again" : "not heard of"),
    );
    this.operator = new Operator(cloud, this.room, this.evacuations, spec.rebootTime, this.outages.orders);
    this.crews = new RepairCrews(simulation, spec.crews);
    for (const process of spec.processes) this.letFail(cloud, process);
    if (spec.bursts !== null) this.letBurst(cloud, spec.bursts);
    if (spec.ha !== null) new InstanceHa(cloud, spec.ha, this.outages, this.evacuations, this.happenings);
    this.waitForService(cloud, spec.timeline);
    const { orders } = this.outages;
    if (spec.saving !== undefined && orders !== null) new EnergySaving(cloud, spec.saving, this.outages, orders, this.happenings);
    new Timeline(simulation, spec.timeline, this.operator, this.room, this.happenings, streams.stream("timeline.selection"));
  }

  private letFail(cloud: Cloud, { name, kind, law }: FailureProcess): void {
    const { room, happenings } = this;
    const rows = new Map<number, number>();
    new Renewal({
      simulation: cloud.simulation,
      name,
      count: room.count(kind),
      law,
      draws: cloud.streams.stream(`failure.${name}`),
      crews: this.crews,
      failed: (index) => {
        this.failures++;
        rows.set(index, happenings.begin("failure", "fail", room.nameOf({ kind, index })));
        room.fail({ kind, index });
      },
      repaired: (index) => {
        room.repair({ kind, index });
        happenings.end(rows.get(index)!, "repaired");
      },
    });
  }

  private letBurst({ simulation, streams }: Cloud, law: BurstLaw): void {
    const { room, happenings } = this;
    const racks: number[][] = Array.from({ length: room.racks }, () => []);
    for (const [host, rack] of room.plan.rackOf.entries()) racks[rack]!.push(host);
    const rows = new Map<number, number[]>();
    new Bursts({
      simulation,
      law,
      draws: streams.stream("failure.bursts"),
      racks,
      struck: (_shock, hosts) => {
        this.failures += hosts.length;
      },
      failed: (index) => {
        const row = happenings.begin("burst", "fail", room.nameOf({ kind: "host", index }));
        rows.set(index, [...(rows.get(index) ?? []), row]);
        room.fail({ kind: "host", index });
      },
      repaired: (index) => {
        room.repair({ kind: "host", index });
        happenings.end(rows.get(index)!.shift()!, "repaired");
      },
    });
  }

  /** Hosts that are added later are none of the cloud's before. */
  private waitForService({ hosts, power, simulation }: Cloud, entries: readonly TimelineEntry[]): void {
    for (const { steps, objects } of entries) {
      if (!steps.some(({ action }) => action.verb === "add")) continue;
      for (const { index } of objects) {
        hosts.setInService(index, false);
        if (this.outages.orders === null) power.switchOff(index, simulation.now);
        else this.outages.orders.leaveOff(index);
      }
    }
  }
}
