// How much carbon dioxide a kilowatt-hour and a machine stand for. The intensity of a grid is a constant of its zone or a series in time; what
// was emitted in making a machine is spread evenly over its life.
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import { DAY, SECOND } from "../kernel/time.ts";

type ZoneRow = readonly [zone: string, gramsPerKwh: number];

// biome-ignore format: one zone per entry
const zones: readonly ZoneRow[] = [
  ["SE", 8], ["FR", 52], ["BR", 74], ["CA", 130], ["UK", 228], ["IT", 233], ["IE", 316], ["DE", 338],
  ["US-WECC", 351], ["US-SERC", 416], ["JP", 506], ["CN", 555], ["IN", 708], ["AU", 790], ["ZA", 928],
];

/** Grams of CO2 equivalent per kWh from the grid, by zone: countries, and two regions of the United States. */
export const carbonIntensities: ReadonlyMap<string, Parameter> = new Map(
  zones.map(([zone, value]) => [
    zone,
    parameter({
      name: `carbon.intensity.${zone}`,
      value,
      unit: "g/kWh",
      meaning: `Carbon intensity of the grid in ${zone}, mean of a year.`,
      source: "Cloud Carbon Footprint, cloud-carbon-coefficients",
      evidence: "verified",
    }),
  ]),
);

export const carbonIntensityDefault: Parameter = parameter({
  name: "carbon.intensity",
  value: 350,
  unit: "g/kWh",
  meaning: "Carbon intensity of the grid where no zone is named.",
  source: "GreenSKU params.yaml",
  evidence: "verified",
});

type PartRow = readonly [part: string, kg: number, lifetimeMonths: number, meaning: string];

const MONTHS_OF_BUILDING = 240;
const MONTHS_OF_HARDWARE = 72;

const parts: readonly PartRow[] = [
  ["ddr5-64gb", 105.4, MONTHS_OF_HARDWARE, "one DDR5 module of 64 GB"],
  ["ssd-2tb", 34.65, MONTHS_OF_HARDWARE, "one SSD of 2 TB"],
  ["rack", 500, MONTHS_OF_HARDWARE, "one rack without what is in it"],
  ["building", 9e6, MONTHS_OF_BUILDING, "the building of a data centre"],
];

/** What was emitted before a thing was switched on, and how long it serves. */
export interface EmbodiedCarbon {
  readonly kg: Parameter;
  readonly lifetimeMonths: Parameter;
}

export const embodiedCarbon: ReadonlyMap<string, EmbodiedCarbon> = new Map(
  parts.map(([part, kg, months, meaning]) => {
    const provenance = { source: "GreenSKU params.yaml", evidence: "verified" } as const;
    return [
      part,
      {
        kg: parameter({
          name: `carbon.embodied.${part}`,
          value: kg,
          unit: "kg",
          meaning: `CO2 emitted in making ${meaning}.`,
          ...provenance,
        }),
        lifetimeMonths: parameter({
          name: `carbon.lifetime.${part}`,
          value: months,
          unit: "months",
          meaning: `Months that ${meaning} serves; its making is spread over them evenly.`,
          ...provenance,
        }),
      },
    ];
  }),
);

const SECONDS_OF_MONTH = (365.25 * DAY) / 12 / SECOND;

/**
 * Grams of embodied CO2 that one second of service stands for.
 * @throws RangeError when the mass is negative or the lifetime is not positive
 */
export function embodiedGramsPerSecond(kg: number, lifetimeMonths: number): number {
  if (!(kg >= 0 && kg < Number.POSITIVE_INFINITY)) throw new RangeError(`${kg} kg of embodied CO2: expected a finite number of 0 or more`);
  if (!(lifetimeMonths > 0)) throw new RangeError(`a lifetime of ${lifetimeMonths} months: expected more than 0`);
  return (kg * 1000) / (lifetimeMonths * SECONDS_OF_MONTH);
}
