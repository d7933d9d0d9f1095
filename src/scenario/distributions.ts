// How a scenario writes a distribution: a fitted one by name (`azure-2017`), a plain value for a constant (`10 min`), or a map with one
// key, the kind, and its parameters (`{exponential: {mean: 2 h}}`).
import { suggestion } from "../kernel/did-you-mean.ts";
import * as kernel from "../kernel/distribution.ts";
import { log } from "../kernel/elementary.ts";
import { describeKind, shorten } from "../kernel/units.ts";
import { accept, type Complaint, type Reading, reject, type ValueKind } from "./grammar.ts";
import type { Path } from "./located.ts";
import { quantity } from "./value-kinds.ts";

type Distribution = kernel.Distribution;

/** A distribution and the way it is printed, with units. */
export interface ReadDistribution {
  readonly distribution: Distribution;
  readonly text: string;
}

/** A value that never comes: the lifetime of servers that nobody deletes. */
const NEVER: Distribution = {
  kind: "constant",
  mean: Number.POSITIVE_INFINITY,
  variance: 0,
  sample: () => Number.POSITIVE_INFINITY,
  cdf: (x) => (x === Number.POSITIVE_INFINITY ? 1 : 0),
  describe: () => "never",
};

export interface DistributionUse {
  /** How one value is written: a time, a share, a number of servers. */
  readonly value: ValueKind<number>;
  readonly example: string;
  /** Distributions that can be named. */
  readonly named?: ReadonlyMap<string, Distribution>;
  /** Whether `never` is a value. */
  readonly never?: boolean;
}

/** `value`: a value in the unit of use; `number`: a pure number; `values`, `numbers`: lists of them. */
type ParameterKind = "value" | "number" | "positive" | "values" | "numbers";
type Given = Readonly<Record<string, number | readonly number[]>>;

interface Form {
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  readonly build: (given: Given) => Distribution;
}

const one = (given: Given, name: string): number => given[name] as number;
const many = (given: Given, name: string): readonly number[] => given[name] as readonly number[];

/** Kinds that are written in two ways have two forms; the one whose parameters fit best is used. */
const FORMS: Readonly<Record<string, readonly Form[]>> = {
  constant: [{ parameters: { value: "value" }, build: (g) => kernel.constant(one(g, "value")) }],
  uniform: [{ parameters: { low: "value", high: "value" }, build: (g) => kernel.uniform(one(g, "low"), one(g, "high")) }],
  exponential: [{ parameters: { mean: "value" }, build: (g) => kernel.exponential(one(g, "mean")) }],
  hyperexponential: [
    { parameters: { weights: "numbers", means: "values" }, build: (g) => kernel.hyperexponential(many(g, "weights"), many(g, "means")) },
  ],
  weibull: [
    { parameters: { shape: "positive", scale: "value" }, build: (g) => kernel.weibull(one(g, "shape"), one(g, "scale")) },
    { parameters: { shape: "positive", mean: "value" }, build: (g) => kernel.weibullFromMean(one(g, "shape"), one(g, "mean")) },
  ],
  lognormal: [
    { parameters: { mean: "value", cv: "number" }, build: (g) => kernel.lognormalFromMean(one(g, "mean"), one(g, "cv")) },
    { parameters: { median: "value", sigma: "positive" }, build: (g) => kernel.lognormal(log(one(g, "median")), one(g, "sigma")) },
    {
      parameters: { median: "value", mean: "value" },
      build: (g) => kernel.lognormalFromMedianAndMean(one(g, "median"), one(g, "mean")),
    },
  ],
  normal: [{ parameters: { mean: "value", sd: "value" }, build: (g) => kernel.normal(one(g, "mean"), one(g, "sd")) }],
  gamma: [{ parameters: { shape: "positive", scale: "value" }, build: (g) => kernel.gamma(one(g, "shape"), one(g, "scale")) }],
  pareto: [{ parameters: { shape: "positive", minimum: "value" }, build: (g) => kernel.pareto(one(g, "shape"), one(g, "minimum")) }],
  discrete: [
    { parameters: { values: "values", weights: "numbers" }, build: (g) => kernel.discrete(many(g, "values"), many(g, "weights")) },
  ],
};
export const DISTRIBUTION_KINDS: readonly string[] = [...Object.keys(FORMS), "empirical"];

const MAX_LIST = 1000;
const NUMBER = quantity("ratio");
const POSITIVE = quantity("ratio", { above: 0 });
const isMap = (written: unknown): written is Record<string, unknown> =>
  typeof written === "object" && written !== null && !Array.isArray(written);

export function distribution(use: DistributionUse): ValueKind<ReadDistribution> {
  const names = [...(use.named?.keys() ?? []), ...(use.never === true ? ["never"] : [])];
  const expected = `a distribution such as ${use.example}`;
  return {
    expected,
    read: (written) => {
      if (use.never === true && written === "never") return accept({ distribution: NEVER, text: "never" });
      const fitted = typeof written === "string" ? use.named?.get(written) : undefined;
      if (fitted !== undefined) return accept({ distribution: fitted, text: written as string });
      if (isMap(written)) return readForm(written, use, expected);
      if (typeof written === "string" && /^[a-z]/i.test(written)) {
        return reject(
          `unknown distribution "${shorten(written)}": expected ${expected}`,
          suggestion(written, [...names, ...DISTRIBUTION_KINDS]),
        );
      }
      const read = Array.isArray(written) ? reject(`expected ${expected}, got a list`) : use.value.read(written);
      return read.ok ? accept({ distribution: kernel.constant(read.value), text: use.value.print(read.value) }) : read;
    },
    print: (value) => value.text,
    json: {
      anyOf: [
        { type: ["string", "number"] },
        { type: "object", minProperties: 1, maxProperties: 1, propertyNames: { enum: DISTRIBUTION_KINDS } },
      ],
    },
  };
}

function readForm(written: Record<string, unknown>, use: DistributionUse, expected: string): Reading<ReadDistribution> {
  const keys = Object.keys(written);
  const kind = keys[0];
  if (kind === undefined || keys.length > 1) {
    return reject(`expected ${expected}, with exactly one kind, got ${keys.length === 0 ? "none" : keys.map(shorten).join(" and ")}`);
  }
  if (kind === "empirical") return readEmpirical(written[kind], use);
  const forms = Object.hasOwn(FORMS, kind) ? FORMS[kind] : undefined;
  if (forms === undefined) {
    const hint = suggestion(kind, DISTRIBUTION_KINDS);
    return { ok: false, complaints: [{ message: `unknown distribution "${shorten(kind)}"`, hint, path: [kind], atKey: true }] };
  }
  const body = written[kind];
  if (kind === "constant" && !isMap(body)) {
    const read = use.value.read(body);
    if (!read.ok) return { ok: false, complaints: read.complaints.map((complaint) => ({ ...complaint, path: [kind] })) };
    return accept({ distribution: kernel.constant(read.value), text: use.value.print(read.value) });
  }
  const usual = forms.map((form) => `{${Object.keys(form.parameters).join(", ")}}`).join(" or ");
  if (!isMap(body))
    return { ok: false, complaints: [{ message: `expected the parameters ${usual}, got ${describeKind(body)}`, path: [kind] }] };
  const matches = (form: Form) => Object.keys(body).filter((key) => Object.hasOwn(form.parameters, key)).length;
  const form = forms.reduce((best, next) => (matches(next) > matches(best) ? next : best));
  return readParameters(kind, body, form, use, usual);
}

function readParameters(
  kind: string,
  body: Record<string, unknown>,
  form: Form,
  use: DistributionUse,
  usual: string,
): Reading<ReadDistribution> {
  const complaints: Complaint[] = [];
  const known = Object.keys(form.parameters);
  for (const key of Object.keys(body)) {
    if (known.includes(key)) continue;
    const hint = suggestion(key, known);
    complaints.push({ message: `unknown key "${shorten(key)}": ${kind} takes ${usual}`, hint, path: [kind, key], atKey: true });
  }
  const given: Record<string, number | readonly number[]> = {};
  const printed: string[] = [];
  for (const [name, parameterKind] of Object.entries(form.parameters)) {
    const path: Path = [kind, name];
    if (body[name] === undefined || body[name] === null) {
      complaints.push({ message: `is missing: ${kind} takes ${usual}`, path });
      continue;
    }
    const single = parameterKind === "value" || parameterKind === "values" ? use.value : parameterKind === "positive" ? POSITIVE : NUMBER;
    if (parameterKind === "values" || parameterKind === "numbers") {
      const values = readList(body[name], single, path, complaints);
      given[name] = values;
      printed.push(`${name} ${values.map(single.print).join(" / ")}`);
    } else {
      const read = single.read(body[name]);
      if (!read.ok) complaints.push(...read.complaints.map((complaint) => ({ ...complaint, path })));
      else {
        given[name] = read.value;
        printed.push(`${name} ${single.print(read.value)}`);
      }
    }
  }
  if (complaints.length > 0) return { ok: false, complaints };
  return built(kind, () => form.build(given), printed.join(", "), use);
}

function readList(written: unknown, single: ValueKind<number>, path: Path, complaints: Complaint[]): readonly number[] {
  if (!Array.isArray(written) || written.length === 0 || written.length > MAX_LIST) {
    complaints.push({ message: `expected a list of 1 to ${MAX_LIST} values, got ${describeKind(written)}`, path });
    return [];
  }
  const values: number[] = [];
  written.forEach((item: unknown, index) => {
    const read = item === null ? reject(`is empty: expected ${single.expected}`) : single.read(item);
    if (read.ok) values.push(read.value);
    else complaints.push(...read.complaints.map((complaint) => ({ ...complaint, path: [...path, index] })));
  });
  return values;
}

function readEmpirical(body: unknown, use: DistributionUse): Reading<ReadDistribution> {
  const path: Path = ["empirical"];
  const complaints: Complaint[] = [];
  if (!Array.isArray(body) || body.length === 0 || body.length > MAX_LIST) {
    const message = `expected a list of points {value, probability} of the distribution function, got ${describeKind(body)}`;
    return { ok: false, complaints: [{ message, path }] };
  }
  const points = body.map((point: unknown, index) => {
    const fields = isMap(point) ? point : {};
    for (const key of Object.keys(fields)) {
      if (key === "value" || key === "probability") continue;
      const hint = suggestion(key, ["value", "probability"]);
      complaints.push({
        message: `unknown key "${shorten(key)}": a point is {value, probability}`,
        hint,
        path: [...path, index, key],
        atKey: true,
      });
    }
    const field = (name: string, kind: ValueKind<number>): number => {
      const read = fields[name] === undefined ? reject("is missing: a point is {value, probability}") : kind.read(fields[name]);
      if (read.ok) return read.value;
      complaints.push(...read.complaints.map((complaint) => ({ ...complaint, path: [...path, index, name] })));
      return 0;
    };
    return { value: field("value", use.value), probability: field("probability", quantity("ratio", { most: 1 })) };
  });
  if (complaints.length > 0) return { ok: false, complaints };
  const last = points.at(-1)!;
  return built("empirical", () => kernel.empirical(points), `${points.length} points up to ${use.value.print(last.value)}`, use);
}

/** The constructors know the rules between parameters (low below high, weights with a sum); their refusals become problems. */
function built(kind: string, build: () => Distribution, printed: string, use: DistributionUse): Reading<ReadDistribution> {
  try {
    const distribution = build();
    if (Number.isNaN(distribution.mean)) throw new RangeError("its mean cannot be computed");
    return accept({ distribution, text: `${kind}(${printed})` });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `not a possible distribution (${printed}): ${withoutRawNumbers(error.message)}`;
    return { ok: false, complaints: [{ message, hint: `values are ${use.value.expected}`, path: [kind] }] };
  }
}

/** The kernel's message without its numbers, which count microseconds or bytes. */
function withoutRawNumbers(message: string): string {
  return message
    .replace(/^\w+: /, "")
    .replace(/, but .*$/, "")
    .replace(/ \([^)]*\)/, "");
}
