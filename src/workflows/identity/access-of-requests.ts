// The way of requests through Keystone and the policies: the client's token, what the asked service knows of it, and the rule of the operation.
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { Access } from "../api/access.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import type { Cloud } from "../cloud.ts";
import type { Session } from "./clients.ts";
import type { Identity, Presented } from "./identity.ts";
import { projectName } from "./identity-spec.ts";

export class AccessOfRequests implements Access {
  private readonly cloud: Cloud;
  private readonly identity: Identity;
  private readonly operations: ReadonlyMap<string, ApiOperation>;
  private readonly presented = new Map<number, Presented>();

  constructor(cloud: Cloud, identity: Identity, operations: readonly ApiOperation[]) {
    this.cloud = cloud;
    this.identity = identity;
    this.operations = new Map(operations.map((operation) => [operation.name, operation]));
    cloud.requests.endListeners.push((request) => this.presented.delete(request));
  }

  sessionOf(request: number): Session {
    const { requests } = this.cloud;
    return this.identity.session(requests.user(request), requests.project(request));
  }

  needsToken(request: number): boolean {
    return this.identity.needsToken(this.sessionOf(request));
  }

  issue(request: number): Outcome | null {
    return this.identity.issue(this.sessionOf(request));
  }

  resolve(request: number): Outcome | null {
    const session = this.sessionOf(request);
    this.presented.set(request, this.identity.present(session));
    return session.services.has(this.operationOf(request).service.type) ? null : "EndpointNotFound";
  }

  keystoneCaches(): boolean {
    return this.identity.keystoneCaches;
  }

  knowsToken(request: number, service: string): boolean {
    return this.identity.knows(this.presented.get(request)!, service);
  }

  validate(request: number, _service: string): Outcome | null {
    return this.identity.validate(this.presented.get(request)!);
  }

  authorise(request: number): Outcome | null {
    const { service, rule, target } = this.operationOf(request);
    const { requests, servers } = this.cloud;
    const server = requests.server[request]!;
    const known = server >= 0 && server < servers.count && servers.requestedAt[server]! >= 0;
    const own = known ? projectName(servers.project[server]!) : null;
    const more = target?.(this.cloud, request) ?? new Map();
    return this.identity.authorise(this.presented.get(request)!, service.name, rule, own, more);
  }

  private operationOf(request: number): ApiOperation {
    return this.operations.get(this.cloud.requests.row(request).operation)!;
  }
}
