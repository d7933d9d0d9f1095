// Who called whom in a run: the matrix of services, the calls behind it with their times, and the functional interactions that they are.
import { functionalInteractions } from "../services/functional-interactions.ts";
import type { CallCount } from "../workflows/seats.ts";
import { figure } from "./figures.ts";
import { plainColumns } from "./plain-columns.ts";

export interface Interactions {
  /** Callers and called, in order of first appearance. */
  readonly services: readonly string[];
  /** By caller, by called: calls made. */
  readonly matrix: readonly (readonly number[])[];
  readonly calls: readonly CallLine[];
  readonly functional: readonly FunctionalLine[];
}

export interface CallLine {
  readonly from: string;
  readonly operation: string;
  readonly what: string;
  readonly count: number;
  /** Mean time from sending to the answer, in milliseconds. */
  readonly meanMillis: number;
}

export interface FunctionalLine {
  readonly source: string;
  readonly destination: string;
  readonly words: string;
  /** The calls that make it, as `caller > operation`; empty where it did not occur. */
  readonly by: readonly string[];
  readonly count: number;
}

const serviceOf = (key: string) => key.split(".")[0]!;

/** `nova.* > glance.api.sendImage` */
function matches(pattern: string, { from, operation }: CallCount): boolean {
  const [who, what] = pattern.split(" > ");
  const fits = (wanted: string, is: string) => (wanted.endsWith("*") ? is.startsWith(wanted.slice(0, -1)) : is === wanted);
  return fits(who!, from) && fits(what!, operation);
}

export function interactionsOf(all: readonly CallCount[]): Interactions {
  const made = all.filter(({ count }) => count > 0);
  const services = [...new Set(made.flatMap(({ from, operation }) => [serviceOf(from), serviceOf(operation)]))];
  const matrix = services.map(() => services.map(() => 0));
  for (const { from, operation, count } of made)
    matrix[services.indexOf(serviceOf(from))]![services.indexOf(serviceOf(operation))]! += count;
  return {
    services,
    matrix,
    calls: made.map(({ from, operation, what, count, micros }) => ({ from, operation, what, count, meanMillis: micros / count / 1000 })),
    functional: functionalInteractions.map(({ source, destination, words, calls }) => {
      const by = made.filter((call) => calls.some((pattern) => matches(pattern, call)));
      return {
        source,
        destination,
        words,
        by: by.map(({ from, operation }) => `${from} > ${operation}`),
        count: by.reduce((sum, { count }) => sum + count, 0),
      };
    }),
  };
}

export function interactionsText(title: string, { services, matrix, calls, functional }: Interactions): string {
  const called = services.filter((_, column) => matrix.some((row) => row[column]! > 0));
  const rows = services.flatMap((service, row) => {
    const counts = called.map((name) => matrix[row]![services.indexOf(name)]!);
    return counts.some((count) => count > 0) ? [[service, ...counts.map((count) => (count === 0 ? "." : String(count)))]] : [];
  });
  const occurred = functional.filter(({ count }) => count > 0);
  const missing = functional.length - occurred.length;
  return [
    title,
    "",
    "Calls by caller (row) and called service (column):",
    ...plainColumns([["", ...called], ...rows], ["left", ...called.map(() => "right" as const)]),
    "",
    ...plainColumns(
      [
        ["calls", "mean ms", "caller", "operation", "sent"],
        ...calls.map(({ from, operation, what, count, meanMillis }) => [String(count), figure(meanMillis), from, operation, what]),
      ],
      ["right", "right"],
    ),
    "",
    "Functional interactions that these calls are:",
    ...plainColumns([
      ["source", "", "destination", "calls", "by"],
      ...occurred.map(({ source, destination, words, count, by }) => [source, words, destination, String(count), someOf(by)]),
    ]),
    ...(missing === 0 ? [] : [`${missing} others did not occur.`]),
    "",
  ].join("\n");
}

function someOf(calls: readonly string[]): string {
  return calls.length <= 2 ? calls.join(", ") : `${calls.slice(0, 2).join(", ")} and ${calls.length - 2} more`;
}
