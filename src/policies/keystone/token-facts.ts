// From a token that Keystone says is good to what a service's rules see of it.
import type { TokenFacts } from "../access/credentials.ts";
import type { Directory } from "./directory.ts";
import type { ValidToken } from "./tokens.ts";

export function tokenFactsOf({ userId, place, roleNames }: ValidToken, directory: Directory): TokenFacts {
  const user = { userId, userDomainId: directory.user(userId).domainId, roles: roleNames };
  if (place === null) return user;
  if (place.on === "system") return { ...user, system: "all" };
  if (place.on === "domain") return { ...user, domainId: place.domainId };
  return { ...user, projectId: place.projectId, projectDomainId: directory.project(place.projectId).domainId };
}
