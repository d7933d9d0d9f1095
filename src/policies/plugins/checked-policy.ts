// What stands between the scheduler and a user's own filter or weigher: it asks, and believes no answer. A weigher must give a finite number,
// a filter true or false, and both the same again when they are asked again. Anything else ends the run with a PluginFault.
import type { NovaConfig } from "../nova/config.ts";
import type { Filter } from "../nova/filter.ts";
import type { HostStates } from "../nova/host-states.ts";
import type { RequestSpec } from "../nova/request-spec.ts";
import type { PolicyOption, Weigher } from "../nova/weigher.ts";
import { type Fault, PluginFault, type PluginPlace } from "./plugin-fault.ts";

/** A user's policy as it was opened for one run. */
export interface OpenPolicy {
  readonly name: string;
  readonly source: string;
  readonly meaning: string;
  /** Names of the options it reads, but for a multiplier. */
  readonly options: readonly string[];
  /** Where its function stands. */
  readonly place: PluginPlace;
  /** Looks at the request and gives what the user's code gives: a function of a host, it is hoped. */
  readonly look: (hosts: HostStates, request: RequestSpec, config: NovaConfig) => unknown;
  /** Puts what `look`, or the function it gave, has thrown into words; throws it again when it is no fault of the user's. */
  readonly explain: (thrown: unknown) => Fault;
}

export interface OpenWeigher extends OpenPolicy {
  readonly multiplier: PolicyOption & { readonly name: string };
  readonly minval: number | null;
}

export interface OpenFilter extends OpenPolicy {}

export type ServerName = (server: number) => string;

/** Among this many first decisions of a run, and then in one of 1024, everything is asked twice. */
const FIRST_ASKED_TWICE = 64;

function expectedOf(answer: unknown): string | null {
  if (typeof answer !== "number") return "a number";
  if (!Number.isFinite(answer)) return "a finite number";
  return Math.abs(answer) <= LARGEST ? null : "a number between -1e100 and 1e100";
}

/** Far beyond any resource; sums and differences of such values are numbers still. */
const LARGEST = 1e100;

export function checkedWeigher(policy: OpenWeigher, serverName: ServerName): Weigher {
  const { name, source, meaning, multiplier, minval, options } = policy;
  const answers: Answers = {
    look: "weigh(hosts, request)",
    shape: "weigh: (hosts, request) => (host) => hosts.freeRamMb(host)",
    expected: (answer) => expectedOf(answer),
    hint: (answer) => (typeof answer === "number" ? "a division by zero, or a calculation with something undefined" : ""),
  };
  const asked = new Asked<number>(policy, serverName, answers);
  const weigh: Weigher["weigh"] = (hosts, request, config) => asked.about(hosts, request, config) ?? asked.nothingToAsk(request, null);
  return { name, source, meaning, multiplier, minval, options, weigh };
}

export function checkedFilter(policy: OpenFilter, serverName: ServerName): Filter {
  const { name, source, meaning, options } = policy;
  const answers: Answers = {
    look: "passes(hosts, request)",
    shape: "passes: (hosts, request) => (host) => hosts.numInstances(host) < 10",
    expected: (answer) => (typeof answer === "boolean" ? null : "true or false"),
    hint: (answer) => (typeof answer === "number" ? "compare it with something" : ""),
  };
  const asked = new Asked<boolean>(policy, serverName, answers);
  return { name, source, meaning, options, passes: (hosts, request, config) => asked.about(hosts, request, config) };
}

/** What a kind of policy has to answer. */
interface Answers {
  /** The call that gives a function of a host. */
  readonly look: string;
  readonly shape: string;
  /** What was expected instead of an answer; null = it will do. */
  readonly expected: (answer: unknown) => string | null;
  readonly hint: (answer: unknown) => string;
}

type OfHost = (host: number) => unknown;

class Asked<T extends number | boolean> {
  private readonly policy: OpenPolicy;
  private readonly serverName: ServerName;
  private readonly answers: Answers;
  private decisions = 0;

  constructor(policy: OpenPolicy, serverName: ServerName, answers: Answers) {
    this.policy = policy;
    this.serverName = serverName;
    this.answers = answers;
  }

  /** The checked function of a host; null where the user's code gave null. */
  about(hosts: HostStates, request: RequestSpec, config: NovaConfig): ((host: number) => T) | null {
    const of = this.look(hosts, request, config);
    const decision = this.decisions++;
    const twice = decision < FIRST_ASKED_TWICE || (decision & 1023) === 0;
    if (!twice) return of === null ? null : (host) => this.answer(of, hosts, request, host);

    if (of === null) {
      const again = this.look(hosts, request, config);
      return again === null ? null : this.changed(request, null, null, again);
    }
    let first = true;
    return (host) => {
      const answer = this.answer(of, hosts, request, host);
      if (first) {
        first = false;
        // The second look comes after the first answer, so that what either of them has changed shows.
        const again = this.look(hosts, request, config);
        if (again === null) this.changed(request, hosts.hostName(host), of, again);
        for (const ask of [again, of]) {
          const other = this.answer(ask, hosts, request, host);
          if (!Object.is(other, answer)) this.changed(request, hosts.hostName(host), answer, other);
        }
      }
      return answer;
    };
  }

  /** `look` gave something that cannot be asked about hosts. */
  nothingToAsk(request: RequestSpec, answer: unknown): never {
    const { look, shape } = this.answers;
    const what = `${look} returned ${shown(answer)}, expected a function of a host`;
    throw this.fault(request, null, { what, hint: shape, place: this.policy.place });
  }

  private look(hosts: HostStates, request: RequestSpec, config: NovaConfig): OfHost | null {
    let answer: unknown;
    try {
      answer = this.policy.look(hosts, request, config);
    } catch (thrown) {
      throw this.fault(request, null, this.policy.explain(thrown));
    }
    if (answer === null || typeof answer === "function") return answer as OfHost | null;
    return this.nothingToAsk(request, answer);
  }

  private answer(ask: OfHost, hosts: HostStates, request: RequestSpec, host: number): T {
    let answer: unknown;
    try {
      answer = ask(host);
    } catch (thrown) {
      throw this.fault(request, hosts.hostName(host), this.policy.explain(thrown));
    }
    const expected = this.answers.expected(answer);
    if (expected === null) return answer as T;
    const hint = answer === undefined ? "is a return missing?" : this.answers.hint(answer);
    const what = `returned ${shown(answer)}, expected ${expected}`;
    throw this.fault(request, hosts.hostName(host), { what, hint, place: this.policy.place });
  }

  private changed(request: RequestSpec, host: string | null, answer: unknown, other: unknown): never {
    throw this.fault(request, host, {
      what: `returned ${shown(answer)} and then ${shown(other)} when asked twice`,
      hint: "it must not remember: an answer may depend on the host and the request alone",
      place: this.policy.place,
    });
  }

  private fault({ server, flavor }: RequestSpec, host: string | null, fault: Fault): PluginFault {
    return new PluginFault(this.policy.name, { server: this.serverName(server), flavor: flavor.name, host }, fault);
  }
}

/** A value of the user's in a word or two; objects are not looked into. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return Object.is(value, -0) ? "-0" : String(value);
}
