// Sends the requests of users to the APIs, each at its time, and begins the workflow that carries it out.
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { Micros } from "../../kernel/time.ts";
import { components } from "../../services/index.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import type { Workflow } from "../vocabulary.ts";
import type { ApiOperation, Waiting } from "./api-operation.ts";
import type { ApiAsk, Arguments } from "./api-requests.ts";
import { wayIn } from "./steps.ts";

/** A request that comes at its time. */
export interface TimedAsk {
  readonly at: Micros;
  readonly operation: string;
  readonly project: number;
  readonly user: string;
  readonly server: number;
  readonly args: Arguments;
}

export class ApiClient implements Waiting {
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine;
  private readonly operations: ReadonlyMap<string, ApiOperation>;
  /** Who waits for a server's move. */
  private readonly moving = new Map<number, (outcome: Outcome | null) => void>();
  private readonly indexOf = new Map<string, number>();
  private readonly waysIn = new Map<string, number>();

  constructor(cloud: Cloud, engine: WorkflowEngine, operations: readonly ApiOperation[]) {
    this.cloud = cloud;
    this.engine = engine;
    cloud.moving.settledListeners.push((server) => this.moved(server, null));
    cloud.moving.endListeners.push((migration) => {
      const { server, outcome } = cloud.moving.migrations.row(migration);
      this.moved(server, outcome);
    });
    this.operations = new Map(operations.map((operation) => [operation.name, operation]));
  }

  /** Requests in the order of their times. Those of one instant are sent in the order of the list, each after what is due at its instant. */
  schedule(asks: readonly TimedAsk[]): void {
    if (asks.length === 0) return;
    const { simulation } = this.cloud;
    const sent = simulation.kind("api request", (index) => {
      this.send(asks[index]!);
      const next = asks[index + 1];
      if (next !== undefined) simulation.schedule(next.at - simulation.now, sent, index + 1);
    });
    simulation.schedule(asks[0]!.at - simulation.now, sent, 0);
  }

  /** The row of the request in `cloud.requests`. @throws RangeError for an operation that no service has */
  send({ operation: name, project, user, server, args }: Omit<ApiAsk, "service">): number {
    const operation = this.operations.get(name);
    if (operation === undefined) throw new RangeError(`no service has the operation "${name}"`);
    const { cloud, engine } = this;
    const { simulation } = cloud;
    const request = cloud.requests.add({ operation: name, project, user, server, args, service: operation.service.type }, simulation.now);
    const { workflow, carry } = operation;
    if (workflow !== undefined) engine.start(this.indexOfWorkflow(name, workflow), request);
    else if (cloud.identity !== null) engine.start(this.indexOfWayIn(operation.service.name), request);
    else carry?.(cloud, request, (outcome) => cloud.requests.end(request, outcome, simulation.now), this);
    return request;
  }

  /** Requests that others carry out pass Keystone and the policy before. */
  private indexOfWayIn(service: string): number {
    const known = this.waysIn.get(service);
    if (known !== undefined) return known;
    const api = components.find((component) => component.service === service)!;
    const index = this.engine.add(wayIn(api, (_cloud, request, outcome) => this.passed(request, outcome)));
    this.waysIn.set(service, index);
    return index;
  }

  private passed(request: number, refusal: Outcome | null): void {
    const { cloud } = this;
    const server = cloud.requests.server[request]!;
    const done = (outcome: Outcome | null) => {
      cloud.accessOfServers?.carried.delete(server);
      cloud.requests.end(request, outcome, cloud.simulation.now);
    };
    if (refusal !== null) {
      done(refusal);
      return;
    }
    cloud.accessOfServers?.carried.add(server);
    this.operationOf(request).carry?.(cloud, request, done, this);
  }

  private indexOfWorkflow(name: string, workflow: Workflow): number {
    const index = this.indexOf.get(name) ?? this.engine.add(workflow);
    this.indexOf.set(name, index);
    return index;
  }

  afterMove(server: number, migration: number, done: (outcome: Outcome | null) => void): void {
    const { endedAt, outcome, status } = this.cloud.moving.migrations.row(migration);
    if (endedAt >= 0) done(outcome);
    else if (status === "finished") done(null);
    else this.moving.set(server, done);
  }

  private moved(server: number, outcome: Outcome | null): void {
    const done = this.moving.get(server);
    this.moving.delete(server);
    done?.(outcome);
  }

  operationOf(request: number): ApiOperation {
    return this.operations.get(this.cloud.requests.row(request).operation)!;
  }
}
