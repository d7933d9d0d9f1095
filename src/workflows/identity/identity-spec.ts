// Who there is in a cloud with users, as a scenario says it. Names are ids: no two domains, projects, users, groups or roles of a kind are called the same.
import type { Micros } from "../../kernel/time.ts";
import type { PolicyService } from "../../policies/access/default-rules/index.ts";
import type { RuleText } from "../../policies/access/parse-rule.ts";
import type { Assignment, Place } from "../../policies/keystone/role-assignments.ts";
import type { TokenOptions } from "../../policies/keystone/tokens.ts";

export interface UserSpec {
  readonly name: string;
  readonly domain: string;
  /** Null: one that the user's client knows, and nobody else. */
  readonly password: string | null;
  readonly enabled: boolean;
  /** What the user's client gets tokens for; null: the project that a request is for. */
  readonly scope: Place | null;
}

export interface ProjectSpec {
  readonly name: string;
  readonly domain: string;
  readonly parent: string | null;
  readonly enabled: boolean;
}

/** A time without memcached. */
export interface CacheOutage {
  readonly at: Micros;
  readonly duration: Micros;
}

/** -1 = unlimited; absent: the default. */
export interface NovaQuotaSpec {
  readonly project: string;
  readonly instances?: number;
  readonly cores?: number;
  readonly ram?: number;
}

export interface IdentitySpec {
  readonly tokens: TokenOptions;
  /** Negative: services ask about every token. */
  readonly tokenCacheSeconds: number;
  /** Services keep what they know of tokens in memcached, and share it; otherwise every process remembers for itself. */
  readonly memcached: boolean;
  /** Keystone's own cache. */
  readonly caching: boolean;
  readonly cacheOutages: readonly CacheOutage[];
  readonly enforceScope: boolean;
  readonly enforceNewDefaults: boolean;
  readonly recheckQuota: boolean;
  readonly domains: readonly { readonly name: string; readonly enabled: boolean }[];
  readonly projects: readonly ProjectSpec[];
  readonly users: readonly UserSpec[];
  readonly groups: readonly { readonly name: string; readonly domain: string; readonly members: readonly string[] }[];
  readonly roles: readonly { readonly name: string; readonly implies: readonly string[] }[];
  readonly assignments: readonly Assignment[];
  readonly policies: ReadonlyMap<PolicyService, ReadonlyMap<string, RuleText>>;
  readonly quotas: readonly NovaQuotaSpec[];
}

export const DEFAULT_DOMAIN = "default";

/** The projects of the workload, and the user who asks there where nobody is named. */
export const projectName = (project: number): string => `project-${project + 1}`;
export const memberName = (project: number): string => `${projectName(project)}-member`;
