// Tokens for what is asked of servers without a request of its own: launches and deletions of the workload, and what operators do. Their workflows ask
// Keystone every time; in a cloud with users they ask when the client has no token, and when the process of nova-api that takes the request does not
// know it.
//
// Assumes that the member of the server's project asks, and that deletions of the workload are never refused. What is carried out for a request has been
// through Keystone already.
import type { Outcome } from "../../datacenter/outcomes.ts";
import { keystone } from "../../services/keystone.ts";
import { askAboutToken, getToken } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { act, decide, type Step, type Workflow, when } from "../vocabulary.ts";
import type { Identity, Presented } from "./identity.ts";
import { projectName } from "./identity-spec.ts";

export class AccessOfServers {
  /** Servers for which a request that has passed is carried out. */
  readonly carried = new Set<number>();
  private readonly cloud: Cloud;
  private readonly identity: Identity;
  private readonly presented = new Map<number, Presented>();

  constructor(cloud: Cloud, identity: Identity) {
    this.cloud = cloud;
    this.identity = identity;
  }

  needsToken(server: number): boolean {
    return !this.carried.has(server) && this.identity.needsToken(this.sessionOf(server));
  }

  issue(server: number): Outcome | null {
    return this.identity.issue(this.sessionOf(server));
  }

  knowsToken(server: number): boolean {
    if (this.carried.has(server)) return true;
    const presented = this.identity.present(this.sessionOf(server));
    this.presented.set(server, presented);
    return this.identity.knows(presented, "nova");
  }

  validate(server: number): Outcome | null {
    return this.identity.validate(this.presented.get(server)!);
  }

  authorise(server: number, rule: string): Outcome | null {
    const presented = this.presented.get(server)!;
    this.presented.delete(server);
    return this.identity.authorise(presented, "nova", rule, projectName(this.cloud.servers.project[server]!), new Map());
  }

  private sessionOf(server: number) {
    return this.identity.session("", this.cloud.servers.project[server]!);
  }
}

const access = (cloud: Cloud): AccessOfServers => cloud.accessOfServers!;

/** The workflow with tokens. `refusing`: a token that is not to be had or is no good ends it. */
export function withTokens(workflow: Workflow, refusing = false): Workflow {
  if ((workflow.subject ?? "server") !== "server") return workflow;
  return { ...workflow, steps: told(workflow.steps, refusing) };
}

function told(steps: readonly Step[], refusing: boolean): Step[] {
  return steps.flatMap((step) => one(step, refusing));
}

function one(step: Step, refusing: boolean): Step[] {
  const decided = (name: string, decision: (cloud: Cloud, server: number) => Outcome | null): Step =>
    refusing ? decide(name, decision) : act(name, decision);
  switch (step.word) {
    case "call":
      if (step.operation.key === keystone.api.issueToken.key)
        return [
          when(
            "it needs a token",
            (cloud, server) => access(cloud).needsToken(server),
            ...getToken,
            decided("token", (cloud, server) => access(cloud).issue(server)),
          ),
        ];
      if (step.operation.key === keystone.api.validateToken.key)
        return [
          when(
            "the token is new to it",
            (cloud, server) => !access(cloud).knowsToken(server),
            ...askAboutToken,
            decided("token", (cloud, server) => access(cloud).validate(server)),
          ),
        ];
      return [step];
    case "at":
    case "on":
    case "holding":
    case "once":
    case "when":
    case "within":
      return [{ ...step, steps: told(step.steps, refusing) }];
    case "together":
      return [{ ...step, branches: step.branches.map((branch) => told(branch, refusing)) }];
    case "attempt":
      return [{ ...step, steps: told(step.steps, refusing), undo: told(step.undo, refusing) }];
    case "retry":
      return [{ ...step, steps: told(step.steps, refusing), before: told(step.before, refusing) }];
    default:
      return [step];
  }
}
