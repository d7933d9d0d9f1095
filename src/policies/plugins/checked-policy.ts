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

export interface OpenFilter extends OpenPolicy {
  readonly atClaim: boolean;
}

export type ServerName = (server: number) => string;

/** Among this many first decisions of a run, and then in one of 1024, everything is asked twice. */
const FIRST_ASKED_TWICE = 64;

export function checkedWeigher(policy: OpenWeigher, serverName: ServerName): Weigher {
  const { name, source, meaning, multiplier, minval, options } = policy;
  const shape = "weigh: (hosts, request) => (host) => hosts.freeRamMb(host)";
  const asked = new Asked<number>(policy, serverName, "weigh", shape, (answer) => {
    if (typeof answer !== "number") return "a number";
    return Number.isFinite(answer) ? null : "a finite number";
  });
  const weigh: Weigher["weigh"] = (hosts, request, config) =>
    asked.about(hosts, request, config) ?? asked.refuse(request, null, "a function of a host", shape);
  return { name, source, meaning, multiplier, minval, options, weigh };
}

export function checkedFilter(policy: OpenFilter, serverName: ServerName): Filter {
  const { name, source, meaning, atClaim, options } = policy;
  const shape = "passes: (hosts, request) => (host) => hosts.numInstances(host) < 10";
  const asked = new Asked<boolean>(policy, serverName, "passes", shape, (answer) => (typeof answer === "boolean" ? null : "true or false"));
  return { name, source, meaning, atClaim, options, passes: (hosts, request, config) => asked.about(hosts, request, config) };
}

class Asked<T extends number | boolean> {
  private readonly policy: OpenPolicy;
  private readonly serverName: ServerName;
  private readonly method: string;
  private readonly shape: string;
  /** What was expected instead of an answer; null = it will do. */
  private readonly expected: (answer: unknown) => string | null;
  private decisions = 0;

  constructor(policy: OpenPolicy, serverName: ServerName, method: string, shape: string, expected: (answer: unknown) => string | null) {
    this.policy = policy;
    this.serverName = serverName;
    this.method = method;
    this.shape = shape;
    this.expected = expected;
  }

  /** The checked function of a host; null where the user's code gave null. */
  about(hosts: HostStates, request: RequestSpec, config: NovaConfig): ((host: number) => T) | null {
    const of = this.look(hosts, request, config);
    const { expected } = this;
    const answerOf = (ask: (host: number) => unknown, host: number): T => {
      let answer: unknown;
      try {
        answer = ask(host);
      } catch (thrown) {
        throw this.fault(request, this.withHost(this.policy.explain(thrown), hosts, host));
      }
      const wanted = expected(answer);
      if (wanted !== null) this.refuse(request, answer, wanted, "", ` for ${hosts.hostName(host)}`);
      return answer as T;
    };
    const decision = this.decisions++;
    const twice = decision < FIRST_ASKED_TWICE || (decision & 1023) === 0;
    if (!twice) return of === null ? null : (host) => answerOf(of, host);

    const again = this.look(hosts, request, config);
    if ((of === null) !== (again === null)) this.changed(request, shown(of), shown(again), "");
    if (of === null || again === null) return null;
    let first = true;
    return (host) => {
      const answer = answerOf(of, host);
      if (first) {
        first = false;
        for (const ask of [of, again]) {
          const other = answerOf(ask, host);
          if (!Object.is(other, answer)) this.changed(request, shown(answer), shown(other), ` for ${hosts.hostName(host)}`);
        }
      }
      return answer;
    };
  }

  refuse(request: RequestSpec, answer: unknown, expected: string, hint: string, about = ""): never {
    const { method, policy } = this;
    const call = about === "" ? `${method}(hosts, request) returned` : "returned";
    const nan = typeof answer === "number" ? "0 / 0, a division by zero, or a calculation with something undefined" : hint;
    const missing = answer === undefined && hint === "" ? "is a return missing?" : nan;
    throw this.fault(request, { what: `${call} ${shown(answer)}${about}, expected ${expected}`, hint: missing, place: policy.place });
  }

  private look(hosts: HostStates, request: RequestSpec, config: NovaConfig): ((host: number) => unknown) | null {
    let answer: unknown;
    try {
      answer = this.policy.look(hosts, request, config);
    } catch (thrown) {
      throw this.fault(request, this.policy.explain(thrown));
    }
    if (answer === null) return null;
    if (typeof answer !== "function") this.refuse(request, answer, "a function of a host", this.shape);
    return answer as (host: number) => unknown;
  }

  private changed(request: RequestSpec, answer: string, other: string, about: string): never {
    throw this.fault(request, {
      what: `returned ${answer} and then ${other}${about} when asked twice`,
      hint: "it must not remember: the answer may depend on the host and the request alone",
      place: this.policy.place,
    });
  }

  private withHost(fault: Fault, hosts: HostStates, host: number): Fault {
    return { ...fault, what: `${fault.what}, for ${hosts.hostName(host)}` };
  }

  private fault({ server, flavor }: RequestSpec, fault: Fault): PluginFault {
    return new PluginFault(this.policy.name, `${this.serverName(server)} (${flavor.name})`, fault);
  }
}

/** A value of the user's in a word or two; objects are not looked into. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "object" && value !== null) return "an object";
  return Object.is(value, -0) ? "-0" : String(value);
}
