// What hosts draw, what the facility adds to it and what the grid emits for it. Models, states and zones are those of the datacenter's tables.
import { carbonIntensities, carbonIntensityDefault } from "../datacenter/carbon.ts";
import { pueDefault } from "../datacenter/facility.ts";
import { powerModels } from "../datacenter/power-models.ts";
import { powerStateDefaults as states } from "../datacenter/power-states.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { describeKind } from "../kernel/units.ts";
import { savingEnergyDefaults as saving } from "../policies/watcher/saving-energy.ts";
import {
  type Absent,
  absentSection,
  accept,
  choice,
  defaulted,
  list,
  optional,
  reject,
  required,
  section,
  type ValueKind,
} from "./grammar.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, orExpression, quantity, text, word } from "./value-kinds.ts";

const OWN_CHOICE = { source: "a choice of Orrery", evidence: "assumed" } as const;
const MAX_INTENSITY = 5000;
/** Of one machine; the largest servers draw a tenth of it. */
const watts = quantity("power", { most: 100_000 });
const someWatts = quantity("power", { above: 0, most: 100_000 });
const share = quantity("ratio", { most: 10 });
const pue = quantity("ratio", { least: 1, most: 10 });
const transition = quantity("time", { most: 86_400_000_000 });
const series = { most: 100_000 } as const;

/** Keys of a group of hosts and of `cloud.host_defaults`. */
export function hostPowerShape() {
  return {
    power_model: defaulted(word("power model", [...powerModels.keys()]), "Watts of a host by its load", {
      default: "piecewise",
      source: "the measured curve; no formula fits servers as well",
      evidence: "verified",
    }),
    power_model_option: optional(
      quantity("ratio", { above: 0, most: 1000 }),
      "Option of the power model, where it has one: r of fan and mse, a of asymptotic and asymptotic-dvfs",
      { absent: "that of the model", source: "table of power models", evidence: "verified" },
    ),
    idle_power: optional(watts, "Watts of an idle host, instead of those of the host type", ofHostType("idle")),
    max_power: optional(someWatts, "Watts of a fully busy host, instead of those of the host type", ofHostType("fully busy")),
  };
}

const ofHostType = (when: string): Absent => ({
  absent: `that of the host type, ${when}`,
  source: "SPECpower_ssj2008 published results",
  evidence: "verified",
});

/** Grams of CO2 per kWh: `350 g/kWh`, or the number alone. */
const intensity: ValueKind<number> = {
  expected: "a carbon intensity such as 350 g/kWh",
  read: (written) => {
    const number = typeof written === "string" ? /^\s*(-?\d+(?:\.\d+)?)\s*(?:g\/kWh)?\s*$/.exec(written)?.[1] : written;
    const value = Number(number);
    if (number === undefined || typeof number === "boolean" || number === null || !Number.isFinite(value)) {
      return reject(`expected a carbon intensity such as 350 g/kWh, got ${describeKind(written)}`);
    }
    if (value < 0) return reject(`must not be negative, got ${describeKind(written)}`);
    if (value > MAX_INTENSITY) {
      return reject(`must be at most ${MAX_INTENSITY} g/kWh, got ${describeKind(written)}`, "coal emits about 1000 g for a kWh");
    }
    return accept(value);
  },
  print: (value) => `${value} g/kWh`,
  json: orExpression({ type: ["number", "string"] }),
};

/** As Watcher writes it: a number from 0 to 100. */
const percent: ValueKind<number> = {
  expected: "a number of percent, 0 to 100",
  read: (written) =>
    typeof written === "number" && written >= 0 && written <= 100
      ? accept(written)
      : reject(`expected a number of percent, 0 to 100, got ${describeKind(written)}`),
  print: (value) => `${value} %`,
  json: orExpression({ type: "number", minimum: 0, maximum: 100 }),
};

const celsius: ValueKind<number> = {
  expected: "degrees Celsius, a number such as 12.5",
  read: (written) => {
    if (typeof written !== "number" || !Number.isFinite(written)) {
      return reject(`expected degrees Celsius, a number such as 12.5, got ${describeKind(written)}`);
    }
    return written >= -90 && written <= 60 ? accept(written) : reject(`must be from -90 to 60 degrees Celsius, got ${written}`);
  },
  print: (value) => `${value} C`,
  json: orExpression({ type: "number", minimum: -90, maximum: 60 }),
};

const pueForms = {
  constant: required(pue, "Watts of the facility for each watt of its hosts"),
  affine: section("Losses in proportion to the hosts' power, and a share that does not fall with it", {
    affine: section("Losses in proportion to the hosts' power, and a share that does not fall with it", {
      overhead: required(share, "Watts lost for each watt of the hosts"),
      fixed: required(quantity("power", { most: 1e10 }), "Watts lost whatever the hosts draw"),
    }),
  }),
  quadratic: section("Losses that grow with the square of the hosts' power as well", {
    quadratic: section("Losses that grow with the square of the hosts' power as well", {
      fixed: required(quantity("power", { most: 1e10 }), "Watts lost whatever the hosts draw"),
      overhead: required(share, "Watts lost for each watt of the hosts"),
      square: required(quantity("ratio", { most: 1 }), "Watts lost for each square watt of the hosts"),
    }),
  }),
  weather: section("A PUE that follows the temperature outside", {
    weather: section("A PUE that follows the temperature outside", {
      points: list(
        "PUE by temperature, in rising order; linear between the points, held beyond them",
        1000,
        section("A point", {
          celsius: required(celsius, "Temperature outside"),
          pue: required(pue, "PUE at this temperature"),
        }),
      ),
      outside: list("Temperature outside, hour by hour from the start; over and over", series.most, required(celsius, "Degrees Celsius")),
    }),
  }),
};

const carbonForms = {
  constant: required(intensity, "CO2 for each kilowatt-hour of the facility"),
  zone: section("The mean of a year in a zone", {
    zone: required(word("zone", [...carbonIntensities.keys()]), "Zone of the grid"),
  }),
  hourly: section("Hour by hour", {
    hourly: list("CO2 for each kilowatt-hour, hour by hour from the start; over and over", series.most, required(intensity, "An hour")),
  }),
  file: section("A series in a file", {
    file: section("A series in a file", {
      path: required(text("the path of a file", 4096), "CSV with the columns zone, t_ms, g_per_kwh, relative to the file that names it"),
      zone: required(text("the name of a zone"), "Zone whose rows are taken"),
    }),
  }),
};

/** The one key of a map that is a form, or `constant` for a value. */
function formOf<F extends string>(forms: Readonly<Record<F, unknown>>): (written: unknown) => F | null {
  return (written) => {
    if (typeof written === "string" || typeof written === "number") return "constant" as F;
    if (typeof written !== "object" || written === null || Array.isArray(written)) return null;
    const [key, ...others] = Object.keys(written);
    return others.length === 0 && key !== undefined && key !== "constant" && Object.hasOwn(forms, key) ? (key as F) : null;
  };
}

const of = ({ source, evidence }: Parameter, written: unknown) => ({ default: written, source, evidence });
const seconds = (parameter: Parameter) => defaulted(transition, parameter.meaning, of(parameter, `${parameter.value} s`));
const atLoad = (parameter: Parameter, what: string) =>
  optional(watts, `Watts of a host that is ${what}`, {
    absent: `what it draws at a load of ${Number((100 * parameter.value).toFixed(1))} %`,
    source: parameter.source,
    evidence: parameter.evidence,
  });

/** A key of the cloud. */
export function powerSchema() {
  return absentSection(
    "What is known of electricity beyond the hosts: the facility, the grid, and hosts that are not on",
    { absent: "energy of the hosts alone; a host that fails or is not in service draws nothing, and is back at once", ...OWN_CHOICE },
    {
      pue: choice(
        "What the facility draws for what its hosts draw",
        pueForms,
        "a number such as 1.58, or one of {affine: {...}}, {quadratic: {...}}, {weather: {...}}",
        formOf(pueForms),
        of(pueDefault, pueDefault.value),
      ),
      carbon_intensity: choice(
        "CO2 that the grid emits for each kilowatt-hour",
        carbonForms,
        "a value such as 350 g/kWh, or one of {zone: DE}, {hourly: [...]}, {file: {path: ..., zone: ...}}",
        formOf(carbonForms),
        of(carbonIntensityDefault, `${carbonIntensityDefault.value} g/kWh`),
      ),
      states: absentSection(
        "Hosts that are switched off, boot and are suspended: what they draw, and how long it takes",
        { absent: "a host is on, or draws nothing", ...OWN_CHOICE },
        {
          off: defaulted(watts, states.offWatts.meaning, of(states.offWatts, `${states.offWatts.value} W`)),
          suspended: defaulted(watts, states.suspendedWatts.meaning, of(states.suspendedWatts, `${states.suspendedWatts.value} W`)),
          boot_time: seconds(states.bootTime),
          boot: atLoad(states.bootLoad, "booting"),
          shutdown_time: seconds(states.shutdownTime),
          shutdown: atLoad(states.shutdownLoad, "shutting down"),
          suspend_time: seconds(states.suspendTime),
          suspend: atLoad(states.suspendLoad, "being suspended"),
          resume_time: seconds(states.resumeTime),
          resume: atLoad(states.resumeLoad, "resuming"),
        },
      ),
      saving: absentSection(
        "Watcher's strategy saving_energy, again and again: hosts without servers are switched off, but for some",
        { absent: "hosts without servers stay on", ...OWN_CHOICE },
        {
          interval: defaulted(quantity("time", { least: 1_000_000, most: MAX_DURATION }), "Time between two audits", {
            default: "10 min",
            ...OWN_CHOICE,
          }),
          by: defaulted(word("order", ["power_off", "suspend"]), "What is done to a host that is not needed", {
            default: "power_off",
            source: "watcher, action change_node_power_state",
            evidence: "verified",
          }),
          free_used_percent: defaulted(percent, saving.freeUsedPercent.meaning, of(saving.freeUsedPercent, saving.freeUsedPercent.value)),
          min_free_hosts_num: defaulted(
            count("hosts", 0, 1_000_000),
            saving.minFreeHostsNum.meaning,
            of(saving.minFreeHostsNum, saving.minFreeHostsNum.value),
          ),
        },
      ),
    },
  );
}

/** Grams per kWh of a zone, and who says so, for `explain`. */
export function zoneIntensity(zone: unknown): Parameter | null {
  return carbonIntensities.get(String(zone)) ?? null;
}
