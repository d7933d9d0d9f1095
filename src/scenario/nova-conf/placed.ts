// Values of a configuration file in the form of a scenario's, each at its line.
import type { Located, LocatedMap, Place, Scalar } from "../located.ts";

/** A value as it would be written in a scenario. */
export type Written = Scalar | readonly string[];

export const placed = (value: Written, place: Place): Located =>
  typeof value === "object" && value !== null ? listOf(value, place) : scalarOf(value, place);

export const scalarOf = (value: Scalar, place: Place): Located => ({ kind: "scalar", value, place, folder: "" });

export const listOf = (values: readonly string[], place: Place): Located => ({
  kind: "list",
  place,
  items: values.map((value) => scalarOf(value, place)),
});

export const mapOf = (values: ReadonlyMap<string, Scalar>, place: Place): LocatedMap => ({
  kind: "map",
  place,
  entries: new Map([...values].map(([key, value]) => [key, { keyPlace: place, value: scalarOf(value, place) }])),
});
