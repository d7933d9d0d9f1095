// Puts the electricity of a run together: what each host draws, in which states, and the books of the facility.
import { affineFacility, constantPue, type FacilityModel, quadraticFacility, weatherPue } from "../datacenter/facility.ts";
import { FacilityBooks } from "../datacenter/facility-books.ts";
import type { HostType } from "../datacenter/host-types.ts";
import { HostPower, type PowerModel, wattsAt } from "../datacenter/power.ts";
import { powerModel } from "../datacenter/power-models.ts";
import { PowerPeaks } from "../datacenter/power-peaks.ts";
import { defaultFigures, type PowerStateFigures } from "../datacenter/power-states.ts";
import { InputError } from "../kernel/problem.ts";
import { StepFunction } from "../kernel/step-function.ts";
import { HOUR, type Micros } from "../kernel/time.ts";
import { readCarbonIntensity } from "../workload/traces/carbon-intensity.ts";
import type { HostGroupSpec, PowerSpec } from "./scenario.ts";

/** What a run knows of electricity beyond its hosts. */
export interface Electricity {
  readonly facility: FacilityBooks;
  readonly peaks: PowerPeaks;
}

/** What one host of a group draws by its load; a curve where it is the measured one, so that equal runs stay equal. */
export function hostPowerOf(group: HostGroupSpec, type: HostType): readonly number[] | PowerModel {
  const { powerModel: name = "piecewise", powerModelOption: option, idleWatts, maxWatts } = group;
  const curve = idleWatts === undefined || maxWatts === undefined ? type.wattsByLoad : [idleWatts, maxWatts];
  return name === "piecewise" ? curve : powerModel(name, curve, option);
}

/** The same at 0, 10, ... 100 % of load, for whoever compares hosts. */
export function wattsByLoadOf(power: readonly number[] | PowerModel): readonly number[] {
  if (typeof power !== "function" && power.length === 11) return power;
  return Array.from({ length: 11 }, (_, tenth) => (typeof power === "function" ? power(tenth / 10) : wattsAt(power, tenth / 10)));
}

export function buildPower(spec: PowerSpec | null, hosts: readonly { readonly power: readonly number[] | PowerModel }[]): HostPower {
  const states = spec?.states ?? null;
  if (states === null) return new HostPower(hosts.map(({ power }) => power));
  const known = new Map<readonly number[] | PowerModel, PowerStateFigures>();
  const figuresOf = (power: readonly number[] | PowerModel): PowerStateFigures => {
    const usual = defaultFigures((load) => (typeof power === "function" ? power(load) : wattsAt(power, load)));
    const transition = (name: "boot" | "shutdown" | "suspend" | "resume") => ({
      duration: states[name].duration,
      watts: states[name].watts ?? usual[name].watts,
    });
    return {
      offWatts: states.offWatts,
      suspendedWatts: states.suspendedWatts,
      boot: transition("boot"),
      shutdown: transition("shutdown"),
      suspend: transition("suspend"),
      resume: transition("resume"),
    };
  };
  const figures = hosts.map(({ power }) => {
    const found = known.get(power) ?? figuresOf(power);
    known.set(power, found);
    return found;
  });
  return new HostPower(
    hosts.map(({ power }) => power),
    0,
    figures,
  );
}

/** @throws InputError for a broken series of carbon intensities */
export function buildElectricity(spec: PowerSpec, power: HostPower, rackOf: readonly number[], duration: Micros): Electricity {
  const facility = FacilityBooks.of(power, {
    model: facilityModel(spec.pue),
    intensity: spec.carbon.kind === "hourly" ? overAndOver(spec.carbon.gramsPerKwh, duration) : fromFile(spec.carbon),
    ...(spec.pue.kind === "weather" ? { outside: overAndOver(spec.pue.outsideHourly, duration) } : {}),
    intervalMicros: HOUR,
  });
  return { facility, peaks: new PowerPeaks(power, rackOf) };
}

function facilityModel(pue: PowerSpec["pue"]): FacilityModel {
  switch (pue.kind) {
    case "constant":
      return constantPue(pue.pue);
    case "affine":
      return affineFacility(pue.overheadShare, pue.fixedWatts);
    case "quadratic":
      return quadraticFacility(pue.a0, pue.a1, pue.a2);
    case "weather":
      return weatherPue(pue.points);
  }
}

/** One value an hour. */
function overAndOver(values: readonly number[], duration: Micros): StepFunction {
  if (values.length === 1) return StepFunction.constant(values[0]!);
  const hours = Math.max(1, Math.ceil(duration / HOUR));
  return new StepFunction(
    Array.from({ length: hours }, (_, hour) => hour * HOUR),
    Array.from({ length: hours }, (_, hour) => values[hour % values.length]!),
  );
}

function fromFile({ path, zone }: Extract<PowerSpec["carbon"], { kind: "file" }>): StepFunction {
  const zones = readCarbonIntensity(path);
  const found = zones.get(zone);
  if (found !== undefined) return found;
  throw new InputError([
    {
      ...{ file: path, line: null, column: null },
      path: "cloud.power.carbon_intensity.file.zone",
      message: `there is no zone "${zone}" in the file`,
      hint: `it has ${[...zones.keys()].slice(0, 20).join(", ")}`,
    },
  ]);
}
