// Dynamic voltage and frequency scaling: a host runs at one of a few frequencies (P-states), and a governor chooses which by the load. Lower
// frequencies draw less and serve less. Governors and laws are pure: who applies them decides when the load is looked at.
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import type { PowerModel } from "./power.ts";

/** One frequency of a host: its share of the highest, and the watts at idle and at full load in that state. */
export interface PState {
  readonly frequencyShare: number;
  readonly idleWatts: number;
  readonly fullWatts: number;
}

export const governors = ["performance", "powersave", "ondemand"] as const;
export type Governor = (typeof governors)[number];

/** @source SimGrid examples/platforms, energy: 95 to 200 W at full speed, 93 to 170 W at half, 90 to 150 W at a fifth */
export const simgridPStates: readonly PState[] = [
  { frequencyShare: 1, idleWatts: 95, fullWatts: 200 },
  { frequencyShare: 0.5, idleWatts: 93, fullWatts: 170 },
  { frequencyShare: 0.2, idleWatts: 90, fullWatts: 150 },
];

export const ondemandUpThreshold: Parameter = parameter({
  name: "power.ondemand.up_threshold",
  value: 0.95,
  unit: "1",
  meaning: "Load from which the ondemand governor takes the highest frequency; below, the lowest that serves the load.",
  source: "Linux cpufreq governor ondemand",
  evidence: "from memory",
});

/**
 * P-states by the cube law: voltage follows frequency, so dynamic power is static watts + k f^3 u, with k such that full speed and full load
 * draw `fullWatts`.
 */
export function cubePStates(staticWatts: number, fullWatts: number, frequencyShares: readonly number[]): readonly PState[] {
  if (!(staticWatts >= 0 && fullWatts >= staticWatts && fullWatts < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`P-states from ${staticWatts} W to ${fullWatts} W: expected 0 <= static <= full watts`);
  }
  return checked(
    frequencyShares.map((f) => ({
      frequencyShare: f,
      idleWatts: staticWatts,
      fullWatts: staticWatts + (fullWatts - staticWatts) * f * f * f,
    })),
  );
}

/** The number of the P-state a governor takes under `load`, a share of what the host serves at its highest frequency. */
export function governedPState(
  governor: Governor,
  pStates: readonly PState[],
  load: number,
  upThreshold = ondemandUpThreshold.value,
): number {
  const byFrequency = pStates.map((_, i) => i).sort((a, b) => pStates[a]!.frequencyShare - pStates[b]!.frequencyShare || a - b);
  const highest = byFrequency[byFrequency.length - 1]!;
  if (governor === "performance") return highest;
  if (governor === "powersave") return byFrequency[0]!;
  if (load >= upThreshold) return highest;
  return byFrequency.find((i) => pStates[i]!.frequencyShare >= load) ?? highest;
}

/**
 * Watts of a host whose governor follows its load at once. Load that a frequency cannot serve keeps the host fully busy at that frequency.
 * @throws RangeError when there are no P-states, a frequency share is not in (0, 1], none is 1, or watts are not ordered
 */
export function governedPower(governor: Governor, pStates: readonly PState[], upThreshold = ondemandUpThreshold.value): PowerModel {
  checked(pStates);
  return (utilisation) => {
    if (Number.isNaN(utilisation)) throw new RangeError("cannot tell the watts of a host: its utilisation is NaN, expected 0..1");
    const load = Math.min(1, Math.max(0, utilisation));
    const { frequencyShare, idleWatts, fullWatts } = pStates[governedPState(governor, pStates, load, upThreshold)]!;
    return idleWatts + (fullWatts - idleWatts) * Math.min(1, load / frequencyShare);
  };
}

/** How much longer work takes at a frequency share, when `cpuBoundShare` of it (0..1) waits for nothing but the CPU. */
export function slowdown(frequencyShare: number, cpuBoundShare: number): number {
  if (!(frequencyShare > 0 && frequencyShare <= 1)) throw new RangeError(`frequency share ${frequencyShare}: expected above 0, at most 1`);
  if (!(cpuBoundShare >= 0 && cpuBoundShare <= 1)) throw new RangeError(`CPU-bound share ${cpuBoundShare}: expected 0..1`);
  return cpuBoundShare / frequencyShare + (1 - cpuBoundShare);
}

function checked(pStates: readonly PState[]): readonly PState[] {
  for (const [i, { frequencyShare, idleWatts, fullWatts }] of pStates.entries()) {
    if (!(frequencyShare > 0 && frequencyShare <= 1)) {
      throw new RangeError(`P-state ${i} has the frequency share ${frequencyShare}: expected above 0, at most 1`);
    }
    if (!(idleWatts >= 0 && fullWatts >= idleWatts && fullWatts < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`P-state ${i} draws ${idleWatts} W idle and ${fullWatts} W at full load: expected 0 <= idle <= full`);
    }
  }
  if (!pStates.some(({ frequencyShare }) => frequencyShare === 1)) {
    throw new RangeError(`of ${pStates.length} P-states none runs at the full frequency: expected one with the frequency share 1`);
  }
  return pStates;
}
