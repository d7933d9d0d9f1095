// Where a user's module runs: a realm of its own, in which only what gives the same answer everywhere is left, and into which only frozen views
// of the cloud go. It keeps honest code honest and deterministic; against an attacker it is no wall.
//
// Every run opens a realm anew, so what a module remembers cannot pass from one run to another.
import vm from "node:vm";
import type { Flavor, Image } from "../../datacenter/flavor.ts";
import { exp, log, pow } from "../../kernel/elementary.ts";
import type { NovaConfig } from "../../policies/nova/config.ts";
import type { HostStates } from "../../policies/nova/host-states.ts";
import type { RequestSpec } from "../../policies/nova/request-spec.ts";
import { hostFacts, requestFacts } from "../../policies/plugins/facts.ts";
import { original, type TextPosition } from "./edits.ts";
import type { GuardedModule } from "./guard.ts";
import { AT_ONCE, EXACT_MATH, GLOBALS, LOCALE, MAX_DEPTH, MAX_LENGTH, MAX_STEPS, PATTERN_METHODS, withCommas } from "./language.ts";

/** For what counting steps cannot see while a module is read: one call that never comes back. Milliseconds. */
const LOADING_TIMEOUT_MS = 10_000;
/** What the engine calls the module in its reports; no file of ours is called so. */
const SCRIPT = "orrery-plug-in";

/** What went wrong inside, in words, and where in the user's file. */
export interface Mishap {
  readonly what: string;
  readonly hint: string;
  readonly at: TextPosition | null;
}

/** What a call of the user's function gave; functions of a host can be asked like it. */
export type Look = (hosts: HostStates, request: RequestSpec, config: NovaConfig) => unknown;

interface Realm {
  /** Runs the module's function; pairs of name and value. */
  readonly load: (module: unknown) => readonly (readonly [string, unknown])[];
  readonly hosts: (count: number, name: (host: number) => string, hypervisor: (host: number) => string, facts: unknown) => object;
  readonly request: (server: number, flavor: unknown, image: unknown, policy: string | null, on: (host: number) => number) => object;
  readonly config: (number: (name: string) => number | undefined) => object;
  readonly frozen: (json: string) => object;
  /** The method of an object, each call with steps of its own, as are the calls of the function it returns. */
  readonly method: (of: unknown, name: string) => (hosts: object, request: object, config: object) => unknown;
  readonly describe: (thrown: unknown) => readonly [kind: string, text: string, places: string];
}

const views = hostFacts
  .map(({ method }, i) => `    ${method}: freeze((host) => { known(host, ${JSON.stringify(method)}); return f${i}(host); }),`)
  .join("\n");

/** Runs inside the realm, before anything of the user's. Its objects are all that the user's code gets hold of. */
const REALM = `(function (parts) {
  "use strict";
  const { globals, exactMath, locale, patternMethods, atOnce, maxLength, exp, log, pow, script } = parts;
  const { freeze, defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
  const { apply, construct, deleteProperty } = Reflect;
  const global = globalThis, { parse, stringify } = JSON, ErrorOf = Error;
  const kinds = [Object, Array, Number, String, BigInt];
  for (const name of getOwnPropertyNames(global)) if (!globals.includes(name)) deleteProperty(global, name);
  for (const name of getOwnPropertyNames(Math)) if (!exactMath.includes(name)) delete Math[name];
  Math.exp = (x) => exp(+x);
  Math.log = (x) => log(+x);
  const raised = (x, y) => {
    if (typeof x !== "number" || typeof y !== "number") throw new TypeError("only numbers can be raised to a power");
    return pow(x, y);
  };
  Math.pow = (x, y) => raised(+x, +y);
  freeze(Math);
  for (const of of kinds) {
    for (const name of getOwnPropertyNames(of.prototype)) if (locale(name)) delete of.prototype[name];
  }
  for (const name of patternMethods) delete String.prototype[name];
  let reset = () => {}, charge = () => {}, ended = null, end = null;
  // What the language goes through in a single step counts by its length, both of what it is given and of what it makes. A single step can
  // make so much and no more, as that is known beforehand.
  const MEMBER_STEPS = 8; // a member of an object takes the time of so many entries of a list
  const keyed = ["keys", "values", "entries"];
  const { keys } = Object, { isArray } = Array;
  const sizeOf = (of) => {
    if (typeof of === "string" || isArray(of)) return of.length;
    return of instanceof MapOf || of instanceof SetOf ? of.size : 0;
  };
  const membersOf = (of) => (typeof of === "object" && of !== null ? sizeOf(of) || MEMBER_STEPS * keys(of).length : sizeOf(of));
  const MapOf = Map, SetOf = Set;
  const spread = (of) => { charge(membersOf(of)); return of; };
  const instead = (of, name, make) => {
    const plain = of[name];
    defineProperty(of, name, { ...getOwnPropertyDescriptor(of, name), value: make(plain) });
  };
  const linear = (of, names, size) => {
    for (const name of names) {
      if (typeof getOwnPropertyDescriptor(of, name)?.value !== "function") continue;
      instead(of, name, (plain) => ({
        method(...values) {
          let sum = 1 + size(this);
          for (let i = 0; i < values.length; i++) sum += size(values[i]);
          charge(sum);
          const made = apply(plain, this, values);
          charge(sizeOf(made));
          return made;
        },
      }).method);
    }
  };
  const short = (length) => {
    if (length > maxLength) throw new RangeError("a text or list of " + length + " in one step, at most " + maxLength);
    charge(length > 0 ? length : 0);
  };
  const bounded = (of, name, lengthOf) => {
    instead(of, name, (plain) => ({ method(...values) { short(lengthOf(this, values)); return apply(plain, this, values); } }).method);
  };
  const total = (values, sum, size) => { for (let i = 0; i < values.length; i++) sum += size(values[i]); return sum; };
  const flatInto = (into, of, depth) => {
    charge(1 + of.length);
    for (let i = 0; i < of.length; i++) {
      if (depth > 0 && isArray(of[i])) flatInto(into, of[i], depth - 1);
      else if (i in of) into[into.length] = of[i];
    }
    return into;
  };
  linear(String.prototype, getOwnPropertyNames(String.prototype).filter((name) => !atOnce.includes(name)), sizeOf);
  linear(Array.prototype, getOwnPropertyNames(Array.prototype).filter((name) => !atOnce.includes(name)), sizeOf);
  linear(Map.prototype, ["clear", "forEach"], sizeOf);
  linear(Set.prototype, getOwnPropertyNames(Set.prototype).filter((name) => !atOnce.includes(name)), sizeOf);
  linear(Object, getOwnPropertyNames(Object).filter((name) => !atOnce.includes(name) || keyed.includes(name)), membersOf);
  linear(JSON, ["parse"], sizeOf);
  bounded(String.prototype, "repeat", (self, [times]) => String(self).length * times);
  bounded(String.prototype, "padStart", (_self, [length]) => length);
  bounded(String.prototype, "padEnd", (_self, [length]) => length);
  bounded(String.prototype, "concat", (self, values) => total(values, String(self).length, (value) => String(value).length));
  bounded(Array.prototype, "fill", (self) => self.length);
  bounded(Array.prototype, "concat", (self, values) => total(values, self.length, (value) => (isArray(value) ? value.length : 1)));
  bounded(Array, "from", (_self, [of]) => (of === null || of === undefined ? 0 : of.length ?? sizeOf(of)));
  for (const name of ["sort", "toSorted"]) {
    instead(Array.prototype, name, (plain) => ({
      method(...values) { charge(sizeOf(this) * (32 - Math.clz32(sizeOf(this)))); return apply(plain, this, values); },
    }).method);
  }
  instead(Array.prototype, "flat", () => ({ flat(depth = 1) { return flatInto([], this, +depth); } }).flat);
  const { map } = Array.prototype;
  instead(Array.prototype, "flatMap", () => ({ flatMap(of, self) { return flatInto([], apply(map, this, [of, self]), 1); } }).flatMap);
  instead(JSON, "stringify", () => ({
    stringify(value, replacer, space) {
      const counted = function (key, of) {
        charge(MEMBER_STEPS + (typeof of === "string" ? of.length : 0));
        return typeof replacer === "function" ? apply(replacer, this, [key, of]) : of;
      };
      const text = stringify(value, counted, space);
      return isArray(replacer) ? stringify(value, replacer, space) : text;
    },
  }).stringify);
  for (const name of ["Array", "Map", "Set", "WeakMap", "WeakSet"]) {
    const Plain = global[name];
    const Counted = function (...values) {
      if (name === "Array" && values.length === 1 && typeof values[0] === "number") short(values[0]);
      else charge(total(values, 1, sizeOf));
      if (new.target === undefined && name !== "Array") return Plain(); // throws as it does
      const made = construct(Plain, values, new.target === undefined || new.target === Counted ? Plain : new.target);
      charge(sizeOf(made));
      return made;
    };
    Object.defineProperties(Counted, Object.getOwnPropertyDescriptors(Plain));
    defineProperty(global, name, { value: Counted, writable: true, configurable: true });
  }
  const places = (_error, frames) => {
    let text = "";
    for (const frame of frames) if (frame.getFileName() === script) text += frame.getLineNumber() + ":" + frame.getColumnNumber() + " ";
    return text;
  };
  defineProperty(ErrorOf, "prepareStackTrace", { value: places, writable: false, configurable: false });

  const trip = (why) => {
    if (ended === null) { ended = why; end = new ErrorOf(why); }
    throw end;
  };
  const overflow = (error) => error instanceof RangeError && error.message === "Maximum call stack size exceeded";
  const caught = (error) => {
    if (ended === null && overflow(error)) { ended = "stack"; end = error; }
    if (ended !== null) throw end;
  };
  const begin = () => { ended = null; reset(); };
  const checked = (answer) => { if (ended !== null) throw end; return answer; };

  return {
    load: (module) => { begin(); return checked(module(trip, caught, raised, spread, (again, count) => { reset = again; charge = count; })); },
    hosts: (count, name, hypervisor, facts) => {
      const [${hostFacts.map((_, i) => `f${i}`).join(", ")}] = facts;
      const known = (host, method) => {
        if (typeof host === "number" && host >= 0 && host < count && host % 1 === 0) return;
        const got = typeof host === "number" || typeof host === "string" ? String(host) : typeof host;
        throw new RangeError("hosts." + method + "(host) was given " + got + "; a host is a number from 0 to " + (count - 1));
      };
      return freeze({
        count,
        hostName: freeze((host) => { known(host, "hostName"); return name(host); }),
        hypervisorType: freeze((host) => { known(host, "hypervisorType"); return hypervisor(host); }),
${views}
      });
    },
    request: (server, flavor, image, policy, on) =>
      freeze({ server, flavor, image, group: policy === null ? null : freeze({ policy, membersOn: freeze((host) => on(+host)) }) }),
    config: (number) => freeze({
      number: freeze((name) => {
        const value = typeof name === "string" ? number(name) : undefined;
        if (value === undefined) throw new RangeError("config.number(" + String(name) + "): no such option is declared under options");
        return value;
      }),
    }),
    frozen: (json) => parse(json, (_key, value) => freeze(value)),
    method: (of, name) => {
      const method = of[name];
      return (hosts, request, config) => {
        begin();
        const answer = checked(apply(method, of, [hosts, request, config]));
        if (typeof answer !== "function") return answer;
        return (host) => { begin(); return checked(answer(host)); };
      };
    },
    describe: (thrown) => {
      try {
        if (ended !== null) return [ended, "", String(end.stack)];
        if (overflow(thrown)) return ["stack", "", String(thrown.stack)];
        if (thrown instanceof ErrorOf && thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return ["time", "", ""];
        if (thrown instanceof ErrorOf) return ["error", thrown.name + ": " + thrown.message, String(thrown.stack)];
        if (typeof thrown === "string") return ["value", stringify(thrown), ""];
        return ["value", typeof thrown === "object" || typeof thrown === "function" ? "an object" : String(thrown), ""];
      } catch {
        return ["value", "something that cannot be shown", ""];
      }
    },
  };
})`;

/** The engine's words for a change to something frozen. */
const CHANGE =
  /^TypeError: (Cannot (?:assign to read only property|add property|delete property|define property|redefine property).*|.* is not extensible)$/;

export class Sandbox {
  private readonly module: GuardedModule;
  private readonly context: vm.Context;
  private readonly realm: Realm;
  private hostsSeen: { readonly hosts: HostStates; readonly view: object } | null = null;
  private readonly flavors = new Map<Flavor, object>();
  private readonly images = new Map<Image, object>();

  constructor(module: GuardedModule) {
    this.module = module;
    this.context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
    const make = vm.runInContext(REALM, this.context, { filename: "orrery-realm", displayErrors: false }) as (parts: object) => Realm;
    const locale = (name: string) => LOCALE.test(name);
    this.realm = make({
      globals: GLOBALS,
      exactMath: EXACT_MATH,
      locale,
      patternMethods: PATTERN_METHODS,
      atOnce: AT_ONCE,
      maxLength: MAX_LENGTH,
      exp,
      log,
      pow: raised,
      script: SCRIPT,
    });
  }

  /**
   * Runs the module: what it exports, by name.
   * @throws whatever the module throws; `mishap` puts it into words
   */
  load(): readonly (readonly [name: string, value: unknown])[] {
    const module = this.compiled();
    const global = this.context as { load?: () => unknown };
    global.load = () => this.realm.load(module);
    try {
      return vm.runInContext("load()", this.context, { timeout: LOADING_TIMEOUT_MS, displayErrors: false }) as [string, unknown][];
    } finally {
      delete global.load;
    }
  }

  private compiled(): unknown {
    try {
      return vm.runInContext(this.module.code, this.context, { filename: SCRIPT, displayErrors: false });
    } catch (error) {
      throw new Error(`what the guard has made of a plug-in cannot be read: ${(error as Error).message}`);
    }
  }

  /** The method of an exported object, to be asked about requests; `options` are its own, by name, with their defaults. */
  look(of: object, method: string, options: ReadonlyMap<string, number>): Look {
    const ask = this.realm.method(of, method);
    const configs = new Map<NovaConfig, object>();
    const view = (config: NovaConfig) =>
      this.realm.config((name) => (options.has(name) ? config.number(name, options.get(name)) : undefined));
    return (hosts, request, config) =>
      ask(
        this.hostsView(hosts),
        this.requestView(request),
        seen(configs, config, () => view(config)),
      );
  }

  /** What a thrown thing says; throws it again when the user's code has not thrown it. */
  mishap(thrown: unknown): Mishap {
    if (thrown instanceof Error) throw thrown;
    const [kind, text, places] = this.realm.describe(thrown);
    const [line, column] = places.split(" ", 1)[0]!.split(":").map(Number);
    const at = line === undefined || column === undefined ? null : original(this.module.back, { line, column });
    return { ...inWords(kind, text), at };
  }

  private hostsView(hosts: HostStates): object {
    if (this.hostsSeen?.hosts !== hosts) {
      const name = (host: number) => hosts.hostName(host);
      const hypervisor = (host: number) => hosts.hypervisorType(host);
      const facts = hostFacts.map(({ of }) => of(hosts));
      this.hostsSeen = { hosts, view: this.realm.hosts(hosts.count, name, hypervisor, facts) };
    }
    return this.hostsSeen.view;
  }

  private requestView(request: RequestSpec): object {
    const { server, image, group, groups } = request;
    const policy = group < 0 ? null : groups.policyOf(group);
    return this.realm.request(server, this.flavorView(request), image === null ? null : this.imageView(image), policy, (host) =>
      groups.countOn(group, host),
    );
  }

  private flavorView(request: RequestSpec): object {
    const { flavor } = request;
    return seen(this.flavors, flavor, () =>
      this.realm.frozen(
        JSON.stringify({
          name: flavor.name,
          ...Object.fromEntries(requestFacts.map(({ member, of }) => [member, of(request)])),
          extraSpecs: Object.fromEntries(flavor.extraSpecs),
        }),
      ),
    );
  }

  private imageView(image: Image): object {
    return seen(this.images, image, () =>
      this.realm.frozen(JSON.stringify({ name: image.name, properties: Object.fromEntries(image.properties) })),
    );
  }
}

function seen<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = values.get(key);
  if (value === undefined) {
    value = make();
    values.set(key, value);
  }
  return value;
}

/** Whole exponents multiply, so that `x ** 2` is `x * x`. */
function raised(x: number, y: number): number {
  if (!Number.isInteger(y) || Math.abs(y) > 64) return pow(x, y);
  let product = 1;
  for (let i = 0; i < Math.abs(y); i++) product *= x;
  return y < 0 ? 1 / product : product;
}

function inWords(kind: string, text: string): { readonly what: string; readonly hint: string } {
  if (kind === "steps") {
    return {
      what: `made more than ${withCommas(MAX_STEPS)} steps in one call`,
      hint: "a step is one pass through a loop, one call of a function, or one entry or character that the language goes through by itself",
    };
  }
  if (kind === "depth")
    return { what: `opened more than ${MAX_DEPTH} calls within each other`, hint: "does a function call itself without end?" };
  if (kind === "time") {
    const what = `did not come to an end within ${LOADING_TIMEOUT_MS / 1000} s`;
    return { what, hint: "something takes very long in one step, such as sorting a list or matching a text" };
  }
  if (kind === "stack") return { what: "ran out of stack", hint: "is something nested without end?" };
  const line = text.replace(/\s+/g, " ").trim();
  const said = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  if (kind === "value") return { what: `threw ${said}`, hint: "" };
  const change = CHANGE.exec(said)?.[1];
  if (change !== undefined)
    return { what: `tried to change what it may only read: ${change}`, hint: "a plug-in decides; it cannot change the cloud" };
  return { what: `threw ${said}`, hint: "" };
}
