// Users, projects and roles of a cloud, how tokens are cached, who may do what, and how much. Keys are Keystone's, keystonemiddleware's, oslo.policy's
// and Nova's own option names wherever they have one. What is always there: the domain default, the roles admin, member and reader, the user admin with
// the project of that name, and for every project of the workload, as project-1, a member: project-1-member.
import type { Parameter } from "../kernel/parameter.ts";
import { SECOND } from "../kernel/time.ts";
import { formatQuantity } from "../kernel/units.ts";
import { policyServices } from "../policies/access/default-rules/index.ts";
import { enforceNewDefaults, enforceScope } from "../policies/access/enforcer.ts";
import { tokenCacheTime } from "../policies/keystone/token-cache.ts";
import { lockoutDuration, lockoutFailureAttempts, tokenExpiration } from "../policies/keystone/tokens.ts";
import { type Absent, absentSection, type Default, defaulted, defaultedList, optional, required, section, table } from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, flag, limit, orNever, quantity, text, texts, wholeMib, word } from "./value-kinds.ts";

const MOST = 10_000;
const OWN_CHOICE = "a choice of Orrery";
const none = (absent = "none"): Absent => ({ absent, source: OWN_CHOICE, evidence: "assumed" });
const empty: Default = { default: [], source: OWN_CHOICE, evidence: "assumed" };
const time = (above?: number) => quantity("time", { most: MAX_DURATION, ...(above === undefined ? {} : { above }) });

/** A default that a parameter declares, as a scenario would write it. */
function declared({ value, unit, source, evidence }: Parameter<number | boolean>): Default {
  return { default: unit === "s" ? formatQuantity(Number(value) * SECOND, "time") : value, source, evidence };
}

const yes = (source: string): Default => ({ default: true, source, evidence: "verified" });
const no = (source: string): Default => ({ default: false, source, evidence: "verified" });
const enabled = defaulted(flag, "Whether it can be used", yes("keystone/resource/schema.py"));
const domain = defaulted(nameOf("a domain"), "The domain it belongs to", {
  default: "default",
  source: "keystone/conf/identity.py (default_domain_id)",
  evidence: "verified",
});
const one = (noun: string, absent: string) => optional(text(`the name of a ${noun}`), `The ${noun}`, none(absent));
const amount = (meaning: string) =>
  optional(limit(count("things", 0, 1_000_000_000)), meaning, { absent: "that of cloud.quota", source: OWN_CHOICE, evidence: "assumed" });

const policySchema = section("What an operator's policy.yaml says in place of a service's default rules", {
  service: required(word("service", policyServices), "The service"),
  file: optional(text("the path of a policy file", 4096), "A policy.yaml or policy.json, relative to this file", none()),
  rules: table(
    'Rules by name, such as "os_compute_api:servers:delete": "role:admin"; they come after those of the file',
    { noun: "rule", names: null },
    required(ruleText(), "The rule"),
    { default: {}, source: OWN_CHOICE, evidence: "assumed" },
  ),
});

/** A rule may be empty: it allows everybody. */
function ruleText() {
  const kind = text("a rule such as role:admin", 10_000);
  return { ...kind, read: (written: unknown) => (written === "" ? ({ ok: true, value: "" } as const) : kind.read(written)) };
}

export function identitySchema() {
  return absentSection(
    "Users and roles, and Keystone at work: tokens, policies and quotas",
    { absent: "everybody may do everything, with a new token for every request", source: OWN_CHOICE, evidence: "assumed" },
    {
      token_expiration: defaulted(time(0), "How long a token is good for", declared(tokenExpiration)),
      token_cache_time: defaulted(
        orNever(time()),
        "How long a service believes what Keystone said of a token; never: it asks every time",
        declared(tokenCacheTime),
      ),
      memcached: defaulted(
        flag,
        "Whether services keep what they know of tokens together, in memcached; otherwise every process remembers for itself",
        no("keystonemiddleware/auth_token/_opts.py (memcached_servers)"),
      ),
      caching: defaulted(
        flag,
        "Whether Keystone's own cache is on; without it every token costs 29/5 of the work",
        yes("keystone/common/cache/_context_cache.py, [cache] enabled"),
      ),
      cache_outages: defaultedList(
        "Times without memcached: Keystone's cache is off, and so are the services' where they share it",
        MOST,
        section("A time without memcached", { at: required(time(), "Its beginning"), for: required(time(0), "Its length") }),
        empty,
      ),
      lockout_failure_attempts: defaulted(
        count("wrong passwords", 0, 1_000_000),
        "Wrong passwords in a row that lock a user out; 0: never",
        declared(lockoutFailureAttempts),
      ),
      lockout_duration: defaulted(time(), "How long a user stays locked out", declared(lockoutDuration)),
      enforce_scope: defaulted(flag, "Whether tokens of the wrong scope are refused", declared(enforceScope)),
      enforce_new_defaults: defaulted(flag, "Whether the rules of earlier releases no longer hold", declared(enforceNewDefaults)),
      recheck_quota: defaulted(
        flag,
        "Whether Nova looks at the quota once more when the servers are in their cell",
        yes("nova/conf/quota.py"),
      ),
      domains: defaultedList(
        "Further domains",
        MOST,
        section("A domain", { name: required(nameOf("a domain"), "Its name"), enabled }),
        empty,
      ),
      projects: defaultedList(
        "Further projects, besides project-1, project-2, ... of the workload",
        MOST,
        section("A project", {
          name: required(nameOf("a project"), "Its name"),
          domain,
          parent: one("project", "it stands in its domain"),
          enabled,
        }),
        empty,
      ),
      users: defaultedList(
        "Users, whose clients know their passwords",
        MOST,
        section("A user", {
          name: required(nameOf("a user"), "Its name"),
          domain,
          password: optional(text("a password"), "The password", none("one of its own")),
          scope: optional(
            text("a place: the name of a project, domain NAME, or system"),
            "What the user's client gets tokens for: a project, `domain NAME` or system",
            none("the project that a request is for"),
          ),
          enabled,
        }),
        empty,
      ),
      groups: defaultedList(
        "Groups of users",
        MOST,
        section("A group", {
          name: required(nameOf("a group"), "Its name"),
          domain,
          members: optional(texts("the name of a user"), "Who is in it", none("nobody")),
        }),
        empty,
      ),
      roles: defaultedList(
        "Roles, and what they imply; admin implies member, which implies reader, anyway",
        MOST,
        section("A role", {
          name: required(nameOf("a role"), "Its name"),
          implies: optional(texts("the name of a role"), "Roles that it brings", none("none")),
        }),
        empty,
      ),
      assignments: defaultedList(
        "Who has which role where",
        MOST,
        section("A role of a user or a group, in a project, a domain or the whole cloud", {
          role: required(text("the name of a role"), "The role"),
          user: one("user", "it is a group's"),
          group: one("group", "it is a user's"),
          project: one("project", "it holds in a domain or the system"),
          domain: one("domain", "it holds in a project or the system"),
          system: optional(flag, "It holds for the whole cloud", none("it holds in a project or a domain")),
          inherited: defaulted(
            flag,
            "Whether it holds in the projects below, and not there",
            no("keystone/assignment/schema.py (OS-INHERIT)"),
          ),
        }),
        empty,
      ),
      policies: defaultedList("Policy files of services", MOST, policySchema, empty),
      quotas: defaultedList(
        "What single projects may have in Nova, in place of cloud.quota",
        MOST,
        section("A project's quota in Nova", {
          project: required(text("the name of a project"), "The project"),
          instances: amount("Servers"),
          cores: amount("vCPUs of all servers"),
          ram: optional(limit(quantity("information", { step: wholeMib })), "Memory of all servers", {
            absent: "that of cloud.quota",
            source: OWN_CHOICE,
            evidence: "assumed",
          }),
        }),
        empty,
      ),
    },
  );
}

export const MOST_PROJECTS = 1000;
