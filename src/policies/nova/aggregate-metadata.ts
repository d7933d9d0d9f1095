// How Nova reads the metadata of a host's aggregates. There are two ways, and they differ: filters that compare text split the values at commas,
// settings that are numbers take whole values and the smallest of them.
// @source nova/scheduler/filters/utils.py, nova/scheduler/utils.py

import { PythonError, strip } from "../python/python-values.ts";
import type { Aggregate } from "./host-states.ts";

/** By key, every piece between commas of every value; an empty value is the piece "". With `key`, of aggregates that have it. */
export function splitMetadata(aggregates: readonly Aggregate[], key: string | null = null): ReadonlyMap<string, ReadonlySet<string>> {
  const union = new Map<string, Set<string>>();
  for (const { metadata } of aggregates) {
    if (key !== null && !metadata.has(key)) continue;
    for (const [name, value] of metadata) {
      const pieces = union.get(name) ?? new Set();
      union.set(name, pieces);
      for (const piece of value.split(",")) pieces.add(strip(piece));
    }
  }
  return union;
}

/** The whole values of one key. */
export function wholeValues(aggregates: readonly Aggregate[], key: string): ReadonlySet<string> {
  return new Set(aggregates.flatMap(({ metadata }) => metadata.get(key) ?? []));
}

/** The smallest value of the key, or `otherwise` if there is none or one of them is no number. */
export function smallestValue(aggregates: readonly Aggregate[], key: string, read: (text: string) => number, otherwise: number): number {
  const values = wholeValues(aggregates, key);
  if (values.size === 0) return otherwise;
  try {
    return Math.min(...[...values].map(read));
  } catch (error) {
    if (error instanceof PythonError) return otherwise;
    throw error;
  }
}
