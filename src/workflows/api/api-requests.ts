// Requests that users send to the APIs of the cloud, besides asking for servers and deleting them: one row each, kept to the end of the run.
// A row gets one answer of the API (or none, where the cloud breaks before), and exactly one outcome.
import { type Outcome, statusOf } from "../../datacenter/outcomes.ts";
import type { Micros } from "../../kernel/time.ts";

/** What a parameter of a request can hold; things are meant by their names, servers by their numbers. */
export type Argument = string | number | boolean | readonly Argument[] | { readonly [key: string]: Argument };
export type Arguments = Readonly<Record<string, Argument>>;

/** A request as a client sends it. */
export interface ApiAsk {
  /** In the words of the OpenStack client: `server stop`. */
  readonly operation: string;
  /** Type of the service in the catalogue. */
  readonly service: string;
  /** -1 = of no project. */
  readonly project: number;
  /** Name of the user who asks; empty: a plain member of the project. */
  readonly user: string;
  /** The server that it is about, -1 for none. */
  readonly server: number;
  readonly args: Arguments;
}

export interface ApiRow extends ApiAsk {
  readonly askedAt: Micros;
  /** -1 until the API has answered. */
  readonly answeredAt: Micros;
  /** HTTP status of the answer; 0 until there is one. */
  readonly status: number;
  /** -1 until all that the request has set going is over. */
  readonly endedAt: Micros;
  /** Null: it went well, or is not over. */
  readonly outcome: Outcome | null;
}

const NEVER = -1;

export class ApiRequests {
  /** The server that each is about, -1 for none. */
  readonly server: number[] = [];
  /** Number of the volume, network, image or other thing it is about, in the books of its service; -1 for none. */
  readonly target: number[] = [];
  /** Called when a request has come to its end. */
  readonly endListeners: ((request: number) => void)[] = [];
  private readonly asks: ApiAsk[] = [];
  private readonly askedAt: number[] = [];
  private readonly answeredAt: number[] = [];
  private readonly statuses: number[] = [];
  private readonly endedAt: number[] = [];
  private readonly outcomes: (Outcome | null)[] = [];

  get count(): number {
    return this.asks.length;
  }

  add(ask: ApiAsk, now: Micros): number {
    this.server.push(ask.server);
    this.target.push(-1);
    this.askedAt.push(now);
    this.answeredAt.push(NEVER);
    this.statuses.push(0);
    this.endedAt.push(NEVER);
    this.outcomes.push(null);
    return this.asks.push(ask) - 1;
  }

  /** The API answers; only the first answer counts. */
  answer(request: number, status: number, now: Micros): void {
    if (this.statuses[request] !== 0) return;
    this.statuses[request] = status;
    this.answeredAt[request] = now;
  }

  /** Everything that the request has set going is over. @throws RangeError if it was over already */
  end(request: number, outcome: Outcome | null, now: Micros): void {
    if (this.endedAt[request]! >= 0) throw new RangeError(`${this.nameOf(request)} cannot end twice`);
    // What fails before the API has answered is its answer.
    this.answer(request, outcome === null ? 200 : statusOf(outcome, serviceOfType(this.asks[request]!.service)), now);
    this.outcomes[request] = outcome;
    this.endedAt[request] = now;
    for (const listener of this.endListeners) listener(request);
  }

  args(request: number): Arguments {
    return this.asks[request]!.args;
  }

  /** A text among the arguments; undefined where it was not given. @throws TypeError for anything else */
  text(request: number, parameter: string): string | undefined {
    const value = this.args(request)[parameter];
    if (value === undefined || typeof value === "string") return value;
    throw new TypeError(`${this.nameOf(request)}: ${parameter} is not a text`);
  }

  /** The same for a number. */
  number(request: number, parameter: string): number | undefined {
    const value = this.args(request)[parameter];
    if (value === undefined || typeof value === "number") return value;
    throw new TypeError(`${this.nameOf(request)}: ${parameter} is not a number`);
  }

  /** The same for a switch, which is off where it was not given. */
  flag(request: number, parameter: string): boolean {
    return this.args(request)[parameter] === true;
  }

  /** The same for a list of texts, which is empty where it was not given. */
  texts(request: number, parameter: string): readonly string[] {
    const value = this.args(request)[parameter] ?? [];
    return (Array.isArray(value) ? value : [value]).map(String);
  }

  project(request: number): number {
    return this.asks[request]!.project;
  }

  user(request: number): string {
    return this.asks[request]!.user;
  }

  row(request: number): ApiRow {
    return {
      ...this.asks[request]!,
      askedAt: this.askedAt[request]!,
      answeredAt: this.answeredAt[request]!,
      status: this.statuses[request]!,
      endedAt: this.endedAt[request]!,
      outcome: this.outcomes[request]!,
    };
  }

  /** `request-1 (server stop)` is the first one. */
  nameOf(request: number): string {
    return `request-${request + 1} (${this.asks[request]!.operation})`;
  }
}

const services: Readonly<Record<string, string>> = {
  compute: "nova",
  volumev3: "cinder",
  image: "glance",
  network: "neutron",
  identity: "keystone",
  "object-store": "swift",
  "load-balancer": "octavia",
};

/** The name of the service behind a type of the catalogue. */
function serviceOfType(type: string): string {
  return services[type] ?? type;
}
