// An operation of an API as users ask for it: its name in the words of the OpenStack client, its parameters, and the workflow that carries it
// out. A service brings its operations as a list; the scenario's grammar, the client and the tables are made from it.
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { Values } from "../../policies/access/substitution.ts";
import type { ServiceDeclaration } from "../../services/service.ts";
import type { Cloud } from "../cloud.ts";
import type { Workflow } from "../vocabulary.ts";

/** What can be made, and then meant by its name. */
export const resourceTypes = [
  "image",
  "flavor",
  "keypair",
  "server group",
  "volume",
  "volume type",
  "volume snapshot",
  "volume backup",
  "network",
  "subnet",
  "port",
  "router",
  "floating ip",
  "security group",
  "security group rule",
  "load balancer",
  "listener",
  "pool",
  "member",
  "firewall",
  "vpn",
  "container",
  "object",
  "domain",
  "project",
  "user",
  "group",
  "role",
  "secret",
  "stack",
] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** What is written for a parameter. `server` is a server of the workload, by its name or number. */
export type ParameterKind =
  | { readonly is: "server" | "text" | "flag" | "count" | "size" | "time" | "ratio" | "texts" | "json" }
  | { readonly is: "word"; readonly words: readonly string[] }
  /** The name of something that there is, or will be when the request comes. */
  | { readonly is: "name"; readonly of: ResourceType }
  | { readonly is: "names"; readonly of: ResourceType }
  /** The name under which later requests mean what this one makes. */
  | { readonly is: "new name"; readonly of: ResourceType };

export interface Parameter {
  readonly kind: ParameterKind;
  readonly meaning: string;
  /** What holds where it is not written; absent: it has to be written. */
  readonly absent?: string;
}

export interface ApiOperation {
  /** `server stop` */
  readonly name: string;
  readonly meaning: string;
  /** The service that is asked. */
  readonly service: Pick<ServiceDeclaration, "name" | "type">;
  /** The rule of its policy that decides who may: `os_compute_api:servers:stop`. */
  readonly rule: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /**
   * What its rule sees of the thing that the request is about, by the keys of the service: `project_id`, `target.user.id`. Absent: the project that
   * the server is of, or that asks.
   */
  readonly target?: (cloud: Cloud, request: number) => Values;
  /** How it is carried out: by a workflow of its own, whose subject is the request, ... */
  readonly workflow?: Workflow;
  /** ... or by somebody who knows how, with workflows that are about a server. */
  readonly carry?: Carry;
}

/** `done` is to be called exactly once, with what it failed with, or null. */
export type Carry = (cloud: Cloud, request: number, done: (outcome: Outcome | null) => void, client: Waiting) => void;

/** Who waits for the end of moves. */
export interface Waiting {
  /** `done` is called when the migration has ended, or when its server waits to be confirmed. */
  afterMove(server: number, migration: number, done: (outcome: Outcome | null) => void): void;
}

export const theServer: Parameter = { kind: { is: "server" }, meaning: "The server" };
