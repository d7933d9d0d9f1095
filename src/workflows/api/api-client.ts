// Sends the requests of users to the APIs, each at its time, and begins the workflow that carries it out.
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import type { ApiOperation } from "./api-operation.ts";
import type { ApiAsk, Arguments } from "./api-requests.ts";

/** A request that comes at its time. */
export interface TimedAsk {
  readonly at: Micros;
  readonly operation: string;
  readonly project: number;
  readonly user: string;
  readonly server: number;
  readonly args: Arguments;
}

export class ApiClient {
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine;
  private readonly operations: ReadonlyMap<string, ApiOperation>;
  private readonly indexOf = new Map<string, number>();

  constructor(cloud: Cloud, engine: WorkflowEngine, operations: readonly ApiOperation[]) {
    this.cloud = cloud;
    this.engine = engine;
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
  send(ask: Omit<ApiAsk, "service">): number {
    const operation = this.operations.get(ask.operation);
    if (operation === undefined) throw new RangeError(`no service has the operation "${ask.operation}"`);
    const { cloud, engine } = this;
    let workflow = this.indexOf.get(operation.name);
    if (workflow === undefined) {
      workflow = engine.add(operation.workflow);
      this.indexOf.set(operation.name, workflow);
    }
    const { operation: name, project, user, server, args } = ask;
    const request = cloud.requests.add(
      { operation: name, project, user, server, args, service: operation.service.type },
      cloud.simulation.now,
    );
    engine.start(workflow, request);
    return request;
  }

  operationOf(request: number): ApiOperation {
    return this.operations.get(this.cloud.requests.row(request).operation)!;
  }
}
