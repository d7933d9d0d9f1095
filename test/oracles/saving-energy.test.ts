import { describe, expect } from "vitest";
import { savingEnergy } from "../../src/policies/watcher/saving-energy.ts";
import { holdsForAll } from "./oracle-files.ts";

interface SavingEnergyCase {
  readonly id: string;
  readonly kind: "saving_energy";
  readonly input: {
    readonly nodes_with_vms: number;
    readonly free_powered_on: number;
    readonly free_powered_off: number;
    readonly free_used_percent: number;
    readonly min_free_hosts_num: number;
  };
  readonly expect: { readonly power_off: number; readonly power_on: number };
}

describe("Watcher's own decisions to save energy", () => {
  holdsForAll<SavingEnergyCase>("saving-energy.jsonl.gz", ["saving_energy"], 20, ({ input, expect: expected }) => {
    const { off, on } = savingEnergy(
      { withServers: input.nodes_with_vms, freeOn: input.free_powered_on, freeOff: input.free_powered_off },
      { freeUsedPercent: input.free_used_percent, minFreeHostsNum: input.min_free_hosts_num },
    );
    expect({ power_off: off, power_on: on }).toEqual(expected);
  });
});
