// Failures that come together: a shock strikes several hosts at one instant, beside the failures that each has of its own (the common-shock model
// of Marshall and Olkin). Who is struck is drawn by shock, without replacement, from all hosts or from those of one rack.
// @source Marshall and Olkin, "A multivariate exponential distribution", JASA 62(317), 1967
import type { Distribution } from "../../kernel/distribution.ts";
import type { Stream } from "../../kernel/random.ts";
import type { EventKind, Simulation } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";

export interface BurstLaw {
  /** Time from shock to shock, in microseconds. */
  readonly between: Distribution;
  /** Hosts struck, rounded, at least 1 and at most all there are. */
  readonly size: Distribution;
  /** Time until a host that was struck is up again, in microseconds. */
  readonly repair: Distribution;
  readonly within: "cloud" | "rack";
}

export interface BurstParts {
  readonly simulation: Simulation;
  readonly law: BurstLaw;
  readonly draws: Stream;
  /** Hosts of each rack. */
  readonly racks: readonly (readonly number[])[];
  readonly struck: (shock: number, hosts: readonly number[]) => void;
  readonly failed: (host: number) => void;
  readonly repaired: (host: number) => void;
}

/** Draws of the shock itself come under an entity that no host has. */
const SHOCK = 0xffffffff;

export class Bursts {
  private readonly parts: BurstParts;
  private readonly strikes: EventKind;
  private readonly ends: EventKind;
  shocks = 0;

  constructor(parts: BurstParts) {
    const { simulation } = parts;
    this.parts = parts;
    this.strikes = simulation.kind("burst strikes", () => this.strike());
    this.ends = simulation.kind("burst repaired", (host) => parts.repaired(host));
    if (parts.racks.some((hosts) => hosts.length > 0)) this.wait();
  }

  private wait(): void {
    const { simulation, law, draws } = this.parts;
    const time = draws.sample(law.between, SHOCK, 4 * this.shocks);
    if (time < 2 ** 52) simulation.schedule(Math.max(1, Math.round(time)), this.strikes, 0);
  }

  private strike(): void {
    const { simulation, law, draws, racks, struck, failed } = this.parts;
    const shock = this.shocks++;
    const filled = racks.filter((hosts) => hosts.length > 0);
    const from = law.within === "rack" ? filled[draws.integer(SHOCK, 4 * shock + 1, filled.length)]! : filled.flat();
    const size = Math.min(from.length, Math.max(1, Math.round(draws.sample(law.size, SHOCK, 4 * shock + 2))));
    const hosts = chosen(from, size, (host) => draws.uniform(host, 2 * shock));
    struck(shock, hosts);
    for (const host of hosts) failed(host);
    for (const host of hosts) {
      const time: Micros = Math.max(1, Math.round(draws.sample(law.repair, host, 2 * shock + 1)));
      simulation.schedule(Math.min(time, 2 ** 52), this.ends, host);
    }
    this.wait();
  }
}

/** The `count` with the lowest draws, in their order: another candidate more changes only who it displaces. */
export function chosen(from: readonly number[], count: number, draw: (candidate: number) => number): readonly number[] {
  const drawn = from.map((candidate) => ({ candidate, u: draw(candidate) }));
  const least = drawn.sort((a, b) => a.u - b.u || a.candidate - b.candidate).slice(0, count);
  return least.map(({ candidate }) => candidate).sort((a, b) => a - b);
}
