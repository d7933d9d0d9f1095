// `--timing FILE`: what depends on the machine and the moment goes into a file of its own, never into a result.
import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, hostname } from "node:os";
import { dirname } from "node:path";
import { commandLineProblem } from "./terminal.ts";

export class Timing {
  private readonly file: string | undefined;
  private readonly started = new Date();
  private readonly cpu = process.cpuUsage();

  /** @throws InputError for a file that cannot be written, before the work is done */
  constructor(file: string | undefined) {
    this.file = file;
    if (file === undefined) return;
    try {
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error("it is a folder");
      accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    } catch (error) {
      throw commandLineProblem(`--timing ${file}: cannot be written: ${(error as Error).message}`, "name a file in a folder that is there");
    }
  }

  write(events: number): void {
    if (this.file === undefined) return;
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
    writeFileSync(this.file, `${JSON.stringify(record, null, 2)}\n`);
  }
}
