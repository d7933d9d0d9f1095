// Does a hypervisor's version meet what an image asks for, such as `>=4.0,<7.0`? Versions have two or three numbers, and perhaps a pre-release.
// @source distutils: StrictVersion, versionpredicate; nova/scheduler/filters/image_props_filter.py
import { PythonError, strip } from "../python/python-values.ts";

/** Major, minor, patch, kind of pre-release (0 alpha, 1 beta, 2 none), its number. */
type Version = readonly number[];

const holds: Readonly<Record<string, (by: number) => boolean>> = {
  "<": (by) => by < 0,
  "<=": (by) => by <= 0,
  "==": (by) => by === 0,
  "!=": (by) => by !== 0,
  ">=": (by) => by >= 0,
  ">": (by) => by > 0,
};

/**
 * @param version of the host in base 1000 (6002000 is 6.2.0); 0 meets everything
 * @param wanted conditions, all of which must hold; an empty text is met by everything
 * @throws PythonError ValueError for a condition or a version that is none
 */
export function satisfiesVersion(version: number, wanted: string): boolean {
  if (version === 0 || wanted === "") return true;
  const conditions = wanted.split(",").map((text) => {
    const parts = /^(<=|>=|<|>|!=|==)\s*([^\s,]+)$/.exec(strip(text));
    if (parts === null) throw new PythonError("ValueError", `bad package restriction syntax: "${text}"`);
    return { holds: holds[parts[1]!]!, version: readVersion(parts[2]!) };
  });
  const own = readVersion(versionText(version));
  return conditions.every((condition) => condition.holds(compare(own, condition.version)));
}

function versionText(version: number): string {
  const numbers: number[] = [];
  for (let rest = version; rest > 0; rest = Math.floor(rest / 1000)) numbers.unshift(rest % 1000);
  return numbers.join(".");
}

function readVersion(text: string): Version {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(text);
  if (parts === null) throw new PythonError("ValueError", `invalid version number "${text}"`);
  const [, major, minor, patch = "0", kind, number = "0"] = parts;
  return [Number(major), Number(minor), Number(patch), kind === undefined ? 2 : kind === "a" ? 0 : 1, Number(number)];
}

function compare(a: Version, b: Version): number {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
