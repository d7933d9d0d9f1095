// What is to be said of options of policies, in the forms of `explain` and `validate`.
import type { PolicyRemark } from "../scenario/scenario.ts";

/** A section as configuration-listing.ts makes them; empty where there are none. */
export function remarkListing(remarks: readonly PolicyRemark[]): string {
  if (remarks.length === 0) return "";
  const width = Math.max(...remarks.map(({ path }) => path.length));
  const lines = remarks.map(({ path, value, source, says }) => `${path.padEnd(width)}  ${value}\n    ${source}; ${says}\n`);
  return `Options of policies that do not do what they seem to:\n${lines.join("")}\n`;
}

/** A line each. */
export const remarkLines = (remarks: readonly PolicyRemark[]): string =>
  remarks.map(({ path, source, says }) => `${path} (${source}) ${says}.\n`).join("");

/** For machines, in the form of the values of a scenario. */
export const remarkValues = (remarks: readonly PolicyRemark[]) =>
  remarks.map(({ path, value, source, says }) => ({ path, value, source, evidence: "remark", meaning: says }));
