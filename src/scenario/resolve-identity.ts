// Users and roles as the workflows work with them: places in one form, policy files read.
import { readFileSync } from "node:fs";
import { SECOND } from "../kernel/time.ts";
import type { PolicyService } from "../policies/access/default-rules/index.ts";
import type { RuleText } from "../policies/access/parse-rule.ts";
import { readPolicyFile } from "../policies/access/policy-file.ts";
import type { Assignment, Place } from "../policies/keystone/role-assignments.ts";
import type { IdentitySpec } from "../workflows/identity/identity-spec.ts";
import type { DataFile } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

type ReadIdentity = NonNullable<ReadScenario["identity"]>;

/** Null: the scenario has no users. Everything is known to be valid here. */
export function identityOf({ identity: read }: ReadScenario, data: readonly DataFile[]): IdentitySpec | null {
  if (read === undefined) return null;
  return {
    tokens: {
      expirationSeconds: read.token_expiration / SECOND,
      lockoutFailureAttempts: read.lockout_failure_attempts,
      lockoutDurationSeconds: read.lockout_duration / SECOND,
    },
    tokenCacheSeconds: read.token_cache_time < 0 ? -1 : read.token_cache_time / SECOND,
    memcached: read.memcached,
    caching: read.caching,
    cacheOutages: read.cache_outages.map((outage) => ({ at: outage.at, duration: outage.for })),
    enforceScope: read.enforce_scope,
    enforceNewDefaults: read.enforce_new_defaults,
    recheckQuota: read.recheck_quota,
    domains: read.domains,
    projects: read.projects.map(({ parent = null, ...project }) => ({ ...project, parent })),
    users: read.users.map(({ name, domain, password = null, scope, enabled }) => {
      return { name, domain, password, enabled, scope: scope === undefined ? null : placeOf(scope) };
    }),
    groups: read.groups.map(({ members = [], ...group }) => ({ ...group, members })),
    roles: read.roles.map(({ name, implies = [] }) => ({ name, implies })),
    assignments: read.assignments.map(assignmentOf),
    policies: new Map(read.policies.map((policy) => [policy.service as PolicyService, rulesOf(policy, data)])),
    quotas: read.quotas.map(({ project, instances, cores, ram }) => ({
      project,
      ...(instances === undefined ? {} : { instances }),
      ...(cores === undefined ? {} : { cores }),
      ...(ram === undefined ? {} : { ram }),
    })),
  };
}

function placeOf(text: string): Place {
  if (text === "system") return { on: "system" };
  if (text.startsWith("domain ")) return { on: "domain", domainId: text.slice("domain ".length).trim() };
  return { on: "project", projectId: text };
}

function assignmentOf({ role, user, group, project, domain, inherited }: ReadIdentity["assignments"][number]): Assignment {
  const place: Place =
    project !== undefined
      ? { on: "project", projectId: project }
      : domain !== undefined
        ? { on: "domain", domainId: domain }
        : { on: "system" };
  return { roleId: role, actor: user === undefined ? { groupId: group! } : { userId: user }, place, inherited };
}

function rulesOf({ file, rules }: ReadIdentity["policies"][number], data: readonly DataFile[]): ReadonlyMap<string, RuleText> {
  const path = data.find(({ name }) => name === file)?.path;
  const fromFile = path === undefined ? new Map<string, RuleText>() : readPolicyFile(readFileSync(path, "utf8"), path, []);
  return new Map([...fromFile, ...Object.entries(rules)]);
}
