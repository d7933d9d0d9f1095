// What operators can do to a cloud, one verb each. A verb says at its end how it went, which may be much later: a reboot takes its time, an
// evacuation waits for the scheduler.
import type { Component, MachineRoom } from "../../datacenter/failures/machine-room.ts";
import type { Distribution } from "../../kernel/distribution.ts";
import type { EventKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { Confirmation, MoveMethod } from "../cold-moves.ts";
import type { Evacuations } from "./evacuations.ts";
import type { PowerOrders } from "./power-orders.ts";

export interface Ratios {
  readonly cpu?: number;
  readonly ram?: number;
  readonly disk?: number;
}

/** Called once, with the outcome in words. */
export type Done = (outcome: string) => void;

export class Operator {
  /**
   * Moves a server to another host, for `drain` and `migrate`; null: servers stay where they are. Whoever can migrate sets it. It calls `done`
   * once, with true if the server has left its host.
   */
  move: ((server: number, method: MoveMethod, confirmation: Confirmation, done: (moved: boolean) => void) => void) | null = null;
  private readonly cloud: Cloud;
  private readonly room: MachineRoom;
  private readonly evacuations: Evacuations;
  private readonly rebootTime: Distribution;
  private readonly orders: PowerOrders | null;
  private readonly ends: EventKind;
  /** Failures that the timeline has caused, by component. */
  private readonly caused = new Map<string, { readonly until: Set<number>; readonly done: Map<number, Done> }>();
  private readonly later: { component: Component; token: number }[] = [];
  private readonly reboots: Int32Array;
  private tokens = 0;

  constructor(cloud: Cloud, room: MachineRoom, evacuations: Evacuations, rebootTime: Distribution, orders: PowerOrders | null = null) {
    this.orders = orders;
    this.cloud = cloud;
    this.room = room;
    this.evacuations = evacuations;
    this.rebootTime = rebootTime;
    this.reboots = new Int32Array(cloud.hosts.count);
    this.ends = cloud.simulation.kind("planned failure ends", (index) => {
      const { component, token } = this.later[index]!;
      this.endFailure(component, token, "repaired");
    });
  }

  add(host: number, done: Done): void {
    const { hosts, power, simulation } = this.cloud;
    if (hosts.inService[host] === 1) {
      done("is in service already");
      return;
    }
    if (this.orders !== null) {
      this.orders.powerOn(host, () => {
        hosts.setInService(host, true);
        done("in service");
      });
      return;
    }
    hosts.setInService(host, true);
    if (this.room.hostPowered(host)) power.setUtilisation(host, simulation.now, 0);
    done("in service");
  }

  disable(host: number, done: Done): void {
    this.setEnabled(host, false, done);
  }

  enable(host: number, done: Done): void {
    this.setEnabled(host, true, done);
  }

  set(host: number, ratios: Ratios, done: Done): void {
    const { hosts, hypervisorOf } = this.cloud;
    if (hypervisorOf?.(host).overcommit.value === false && Object.values(ratios).some((ratio) => ratio !== 1)) {
      done("refused: bare metal cannot be promised more than once");
      return;
    }
    hosts.setRatios(host, ratios);
    const over = hosts.usedVcpuMilli[host]! > hosts.capacityVcpuMilli[host]! || hosts.usedRamMb[host]! > hosts.capacityRamMb[host]!;
    done(over ? "set; claims exceed the capacity" : "set");
  }

  /** Guests go down with the host, and come back as after a crash. */
  reboot(host: number, done: Done): void {
    const component: Component = { kind: "host", index: host };
    if (!this.room.hostPowered(host)) {
      done("is down");
      return;
    }
    const time = this.cloud.streams.stream("operator.reboot").sample(this.rebootTime, host, this.reboots[host]!++);
    const whole = Math.max(1, Math.round(time));
    if (this.orders === null) this.fail(component, whole, () => done("up again"));
    else this.orders.reboot(host, whole, (outcome) => done(outcome === "on" ? "up again" : outcome));
  }

  power_off(host: number, done: Done): void {
    this.ordersOf().powerOff(host, done);
  }

  power_on(host: number, done: Done): void {
    this.ordersOf().powerOn(host, done);
  }

  suspend(host: number, done: Done): void {
    this.ordersOf().suspend(host, done);
  }

  private ordersOf(): PowerOrders {
    if (this.orders === null) throw new RangeError("hosts of this cloud cannot be off: expected power states (cloud.power.states)");
    return this.orders;
  }

  /** @param time null: until it is repaired */
  fail(component: Component, time: Micros | null, done: Done): void {
    const token = this.tokens++;
    const key = keyOf(component);
    const known = this.caused.get(key) ?? { until: new Set<number>(), done: new Map<number, Done>() };
    this.caused.set(key, known);
    known.until.add(token);
    known.done.set(token, done);
    this.room.fail(component);
    if (time === null) return;
    this.cloud.simulation.schedule(time, this.ends, this.later.push({ component, token }) - 1);
  }

  /** Ends what the timeline has caused; failures of the component's own have their own repairs. */
  repair(component: Component, done: Done): void {
    const known = this.caused.get(keyOf(component));
    if (known === undefined || known.until.size === 0) {
      done(this.room.isDown(component) ? "is down for other reasons" : "has not failed");
      return;
    }
    for (const token of [...known.until]) this.endFailure(component, token, "repaired by an operator");
    done(this.room.isDown(component) ? "repaired; down for other reasons" : "repaired");
  }

  /** All servers of the host, at once. */
  evacuate(host: number, done: Done): void {
    const servers = this.serversOn(host);
    const counts = new Map<string, number>();
    let left = servers.length;
    const finish = () => done(servers.length === 0 ? "no servers" : inWords(counts));
    if (left === 0) finish();
    for (const server of servers) {
      this.evacuations.start(server, (outcome) => {
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        if (--left === 0) finish();
      });
    }
  }

  /** No new servers come, and those that are there leave; by live migration those whose guests are to keep running, the others cold. */
  drain(host: number, method: MoveMethod, confirmation: Confirmation, done: Done): void {
    this.cloud.hosts.setEnabled(host, false);
    this.moveAway(host, method, confirmation, (outcome) => done(`disabled; ${outcome}`));
  }

  /** Cold migration of all servers of the host; it ends when they have arrived, whether they are confirmed yet or not. */
  migrate(host: number, confirmation: Confirmation, done: Done): void {
    this.moveAway(host, "cold", confirmation, done);
  }

  private moveAway(host: number, method: MoveMethod, confirmation: Confirmation, done: Done): void {
    const { move } = this;
    const servers = this.serversOn(host);
    if (servers.length === 0) done("empty");
    else if (move === null) done(`${servers.length} servers stay`);
    else {
      let left = servers.length;
      let moved = 0;
      for (const server of servers) {
        move(server, method, confirmation, (gone) => {
          if (gone) moved++;
          if (--left === 0) done(`${moved} servers moved, ${servers.length - moved} stay`);
        });
      }
    }
  }

  private setEnabled(host: number, enabled: boolean, done: Done): void {
    const { hosts } = this.cloud;
    const word = enabled ? "enabled" : "disabled";
    const already = hosts.serviceEnabled[host] === (enabled ? 1 : 0);
    hosts.setEnabled(host, enabled);
    done(already ? `was ${word} already` : word);
  }

  private endFailure(component: Component, token: number, outcome: string): void {
    const known = this.caused.get(keyOf(component))!;
    if (!known.until.delete(token)) return; // an operator was faster
    const done = known.done.get(token)!;
    known.done.delete(token);
    this.room.repair(component);
    done(outcome);
  }

  private serversOn(host: number): readonly number[] {
    const servers: number[] = [];
    this.cloud.servers.forEachOn(host, (server) => servers.push(server));
    return servers.sort((a, b) => a - b);
  }
}

const keyOf = ({ kind, index }: Component) => `${kind} ${index}`;

/** `DONE 3, NoValidHost 1`, by name. */
export function inWords(counts: ReadonlyMap<string, number>): string {
  const entries = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([outcome, count]) => `${outcome} ${count}`).join(", ");
}
