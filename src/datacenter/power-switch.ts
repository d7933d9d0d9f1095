// The power button of hosts: which state follows which, and when. A host boots before it is on and shuts down before it is off; only a
// power cut has no time.
import type { Simulation, TimerKind } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";
import type { HostPower } from "./power.ts";
import type { PowerState, PowerStateFigures } from "./power-states.ts";

/** What can be ordered, by name: the state it starts from, the state on the way, the state at the end. */
const orders = {
  "switch on": { from: "off", through: "booting", to: "on", takes: (figures: PowerStateFigures) => figures.boot.duration },
  "switch off": { from: "on", through: "shutting down", to: "off", takes: (figures: PowerStateFigures) => figures.shutdown.duration },
  suspend: { from: "on", through: "suspending", to: "suspended", takes: (figures: PowerStateFigures) => figures.suspend.duration },
  reboot: { from: "on", through: "booting", to: "on", takes: (figures: PowerStateFigures) => figures.boot.duration },
  resume: { from: "suspended", through: "resuming", to: "on", takes: (figures: PowerStateFigures) => figures.resume.duration },
} as const;

export type PowerOrder = keyof typeof orders;

const arrivals: ReadonlyMap<PowerState, PowerState> = new Map(Object.values(orders).map(({ through, to }) => [through, to]));

export class PowerSwitch {
  private readonly simulation: Simulation;
  private readonly power: HostPower;
  private readonly timer: TimerKind;

  /** @param arrived is called when a host has come to "on", "off" or "suspended" by an order */
  constructor(simulation: Simulation, power: HostPower, arrived: (host: number, state: PowerState) => void = () => {}) {
    this.simulation = simulation;
    this.power = power;
    this.timer = simulation.timer("host power state", (host) => {
      const state = arrivals.get(power.state(host))!;
      power.enter(host, simulation.now, state);
      arrived(host, state);
    });
  }

  /**
   * Begins a transition and says how long it takes: as the figures of the host have it, unless `time` is given.
   * @throws RangeError when the host is not in the state the order starts from
   */
  order(host: number, order: PowerOrder, time?: Micros): Micros {
    const { from, through, takes } = orders[order];
    const state = this.power.state(host);
    if (state !== from) throw new RangeError(`host ${host} cannot ${order}: it is ${state}, expected ${from}`);
    const duration = time ?? takes(this.power.figures(host));
    this.power.enter(host, this.simulation.now, through);
    this.simulation.set(duration, this.timer, host);
    return duration;
  }

  /** The host loses its power at once, whatever it was doing; it is off until it is switched on. */
  cut(host: number): void {
    this.simulation.cancel(this.timer, host);
    this.power.enter(host, this.simulation.now, "off");
  }
}
