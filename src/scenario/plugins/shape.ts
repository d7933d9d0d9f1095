// What a module may export: filters and weighers, each an object or several in a list. Everything else is refused, with what was found and what
// was expected; members that nobody reads are refused too, so that a misspelt one is noticed.
import { suggestion } from "../../kernel/did-you-mean.ts";
import { shorten } from "../../kernel/units.ts";
import type { TextPosition } from "./edits.ts";
import type { Complaint, GuardedModule } from "./guard.ts";

export interface DeclaredOption {
  readonly name: string;
  readonly default: number;
  readonly minimum?: number;
  readonly meaning: string;
}

/** A filter or a weigher as its file declares it: data only. */
export interface DeclaredPolicy {
  readonly kind: "filter" | "weigher";
  readonly name: string;
  readonly meaning: string;
  /** Null: the file. */
  readonly source: string | null;
  readonly at: TextPosition | null;
  readonly options: readonly DeclaredOption[];
  /** Weighers only. */
  readonly multiplier: DeclaredOption | null;
  readonly minval: number | null;
}

export interface ExportedPolicy {
  readonly declared: DeclaredPolicy;
  /** The object itself, in the realm where it was made. */
  readonly object: object;
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;
const OPTION = /^[a-z][a-z0-9_]{0,79}$/;
const MEMBERS = {
  filter: ["name", "meaning", "source", "options", "passes"],
  weigher: ["name", "meaning", "source", "options", "multiplier", "minval", "weigh"],
} as const;
const EXAMPLE = 'export const MyWeigher = {name: "MyWeigher", weigh: (hosts) => (host) => hosts.freeRamMb(host)}';

/** `RAMWeigher` has `ram_weight_multiplier`, as Nova calls its own. */
export function multiplierName(weigher: string): string {
  const words = weigher
    .replace(/Weigher$/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
  return `${words.toLowerCase() || "own"}_weight_multiplier`;
}

/** The filters and weighers among what a module exports; complaints are added about everything else. */
export function exportedPolicies(
  exported: readonly (readonly [name: string, value: unknown])[],
  { places, exports }: Pick<GuardedModule, "places" | "exports">,
  complaints: Complaint[],
): readonly ExportedPolicy[] {
  if (exported.length === 0) complaints.push({ message: "exports nothing", hint: EXAMPLE, at: null });
  const policies: ExportedPolicy[] = [];
  const seen = new Set<unknown>();
  for (const [name, value] of exported) {
    const label = name === "default" ? "the default export" : `the export ${name}`;
    const entries = Array.isArray(value) ? value.map((entry, i) => [`${label}[${i}]`, entry] as const) : [[label, value] as const];
    if (entries.length === 0) complaints.push({ message: `${label} is an empty list`, hint: EXAMPLE, at: null });
    for (const [what, entry] of entries) {
      if (seen.has(entry)) continue;
      seen.add(entry);
      const read = new ShapeReader(what, entry, places, exports.get(name) ?? null, complaints).policy();
      if (read !== null) policies.push(read);
    }
  }
  return policies;
}

class ShapeReader {
  private readonly what: string;
  private readonly value: unknown;
  private readonly places: ReadonlyMap<string, TextPosition>;
  private readonly complaints: Complaint[];
  /** Its function, once its name is known; until then, its export. */
  private at: TextPosition | null;

  constructor(what: string, value: unknown, places: ReadonlyMap<string, TextPosition>, at: TextPosition | null, complaints: Complaint[]) {
    this.what = what;
    this.value = value;
    this.places = places;
    this.at = at;
    this.complaints = complaints;
  }

  policy(): ExportedPolicy | null {
    const { value } = this;
    if (typeof value !== "object" || value === null) {
      const hint =
        typeof value === "function" ? `put it into an object: ${EXAMPLE}` : "export filters and weighers only; keep the rest to the file";
      return this.refuse(` is ${shown(value)}, neither a filter nor a weigher`, hint);
    }
    const object = value as Readonly<Record<string, unknown>>;
    if (typeof object.name === "string") this.at = this.places.get(object.name) ?? this.at;
    const decides = object.passes !== undefined;
    const weighs = object.weigh !== undefined;
    if (decides === weighs) {
      const members = Object.keys(object).join(", ") || "nothing";
      return decides
        ? this.refuse(" has both passes and weigh", "passes makes a filter, weigh makes a weigher; write two objects")
        : this.refuse(` has neither passes (as a filter) nor weigh (as a weigher); it has ${shorten(members)}`, EXAMPLE);
    }
    const kind = decides ? "filter" : "weigher";
    const before = this.complaints.length;
    for (const member of Object.keys(object)) {
      if (!(MEMBERS[kind] as readonly string[]).includes(member))
        this.refuse(` has a member ${shorten(member)} that no ${kind} has`, suggestion(member, MEMBERS[kind]));
    }
    const declared: DeclaredPolicy = {
      kind,
      name: this.text(object, "name") ?? "",
      meaning: this.text(object, "meaning", true) ?? "",
      source: this.text(object, "source", true),
      at: this.at,
      options: this.options(object.options),
      multiplier: kind === "weigher" ? this.multiplier(object) : null,
      minval: object.minval === null ? null : this.number(object.minval, "minval"),
    };
    const method = kind === "filter" ? "passes" : "weigh";
    const wanted =
      kind === "filter"
        ? "(hosts, request) => (host) => hosts.numInstances(host) < 10"
        : "(hosts, request) => (host) => hosts.freeRamMb(host)";
    if (typeof object[method] !== "function")
      this.refuse(`${method} is ${shown(object[method])}, expected a function`, `${method}: ${wanted}`);
    if (!NAME.test(declared.name) && typeof object.name === "string")
      this.refuse(`: the name ${JSON.stringify(shorten(declared.name))} is not possible`, "letters, digits and _, such as MyWeigher");
    return this.complaints.length > before ? null : { declared, object };
  }

  private multiplier(object: Readonly<Record<string, unknown>>): DeclaredOption {
    const name = multiplierName(String(object.name));
    const { multiplier } = object;
    if (multiplier === undefined) return { name, default: 1, meaning: `Weight of ${String(object.name)} in the sum` };
    return this.option("multiplier", name, multiplier, ["name"]);
  }

  private options(written: unknown): readonly DeclaredOption[] {
    if (written === undefined) return [];
    if (typeof written !== "object" || written === null || Array.isArray(written)) {
      this.refuse(`options is ${shown(written)}, expected an object`, "options: {max_builds: {default: 2}}");
      return [];
    }
    return Object.entries(written).map(([name, option]) => this.option(`options.${name}`, name, option, []));
  }

  private option(path: string, name: string, written: unknown, more: readonly string[]): DeclaredOption {
    const example = `${path}: {default: 1}`;
    const none = { name, default: 1, meaning: "" };
    if (typeof written !== "object" || written === null) {
      this.refuse(`${path} is ${shown(written)}, expected an object`, example);
      return none;
    }
    const object = written as Readonly<Record<string, unknown>>;
    const members = [...more, "default", "minimum", "meaning", "unit"];
    for (const member of Object.keys(object)) {
      if (!members.includes(member)) this.refuse(`${path} has a member ${shorten(member)} that no option has`, suggestion(member, members));
    }
    const named = more.includes("name") ? (this.text(object, "name", true, `${path}.`) ?? name) : name;
    if (!OPTION.test(named))
      this.refuse(
        `an option cannot be called ${JSON.stringify(shorten(named))}`,
        "small letters, digits and _, such as my_weight_multiplier",
      );
    const value = this.number(object.default, `${path}.default`);
    if (value === null) {
      if (object.default === undefined) this.refuse(`${path}.default is missing`, example);
      return none;
    }
    const minimum = this.number(object.minimum, `${path}.minimum`);
    if (minimum !== null && value < minimum) this.refuse(`${path}.default is ${value}, below its minimum of ${minimum}`, "");
    const unit = this.text(object, "unit", true, `${path}.`);
    const meaning = this.text(object, "meaning", true, `${path}.`) ?? `Option of ${this.what}`;
    return {
      name: named,
      default: value,
      ...(minimum === null ? {} : { minimum }),
      meaning: unit === null || unit === "1" ? meaning : `${meaning} (${unit})`,
    };
  }

  private text(object: Readonly<Record<string, unknown>>, key: string, mayBeAbsent = false, path = ""): string | null {
    const value = object[key];
    if (typeof value === "string" && value.trim() !== "") return value.replace(/\s+/g, " ").trim();
    if (!(mayBeAbsent && value === undefined))
      this.refuse(`${path}${key} is ${shown(value)}, expected a text`, key === "name" ? 'name: "MyWeigher"' : "");
    return null;
  }

  private number(value: unknown, path: string): number | null {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value !== undefined) this.refuse(`${path} is ${shown(value)}, expected a finite number`, "");
    return null;
  }

  private refuse(message: string, hint: string): null {
    this.complaints.push({ message: `${this.what}${/^[ :]/.test(message) ? "" : ": "}${message}`, hint, at: this.at });
    return null;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "string") return `the text ${JSON.stringify(shorten(value))}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return `the ${typeof value} ${String(value)}`;
}
