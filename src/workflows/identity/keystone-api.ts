// Keystone as the operations of users name it, and what their steps have in common.

import type { Micros } from "../../kernel/time.ts";
import type { Values } from "../../policies/access/substitution.ts";
import { KeystoneError } from "../../policies/keystone/keystone-error.ts";
import type { Place } from "../../policies/keystone/role-assignments.ts";
import type { PythonValue } from "../../policies/python/python-values.ts";
import type { Operation } from "../../services/service.ts";
import type { ApiOperation, Parameter, ResourceType } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { decide, type Workflow } from "../vocabulary.ts";
import type { Identity } from "./identity.ts";
import { answered } from "./keystone-answers.ts";

export const identityService = { name: "keystone", type: "identity" } as const;

/** A change of Keystone's books: refused with what Keystone refuses it with, or answered with the status. */
export function keystoneRequest(
  name: string,
  operation: Operation,
  what: string,
  status: number,
  change: (identity: Identity, asked: Asked, now: Micros) => unknown,
): Workflow {
  return apiRequest(
    name,
    operation,
    what,
    decide("change", (cloud, request) => answered(() => change(cloud.identity!, asked(cloud, request), cloud.simulation.now))),
    answer(status),
  );
}

/** The parameters of a request. */
export interface Asked {
  readonly text: (parameter: string) => string | undefined;
  /** Of a parameter that has to be written. */
  readonly name: (parameter: string) => string;
  readonly flag: (parameter: string) => boolean;
  /** Is it written, and not as `false`? */
  readonly has: (parameter: string) => boolean;
}

function asked({ requests }: Cloud, request: number): Asked {
  return {
    text: (parameter) => requests.text(request, parameter),
    name: (parameter) => requests.text(request, parameter)!,
    flag: (parameter) => requests.flag(request, parameter),
    has: (parameter) => (requests.args(request)[parameter] ?? false) !== false,
  };
}

export const named = (of: ResourceType, meaning: string, absent?: string): Parameter => ({
  kind: { is: "name", of },
  meaning,
  ...(absent === undefined ? {} : { absent }),
});

export const newName = (of: ResourceType): Parameter => ({ kind: { is: "new name", of }, meaning: `Name of the ${of}` });

export const inDomain = named("domain", "The domain it belongs to", "default");

/** What Keystone's rules see of users, projects and groups that are there. */
export const targetOf =
  (...parameters: readonly ("user" | "project" | "group" | "domain" | "role")[]): NonNullable<ApiOperation["target"]> =>
  (cloud, request): Values => {
    const { directory } = cloud.identity!;
    const target = new Map<string, PythonValue>();
    for (const parameter of parameters) {
      const name = cloud.requests.text(request, parameter === "project" ? "of" : parameter);
      if (name === undefined) continue;
      target.set(`target.${parameter}.id`, name);
      if (parameter === "user") target.set("user_id", name);
      if (parameter === "role") target.set("target.role.domain_id", null);
      if (parameter === "role" || parameter === "domain") continue;
      const look = { user: () => directory.user(name), project: () => directory.project(name), group: () => directory.group(name) }[
        parameter
      ];
      // What is not there has no domain either; it is refused as such by whoever may look.
      if (answered(look) === null) target.set(`target.${parameter}.domain_id`, look().domainId);
    }
    return target;
  };

/**
 * `system`, `domain NAME`, or the name of a project.
 * @throws KeystoneError ProjectNotFound, DomainNotFound
 */
export function placeNamed(identity: Identity, text: string): Place {
  if (text === "system") return { on: "system" };
  if (text.startsWith("domain ")) return { on: "domain", domainId: identity.directory.domain(text.slice("domain ".length).trim()).id };
  return { on: "project", projectId: identity.directory.project(text).id };
}

/** @throws KeystoneError ValidationError where not exactly one is given */
export function oneOf(asked: Asked, ...parameters: readonly string[]): string {
  const given = parameters.filter(asked.has);
  if (given.length === 1) return given[0]!;
  throw new KeystoneError("ValidationError", `expected one of ${parameters.join(", ")}`);
}
