// The building blocks of the scenario schema. Each key is declared once with its meaning, its default and where the default comes from;
// zod validates it, and `explain`, the JSON Schema and every message read the same declaration.
import { z } from "zod";
import type { Evidence } from "../kernel/parameter.ts";
import type { Path } from "./located.ts";

/** What was wrong with a written value. `path` leads on from the value; `atKey` points at the key instead of the value. */
export interface Complaint {
  readonly message: string;
  readonly hint?: string;
  readonly path?: Path;
  readonly atKey?: boolean;
}

export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly complaints: readonly Complaint[] };

export const accept = <T>(value: T): Reading<T> => ({ ok: true, value });
export const reject = (message: string, hint = ""): Reading<never> => ({ ok: false, complaints: [{ message, hint }] });

/** How one kind of value is read from YAML, printed again and described to an editor. */
export interface ValueKind<T> {
  /** `expected ...` when nothing was written. */
  readonly expected: string;
  readonly read: (written: unknown) => Reading<T>;
  readonly print: (value: T) => string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The value used when a key is not written, and why. */
export interface Default {
  readonly default: unknown;
  readonly source: string;
  readonly evidence: Evidence;
}

/** What holds when a key is not written, if that is not a value of its own: `that of the host type`. */
export interface Absent {
  readonly absent: string;
  readonly source: string;
  readonly evidence: Evidence;
}

interface Common {
  readonly meaning: string;
  readonly fallback: Default | Absent | null;
}

export interface ValueFacts extends Common {
  readonly kind: "value";
  readonly valueKind: ValueKind<unknown>;
}
export interface SectionFacts extends Common {
  readonly kind: "section";
  readonly shape: Readonly<Record<string, z.ZodType>>;
}
export interface ListFacts extends Common {
  readonly kind: "list";
  readonly element: z.ZodType;
  readonly most: number;
}
export interface TableFacts extends Common {
  readonly kind: "table";
  readonly value: z.ZodType;
  /** What a key names (`flavor`), and the names there are; null = any. */
  readonly noun: string;
  readonly names: readonly string[] | null;
  readonly refuse: KeyRule | null;
}
export interface ChoiceFacts extends Common {
  readonly kind: "choice";
  readonly options: Readonly<Record<string, z.ZodType>>;
  readonly pick: (written: unknown) => string | null;
}
export type Facts = ValueFacts | SectionFacts | ListFacts | TableFacts | ChoiceFacts;

const registry = new WeakMap<z.ZodType, Facts>();

export function factsOf(schema: z.ZodType): Facts {
  const facts = registry.get(schema);
  if (facts === undefined) throw new Error("a part of the scenario schema was built without the grammar");
  return facts;
}

function declared<S extends z.ZodType>(schema: S, facts: Facts): S {
  registry.set(schema, facts);
  return schema;
}

function reader<T>(kind: ValueKind<T>): z.ZodType<T> {
  return z.unknown().transform((written, context): T => {
    const reading: Reading<T> =
      written === undefined
        ? reject(`is missing: expected ${kind.expected}`)
        : written === null
          ? reject(`is empty: expected ${kind.expected}`)
          : kind.read(written);
    if (reading.ok) return reading.value;
    for (const { message, hint = "", path = [], atKey = false } of reading.complaints) {
      context.issues.push({ code: "custom", input: written, message, path: [...path], params: { hint, atKey } });
    }
    return z.NEVER;
  });
}

const valueFacts = <T>(kind: ValueKind<T>, meaning: string, fallback: Default | Absent | null): ValueFacts => ({
  kind: "value",
  meaning,
  fallback,
  valueKind: kind as ValueKind<unknown>,
});

/** A key that has to be written. */
export function required<T>(kind: ValueKind<T>, meaning: string): z.ZodType<T> {
  return declared(reader(kind), valueFacts(kind, meaning, null));
}

/** A key with a default, given as a user would write it. */
export function defaulted<T>(kind: ValueKind<T>, meaning: string, fallback: Default): z.ZodType<T> {
  return declared(reader(kind).prefault(fallback.default), valueFacts(kind, meaning, fallback));
}

/** A key that may stay away; the result is then undefined. */
export function optional<T>(kind: ValueKind<T>, meaning: string, fallback: Absent): z.ZodType<T | undefined> {
  return declared(reader(kind).optional(), valueFacts(kind, meaning, fallback));
}

/** A map with fixed keys, some of which have to be written. */
export function section<S extends z.core.$ZodLooseShape>(meaning: string, shape: S) {
  return declared(z.strictObject(shape), { kind: "section", meaning, fallback: null, shape: shape as Record<string, z.ZodType> });
}

/** A map whose other keys are passed over: for what is refused by one of its keys already. */
export function looseSection<S extends z.core.$ZodLooseShape>(meaning: string, shape: S) {
  return declared(z.looseObject(shape), { kind: "section", meaning, fallback: null, shape: shape as Record<string, z.ZodType> });
}

/** A map with fixed keys, all of which have defaults, so that it may stay away. */
export function optionalSection<S extends z.core.$ZodLooseShape>(meaning: string, shape: S) {
  const schema = z.strictObject(shape).prefault({} as never);
  const fallback: Default = { default: {}, source: "", evidence: "assumed" };
  return declared(schema, { kind: "section", meaning, fallback, shape: shape as Record<string, z.ZodType> });
}

/** A map that may stay away; the result is then undefined. */
export function absentSection<S extends z.core.$ZodLooseShape>(meaning: string, fallback: Absent, shape: S) {
  return declared(z.strictObject(shape).optional(), { kind: "section", meaning, fallback, shape: shape as Record<string, z.ZodType> });
}

/** A list with at least one and at most `most` entries. */
export function list<E extends z.ZodType>(meaning: string, most: number, element: E) {
  return declared(bounded(element, most), { kind: "list", meaning, fallback: null, element, most });
}

/** A list that may stay away. */
export function defaultedList<E extends z.ZodType>(meaning: string, most: number, element: E, fallback: Default) {
  return declared(bounded(element, most).prefault(fallback.default as never), { kind: "list", meaning, fallback, element, most });
}

/** A list that may stay away; the result is then undefined. */
export function absentList<E extends z.ZodType>(meaning: string, most: number, element: E, fallback: Absent) {
  return declared(bounded(element, most).optional(), { kind: "list", meaning, fallback, element, most });
}

function bounded<E extends z.ZodType>(element: E, most: number) {
  return z.array(element).max(most, `has too many entries: at most ${most}`);
}

/** What is wrong with a key, or null. */
export type KeyRule = (key: string) => Complaint | null;

export interface TableNames {
  readonly noun: string;
  readonly names: readonly string[] | null;
  /** Where the names are not a list but follow a rule. */
  readonly refuse?: KeyRule;
}

/** A map whose keys are names of something known. */
export function table<V extends z.ZodType>(meaning: string, { noun, names, refuse }: TableNames, value: V, fallback: Default) {
  const allowed = (name: string) => (names?.includes(name) ?? true) && (refuse?.(name) ?? null) === null;
  const key = names === null && refuse === undefined ? z.string() : z.string().refine(allowed);
  const schema = z.record(key, value).prefault(fallback.default as never);
  return declared(schema, { kind: "table", meaning, fallback, value, noun, names, refuse: refuse ?? null });
}

/** One of several forms, recognised by what was written. It has to be written unless there is a fallback. */
export function choice<O extends Readonly<Record<string, z.ZodType>>>(
  meaning: string,
  options: O,
  expected: string,
  pick: (written: unknown) => (keyof O & string) | null,
  fallback: Default | null = null,
): z.ZodType<z.output<O[keyof O & string]>> {
  const schema = z.unknown().transform((written, context): z.output<O[keyof O & string]> => {
    const option = pick(written);
    if (option === null) {
      const lead = written === undefined ? "is missing: " : written === null ? "is empty: " : "";
      context.issues.push({ code: "custom", input: written, message: `${lead}expected ${expected}`, params: { hint: "" } });
      return z.NEVER;
    }
    const result = options[option]!.safeParse(written);
    if (result.success) return result.data as z.output<O[keyof O & string]>;
    for (const issue of result.error.issues)
      context.issues.push({ ...issue, input: written, path: [...issue.path] } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
  const facts: ChoiceFacts = { kind: "choice", meaning, fallback, options, pick };
  return fallback === null ? declared(schema, facts) : declared(schema.prefault(fallback.default as never), facts);
}

/** The schema that holds at `path` for what was written there; undefined when the path leaves what is known. */
export function schemaAt(schema: z.ZodType, written: unknown, path: Path): z.ZodType | undefined {
  const facts = factsOf(schema);
  if (facts.kind === "choice") {
    const option = facts.pick(written);
    return option === null ? undefined : schemaAt(facts.options[option]!, written, path);
  }
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  const inside = typeof written === "object" && written !== null ? (written as Record<string, unknown>)[head] : undefined;
  if (facts.kind === "section") return Object.hasOwn(facts.shape, head) ? schemaAt(facts.shape[head]!, inside, rest) : undefined;
  if (facts.kind === "list") return schemaAt(facts.element, inside, rest);
  if (facts.kind === "table") return schemaAt(facts.value, inside, rest);
  return undefined;
}
