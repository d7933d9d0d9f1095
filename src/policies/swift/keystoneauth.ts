// May this request pass? The decision that Swift's proxy makes with a Keystone token and the container's ACL at hand.
// @source swift/common/middleware/keystoneauth.py (2.30)

import type { Authorization, Identity, SwiftRequest, Verdict } from "../../datacenter/object-store/authorization.ts";
import { parameter } from "../../kernel/parameter.ts";
import { PythonError } from "../python/python-values.ts";
import { cleanAcl, parseAcl, referrerAllowed } from "./acl.ts";

const middleware = "swift/common/middleware/keystoneauth.py";

/** Options of `[filter:keystoneauth]` in `proxy-server.conf`, lists with commas between. Those for one prefix are named `PREFIX_option`. */
export const keystoneauthOptions = {
  reseller_prefix: parameter({
    name: "reseller_prefix",
    value: "AUTH",
    unit: "text",
    meaning: "What account names begin with, before the project's id; '' for nothing.",
    source: middleware,
    evidence: "verified",
  }),
  operator_roles: parameter({
    name: "operator_roles",
    value: "admin, swiftoperator",
    unit: "text",
    meaning: "Roles that own the account of their project.",
    source: middleware,
    evidence: "verified",
  }),
  service_roles: parameter({
    name: "service_roles",
    value: "",
    unit: "text",
    meaning: "Roles of which a service token must bring one as well; for a prefix only services write under.",
    source: middleware,
    evidence: "verified",
  }),
  reseller_admin_role: parameter({
    name: "reseller_admin_role",
    value: "ResellerAdmin",
    unit: "text",
    meaning: "Role that owns every account.",
    source: middleware,
    evidence: "verified",
  }),
  system_reader_roles: parameter({
    name: "system_reader_roles",
    value: "",
    unit: "text",
    meaning: "Roles that read every account.",
    source: middleware,
    evidence: "verified",
  }),
  project_reader_roles: parameter({
    name: "project_reader_roles",
    value: "",
    unit: "text",
    meaning: "Roles that read the account of their project.",
    source: middleware,
    evidence: "verified",
  }),
  allow_names_in_acls: parameter({
    name: "allow_names_in_acls",
    value: "true",
    unit: "text",
    meaning: "Whether ACLs may name users and projects of the default domain by name.",
    source: middleware,
    evidence: "verified",
  }),
  default_domain_id: parameter({
    name: "default_domain_id",
    value: "default",
    unit: "text",
    meaning: "The domain in which names are unique enough for ACLs.",
    source: middleware,
    evidence: "verified",
  }),
} as const;

const ALLOWED: Verdict = { allowed: true, status: null, swiftOwner: false };
const OWNER: Verdict = { allowed: true, status: null, swiftOwner: true };
const DENIED: Verdict = { allowed: false, status: 401, swiftOwner: false };

interface AccountRule {
  readonly prefix: string;
  readonly operatorRoles: readonly string[];
  readonly serviceRoles: readonly string[];
}

export class KeystoneAuth implements Authorization {
  private readonly rules: readonly AccountRule[];
  private readonly resellerAdminRole: string;
  private readonly systemReaderRoles: readonly string[];
  private readonly projectReaderRoles: readonly string[];
  private readonly allowNames: boolean;
  private readonly defaultDomain: string;

  /** `conf` by option; those left out have their defaults. */
  constructor(conf: Readonly<Record<string, string>> = {}) {
    const read = (name: keyof typeof keystoneauthOptions) => conf[name] ?? keystoneauthOptions[name].value;
    const prefixes = listed(read("reseller_prefix")).map((prefix) => {
      if (prefix === "''") return "";
      return prefix.endsWith("_") ? prefix : `${prefix}_`;
    });
    this.rules = (prefixes.length === 0 ? [""] : [...new Set(prefixes)]).map((prefix) => {
      const own = (name: "operator_roles" | "service_roles") => lowerListed(conf[`${prefix === "" ? "''" : prefix}${name}`] ?? read(name));
      return { prefix, operatorRoles: own("operator_roles"), serviceRoles: own("service_roles") };
    });
    this.resellerAdminRole = read("reseller_admin_role").toLowerCase();
    this.systemReaderRoles = lowerListed(read("system_reader_roles"));
    this.projectReaderRoles = lowerListed(read("project_reader_roles"));
    this.allowNames = ["true", "1", "yes", "on", "t", "y"].includes(read("allow_names_in_acls").toLowerCase());
    this.defaultDomain = read("default_domain_id");
  }

  /** The ACL as it is stored, null when it is not one. */
  cleanAcl(header: string, value: string): string | null {
    try {
      return cleanAcl(header, value);
    } catch (error) {
      if (error instanceof PythonError) return null;
      throw error;
    }
  }

  /** `recognised`: whether an earlier filter has written down who asks (REMOTE_USER); a denial is then 403 rather than 401. */
  authorize(request: SwiftRequest, recognised: boolean): Verdict {
    const { identity } = request;
    const verdict = identity === null ? this.anonymous(request) : this.identified(request, identity);
    return verdict.allowed || !recognised ? verdict : { ...verdict, status: 403 };
  }

  private anonymous(request: SwiftRequest): Verdict {
    if (request.method === "OPTIONS") return ALLOWED;
    if (this.ruleOf(request.account) === undefined) return DENIED;
    return byReferrer(request) === true ? ALLOWED : DENIED;
  }

  private identified(request: SwiftRequest, identity: Identity): Verdict {
    const { method, account, container, object, acl } = request;
    if (method === "OPTIONS") return ALLOWED;
    const roles = identity.roles.map((role) => role.toLowerCase());
    const has = (wanted: readonly string[]) => roles.some((role) => wanted.includes(role));
    const reads = method === "GET" || method === "HEAD";
    if (has([this.resellerAdminRole])) return OWNER;
    if (reads && has(this.systemReaderRoles)) return ALLOWED;
    if (method === "DELETE" && !container && !object) return DENIED;

    const { groups } = parseAcl(acl);
    if (this.namedIn(groups, request, identity)) return ALLOWED;
    const referrer = byReferrer(request);
    if (referrer === true) return ALLOWED;

    const rule = this.ruleOf(account);
    if (rule === undefined || !this.isOwnAccount(account, identity)) return DENIED;
    const service = identity.service_roles.some((role) => rule.serviceRoles.includes(role.toLowerCase()));
    if (has(rule.operatorRoles) && (rule.serviceRoles.length === 0 || service)) return OWNER;
    if (referrer === false) return DENIED;
    if (reads && has(this.projectReaderRoles)) return ALLOWED;
    return has(groups.map((group) => group.toLowerCase())) ? ALLOWED : DENIED;
  }

  /** Does the ACL name the user as `project:user`, either of them as `*` or an id, or as a name where names are unique? */
  private namedIn(groups: readonly string[], request: SwiftRequest, identity: Identity): boolean {
    const names = this.mayUseNames(request, identity) ? 2 : 1;
    const users = [...identity.user.slice(0, names), "*"];
    return [...identity.tenant.slice(0, names), "*"].some((tenant) => users.some((user) => groups.includes(`${tenant}:${user}`)));
  }

  private mayUseNames({ account, accountProjectDomain }: SwiftRequest, identity: Identity): boolean {
    if (!this.allowNames) return false;
    const elsewhere = (id: string | null) => id !== null && id !== "" && id !== this.defaultDomain;
    if (elsewhere(identity.user_domain[0]) || elsewhere(identity.project_domain[0])) return false;
    return this.isOwnAccount(account, identity) || accountProjectDomain === null || accountProjectDomain === this.defaultDomain;
  }

  private isOwnAccount(account: string, identity: Identity): boolean {
    return this.rules.some(({ prefix }) => account === `${prefix}${identity.tenant[0]}`);
  }

  /** Of the account's prefix; the empty prefix fits every account that no other fits. */
  private ruleOf(account: string): AccountRule | undefined {
    return this.rules.find(({ prefix }) => prefix !== "" && account.startsWith(prefix)) ?? this.rules.find(({ prefix }) => prefix === "");
  }
}

/** True: allowed; false: the page may read objects, but this is a listing; null: the rule has nothing to say. */
function byReferrer({ acl, referer, object }: SwiftRequest): boolean | null {
  const { referrers, groups } = parseAcl(acl);
  if (!referrerAllowed(referer, referrers)) return null;
  return (object !== null && object !== "") || groups.includes(".rlistings");
}

function listed(value: string): readonly string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function lowerListed(value: string): readonly string[] {
  return listed(value).map((item) => item.toLowerCase());
}
