// Executions on shared cores, held against SimGrid's: single-threaded, with priorities and bounds.
import { ProcessorShares } from "../../src/queueing/processor-shares.ts";
import { endsAgree, playThrough, type SharingCase } from "./sharing-cases.ts";

interface CpuCase extends SharingCase {
  readonly hosts: readonly { readonly speed: number; readonly cores: number }[];
  readonly execs: readonly {
    readonly start: number;
    readonly host: number;
    readonly flops: number;
    readonly priority: number | null;
    readonly bound: number | null;
  }[];
}

endsAgree<CpuCase>(
  "the ends of executions in SimGrid",
  "simgrid-cpu.jsonl.gz",
  60,
  (one) => "execs" in one && "hosts" in one,
  ({ hosts, execs }) => {
    // Work and cores are both counted in flop.
    const shares = new ProcessorShares(hosts.map(({ speed, cores }) => speed * cores));
    const running = new Set<number>();
    return playThrough(
      execs.map(({ start }) => start),
      {
        begin(exec, now) {
          const { host, flops, priority, bound } = execs[exec]!;
          const { speed } = hosts[host]!;
          shares.begin(exec, host, Math.min(speed, bound ?? speed), flops, priority ?? 1, now);
          running.add(exec);
        },
        firstToEnd() {
          let [first, end] = [-1, Number.POSITIVE_INFINITY];
          for (const exec of running) if (shares.endOf(exec) < end) [first, end] = [exec, shares.endOf(exec)];
          return first;
        },
        endOf: (exec) => shares.endOf(exec),
        remove(exec, now) {
          shares.remove(exec, now);
          running.delete(exec);
        },
      },
    );
  },
);
