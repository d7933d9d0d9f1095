// Hosts that can be off: whoever switches one off, or cuts its power, must wait for it to boot before it is a host of the cloud again. An
// operator's order says what a host is wanted to be; its power feed says what it can be. A host that loses its power draws nothing, and when
// the power is back it boots, unless it was off or suspended before. An order that is overtaken by a power cut ends when the host is at last
// what it was wanted to be.
//
// Assumes that a host whose power is back, or which is repaired, boots by itself (the usual setting of a server's firmware: last state).
import type { PowerState } from "../../datacenter/power-states.ts";
import { PowerSwitch } from "../../datacenter/power-switch.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { Done } from "./operator.ts";

export interface PowerEvents {
  readonly hasPower: (host: number) => boolean;
  /** The host is a machine no more that guests can run on; `meant`: it is to stay off. It was on just before, unless it had failed. */
  readonly goesDown: (host: number, meant: boolean) => void;
  /** It has booted, or is awake. */
  readonly comesUp: (host: number) => void;
}

export class PowerOrders {
  private readonly cloud: Cloud;
  private readonly events: PowerEvents;
  private readonly button: PowerSwitch;
  /** 1: boots when it can. */
  private readonly wanted: Uint8Array;
  /** Who waits for a host to arrive where he has sent it. */
  private readonly waiting = new Map<number, Done>();

  constructor(cloud: Cloud, events: PowerEvents) {
    this.cloud = cloud;
    this.events = events;
    this.wanted = new Uint8Array(cloud.hosts.count).fill(1);
    this.button = new PowerSwitch(cloud.simulation, cloud.power, (host, state) => this.arrived(host, state));
  }

  isOn(host: number): boolean {
    return this.cloud.power.state(host) === "on";
  }

  /** Not one of the cloud's yet: it draws nothing. */
  leaveOff(host: number): void {
    this.wanted[host] = 0;
    this.cut(host);
  }

  lost(host: number): void {
    this.cut(host);
    this.events.goesDown(host, false);
    // What was being shut down or suspended is off now; whoever waits for it to be on goes on waiting.
    if (this.wanted[host] === 0) this.end(host, "off: its power was cut");
  }

  restored(host: number): void {
    if (this.wanted[host] === 1) this.button.order(host, "switch on");
    else if (this.cloud.hosts.inService[host] === 1) this.cloud.power.enter(host, this.cloud.simulation.now, "off");
  }

  powerOff(host: number, done: Done): void {
    if (!this.mayBegin(host, ["on"], done)) return;
    this.wanted[host] = 0;
    this.waiting.set(host, done);
    this.events.goesDown(host, true);
    this.button.order(host, "switch off");
  }

  /** Also of a host that is suspended. */
  powerOn(host: number, done: Done): void {
    if (this.wanted[host] === 0 && !this.events.hasPower(host)) {
      this.wanted[host] = 1;
      this.waiting.set(host, done);
      return;
    }
    if (!this.mayBegin(host, ["off", "suspended"], done)) return;
    this.wanted[host] = 1;
    this.waiting.set(host, done);
    this.button.order(host, this.cloud.power.state(host) === "suspended" ? "resume" : "switch on");
  }

  suspend(host: number, done: Done): void {
    if (!this.mayBegin(host, ["on"], done)) return;
    let servers = 0;
    this.cloud.servers.forEachOn(host, () => servers++);
    if (servers > 0) {
      done(`has ${servers} server${servers === 1 ? "" : "s"}`);
      return;
    }
    this.wanted[host] = 0;
    this.waiting.set(host, done);
    this.events.goesDown(host, true);
    this.button.order(host, "suspend");
  }

  /** Boots for `time`, and draws what a booting host does. */
  reboot(host: number, time: Micros, done: Done): void {
    if (!this.mayBegin(host, ["on"], done)) return;
    this.waiting.set(host, done);
    this.events.goesDown(host, false);
    this.button.order(host, "reboot", time);
  }

  private mayBegin(host: number, from: readonly PowerState[], done: Done): boolean {
    const state = this.cloud.power.state(host);
    if (!this.events.hasPower(host)) done("is down");
    else if (!from.includes(state)) done(`is ${state}`);
    else return true;
    return false;
  }

  private arrived(host: number, state: PowerState): void {
    if (state === "on") this.events.comesUp(host);
    this.end(host, state);
  }

  private end(host: number, outcome: string): void {
    const done = this.waiting.get(host);
    this.waiting.delete(host);
    done?.(outcome);
  }

  private cut(host: number): void {
    const { power, simulation } = this.cloud;
    this.button.cut(host);
    power.switchOff(host, simulation.now); // not even its management controller runs
  }
}
