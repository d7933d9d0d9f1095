// How fast guests write to their memory, by what they do: the number that decides whether a live migration comes to an end. Rates are those of a
// guest that gets the CPU time it wants; one that gets less writes less.
import { type Parameter, parameter } from "../../kernel/parameter.ts";

export interface DirtyRate {
  /** `database` */
  readonly key: string;
  readonly bytesPerSecond: Parameter;
  /** The writable working set as a share of the guest's memory. */
  readonly writableShare: Parameter;
}

const MIB = 1 << 20;
const source = "orders of magnitude from the literature on pre-copy";

function dirtyRate(key: string, mibPerSecond: number, writableShare: number): DirtyRate {
  const common = { source, evidence: "assumed" } as const;
  return {
    key,
    bytesPerSecond: parameter({
      name: `migration.dirty_rate.${key}`,
      value: mibPerSecond * MIB,
      unit: "B/s",
      meaning: `Memory made dirty by a guest of this kind (${key}).`,
      ...common,
    }),
    writableShare: parameter({
      name: `migration.writable_share.${key}`,
      value: writableShare,
      unit: "1",
      meaning: `Share of its memory that a guest of this kind (${key}) writes to again and again.`,
      ...common,
    }),
  };
}

/** By key. */
export const dirtyRates: ReadonlyMap<string, DirtyRate> = new Map(
  [
    dirtyRate("idle", 2, 0.01),
    dirtyRate("web", 20, 0.05),
    dirtyRate("database", 80, 0.1),
    dirtyRate("compile", 120, 0.15),
    dirtyRate("hpc", 600, 0.3),
  ].map((rate) => [rate.key, rate]),
);
