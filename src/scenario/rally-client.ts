// Rally's client: begins iterations as its runner says, and in each does what a user's script does, with its sleeps and its polling. What it
// measures of a boot is what Rally prints for it: from the request to the poll that finds the server ACTIVE.
//
// Assumes that an iteration that fails leaves its server behind, as Rally does until it cleans up at the end of a task.
// @source rally_openstack/task/scenarios/nova/servers.py, rally/task/utils.py (wait_for_status), rally/plugins/task/runners

import type { Outcome } from "../datacenter/outcomes.ts";
import type { EventKind } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { ApiAsk, Argument, Arguments } from "../workflows/api/api-requests.ts";
import { authenticate, showServer } from "../workflows/client-calls.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { WorkflowEngine } from "../workflows/engine.ts";
import type { RallySpec, RallyWait } from "../workload/rally.ts";

export interface RallyParts {
  /** Puts the server of an iteration on the cloud's books, and launches it. */
  readonly launch: (server: number) => void;
  readonly delete: (server: number) => void;
  /** Sends a request to an API; its row. */
  readonly send: (ask: Omit<ApiAsk, "service">) => number;
}

/** What became of an iteration. */
export interface Iteration {
  readonly startedAt: Micros;
  /** -1 while it goes on. */
  readonly endedAt: Micros;
  /** Duration of its main action (boot_server, or the authentication), in microseconds; -1 where it has not ended well. */
  readonly action: Micros;
  /** Null: it went well, or goes on. */
  readonly error: "TimeoutException" | "GetResourceErrorStatus" | Outcome | null;
}

const IDLE = 0;
const BOOTING = 1;
const DELETING = 2;

export class RallyClient {
  readonly started: number[] = [];
  readonly ended: number[] = [];
  readonly action: number[] = [];
  readonly errors: Iteration["error"][] = [];
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine;
  private readonly spec: RallySpec;
  private readonly parts: RallyParts;
  private readonly stage: Uint8Array;
  private readonly since: Float64Array;
  private readonly polls: EventKind;
  private readonly begins: EventKind;
  /** Of requests under way: the iteration, and which of its requests it is. */
  private readonly asked = new Map<number, { readonly iteration: number; readonly step: number }>();
  private readonly showIndex: number;
  private readonly tokenIndex: number;

  constructor(cloud: Cloud, engine: WorkflowEngine, spec: RallySpec, parts: RallyParts) {
    this.cloud = cloud;
    this.engine = engine;
    this.spec = spec;
    this.parts = parts;
    const { simulation } = cloud;
    const { times } = spec.runner;
    this.stage = new Uint8Array(times);
    this.since = new Float64Array(times);
    this.polls = simulation.kind("rally polls", (iteration) => engine.start(this.showIndex, iteration));
    this.begins = simulation.kind("rally iteration", (iteration) => this.begin(iteration));
    this.showIndex = engine.add(showServer((server) => this.seen(server)));
    this.tokenIndex = engine.add(
      authenticate((iteration, outcome) => {
        if (outcome === null) this.action[iteration] = simulation.now - this.started[iteration]!;
        this.end(iteration, outcome);
      }),
    );
    cloud.requests.endListeners.push((request) => this.answered(request));
    cloud.acceptListeners.push((server) => this.accepted(server));
    cloud.notifications.on("instance.create.error", (server) => {
      if (cloud.servers.vmStateOf(server) === "requested") this.end(server, "GetResourceErrorStatus"); // the API has refused it
    });
    const first = spec.runner.kind === "constant" ? Math.min(spec.runner.concurrency, times) : 1;
    for (let iteration = 0; iteration < first; iteration++) simulation.schedule(0, this.begins, iteration);
  }

  iteration(number: number): Iteration {
    return {
      startedAt: this.started[number]!,
      endedAt: this.ended[number]!,
      action: this.action[number]!,
      error: this.errors[number]!,
    };
  }

  private begin(iteration: number): void {
    const { runner, scenario } = this.spec;
    const { simulation } = this.cloud;
    this.started[iteration] = simulation.now;
    this.ended[iteration] = -1;
    this.action[iteration] = -1;
    this.errors[iteration] = null;
    if (runner.kind === "rps" && iteration + 1 < runner.times) {
      const next = Math.round(((iteration + 1) * SECOND) / runner.rps);
      simulation.schedule(Math.max(0, next - simulation.now), this.begins, iteration + 1);
    }
    if (scenario === "iteration") this.ask(iteration, 0);
    else if (scenario === "Authenticate.keystone") this.engine.start(this.tokenIndex, iteration);
    else {
      this.stage[iteration] = BOOTING;
      this.since[iteration] = simulation.now;
      this.parts.launch(iteration);
    }
  }

  /** The next request of an iteration, or its end. */
  private ask(iteration: number, step: number): void {
    const ask = this.spec.iteration[step];
    if (ask === undefined) {
      this.action[iteration] = this.cloud.simulation.now - this.started[iteration]!;
      this.end(iteration, null);
      return;
    }
    const args = numbered(ask.args as Arguments, iteration);
    const request = this.parts.send({ ...ask, server: -1, args });
    // What ends at once has ended before anybody could wait for it.
    if (this.cloud.requests.row(request).endedAt < 0) this.asked.set(request, { iteration, step });
    else this.over(request, iteration, step);
  }

  private answered(request: number): void {
    const asked = this.asked.get(request);
    if (asked === undefined) return;
    this.asked.delete(request);
    this.over(request, asked.iteration, asked.step);
  }

  private over(request: number, iteration: number, step: number): void {
    const { outcome } = this.cloud.requests.row(request);
    if (outcome === null) this.ask(iteration, step + 1);
    else this.end(iteration, outcome);
  }

  /** The API has answered the request for the server. */
  private accepted(server: number): void {
    if (this.stage[server] === BOOTING) this.cloud.simulation.schedule(this.spec.boot.prepollDelay, this.polls, server);
  }

  private seen(server: number): void {
    const { servers } = this.cloud;
    const state = servers.vmStateOf(server);
    if (this.stage[server] === BOOTING) {
      if (state === "active") this.booted(server);
      else if (state === "error") this.end(server, "GetResourceErrorStatus");
      else this.wait(server, this.spec.boot);
    } else if (this.stage[server] === DELETING) {
      if (state === "deleted") this.end(server, null);
      else if (state === "error") this.end(server, "GetResourceErrorStatus");
      else this.wait(server, this.spec.delete);
    }
  }

  private wait(server: number, { pollInterval, timeout }: RallyWait): void {
    const { simulation } = this.cloud;
    // Rally sleeps first, and then sees that the time is up.
    if (simulation.now + pollInterval - this.since[server]! > timeout) this.end(server, "TimeoutException");
    else simulation.schedule(pollInterval, this.polls, server);
  }

  private booted(server: number): void {
    const { simulation } = this.cloud;
    this.action[server] = simulation.now - this.since[server]!;
    if (this.spec.scenario !== "NovaServers.boot_and_delete_server") {
      this.end(server, null);
      return;
    }
    this.stage[server] = DELETING;
    this.since[server] = simulation.now;
    this.parts.delete(server);
    simulation.schedule(this.spec.delete.prepollDelay, this.polls, server);
  }

  private end(iteration: number, error: Iteration["error"]): void {
    const { runner } = this.spec;
    const { simulation } = this.cloud;
    if (this.ended[iteration] !== -1) return;
    this.stage[iteration] = IDLE;
    this.ended[iteration] = simulation.now;
    this.errors[iteration] = error;
    if (runner.kind !== "constant") return;
    const next = this.started.length;
    if (next < runner.times) this.begin(next);
  }
}

/** Names that are the iteration's own get its number, from 1. */
function numbered(args: Arguments, iteration: number): Arguments {
  const own = (value: Argument): Argument =>
    typeof value === "string"
      ? value.replace("{i}", String(iteration + 1))
      : Array.isArray(value)
        ? value.map((entry: Argument) => own(entry))
        : value;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, own(value)]));
}
