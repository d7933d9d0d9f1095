// Options of policies that have no effect, in the words of `explain` and `validate`.
import type { IdleOption } from "../scenario/scenario.ts";

const because = ({ readBy }: IdleOption) =>
  `only ${readBy.join(" and ")} read${readBy.length === 1 ? "s" : ""} it, which the policy does not have`;

/** A section as configuration-listing.ts makes them; empty where there are none. */
export function idleListing(options: readonly IdleOption[]): string {
  if (options.length === 0) return "";
  const width = Math.max(...options.map(({ path }) => path.length));
  const lines = options.map((option) => `${option.path.padEnd(width)}  ${option.value}\n    ${option.source}; ${because(option)}\n`);
  return `Options of policies that have no effect here:\n${lines.join("")}\n`;
}

/** A line each. */
export const idleLines = (options: readonly IdleOption[]): string =>
  options.map((option) => `${option.path} has no effect (${option.source}): ${because(option)}.\n`).join("");

/** For machines, in the form of the values of a scenario. */
export const idleValues = (options: readonly IdleOption[]) =>
  options.map((option) => {
    const { path, value, source } = option;
    return { path, value, source, evidence: "without effect", meaning: because(option) };
  });
