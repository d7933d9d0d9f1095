// The components of a datacenter that can fail, and what hangs on each: a power feed carries PDUs, which carry racks of hosts; a router joins
// the racks' top-of-rack switches, which join hosts. Without power a host is down; without its switch it runs, and nobody hears of it.
//
// Assumes one power feed and one router for the whole cloud (a second one that takes over is no failure), one PDU for so many racks in their
// order, and one switch a rack.

import type { Fabric } from "../fabric/fabric.ts";
import { type FabricKind, FabricParts, fabricKinds } from "./fabric-parts.ts";
import { FaultTree } from "./fault-tree.ts";

export const componentKinds = ["power", "pdu", "rack", "host", "router", "switch", "disk", ...fabricKinds] as const;
export type ComponentKind = (typeof componentKinds)[number];

/** A component by its kind and its number within the kind, from 0. Disks of a host follow each other. */
export interface Component {
  readonly kind: ComponentKind;
  readonly index: number;
}

export interface RoomPlan {
  /** The rack of each host. */
  readonly rackOf: readonly number[];
  readonly racksPerPdu: number;
  readonly disksPerHost: number;
  /** Disks of one host that may be broken at once before the host goes down with them. */
  readonly disksTolerated: number;
  readonly hostName: (host: number) => string;
  /** Its links and switches can fail too; null or absent: they do not. */
  readonly fabric?: Fabric | null;
}

export interface RoomListener {
  /** A host has power and works, or has not. */
  readonly powered: (host: number, up: boolean) => void;
  /** A host can be reached over the network, or cannot. */
  readonly reached: (host: number, reachable: boolean) => void;
}

export class MachineRoom {
  readonly plan: RoomPlan;
  readonly racks: number;
  readonly pdus: number;
  readonly hosts: number;
  /** Power: feed, PDUs, racks, hosts. */
  private readonly power: FaultTree;
  /** Network: router, switches, hosts. */
  private readonly network: FaultTree;
  private readonly parts: FabricParts | null;
  private readonly brokenDisks: Int32Array; // by host
  private readonly disksDown: Int32Array; // causes, by disk

  constructor(plan: RoomPlan, listener: RoomListener) {
    const { rackOf, racksPerPdu, disksPerHost, disksTolerated } = plan;
    if (!(Number.isInteger(racksPerPdu) && racksPerPdu >= 1)) {
      throw new RangeError(`a PDU cannot carry ${racksPerPdu} racks: expected a whole number of at least 1`);
    }
    for (const [name, value] of [["disks per host", disksPerHost] as const, ["disks tolerated", disksTolerated] as const]) {
      if (!(Number.isInteger(value) && value >= 0)) throw new RangeError(`${name}: ${value}; expected a whole number of at least 0`);
    }
    this.plan = plan;
    this.hosts = rackOf.length;
    this.racks = rackOf.reduce((most, rack) => Math.max(most, rack + 1), 0);
    this.pdus = Math.ceil(this.racks / racksPerPdu);
    const { pdus, racks } = this;
    const firstHost = 1 + pdus + racks;
    this.power = new FaultTree(
      [
        -1,
        ...Array.from({ length: pdus }, () => 0),
        ...Array.from({ length: racks }, (_, rack) => 1 + Math.floor(rack / racksPerPdu)),
        ...rackOf.map((rack) => 1 + pdus + rack),
      ],
      (component, down) => component >= firstHost && listener.powered(component - firstHost, !down),
    );
    this.network = new FaultTree(
      [-1, ...Array.from({ length: racks }, () => 0), ...rackOf.map((rack) => 1 + rack)],
      (component, down) => component > racks && listener.reached(component - racks - 1, !down),
    );
    // Hosts without a way count as cut off, for one more cause.
    this.parts =
      plan.fabric == null
        ? null
        : new FabricParts(plan.fabric, this.hosts, (host, cut) =>
            cut ? this.network.fail(1 + racks + host) : this.network.repair(1 + racks + host),
          );
    this.brokenDisks = new Int32Array(this.hosts);
    this.disksDown = new Int32Array(this.hosts * disksPerHost);
  }

  /** How many there are of a kind. */
  count(kind: ComponentKind): number {
    switch (kind) {
      case "link":
      case "fabric-switch":
        return this.parts?.count(kind) ?? 0;
      case "power":
      case "router":
        return 1;
      case "pdu":
        return this.pdus;
      case "rack":
      case "switch":
        return this.racks;
      case "host":
        return this.hosts;
      case "disk":
        return this.disksDown.length;
    }
  }

  /** `rack-3`, `compute-7`, `compute-7/disk-2`. */
  nameOf({ kind, index }: Component): string {
    const { hostName, disksPerHost } = this.plan;
    if (kind === "host") return hostName(index);
    if (kind === "disk") return `${hostName(Math.floor(index / disksPerHost))}/disk-${(index % disksPerHost) + 1}`;
    if (isOfFabric(kind) && this.parts !== null) return this.parts.nameOf(kind, index);
    return `${kind}-${index + 1}`;
  }

  fail(component: Component): void {
    if (isOfFabric(component.kind)) {
      this.fabricParts().fail(component.kind, component.index);
      return;
    }
    if (component.kind === "disk") {
      if (this.disksDown[component.index]!++ === 0) this.diskChanged(component.index, 1);
      return;
    }
    const { tree, node } = this.nodeOf(component);
    tree.fail(node);
  }

  /** @throws RangeError when nothing of the component has failed */
  repair(component: Component): void {
    if (isOfFabric(component.kind)) {
      this.fabricParts().repair(component.kind, component.index);
      return;
    }
    if (component.kind === "disk") {
      if (!(this.disksDown[component.index]! > 0)) throw new RangeError(`${this.nameOf(component)} cannot be repaired: it has not failed`);
      if (--this.disksDown[component.index]! === 0) this.diskChanged(component.index, -1);
      return;
    }
    const { tree, node } = this.nodeOf(component);
    tree.repair(node);
  }

  /** Is it down, by itself or by something that it hangs on? */
  isDown(component: Component): boolean {
    if (isOfFabric(component.kind)) return this.fabricParts().isDown(component.kind, component.index);
    if (component.kind === "disk") return this.disksDown[component.index]! > 0;
    const { tree, node } = this.nodeOf(component);
    return tree.isDown(node);
  }

  hostPowered(host: number): boolean {
    return !this.power.isDown(1 + this.pdus + this.racks + host);
  }

  hostReachable(host: number): boolean {
    return !this.network.isDown(1 + this.racks + host);
  }

  check(): readonly string[] {
    return [...this.power.check(), ...this.network.check(), ...(this.parts?.check() ?? [])];
  }

  private fabricParts(): FabricParts {
    if (this.parts === null) throw new RangeError("links and switches of the fabric cannot fail here: the room has none");
    return this.parts;
  }

  private diskChanged(disk: number, change: 1 | -1): void {
    const { disksPerHost, disksTolerated } = this.plan;
    const host = Math.floor(disk / disksPerHost);
    const before = this.brokenDisks[host]!;
    this.brokenDisks[host] = before + change;
    // The host goes down with one disk more than it tolerates, and comes up when no more than those are broken.
    if (change > 0 && before === disksTolerated) this.fail({ kind: "host", index: host });
    if (change < 0 && before === disksTolerated + 1) this.repair({ kind: "host", index: host });
  }

  private nodeOf({ kind, index }: Component): { readonly tree: FaultTree; readonly node: number } {
    const { pdus, racks, power, network } = this;
    if (!(index >= 0 && index < this.count(kind))) throw new RangeError(`there is no ${kind} ${index + 1}: there are ${this.count(kind)}`);
    switch (kind) {
      case "pdu":
        return { tree: power, node: 1 + index };
      case "rack":
        return { tree: power, node: 1 + pdus + index };
      case "host":
        return { tree: power, node: 1 + pdus + racks + index };
      case "switch":
        return { tree: network, node: 1 + index };
      case "router":
        return { tree: network, node: 0 };
      default:
        return { tree: power, node: 0 };
    }
  }
}

function isOfFabric(kind: ComponentKind): kind is FabricKind {
  return kind === "link" || kind === "fabric-switch";
}
