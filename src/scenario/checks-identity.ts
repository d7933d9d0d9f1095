// What users and roles must get right across several values: names that there are and are given once, one actor and one place for a role, roles that do
// not imply themselves, projects that do not stand below themselves, and policy files that can be read.
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { didYouMean } from "../kernel/did-you-mean.ts";
import { shorten } from "../kernel/units.ts";
import { defaultRulesOf, type PolicyService } from "../policies/access/default-rules/index.ts";
import { isReadable } from "../policies/access/parse-rule.ts";
import { readPolicyFile } from "../policies/access/policy-file.ts";
import { maxProjectTreeDepth } from "../policies/keystone/directory.ts";
import { bootstrapImplications } from "../policies/keystone/implied-roles.ts";
import type { ResourceType } from "../workflows/api/api-operation.ts";
import { DEFAULT_DOMAIN, memberName, projectName } from "../workflows/identity/identity-spec.ts";
import type { Across } from "./across.ts";
import { type Path, valueAt } from "./located.ts";
import { MOST_PROJECTS } from "./schema-identity.ts";

const IDENTITY: Path = ["identity"];

type Kind = "domain" | "project" | "user" | "group" | "role";
type Entry = Readonly<Record<string, unknown>>;

/** Names that a scenario with users has from its start, by kind. */
export function identityNames(across: Across): ReadonlyMap<ResourceType, readonly string[]> {
  if (valueAt(across.root, IDENTITY) === undefined) return new Map();
  const projects = Math.min(
    MOST_PROJECTS,
    across.number(["workload", "projects"]) ?? across.number(["workload", "trace", "projects"]) ?? 0,
  );
  const numbers = Array.from({ length: projects }, (_, project) => project);
  const named = (key: string) => entries(across, key).flatMap((entry) => (typeof entry?.name === "string" ? [entry.name] : []));
  return new Map<Kind, readonly string[]>([
    ["domain", [DEFAULT_DOMAIN, ...named("domains")]],
    ["project", ["admin", ...numbers.map(projectName), ...named("projects")]],
    ["user", ["admin", ...numbers.map(memberName), ...named("users")]],
    ["group", named("groups")],
    ["role", [...new Set(["admin", "member", "reader", ...named("roles")])]],
  ]);
}

/** Those that are wrong by themselves are undefined. */
function entries(across: Across, key: string): readonly (Entry | undefined)[] {
  return Array.from(
    { length: across.length([...IDENTITY, key]) },
    (_, index) => across.read([...IDENTITY, key, index]) as Entry | undefined,
  );
}

export function checkIdentity(across: Across): void {
  if (valueAt(across.root, IDENTITY) === undefined) return;
  if (across.read(["cloud", "control_plane"]) === "instant")
    across.complainOfKey(IDENTITY, "an instant control plane asks nobody who he is", "control_plane: modelled");
  const projects = across.number(["workload", "projects"]) ?? across.number(["workload", "trace", "projects"]) ?? 0;
  if (projects > MOST_PROJECTS)
    across.complainOfKey(
      IDENTITY,
      `there are ${projects} projects, at most ${MOST_PROJECTS} can have users`,
      "give the workload fewer projects",
    );
  const names = identityNames(across);
  const check = (kind: Kind, path: Path, name: unknown) => {
    const known = names.get(kind)!;
    if (typeof name !== "string" || known.includes(name)) return;
    const near = didYouMean(name, known);
    const hint = near === null ? `${kind}s: ${known.slice(0, 8).join(", ")}${known.length > 8 ? ", ..." : ""}` : `did you mean "${near}"?`;
    across.complain(path, `there is no ${kind} "${shorten(name)}"`, known.length === 0 ? `the scenario has no ${kind}s` : hint);
  };
  checkTwice(across, names);
  checkEffects(across);
  for (const key of ["projects", "users", "groups"]) each(across, key, (entry, path) => check("domain", [...path, "domain"], entry.domain));
  each(across, "users", (entry, path) => checkScope(entry.scope, [...path, "scope"], check));
  each(across, "groups", (entry, path) => {
    for (const [index, member] of ((entry.members as readonly string[] | undefined) ?? []).entries())
      check("user", [...path, "members", index], member);
  });
  each(across, "roles", (entry, path) => {
    for (const [index, role] of ((entry.implies as readonly string[] | undefined) ?? []).entries())
      check("role", [...path, "implies", index], role);
  });
  each(across, "assignments", (entry, path) => {
    check("role", [...path, "role"], entry.role);
    check("user", [...path, "user"], entry.user);
    check("group", [...path, "group"], entry.group);
    check("project", [...path, "project"], entry.project);
    check("domain", [...path, "domain"], entry.domain);
    exactlyOne(across, path, entry, ["user", "group"], "who has the role");
    exactlyOne(across, path, entry, ["project", "domain", "system"], "where it holds");
    if (entry.system === true && entry.inherited === true)
      across.complain([...path, "inherited"], "a role on the system cannot be inherited", "leave it out");
  });
  each(across, "quotas", (entry, path) => {
    check("project", [...path, "project"], entry.project);
    if (["instances", "cores", "ram"].every((key) => entry[key] === undefined))
      across.complain(path, "sets no limit: this part has no effect", "instances: 5");
  });
  checkParents(across, check);
  checkImplications(across);
  checkPolicies(across);
}

function each(across: Across, key: string, look: (entry: Entry, path: Path) => void): void {
  for (const [index, entry] of entries(across, key).entries()) if (entry !== undefined) look(entry, [...IDENTITY, key, index]);
}

/** What is written has to do something. */
function checkEffects(across: Across): void {
  const read = (key: string) => across.read([...IDENTITY, key]);
  const written = (key: string) => valueAt(across.root, [...IDENTITY, key]) !== undefined;
  const outages = across.length([...IDENTITY, "cache_outages"]);
  if (outages > 0 && read("caching") === false && read("memcached") === false)
    across.complainOfKey([...IDENTITY, "cache_outages"], "nothing is cached there, so that this has no effect", "memcached: true");
  const duration = across.number(["study", "duration"]);
  for (let index = 0; index < outages; index++) {
    const at = across.number([...IDENTITY, "cache_outages", index, "at"]);
    if (at === undefined || duration === undefined || at < duration) continue;
    across.complain([...IDENTITY, "cache_outages", index, "at"], "the run is over by then", "a time within study.duration");
  }
  if (written("lockout_duration") && read("lockout_failure_attempts") === 0)
    across.complainOfKey([...IDENTITY, "lockout_duration"], "nobody is locked out", "lockout_failure_attempts: 5");
}

/** Roles that are there anyway may be written to say what else they imply. */
function checkTwice(across: Across, names: ReadonlyMap<ResourceType, readonly string[]>): void {
  for (const kind of ["domain", "project", "user", "group", "role"] as const) {
    const own = entries(across, `${kind}s`).map((entry) => entry?.name);
    const given = names
      .get(kind)!
      .filter((name) => kind !== "role" && names.get(kind)!.indexOf(name) < names.get(kind)!.length - own.length);
    for (const [index, name] of own.entries()) {
      if (typeof name !== "string" || (!given.includes(name) && own.indexOf(name) === index)) continue;
      const why = given.includes(name) ? "is there anyway" : "is named twice";
      across.complain([...IDENTITY, `${kind}s`, index, "name"], `${kind} "${shorten(name)}" ${why}`, "give each a name of its own");
    }
  }
}

function checkScope(scope: unknown, path: Path, check: (kind: Kind, path: Path, name: unknown) => void): void {
  if (typeof scope !== "string" || scope === "system") return;
  if (scope.startsWith("domain ")) check("domain", path, scope.slice("domain ".length).trim());
  else check("project", path, scope);
}

function exactlyOne(across: Across, path: Path, entry: Entry, keys: readonly string[], what: string): void {
  const given = keys.filter((key) => (entry[key] ?? false) !== false);
  if (given.length === 1) return;
  const message = given.length === 0 ? `does not say ${what}` : `says ${what} ${given.length} times: ${given.join(", ")}`;
  across.complain(path, message, `one of ${keys.join(", ")}`);
}

/** A project stands below one that is there, or is written before it, in the same domain. */
function checkParents(across: Across, check: (kind: Kind, path: Path, name: unknown) => void): void {
  const written = entries(across, "projects");
  const levels = new Map<unknown, number>();
  for (const [index, entry] of written.entries()) {
    const parent = entry?.parent;
    if (entry === undefined || parent === undefined) continue;
    const path: Path = [...IDENTITY, "projects", index, "parent"];
    const above = written.findIndex((other) => other?.name === parent);
    if (above < 0) check("project", path, parent);
    if (above >= index) {
      across.complain(path, `project "${shorten(String(parent))}" comes later`, "write projects below those they stand in");
      continue;
    }
    const domain = above < 0 ? DEFAULT_DOMAIN : written[above]!.domain;
    if (domain !== entry.domain)
      across.complain(path, `project "${shorten(String(parent))}" is in domain ${String(domain)}`, `domain: ${String(domain)}`);
    const level = (levels.get(parent) ?? 1) + 1;
    levels.set(entry.name, level);
    const { value: most } = maxProjectTreeDepth;
    if (level > most) across.complain(path, `this is level ${level} of projects`, `Keystone's max_project_tree_depth is ${most}`);
  }
}

/** Roles that lead back to themselves. */
function checkImplications(across: Across): void {
  const written = entries(across, "roles");
  const implies = new Map(bootstrapImplications);
  for (const entry of written) {
    if (entry === undefined) continue;
    const name = String(entry.name);
    implies.set(name, [...(implies.get(name) ?? []), ...((entry.implies as readonly string[] | undefined) ?? [])]);
  }
  const wayBack = (role: string, goal: string, seen: readonly string[]): readonly string[] | null => {
    for (const next of implies.get(role) ?? []) {
      if (next === goal) return [...seen, role, goal];
      if (seen.includes(next) || next === role) continue;
      const way = wayBack(next, goal, [...seen, role]);
      if (way !== null) return way;
    }
    return null;
  };
  for (const [index, entry] of written.entries()) {
    if (entry === undefined) continue;
    const name = String(entry.name);
    const path: Path = [...IDENTITY, "roles", index, "implies"];
    const own = (entry.implies as readonly string[] | undefined) ?? [];
    for (const role of bootstrapImplications.get(name) ?? [])
      if (own.includes(role)) across.complain(path, `${name} implies ${role} anyway`, "leave it out");
    const way = own.length === 0 ? null : wayBack(name, name, []);
    if (way !== null) across.complain(path, `the role implies itself: ${way.join(" > ")}`, "leave one of these out");
  }
}

function checkPolicies(across: Across): void {
  const seen = new Set<unknown>();
  each(across, "policies", (entry, path) => {
    const { service, file, rules } = entry as { service: PolicyService; file?: string; rules: Readonly<Record<string, string>> };
    if (seen.has(service)) across.complain([...path, "service"], `${service} has a policy already`, "write its rules together");
    seen.add(service);
    if (file === undefined && Object.keys(rules).length === 0)
      across.complain(path, "says nothing: this part has no effect", "file: policy.yaml, or rules");
    const known = new Set(defaultRulesOf(service).map(({ name }) => name));
    const read = new Map(Object.entries(rules));
    for (const [name, rule] of read)
      if (!isReadable(rule))
        across.complain([...path, "rules", name], "this rule cannot be read, so that it denies everybody", 'write "!" if that is meant');
    if (file !== undefined) checkPolicyFile(across, [...path, "file"], file);
    // A rule that no default names may be there for others to name; with a colon it is meant to be an operation's.
    for (const name of read.keys()) {
      if (known.has(name) || !name.includes(":")) continue;
      const near = didYouMean(name, known);
      across.complain(
        [...path, "rules", name],
        `${service} has no rule "${shorten(name)}"`,
        near === null ? "" : `did you mean "${near}"?`,
      );
    }
  });
}

function checkPolicyFile(across: Across, path: Path, name: string): void {
  const written = valueAt(across.root, path);
  if (written?.kind !== "scalar") return;
  try {
    const text = readFileSync(isAbsolute(name) ? name : resolve(written.folder, name), "utf8");
    readPolicyFile(text, name, across.problems);
  } catch {
    // That it cannot be read is told where files are looked for.
  }
}
