// Power as the rest of Orrery works with it.
import { carbonIntensities } from "../datacenter/carbon.ts";
import type { EnergySavingSettings } from "../workflows/operations/energy-saving.ts";
import type { DataFile, PowerSpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

type ReadPower = NonNullable<ReadScenario["cloud"]["power"]>;

/** @param data the files that the scenario names; that of the carbon intensity is the last */
export function powerOf({ power }: ReadScenario["cloud"], data: readonly DataFile[]): PowerSpec | null {
  if (power === undefined) return null;
  const { states } = power;
  return {
    pue: pueOf(power.pue),
    carbon: carbonOf(power.carbon_intensity, data),
    states:
      states === undefined
        ? null
        : {
            offWatts: states.off,
            suspendedWatts: states.suspended,
            boot: { duration: states.boot_time, watts: states.boot ?? null },
            shutdown: { duration: states.shutdown_time, watts: states.shutdown ?? null },
            suspend: { duration: states.suspend_time, watts: states.suspend ?? null },
            resume: { duration: states.resume_time, watts: states.resume ?? null },
          },
  };
}

/** Null: nobody switches hosts off to save energy. */
export function savingOf({ power }: ReadScenario["cloud"]): EnergySavingSettings | null {
  const saving = power?.saving;
  if (saving === undefined) return null;
  return {
    interval: saving.interval,
    by: saving.by === "suspend" ? "suspend" : "power_off",
    freeUsedPercent: saving.free_used_percent,
    minFreeHostsNum: saving.min_free_hosts_num,
  };
}

function pueOf(pue: ReadPower["pue"]): PowerSpec["pue"] {
  if (typeof pue === "number") return { kind: "constant", pue };
  if ("affine" in pue) return { kind: "affine", overheadShare: pue.affine.overhead, fixedWatts: pue.affine.fixed };
  if ("quadratic" in pue) {
    const { fixed, overhead, square } = pue.quadratic;
    return { kind: "quadratic", a0: fixed, a1: overhead, a2: square };
  }
  const { points, outside } = pue.weather;
  return { kind: "weather", points: points.map((point) => [point.celsius, point.pue]), outsideHourly: outside };
}

function carbonOf(carbon: ReadPower["carbon_intensity"], data: readonly DataFile[]): PowerSpec["carbon"] {
  if (typeof carbon === "number") return { kind: "hourly", gramsPerKwh: [carbon] };
  if ("zone" in carbon) return { kind: "hourly", gramsPerKwh: [carbonIntensities.get(carbon.zone)!.value] };
  if ("hourly" in carbon) return { kind: "hourly", gramsPerKwh: carbon.hourly };
  return { kind: "file", path: data[data.length - 1]!.path, zone: carbon.file.zone };
}
