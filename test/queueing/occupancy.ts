// How long a system held how many jobs: the distribution behind the mean, kept apart from the statistics under test.
export class Occupancy {
  private readonly micros: number[] = [];
  private count = 0;
  private changedAt = 0;
  private resetAt = 0;

  change(now: number, by: number): void {
    this.micros[this.count] = (this.micros[this.count] ?? 0) + (now - this.changedAt);
    this.changedAt = now;
    this.count += by;
  }

  reset(now: number): void {
    this.micros.fill(0);
    this.changedAt = now;
    this.resetAt = now;
  }

  /** Time-average of a function of the number of jobs, up to the last change. */
  average(of: (jobs: number) => number): number {
    let sum = 0;
    this.micros.forEach((micros, jobs) => {
      sum += micros * of(jobs);
    });
    return sum / (this.changedAt - this.resetAt);
  }

  get mean(): number {
    return this.average((jobs) => jobs);
  }

  get variance(): number {
    const mean = this.mean;
    return this.average((jobs) => (jobs - mean) * (jobs - mean));
  }
}
