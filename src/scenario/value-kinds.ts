// The kinds of single values a scenario is made of: quantities, counts, words, switches. A kind reads what was written, within bounds that
// are sane for a simulator, and prints the value with its unit.
import { suggestion } from "../kernel/did-you-mean.ts";
import { type Dimension, describeKind, expectation, formatQuantity, readQuantity, shorten } from "../kernel/units.ts";
import type { OptionValue } from "../policies/nova/config.ts";
import { accept, type Complaint, type Reading, reject, type ValueKind } from "./grammar.ts";

/** Any value may be given by an expression, which an editor sees as text. */
const EXPRESSION = { type: "string", pattern: "\\$\\{.*\\}" };
export const orExpression = (json: object): Readonly<Record<string, unknown>> => ({ anyOf: [json, EXPRESSION] });

export interface QuantityBounds {
  readonly least?: number;
  readonly most?: number;
  /** The value has to be above this one. */
  readonly above?: number;
  /** Whole multiples of this unit only, e.g. `GiB`, because that is how Nova counts; `round: "down"` drops what is over instead. */
  readonly step?: { readonly size: number; readonly name: string; readonly round: "never" | "down" };
}

/** A number with a unit, in the dimension's own unit (with a step: in steps). Never negative unless `least` says so. */
export function quantity(dimension: Dimension, bounds: QuantityBounds = {}): ValueKind<number> {
  const { least = 0, most = Number.POSITIVE_INFINITY, above, step } = bounds;
  const show = (value: number) => formatQuantity(value, dimension);
  return {
    expected: expectation(dimension),
    read: (written) => {
      const read = readQuantity(written, dimension);
      if (!read.ok) return reject(read.message, read.hint);
      const { value } = read;
      const got = `got ${describeKind(written)}`;
      if (value < 0 && least >= 0) return reject(`must not be negative, ${got}`);
      if (above !== undefined && value <= above) return reject(`must be more than ${show(above)}, ${got}`);
      if (value < least) return reject(`must be at least ${show(least)}, ${got}`);
      if (value > most) return reject(`must be at most ${show(most)}, ${got}`);
      if (step === undefined) return accept(value);
      const steps = value / step.size;
      if (!Number.isInteger(steps) && step.round === "never") {
        return reject(`must be a whole number of ${step.name}, ${got}`, `that is ${Math.round(steps * 1000) / 1000} ${step.name}`);
      }
      return accept(Math.floor(steps));
    },
    print: (value) => show(step === undefined ? value : value * step.size),
    json: orExpression(dimension === "ratio" ? { type: ["number", "string"] } : { type: "string" }),
  };
}

export const MEBIBYTE = 2 ** 20;
export const GIBIBYTE = 2 ** 30;
export const wholeMib = { size: MEBIBYTE, name: "MiB", round: "never" } as const;
export const wholeGib = { size: GIBIBYTE, name: "GiB", round: "never" } as const;
/** Disks are sold in decimal units and used by Nova in whole GiB. */
export const gibRoundedDown = { size: GIBIBYTE, name: "GiB", round: "down" } as const;

/** A whole number of something countable; `noun` is its plural. */
export function count(noun: string, least: number, most: number): ValueKind<number> {
  const expected = `a whole number of ${noun}, ${least} to ${most}`;
  return {
    expected,
    read: (written) => {
      if (typeof written !== "number") {
        const unquoted = typeof written === "string" && /^-?\d+$/.test(written) ? "remove the quotes" : "";
        return reject(`expected ${expected}, got ${describeKind(written)}`, unquoted);
      }
      if (!Number.isInteger(written)) return reject(`expected ${expected}, got ${describeKind(written)}`);
      if (written < least) return reject(`must be at least ${least}, got ${written}`);
      if (written > most) return reject(`must be at most ${most}, got ${written}`);
      return accept(written);
    },
    print: (value) => counted(value, noun),
    json: orExpression({ type: "integer", minimum: least, maximum: most }),
  };
}

/** `1 host`, `2 hosts`. */
export function counted(value: number, noun: string): string {
  return `${value} ${value === 1 ? noun.replace(/s$/, "") : noun}`;
}

/** A number of vCPUs in thousandths, from 0.001 on: traces know fractions of a core. */
export function vcpus(most: number): ValueKind<number> {
  return {
    expected: "a number of vCPUs such as 2 or 0.5",
    read: (written) => {
      if (typeof written !== "number" || !Number.isFinite(written))
        return reject(`expected a number of vCPUs such as 2 or 0.5, got ${describeKind(written)}`);
      const milli = Math.round(written * 1000);
      if (written <= 0) return reject(`must be more than 0 vCPUs, got ${written}`);
      if (written > most) return reject(`must be at most ${most} vCPUs, got ${written}`);
      // 1.001 * 1000 is not 1001 in binary, so thousandths are compared after the way back.
      if (milli / 1000 !== written) return reject(`must be a multiple of 0.001 vCPUs, got ${written}`);
      return accept(milli);
    },
    print: (milli) => `${milli / 1000} vCPU`,
    json: orExpression({ type: "number", exclusiveMinimum: 0, maximum: most }),
  };
}

/** A limit that may be `unlimited`, which Nova writes -1. */
export function limit(kind: ValueKind<number>): ValueKind<number> {
  return {
    expected: `${kind.expected}, or unlimited`,
    read: (written) => (written === "unlimited" || written === -1 ? accept(-1) : kind.read(written)),
    print: (value) => (value === -1 ? "unlimited" : kind.print(value)),
    json: { anyOf: [kind.json, { enum: ["unlimited", -1] }] },
  };
}

/** A time that may be `never`, which Nova writes as a negative number. */
export function orNever(kind: ValueKind<number>): ValueKind<number> {
  return {
    expected: `${kind.expected}, or never`,
    read: (written) => (written === "never" || written === -1 ? accept(-1) : kind.read(written)),
    print: (value) => (value === -1 ? "never" : kind.print(value)),
    json: { anyOf: [kind.json, { enum: ["never", -1] }] },
  };
}

/** Any text on one line. */
/** A text that names a folder of results: it must not lead out of it. */
export function fileName(what: string): ValueKind<string> {
  const kind = text(what);
  return {
    ...kind,
    read: (written) => {
      const read = kind.read(written);
      if (!read.ok) return read;
      if (/[/\\]/.test(read.value) || /^\.+$/.test(read.value)) {
        return reject(
          `expected ${what} that can name a folder, got "${read.value}"`,
          "leave out slashes; results are filed under this name",
        );
      }
      return read;
    },
  };
}

export function text(what: string, most = 200): ValueKind<string> {
  return {
    expected: what,
    read: (written) => {
      if (typeof written !== "string") {
        return reject(`expected ${what}, got ${describeKind(written)}`, typeof written === "object" ? "" : `write "${written}" in quotes`);
      }
      const line = written.replace(/\s+/g, " ").trim();
      if (line === "") return reject(`expected ${what}, got an empty text`);
      if (line.length > most) return reject(`is ${line.length} characters long, at most ${most} are allowed`);
      return accept(line);
    },
    print: (value) => value,
    json: { type: "string", maxLength: most },
  };
}

/** Text or a whole number, kept as text: any seed names a different universe. */
export const seed: ValueKind<string> = {
  expected: "a text or a whole number",
  read: (written) => {
    if (typeof written === "number" && Number.isSafeInteger(written)) return accept(String(written));
    if (typeof written === "string" && written !== "" && written.length <= 200) return accept(written);
    return reject(`expected a text or a whole number, got ${describeKind(written)}`);
  },
  print: (value) => value,
  json: { type: ["string", "integer"] },
};

/** One of the names of `noun`; null = any name (not known yet). */
export function word(noun: string, names: readonly string[] | null): ValueKind<string> {
  const named = /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
  return {
    expected: `the name of ${named}`,
    read: (written) => {
      if (typeof written !== "string") return reject(`expected the name of ${named}, got ${describeKind(written)}`);
      if (names !== null && !names.includes(written)) return reject(`unknown ${noun} "${shorten(written)}"`, suggestion(written, names));
      return accept(written);
    },
    print: (value) => value,
    json: names === null ? { type: "string" } : orExpression({ enum: names }),
  };
}

/** A list of names of `noun`, each at most once. A dotted Python path (`nova.scheduler.weights.ram.RAMWeigher`) counts by its last part. */
export function words(noun: string, names: readonly string[]): ValueKind<readonly string[]> {
  const one = word(noun, names);
  return {
    expected: `a list of ${noun} names`,
    read: (written) => {
      if (!Array.isArray(written)) return reject(`expected a list of ${noun} names, got ${describeKind(written)}`, "e.g. [A, B]");
      const found: string[] = [];
      const complaints: Complaint[] = [];
      written.forEach((item: unknown, index) => {
        const read = one.read(typeof item === "string" && !names.includes(item) ? (item.split(".").at(-1) ?? item) : item);
        if (!read.ok) complaints.push(...read.complaints.map((complaint) => ({ ...complaint, path: [index] })));
        else if (found.includes(read.value)) complaints.push({ message: `${noun} "${read.value}" is named twice`, path: [index] });
        else found.push(read.value);
      });
      return complaints.length > 0 ? { ok: false, complaints } : accept(found);
    },
    print: (value) => (value.length === 0 ? "none" : value.join(", ")),
    json: orExpression({ type: "array", items: { type: "string" } }),
  };
}

/** A list of texts, each `one`. */
export function texts(one: string): ValueKind<readonly string[]> {
  const kind = text(one);
  return {
    expected: `a list, each entry ${one}`,
    read: (written) => {
      if (!Array.isArray(written)) return reject(`expected a list, each entry ${one}, got ${describeKind(written)}`, "e.g. [a, b]");
      const read = written.map((item: unknown) => kind.read(item));
      const complaints = read.flatMap((item, index) =>
        item.ok ? [] : item.complaints.map((complaint) => ({ ...complaint, path: [index] })),
      );
      return complaints.length > 0 ? { ok: false, complaints } : accept(read.flatMap((item) => (item.ok ? [item.value] : [])));
    },
    print: (value) => (value.length === 0 ? "none" : value.join(", ")),
    json: orExpression({ type: "array", items: { type: "string" } }),
  };
}

/** An option of Nova as people read it. */
export function printOption(value: OptionValue): string {
  if (value === null || value === "") return "none";
  return typeof value === "object" ? (value.length === 0 ? "none" : value.join(", ")) : String(value);
}

/** A property or extra spec: text for OpenStack, which YAML may have read as a number or a switch. */
export const property: ValueKind<string> = {
  expected: "a text",
  read: (written) => (typeof written === "object" ? reject(`expected a text, got ${describeKind(written)}`) : accept(String(written))),
  print: (value) => value,
  json: { type: ["string", "number", "boolean"] },
};

export const flag: ValueKind<boolean> = {
  expected: "true or false",
  read: (written): Reading<boolean> =>
    typeof written === "boolean" ? accept(written) : reject(`expected true or false, got ${describeKind(written)}`),
  print: String,
  json: orExpression({ type: "boolean" }),
};
