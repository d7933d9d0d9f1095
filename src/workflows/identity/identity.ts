// Keystone at work in a run: who there is, the tokens that clients hold, what services remember of them, and what policies make of it. The ways in
// (requests of users, and what the workload asks for) are told in access-of-requests.ts and access-of-servers.ts.
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { TokenFacts } from "../../policies/access/credentials.ts";
import type { Values } from "../../policies/access/substitution.ts";
import { bootstrap } from "../../policies/keystone/bootstrap.ts";
import { Catalogue } from "../../policies/keystone/catalogue.ts";
import { Directory } from "../../policies/keystone/directory.ts";
import { KeystoneError } from "../../policies/keystone/keystone-error.ts";
import { type Place, RoleAssignments } from "../../policies/keystone/role-assignments.ts";
import type { TokenCache } from "../../policies/keystone/token-cache.ts";
import { tokenFactsOf } from "../../policies/keystone/token-facts.ts";
import { type Token, Tokens, type ValidToken } from "../../policies/keystone/tokens.ts";
import { Quotas } from "../../policies/quotas/quotas.ts";
import { components } from "../../services/index.ts";
import type { Cloud } from "../cloud.ts";
import { Clients, type Session } from "./clients.ts";
import { DEFAULT_DOMAIN, type IdentitySpec, memberName, projectName } from "./identity-spec.ts";
import { answered } from "./keystone-answers.ts";
import { PolicyGate } from "./policy-gate.ts";
import { ServiceCaches } from "./service-caches.ts";

const REGION = "RegionOne";

/** What came with one request to one service. */
export interface Presented {
  readonly session: Session;
  readonly token: Token | null;
  /** Of the process that has the request; null until a service has it. */
  cache: TokenCache | null;
  valid: ValidToken | null;
}

export class Identity {
  readonly directory = new Directory();
  readonly assignments = new RoleAssignments(this.directory);
  readonly tokens: Tokens;
  readonly catalogue = new Catalogue();
  readonly clients = new Clients();
  readonly caches: ServiceCaches;
  readonly novaQuotas: Quotas;
  private readonly cloud: Cloud;
  private readonly spec: IdentitySpec;
  private readonly gate: PolicyGate;
  private readonly facts = new WeakMap<ValidToken, TokenFacts>();

  /** @param serviceTypes what the catalogue lists */
  constructor(cloud: Cloud, spec: IdentitySpec, serviceTypes: readonly string[]) {
    this.cloud = cloud;
    this.spec = spec;
    this.tokens = new Tokens(this.directory, this.assignments, spec.tokens);
    this.gate = new PolicyGate(spec);
    this.caches = new ServiceCaches(spec.tokenCacheSeconds, spec.memcached, (service) => processes(cloud, service));
    this.novaQuotas = quotasOf(cloud, spec);
    this.fill();
    this.catalogue.addRegion(REGION);
    for (const type of serviceTypes) this.addService(type);
    cloud.quotaOf = (project) => {
      const limit = (resource: string) => this.novaQuotas.limitOf(projectName(project), resource);
      const cores = limit("cores");
      return { instances: limit("instances"), vcpuMilli: cores < 0 ? -1 : cores * 1000, ramMb: limit("ram") };
    };
  }

  get recheckQuota(): boolean {
    return this.spec.recheckQuota;
  }

  /** Is memcached up? */
  private get cacheIsUp(): boolean {
    const { now } = this.cloud.simulation;
    return !this.spec.cacheOutages.some(({ at, duration }) => at <= now && now < at + duration);
  }

  get keystoneCaches(): boolean {
    return this.spec.caching && this.cacheIsUp;
  }

  /** Whose client asks, and where: a user who is not named is the member of the project. */
  session(user: string, project: number): Session {
    return this.clients.session(user === "" ? memberName(project) : user, projectName(project));
  }

  needsToken(session: Session): boolean {
    return !this.clients.hasToken(session, this.cloud.simulation.now);
  }

  /** Keystone looks at a password. Null: the client has a token. */
  issue(session: Session, password = this.clients.passwordOf(session.user)): Outcome | null {
    return answered(() => {
      const { user, place } = session;
      // Who is not known is refused as one whose password is wrong.
      const domain = answered(() => this.directory.user(user)) === null ? this.directory.user(user).domainId : DEFAULT_DOMAIN;
      session.token = this.tokens.authenticate(user, domain, password, place, this.cloud.simulation.now);
      const projectId = place.on === "project" ? place.projectId : null;
      session.services = new Set(this.catalogue.endpointsFor({ userId: user, projectId }).map(({ serviceType }) => serviceType));
    });
  }

  present(session: Session): Presented {
    return { session, token: session.token, cache: null, valid: null };
  }

  /** Does the process that gets the request know the token? Keystone itself looks at once. */
  knows(presented: Presented, service: string): boolean {
    if (service === "keystone") return true;
    presented.cache = this.caches.next(service);
    if (this.caches.isShared && !this.cacheIsUp) return false;
    return presented.token !== null && presented.cache.knows(presented.token, this.cloud.simulation.now);
  }

  /** Null: Keystone, or the memory of the process, says that the token is good. */
  validate(presented: Presented): Outcome | null {
    const { token, cache, session } = presented;
    const { now } = this.cloud.simulation;
    const refusal = answered(() => {
      if (token === null) throw new KeystoneError("Unauthorized", "The request you have made requires authentication.");
      const ask = (one: Token) => this.withFacts(this.tokens.validate(one, now));
      if (cache === null) presented.valid = this.withFacts(this.tokens.validateOwn(token, now));
      else if (this.caches.isShared && !this.cacheIsUp) presented.valid = unauthorised(() => ask(token));
      else presented.valid = cache.validate(token, now, ask);
    });
    // The client gets another one before it asks again.
    if (refusal !== null && session.token === token) session.token = null;
    return refusal;
  }

  /** @param own name of the project of the thing; null: that of the token */
  authorise(presented: Presented, service: string, rule: string, own: string | null, more: Values): Outcome | null {
    const refusal = presented.valid === null ? this.validate(presented) : null;
    return refusal ?? this.gate.decide(service, rule, this.facts.get(presented.valid!)!, own, more);
  }

  private withFacts(valid: ValidToken): ValidToken {
    this.facts.set(valid, tokenFactsOf(valid, this.directory));
    return valid;
  }

  private fill(): void {
    const { directory, assignments, spec } = this;
    bootstrap(directory, assignments, secretOf("admin"));
    this.clients.learnPassword("admin", secretOf("admin"));
    this.clients.setScope("admin", { on: "project", projectId: "admin" });
    for (const { name, enabled } of spec.domains) {
      directory.createDomain(name, name);
      if (!enabled) directory.enableDomain(name, false, 0);
    }
    for (let project = 0; project < this.cloud.projects; project++) {
      directory.createProject(projectName(project), projectName(project), DEFAULT_DOMAIN);
      this.addUser(memberName(project), DEFAULT_DOMAIN, null, null);
      const place: Place = { on: "project", projectId: projectName(project) };
      assignments.grant({ roleId: "member", actor: { userId: memberName(project) }, place, inherited: false });
    }
    for (const { name, domain, parent } of spec.projects) directory.createProject(name, name, domain, parent);
    // Those below first: a project is disabled after its subtree.
    for (const { name, enabled } of [...spec.projects].reverse()) if (!enabled) directory.enableProject(name, false, 0);
    for (const { name, domain, password, enabled, scope } of spec.users) {
      this.addUser(name, domain, password, scope);
      if (!enabled) directory.enableUser(name, false, 0);
    }
    for (const { name, domain, members } of spec.groups) {
      directory.createGroup(name, name, domain);
      for (const member of members) directory.addToGroup(member, name);
    }
    for (const { name } of spec.roles) if (answered(() => directory.role(name)) !== null) directory.createRole(name, name);
    for (const { name, implies } of spec.roles) for (const implied of implies) assignments.imply(name, implied);
    for (const assignment of spec.assignments) assignments.grant(assignment);
  }

  /** A user whose client knows the password. */
  addUser(name: string, domain: string, password: string | null, scope: Place | null): void {
    this.directory.createUser(name, name, domain, password ?? secretOf(name));
    this.clients.learnPassword(name, password ?? secretOf(name));
    if (scope !== null) this.clients.setScope(name, scope);
  }

  private addService(type: string): void {
    this.catalogue.putService(type, type);
    const url = `http://${type}${withProject.includes(type) ? "/$(project_id)s" : ""}`;
    for (const kind of ["public", "internal"] as const)
      this.catalogue.addEndpoint({
        region: REGION,
        serviceType: type,
        interface: kind,
        url,
        enabled: true,
      });
  }
}

/** Services whose addresses hold a project: a token without one does not lead to them. */
const withProject: readonly string[] = ["volumev3", "object-store", "orchestration"];

const secretOf = (user: string): string => `secret of ${user}`;

/** What the middleware makes of Keystone's answer. */
function unauthorised(ask: () => ValidToken): ValidToken {
  try {
    return ask();
  } catch (error) {
    if (error instanceof KeystoneError && error.type === "TokenNotFound")
      throw new KeystoneError("Unauthorized", "Token authorization failed");
    throw error;
  }
}

/** Processes of a service's API: the workers of its first component. */
function processes(cloud: Cloud, service: string): number {
  const api = components.find((component) => component.service === service);
  return api === undefined ? 1 : Math.max(1, cloud.workers.get(api.key) ?? api.declaration.workers);
}

function quotasOf({ settings }: Cloud, { quotas }: IdentitySpec): Quotas {
  const cores = settings.quotaVcpuMilli < 0 ? -1 : Math.floor(settings.quotaVcpuMilli / 1000);
  const defaults = [
    ["instances", settings.quotaInstances],
    ["cores", cores],
    ["ram", settings.quotaRamMb],
  ] as const;
  const nova = new Quotas("nova", new Map(defaults));
  for (const { project, ...limits } of quotas)
    for (const [resource, limit] of Object.entries(limits)) if (limit !== undefined) nova.setLimit(project, resource, limit);
  return nova;
}
