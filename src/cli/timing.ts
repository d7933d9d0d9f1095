// `--timing FILE`: what depends on the machine and the moment goes into a file of its own, never into a result.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, hostname } from "node:os";

export class Timing {
  private readonly started = new Date();
  private readonly cpu = process.cpuUsage();

  write(file: string | undefined, events: number): void {
    if (file === undefined) return;
    const { user, system } = process.cpuUsage(this.cpu);
    const cpuSeconds = (user + system) / 1e6;
    const record = {
      started: this.started.toISOString(),
      wall_seconds: (Date.now() - this.started.getTime()) / 1000,
      cpu_seconds: cpuSeconds,
      events,
      events_per_cpu_second: Math.round(events / cpuSeconds),
      peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1024),
      node: process.version,
      host: hostname(),
      processor: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
    };
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  }
}
