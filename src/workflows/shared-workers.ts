// Workers of a component that serve all its requests at once and share their time among them, as green threads in a process do.
import type { Simulation } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";
import { SharedProcessors } from "../queueing/shared-processors.ts";

export class SharedWorkers {
  readonly workers: number;
  private readonly simulation: Simulation;
  private readonly processors: SharedProcessors;
  private begun = 0;
  private resetAt: Micros = 0;

  constructor(simulation: Simulation, workers: number, served: (strand: number) => void) {
    this.simulation = simulation;
    this.workers = workers;
    this.processors = new SharedProcessors(simulation, [workers], served);
  }

  /** A request is served from now on; alone it would take `micros` of one worker. */
  begin(strand: number, micros: Micros): void {
    this.begun += micros;
    this.processors.begin(strand, 0, 1, micros);
  }

  /** Share of the workers' time that the requests begun so far take. */
  utilisation(): number {
    const span = this.simulation.now - this.resetAt;
    return span === 0 ? 0 : this.begun / (span * this.workers);
  }

  resetStatistics(): void {
    this.begun = 0;
    this.resetAt = this.simulation.now;
  }
}
