// Puts Keystone to work in a run, where the scenario has users.
import type { ApiOperation } from "../workflows/api/api-operation.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { AccessOfRequests } from "../workflows/identity/access-of-requests.ts";
import { AccessOfServers } from "../workflows/identity/access-of-servers.ts";
import { Identity } from "../workflows/identity/identity.ts";
import type { IdentitySpec } from "../workflows/identity/identity-spec.ts";

/** In the catalogue of every cloud. */
const always = ["identity", "compute", "placement", "image", "network", "volumev3"] as const;

export function buildIdentity(cloud: Cloud, spec: IdentitySpec, operations: readonly ApiOperation[]): void {
  const types = new Set([...always, ...operations.map(({ service }) => service.type)]);
  const identity = new Identity(cloud, spec, [...types]);
  cloud.identity = identity;
  cloud.access = new AccessOfRequests(cloud, identity, operations);
  cloud.accessOfServers = new AccessOfServers(cloud, identity);
}
