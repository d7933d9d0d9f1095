// The steps by which objects are stored, fetched and deleted, for any workflow about a request: a user's own, or another service's that keeps its
// things in Swift. `storeObject(by, asked)` calls the proxy and goes on when that has answered, as `by` again; `putObject(asked)` and the like are what
// the proxy does. Without an object store they fail with ServiceUnavailable.
// A request that has to do with several objects takes one after the other.

import type { Found } from "../../datacenter/object-store/object-servers.ts";
import type { ObjectWritten } from "../../datacenter/object-store/object-store.ts";
import type { Reply } from "../../datacenter/object-store/replies.ts";
import type { Upload } from "../../datacenter/object-store/uploads.ts";
import type { Outcome } from "../../datacenter/outcomes.ts";
import { keystone } from "../../services/keystone.ts";
import type { Component, Operation } from "../../services/service.ts";
import { swift } from "../../services/swift.ts";
import type { Cloud } from "../cloud.ts";
import { at, call, decide, perform, type Step, together, transfer, when } from "../vocabulary.ts";
import type { ContactVerb } from "./contact-workflows.ts";
import type { ExchangeOrder } from "./exchanges.ts";
import { objectCloudOf } from "./object-cloud.ts";
import type { AskedObject, Proxying } from "./proxying.ts";

export type AskedFor = (cloud: Cloud, request: number) => AskedObject;

const outcomeOf = new Map<number, Outcome>([
  [400, "HTTPBadRequest"],
  [401, "HTTPUnauthorized"],
  [403, "HTTPForbidden"],
  [404, "HTTPNotFound"],
  [409, "HTTPConflict"],
  [413, "HTTPRequestEntityTooLarge"],
]);

/** What a client is told; null for success. */
export function refusedWith(status: number): Outcome | null {
  return status < 400 ? null : (outcomeOf.get(status) ?? "HTTPServiceUnavailable");
}

const proxyings = (cloud: Cloud) => objectCloudOf(cloud).proxyings;
const proxyingOf = (cloud: Cloud, request: number): Proxying => proxyings(cloud).get(request)!;

interface Opened {
  readonly reply: Reply;
  readonly upload?: Upload | null;
}

/** The proxy looks at the container and its ACL, and at where the object is; refused before anybody was asked, it is refused at once. */
function opens(name: string, askedFor: AskedFor, open: (cloud: Cloud, asked: AskedObject, request: number) => Opened): Step {
  return decide(name, (cloud, request) => {
    if (cloud.objectStore === null) return "ServiceUnavailable";
    const asked = askedFor(cloud, request);
    if (asked.point < 0) return "HTTPClientDisconnect";
    const { reply, upload = null } = open(cloud, asked, request);
    if (reply.contacts.length === 0 && reply.status >= 400) return refusedWith(reply.status);
    proxyings(cloud).set(request, { proxy: objectCloudOf(cloud).proxyOf(request), asked, reply, upload, exchange: -1 });
    return null;
  });
}

/** Whom of the storage servers it asks for what. */
function asks(verb: ContactVerb, more: (cloud: Cloud, request: number) => Partial<ExchangeOrder> = () => ({})) {
  return (cloud: Cloud, request: number): void => {
    const proxying = proxyingOf(cloud, request);
    const { reply, proxy } = proxying;
    const writes = !["getObject", "headObject", "listObjects"].includes(verb);
    proxying.exchange = objectCloudOf(cloud).exchanges.begin({
      verb,
      contacts: reply.contacts,
      quorum: reply.quorum,
      writes,
      proxy,
      sends: false,
      commit: () => true,
      reportsTo: null,
      again: () => [],
      ...more(cloud, request),
    });
  };
}

const waitsForEnd = (begin: (cloud: Cloud, request: number) => void): Step =>
  perform("storage servers", (cloud, request, strand) => {
    begin(cloud, request);
    objectCloudOf(cloud).exchanges.waitForEnd(proxyingOf(cloud, request).exchange, strand);
  });

/** Ends the proxy's work: the status that the store has said, or 503 where too few have done their part. */
function concludes(status: (cloud: Cloud, proxying: Proxying, succeeded: boolean) => number): Step {
  return decide("answer of the proxy", (cloud, request) => {
    const proxying = proxyingOf(cloud, request);
    proxyings(cloud).delete(request);
    const succeeded = objectCloudOf(cloud).exchanges.succeeded(proxying.exchange);
    return refusedWith(status(cloud, proxying, succeeded));
  });
}

const asTheStoreSays = concludes((_cloud, { reply }, succeeded) => (reply.status < 400 && !succeeded ? 503 : reply.status));

const databasesOf = (cloud: Cloud, { account, container }: AskedObject) =>
  objectCloudOf(cloud).store.containers.databasesOf(account, container);

/** The bytes go from the client through the proxy to the nodes, all at once. Assumes that the proxy passes on what it gets as fast as it gets it. */
export const putObject = (askedFor: AskedFor): Step[] => [
  opens("container, ACL and nodes", askedFor, (cloud, asked) => {
    const begun = objectCloudOf(cloud).store.beginPut(asked, asked.bytes);
    return { reply: begun, upload: "place" in begun ? begun : null };
  }),
  together(
    [
      waitsForEnd(
        asks("putObject", (cloud, request) => {
          const { upload, asked, reply } = proxyingOf(cloud, request);
          const { store } = objectCloudOf(cloud);
          const sends = reply.status === 201;
          return {
            sends,
            commit: (contact) => !sends || store.commit(upload!, contact, objectCloudOf(cloud).nowSeconds),
            reportsTo: databasesOf(cloud, asked),
          };
        }),
      ),
    ],
    [
      when(
        "a quorum is connected",
        (cloud, request) => proxyingOf(cloud, request).reply.status === 201,
        transfer("object from the client", (cloud, request) => {
          const { asked, proxy } = proxyingOf(cloud, request);
          return { bytes: asked.bytes, from: asked.point, to: proxy, flow: request };
        }),
      ),
    ],
  ),
  concludes((cloud, { upload, asked }) => objectCloudOf(cloud).store.endPut(asked, upload!).status),
];

function reads(askedFor: AskedFor, method: "getObject" | "headObject"): Step {
  return opens("container, ACL and nodes", askedFor, (cloud, asked, request) => ({ reply: readAnew(cloud, asked, request, method) }));
}

/** The primary that is asked first is drawn. */
function readAnew(cloud: Cloud, asked: AskedObject, request: number, method: "getObject" | "headObject"): Found {
  const first = Math.floor(cloud.streams.stream("swift.primary").uniform(request, 0) * 65_536);
  return objectCloudOf(cloud).store[method](asked, first);
}

/** From the first nodes that have it through the proxy to the client. With erasure coding as many fragments as it takes come at once. */
export const getObject = (askedFor: AskedFor): Step[] => [
  reads(askedFor, "getObject"),
  perform("finds the object", (cloud, request, strand) => {
    asks("getObject", (_cloud, of) => {
      const { asked } = proxyingOf(cloud, of);
      return {
        sends: true,
        again: () => readAnew(cloud, asked, of, "getObject").contacts,
      };
    })(cloud, request);
    objectCloudOf(cloud).exchanges.waitForFound(proxyingOf(cloud, request).exchange, strand);
  }),
  together(
    [
      perform("bytes from the nodes", (cloud, request, strand) =>
        objectCloudOf(cloud).exchanges.waitForEnd(proxyingOf(cloud, request).exchange, strand),
      ),
    ],
    [
      when(
        "it is found",
        (cloud, request) => proxyingOf(cloud, request).reply.status === 200,
        transfer("object to the client", (cloud, request) => {
          const { asked, proxy, reply } = proxyingOf(cloud, request);
          return { bytes: (reply as Found).file!.objectBytes, from: proxy, to: asked.point, flow: request };
        }),
      ),
    ],
  ),
  asTheStoreSays,
];

export const headObject = (askedFor: AskedFor): Step[] => [reads(askedFor, "headObject"), waitsForEnd(asks("headObject")), asTheStoreSays];

export const deleteObject = (askedFor: AskedFor): Step[] => [
  opens("container, ACL and nodes", askedFor, (cloud, asked): { readonly reply: ObjectWritten } => ({
    reply: objectCloudOf(cloud).store.deleteObject(asked, objectCloudOf(cloud).nowSeconds),
  })),
  waitsForEnd(asks("deleteObject", (cloud, request) => ({ reportsTo: databasesOf(cloud, proxyingOf(cloud, request).asked) }))),
  asTheStoreSays,
];

export const postObject = (askedFor: AskedFor): Step[] => [
  opens("container, ACL and nodes", askedFor, (cloud, asked) => ({ reply: objectCloudOf(cloud).store.postObject(asked) })),
  waitsForEnd(asks("postObject")),
  asTheStoreSays,
];

/** A verb of containers: `open` asks the store. */
export const onContainer = (
  verb: ContactVerb,
  askedFor: AskedFor,
  open: (cloud: Cloud, asked: AskedObject, request: number) => Reply,
): Step[] => [
  opens("container and ACL", askedFor, (cloud, asked, request) => ({ reply: open(cloud, asked, request) })),
  waitsForEnd(asks(verb)),
  asTheStoreSays,
];

/** The token of whoever asks is shown to Keystone, unless the proxy knows it. */
const authenticated = when(
  "the token is new to it",
  (cloud, request) => !cloud.access.knowsToken(request, "swift"),
  call(keystone.api.validateToken, "token"),
);

/** `by` asks a proxy as clients do, and is the one who acts afterwards. */
const throughProxy = (by: Component, operation: Operation, what: string, steps: readonly Step[]): Step[] => [
  at(by, call(operation, what)),
  at(swift.proxy, authenticated, ...steps),
  at(by),
];

// For other services.

export const storeObject = (by: Component, askedFor: AskedFor): Step[] =>
  throughProxy(by, swift.proxy.putObject, "account, container, object, bytes", putObject(askedFor));

export const fetchObject = (by: Component, askedFor: AskedFor): Step[] =>
  throughProxy(by, swift.proxy.getObject, "account, container, object", getObject(askedFor));

export const removeObject = (by: Component, askedFor: AskedFor): Step[] =>
  throughProxy(by, swift.proxy.deleteObject, "account, container, object", deleteObject(askedFor));

/** The container of a service is made with its first object; it stays as it is when it is there. */
export const ensureContainer = (by: Component, askedFor: AskedFor): Step[] => [
  when(
    "its container is missing",
    (cloud, request) => {
      const { account, container } = askedFor(cloud, request);
      return cloud.objectStore?.store.containers.get(account, container) === undefined;
    },
    ...throughProxy(
      by,
      swift.proxy.putContainer,
      "account, container",
      onContainer("putContainer", askedFor, (cloud, asked) => objectCloudOf(cloud).store.containers.put(asked)),
    ),
  ),
];
