// Quantities as people write them, `64 GiB`, `10 min`, `25 Gbit/s`, and the numbers the simulator counts with. A number without a unit
// is an error wherever a unit is possible: "64" has meant bytes, megabytes and gigabytes in too many configuration files.
import { didYouMean } from "./did-you-mean.ts";
import { MAX_TIME } from "./time.ts";

/** What a quantity measures, and the unit it is counted in: microseconds, bytes, bytes per second, per second, 1, watts, joules. */
export type Dimension = "time" | "information" | "bandwidth" | "rate" | "ratio" | "power" | "energy";

/** A reading of user text: the number in the dimension's own unit, or what was expected and what to try. */
export type ReadQuantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** One written unit: a value of `n` units counts as `n * times / per`. Both are whole, so that one multiplication rounds at most once. */
interface Unit {
  readonly name: string;
  readonly times: number;
  readonly per: number;
}

interface DimensionFacts {
  /** With its article, as a message says it. */
  readonly noun: string;
  readonly example: string;
  /** Whole numbers only: fractions of the smallest unit are rounded to the nearest. */
  readonly whole: boolean;
  /** Units in the order in which printing tries them, the largest first; the last one is the dimension's own. */
  readonly units: readonly Unit[];
  /** Other spellings that are read but never printed. */
  readonly aliases: Readonly<Record<string, string>>;
}

const unit = (name: string, times: number, per = 1): Unit => ({ name, times, per });
const BYTES = [
  ...[unit("PiB", 2 ** 50), unit("PB", 1e15), unit("TiB", 2 ** 40), unit("TB", 1e12), unit("GiB", 2 ** 30), unit("GB", 1e9)],
  ...[unit("MiB", 2 ** 20), unit("MB", 1e6), unit("KiB", 2 ** 10), unit("kB", 1e3)],
];
const BITS = [unit("Tbit/s", 1e12, 8), unit("Gbit/s", 1e9, 8), unit("Mbit/s", 1e6, 8), unit("kbit/s", 1e3, 8)];
const perSecond = (u: Unit): Unit => unit(`${u.name}/s`, u.times);

export const DIMENSIONS: Readonly<Record<Dimension, DimensionFacts>> = {
  time: {
    noun: "a time",
    example: "10 min",
    whole: true,
    units: [unit("d", 86_400e6), unit("h", 3_600e6), unit("min", 60e6), unit("s", 1e6), unit("ms", 1e3), unit("us", 1)],
    aliases: {
      week: "7 d",
      weeks: "7 d",
      day: "d",
      days: "d",
      hour: "h",
      hours: "h",
      minute: "min",
      minutes: "min",
      second: "s",
      seconds: "s",
      sec: "s",
      hr: "h",
      µs: "us",
      μs: "us",
    },
  },
  information: {
    noun: "an amount of information",
    example: "64 GiB",
    whole: true,
    units: [...BYTES, unit("B", 1)],
    aliases: { byte: "B", bytes: "B", kiB: "KiB", KB: "kB" },
  },
  bandwidth: {
    noun: "a bandwidth",
    example: "25 Gbit/s",
    whole: false,
    units: [...BITS, ...BYTES.map(perSecond), unit("bit/s", 1, 8), unit("B/s", 1)],
    aliases: { Kbit: "kbit/s", Gbps: "Gbit/s", Mbps: "Mbit/s", kbps: "kbit/s", bps: "bit/s" },
  },
  rate: {
    noun: "a rate",
    example: "40 /h",
    whole: false,
    units: [unit("/s", 1), unit("/min", 1, 60), unit("/h", 1, 3_600), unit("/d", 1, 86_400), unit("/week", 1, 604_800)],
    aliases: { "/day": "/d", "/hour": "/h", "/minute": "/min", "/second": "/s", Hz: "/s" },
  },
  ratio: { noun: "a number", example: '0.35" or "35%', whole: false, units: [unit("%", 1, 100)], aliases: {} },
  power: {
    noun: "a power",
    example: "350 W",
    whole: false,
    units: [unit("MW", 1e6), unit("kW", 1e3), unit("W", 1)],
    aliases: { watt: "W", watts: "W" },
  },
  energy: {
    noun: "an energy",
    example: "2 kWh",
    whole: false,
    units: [unit("MWh", 3.6e9), unit("kWh", 3.6e6), unit("MJ", 1e6), unit("Wh", 3_600), unit("kJ", 1e3), unit("J", 1)],
    aliases: {},
  },
};

const ORDER = Object.keys(DIMENSIONS) as Dimension[];
const NUMBER_AND_UNIT = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)$/su;

/** The unit of `dimension` spelt `name`; an alias may stand for several of a unit (`week`). */
function findUnit(name: string, dimension: Dimension): Unit | undefined {
  const facts = DIMENSIONS[dimension];
  const known = facts.units.find((candidate) => candidate.name === name);
  if (known !== undefined) return known;
  const alias = Object.hasOwn(facts.aliases, name) ? facts.aliases[name]! : undefined;
  if (alias === undefined) return undefined;
  const [, count, base] = /^(\d*) ?(.*)$/.exec(alias)!;
  const meant = facts.units.find((candidate) => candidate.name === base)!;
  return unit(name, meant.times * (count === "" ? 1 : Number(count)), meant.per);
}

/** What is expected of `dimension`: `an amount of information such as "64 GiB"`. */
export function expectation(dimension: Dimension): string {
  return `${DIMENSIONS[dimension].noun} such as "${DIMENSIONS[dimension].example}"`;
}

function refuse(message: string, hint = ""): ReadQuantity {
  return { ok: false, message, hint };
}

/** Reads what a user wrote (text, or a bare number from YAML) as a quantity of `dimension`. Never throws. */
export function readQuantity(written: unknown, dimension: Dimension): ReadQuantity {
  const expected = `expected ${expectation(dimension)}`;
  if (typeof written === "number") {
    if (dimension === "ratio")
      return Number.isFinite(written) ? { ok: true, value: written } : refuse(`${expected}, got ${notFinite(written)}`);
    return refuse(`${expected}, got ${notFinite(written)} without a unit`, unitHint(written, dimension));
  }
  if (typeof written !== "string") return refuse(`${expected}, got ${describeKind(written)}`);
  const text = written.trim();
  const shown = `"${shorten(text)}"`;
  const match = NUMBER_AND_UNIT.exec(text);
  if (match === null) return refuse(`${expected}, got ${shown}`);
  const count = Number(match[1]);
  const name = match[2]!.trim();
  if (!Number.isFinite(count)) return refuse(`${expected}, got ${shown}: the number is too large`);
  if (name === "")
    return dimension === "ratio"
      ? { ok: true, value: count }
      : refuse(`${expected}, got ${shown} without a unit`, unitHint(count, dimension));
  const found = findUnit(name, dimension);
  if (found === undefined) return refuseUnit(shown, name, dimension);
  const exact = found.per === 1 ? count * found.times : (count * found.times) / found.per;
  const value = DIMENSIONS[dimension].whole ? Math.round(exact) : exact;
  if (value === 0 && count !== 0)
    return refuse(`${shown} is less than the smallest amount counted here, 1 ${DIMENSIONS[dimension].units.at(-1)!.name}`);
  if (!Number.isFinite(value) || (DIMENSIONS[dimension].whole && Math.abs(value) > MAX_TIME))
    return refuse(`${shown} is too large to count exactly`);
  return { ok: true, value: value === 0 ? 0 : value };
}

function refuseUnit(shown: string, name: string, dimension: Dimension): ReadQuantity {
  const expected = `expected ${expectation(dimension)}`;
  const elsewhere = ORDER.find((other) => other !== dimension && findUnit(name, other) !== undefined);
  if (elsewhere !== undefined) return refuse(`${expected}, but ${shown} is ${DIMENSIONS[elsewhere].noun}`);
  if (/^[,_']\d/.test(name)) return refuse(`${expected}, got ${shown}: digits cannot be grouped`, "write 1000, not 1,000");
  if (/^\d/.test(name) || /[0-9]/.test(name))
    return refuse(`${expected}, got ${shown}: one number and one unit`, "1 h 30 min is written 90 min");
  const names = DIMENSIONS[dimension].units.map((known) => known.name);
  return refuse(
    `unknown unit "${shorten(name)}" in ${shown}: ${expected}`,
    bitOrByte(name, dimension) ?? minuteHint(name, dimension) ?? near(name, names),
  );
}

/** `Gb/s`, `Mb` and `GB/sec` are read as bits by some and as bytes by others, so the reader is asked. */
function bitOrByte(name: string, dimension: Dimension): string | undefined {
  const match = /^([kmgt])(i?)b(?:ps|\/s|\/sec|it|its)?$/i.exec(name);
  if (match === null) return undefined;
  const prefix = match[1]!.toUpperCase();
  const decimal = prefix === "K" ? "k" : prefix;
  if (dimension === "bandwidth")
    return `write ${decimal}bit/s for bits or ${match[2] === "" ? `${decimal}B/s` : `${prefix}iB/s`} for bytes`;
  if (dimension === "information") return match[2] === "" ? `write ${decimal}B or ${prefix}iB` : `write ${prefix}iB`;
  return undefined;
}

function minuteHint(name: string, dimension: Dimension): string | undefined {
  if (dimension === "time" && (name === "m" || name === "M")) return 'write "min" for minutes or "ms" for milliseconds';
  if (dimension === "rate" && name === "/m") return 'write "/min"';
  return undefined;
}

function near(name: string, names: readonly string[]): string {
  const meant = didYouMean(name, names);
  return meant === null ? `units: ${names.join(", ")}` : `did you mean "${meant}"?`;
}

function unitHint(count: number, dimension: Dimension): string {
  const sample = DIMENSIONS[dimension].example.replace(/^[\d.]+ ?/, "");
  return Number.isFinite(count) ? `write "${count} ${sample}" if ${sample} is meant` : "";
}

function notFinite(count: number): string {
  return Number.isNaN(count) ? "a value that is not a number" : Number.isFinite(count) ? String(count) : "infinity";
}

/** What a value of YAML is, for messages. */
export function describeKind(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map of keys";
  if (typeof value === "string") return `"${shorten(value)}"`;
  if (typeof value === "number") return notFinite(value);
  return String(value);
}

export function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`;
}

/** `text` (or a bare number, for a ratio) in the dimension's own unit. Throws with the message and hint of `readQuantity`. */
export function parseQuantity(text: string | number, dimension: Dimension): number {
  const read = readQuantity(text, dimension);
  if (read.ok) return read.value;
  throw new RangeError(read.hint === "" ? read.message : `${read.message} (${read.hint})`);
}

/**
 * `value` in the first unit that gives a short number (1 to 9999 with at most two decimals), else in the one that gives the shortest,
 * else in the dimension's own. Reading the text gives exactly `value` back, provided it is finite (and whole, for time and information).
 */
export function formatQuantity(value: number, dimension: Dimension): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : "never";
  const { units } = DIMENSIONS[dimension];
  const own = dimension === "rate" ? units[0]! : units.at(-1)!;
  if (dimension === "ratio") return String(value);
  if (value === 0) return dimension === "time" ? "0 s" : `0 ${own.name}`;
  let shortest: string | null = null;
  for (const candidate of units) {
    const count = (value * candidate.per) / candidate.times;
    if (Math.abs(count) < 1 || Math.abs(count) >= 1e12) continue;
    const number = String(Math.round(count * 1000) / 1000);
    const text = `${number} ${candidate.name}`;
    const read = readQuantity(text, dimension);
    if (!read.ok || read.value !== value) continue;
    if (Math.abs(count) < 10_000 && Number.isInteger(Number(number) * 100)) return text;
    if (shortest === null || text.length < shortest.length) shortest = text;
  }
  return shortest ?? `${value} ${own.name}`;
}
