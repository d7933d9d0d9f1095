// Placement over a whole run: where NoValidHost came from, and what was stranded when the cloud was fullest and at the end.
import type { Micros } from "../kernel/time.ts";
import type { CountedCause } from "./no-valid-host.ts";
import type { RunResult } from "./run.ts";
import { type Stranded, strandedByRoom, strandedNow } from "./stranded.ts";

export interface PlacementOverview {
  /** The most frequent cause first. */
  readonly noValidHost: readonly CountedCause[];
  /** By room alone: what the filters would have said then is gone. Null when nothing was ever claimed. */
  readonly fullest: ({ readonly timeUs: Micros; readonly share: number } & Stranded) | null;
  readonly end: Stranded;
}

export function placementOverview({ built, noValidHost, fullest }: RunResult): PlacementOverview {
  const { cloud } = built;
  const { timeUs, share } = fullest;
  return {
    noValidHost: noValidHost.counted,
    fullest: share > 0 ? { timeUs, share, ...strandedByRoom(cloud, fullest.hosts) } : null,
    end: strandedNow(cloud),
  };
}
