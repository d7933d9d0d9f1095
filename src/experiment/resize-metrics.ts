// The metrics of runs in which servers are resized or migrated cold: how that went, and the room that was kept on two hosts for it.
import { HOUR } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import type { Action } from "../workflows/operations/timeline.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

/** An action of the timeline that migrates servers cold, whatever they are doing. */
export const isCold = (action: Action): boolean => action.verb === "migrate" || (action.verb === "drain" && action.method === "cold");

/** Cold migrations and resizes accepted after the warm-up. */
function* accepted({ cloud: { moving } }: BuiltRun, { from }: Watch) {
  for (let migration = 0; migration < moving.migrations.count; migration++) {
    const row = moving.migrations.row(migration);
    if (row.type !== "live-migration" && row.createdAt >= from) yield row;
  }
}

const inStatus = (status: string) => (run: BuiltRun, watch: Watch) =>
  [...accepted(run, watch)].filter((row) => row.endedAt >= 0 && row.status === status).length;

export const resizeMetrics: readonly Metric[] = [
  {
    name: "resizes.accepted",
    unit: "resizes",
    better: "neither",
    meaning: "Resizes and cold migrations that Nova's API accepted",
    of: (run, watch) => [...accepted(run, watch)].length,
  },
  {
    name: "resizes.confirmed",
    unit: "resizes",
    better: "neither",
    meaning: "Those that were confirmed",
    of: inStatus("confirmed"),
  },
  { name: "resizes.reverted", unit: "resizes", better: "neither", meaning: "Those that were reverted", of: inStatus("reverted") },
  {
    name: "resizes.failed",
    unit: "resizes",
    better: "lower",
    meaning: "Those that failed: no host was found, or the server did not start there",
    of: inStatus("error"),
  },
  {
    name: "claims.held_twice",
    unit: "vCPU·h",
    better: "lower",
    meaning: "Room kept for servers on the move, live ones too, on the host that is not their home",
    of: (_run, watch) => watch.heldTwiceVcpuMilli.integral(watch.until) / 1000 / HOUR,
  },
];
