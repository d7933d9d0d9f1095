// The parts of a fabric that can fail by themselves: its links from switch to switch, and its switches. Those on which hosts hang come last among
// the switches, so that the spines, aggregation and core switches are the first ones.
//
// Assumes that links which never limit, those of a border switch, do not fail by themselves, and that one failure of a link takes all cables
// between its two switches along where it is named by them.
import type { Fabric } from "../fabric/fabric.ts";
import { UNLIMITED, type Wiring } from "../fabric/wiring.ts";

export const fabricKinds = ["link", "fabric-switch"] as const;
export type FabricKind = (typeof fabricKinds)[number];

/** How the parts of a wiring are numbered and called. */
export interface FabricNames {
  /** Cable of each link. */
  readonly links: readonly number[];
  /** Switches, those without hosts first. */
  readonly switches: readonly number[];
  /** Switches that carry no host and no service, of all of these the first ones. */
  readonly upper: number;
}

export function fabricNames(wiring: Wiring): FabricNames {
  const links = wiring.cableBytesPerSecond.flatMap((speed, cable) => (speed === UNLIMITED ? [] : [cable]));
  const carries = new Set(wiring.portSwitch);
  const all = wiring.switchNames.map((_, at) => at);
  const upper = all.filter((at) => !carries.has(at));
  return { links, switches: [...upper, ...all.filter((at) => carries.has(at))], upper: upper.length };
}

export class FabricParts {
  private readonly fabric: Fabric;
  private readonly names: FabricNames;
  private readonly faults: Readonly<Record<FabricKind, Int32Array>>;
  private readonly cut: Uint8Array; // by host

  /** `turned` is called for every host that loses the way to the image service, which stands for the control plane, or has it again. */
  constructor(fabric: Fabric, hosts: number, turned: (host: number, cut: boolean) => void) {
    this.fabric = fabric;
    this.names = fabricNames(fabric.wiring);
    this.faults = { link: new Int32Array(this.names.links.length), "fabric-switch": new Int32Array(this.names.switches.length) };
    this.cut = new Uint8Array(hosts);
    if (fabric.glance >= 0) fabric.onChange(() => this.look(turned));
  }

  /** How many fail by themselves where a kind does. */
  count(kind: FabricKind): number {
    return kind === "link" ? this.names.links.length : this.names.upper;
  }

  /** `leaf-1/spine-2`, `spine-2`. */
  nameOf(kind: FabricKind, index: number): string {
    const { wiring } = this.fabric;
    if (kind === "fabric-switch") return wiring.switchNames[this.names.switches[index]!]!;
    const cable = this.names.links[index]!;
    return [2 * cable, 2 * cable + 1].map((end) => wiring.switchNames[wiring.cableEnds[end]!]!).join("/");
  }

  fail(kind: FabricKind, index: number): void {
    this.faults[kind][index]!++;
    if (kind === "link") this.fabric.failCable(this.names.links[index]!);
    else this.fabric.failSwitch(this.names.switches[index]!);
  }

  /** @throws RangeError when it has not failed */
  repair(kind: FabricKind, index: number): void {
    if (this.faults[kind][index] === 0) throw new RangeError(`${this.nameOf(kind, index)} cannot be repaired: it has not failed`);
    this.faults[kind][index]!--;
    if (kind === "link") this.fabric.repairCable(this.names.links[index]!);
    else this.fabric.repairSwitch(this.names.switches[index]!);
  }

  isDown(kind: FabricKind, index: number): boolean {
    return this.faults[kind][index]! > 0;
  }

  /** What does not hold, in words: a host is cut off if and only if it has no way, and no link that is down carries a flow. */
  check(): readonly string[] {
    const wrong: string[] = [];
    for (let host = 0; this.fabric.glance >= 0 && host < this.cut.length; host++) {
      const cut = this.fabric.switchesBetween(this.fabric.glance, host) < 0;
      if (cut !== (this.cut[host] === 1)) wrong.push(`host ${host} ${cut ? "has no way" : "has a way"}, and is taken for the contrary`);
    }
    return wrong;
  }

  private look(turned: (host: number, cut: boolean) => void): void {
    const { fabric, cut } = this;
    const changed: number[] = [];
    for (let host = 0; host < cut.length; host++) {
      const now = fabric.switchesBetween(fabric.glance, host) < 0 ? 1 : 0;
      if (now === cut[host]) continue;
      cut[host] = now;
      changed.push(host);
    }
    for (const host of changed) turned(host, cut[host] === 1);
  }
}
