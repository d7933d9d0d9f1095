// What requests of users say to Swift: parameters that they share, and what they come to.

import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import type { Cloud } from "../cloud.ts";
import { accountOf, identityOf } from "./identities.ts";
import { objectCloudOf } from "./object-cloud.ts";
import type { AskedObject } from "./proxying.ts";

export const objectStorage = { name: "swift", type: "object-store" } as const satisfies ApiOperation["service"];
/** Swift has no policy file: its filter keystoneauth decides, in the workflow. Its operations name that in place of a rule. */
export const BY_KEYSTONEAUTH = "keystoneauth";

export const account: Parameter = {
  kind: { is: "count" },
  meaning: "Number of the project whose account it is: 2 is project-2",
  absent: "that of the project that asks",
};
export const theContainer: Parameter = { kind: { is: "name", of: "container" }, meaning: "The container" };
export const theObject: Parameter = { kind: { is: "name", of: "object" }, meaning: "The object" };
export const client: Parameter = {
  kind: { is: "server" },
  meaning: "The server that asks, over the network of its host",
  absent: "a client outside the cloud",
};

/** The request in Swift's words. The container is `container` or, where it is made, `name`; the object likewise. */
export function askedBy(container: "container" | "name" | null, object: "object" | "name" | null) {
  return (cloud: Cloud, request: number): AskedObject => {
    const { requests } = cloud;
    const project = (requests.number(request, "account") ?? requests.project(request) + 1) - 1;
    return {
      account: accountOf(project),
      identity: identityOf(cloud, request),
      container: container === null ? "" : requests.text(request, container)!,
      object: object === null ? "" : requests.text(request, object)!,
      bytes: requests.number(request, "size") ?? 0,
      point: pointOf(cloud, request),
    };
  };
}

/** -1: the server that asks does not run. */
function pointOf(cloud: Cloud, request: number): number {
  const server = cloud.requests.server[request]!;
  if (server < 0) return objectCloudOf(cloud).clients;
  return cloud.running[server] === 1 ? cloud.servers.host[server]! : -1;
}
