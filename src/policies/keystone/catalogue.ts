// Where the services are: every service has endpoints, in regions, of which clients take the public one, services the internal one.
// @source keystone/catalog/core.py, keystoneauth1/access/service_catalog.py
import { KeystoneError } from "./keystone-error.ts";

export type Interface = "public" | "internal" | "admin";

export interface Endpoint {
  readonly region: string;
  /** As in Keystone's catalogue: `compute`, `network`, `volumev3`. */
  readonly serviceType: string;
  readonly interface: Interface;
  /** May hold `$(project_id)s` and `$(user_id)s`; an endpoint with a project is left out of the catalogue of a token without one. */
  readonly url: string;
  readonly enabled: boolean;
}

export interface CatalogueScope {
  readonly userId: string;
  readonly projectId: string | null;
}

export class Catalogue {
  readonly #regions = new Map<string, string | null>();
  readonly #services = new Map<string, { readonly name: string; readonly enabled: boolean }>();
  readonly #endpoints: Endpoint[] = [];

  /** @throws KeystoneError Conflict, RegionNotFound for the parent */
  addRegion(id: string, parent: string | null = null): void {
    if (this.#regions.has(id)) throw new KeystoneError("Conflict", `Duplicate region ${id}.`);
    if (parent !== null && !this.#regions.has(parent)) throw new KeystoneError("RegionNotFound", `Could not find region: ${parent}.`);
    this.#regions.set(id, parent);
  }

  hasService(type: string): boolean {
    return this.#services.has(type);
  }

  /** A service of the type; adding it again changes its name or whether it is enabled. */
  putService(type: string, name: string, enabled = true): void {
    this.#services.set(type, { name, enabled });
  }

  /** @throws KeystoneError RegionNotFound, ServiceNotFound */
  addEndpoint(endpoint: Endpoint): void {
    if (!this.#regions.has(endpoint.region)) throw new KeystoneError("RegionNotFound", `Could not find region: ${endpoint.region}.`);
    if (!this.#services.has(endpoint.serviceType))
      throw new KeystoneError("ServiceNotFound", `Could not find service: ${endpoint.serviceType}.`);
    this.#endpoints.push(endpoint);
  }

  /** What a token's catalogue lists, in the order of adding. */
  endpointsFor(scope: CatalogueScope): readonly Endpoint[] {
    return this.#endpoints.flatMap((endpoint) => {
      if (!endpoint.enabled || !this.#services.get(endpoint.serviceType)!.enabled) return [];
      const url = filledIn(endpoint.url, scope);
      return url === null ? [] : [{ ...endpoint, url }];
    });
  }

  /** The address a client calls. @throws KeystoneError EndpointNotFound */
  urlOf(serviceType: string, scope: CatalogueScope, region: string | null = null, kind: Interface = "public"): string {
    const found = this.endpointsFor(scope).find(
      (endpoint) => endpoint.serviceType === serviceType && endpoint.interface === kind && (region === null || endpoint.region === region),
    );
    if (found !== undefined) return found.url;
    throw new KeystoneError(
      "EndpointNotFound",
      `${kind} endpoint for ${serviceType} service${region === null ? "" : ` in ${region} region`} not found`,
    );
  }
}

function filledIn(url: string, { userId, projectId }: CatalogueScope): string | null {
  const needsProject = /[$%]\((?:project_id|tenant_id)\)s/g;
  if (projectId === null && url.search(needsProject) >= 0) return null;
  return url.replace(needsProject, projectId ?? "").replace(/[$%]\(user_id\)s/g, userId);
}
