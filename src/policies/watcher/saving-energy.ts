// Watcher's strategy saving_energy: some hosts without servers stay on for what may come, the others are switched off; too few, and some are
// switched on again. Which ones is left to chance.
// @source watcher/decision_engine/strategy/strategies/saving_energy.py
import { type Parameter, parameter } from "../../kernel/parameter.ts";

const source = "watcher/decision_engine/strategy/strategies/saving_energy.py";

export const savingEnergyDefaults = {
  freeUsedPercent: parameter({
    name: "cloud.power.saving.free_used_percent",
    value: 10,
    unit: "%",
    meaning: "Hosts without servers that stay on, in percent of those with servers",
    source,
    evidence: "verified",
  }),
  minFreeHostsNum: parameter({
    name: "cloud.power.saving.min_free_hosts_num",
    value: 1,
    unit: "hosts",
    meaning: "Hosts without servers that stay on at least",
    source,
    evidence: "verified",
  }),
} satisfies Record<string, Parameter>;

export interface SavingEnergySettings {
  readonly freeUsedPercent: number;
  readonly minFreeHostsNum: number;
}

export interface HostsByUse {
  readonly withServers: number;
  readonly freeOn: number;
  readonly freeOff: number;
}

/** How many hosts to switch off, or on; one of the two is 0. */
export function savingEnergy(
  { withServers, freeOn, freeOff }: HostsByUse,
  { freeUsedPercent, minFreeHostsNum }: SavingEnergySettings,
): { readonly off: number; readonly on: number } {
  const wanted = Math.trunc(Math.max((withServers * freeUsedPercent) / 100, minFreeHostsNum));
  return { off: Math.max(0, freeOn - wanted), on: Math.min(freeOff, Math.max(0, wanted - freeOn)) };
}
