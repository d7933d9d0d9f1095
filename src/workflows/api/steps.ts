// What the workflows of API requests have in common: the way in through Keystone and the policy, the answer, and the end.
import type { Outcome } from "../../datacenter/outcomes.ts";
import { keystone } from "../../services/keystone.ts";
import type { Component, Operation } from "../../services/service.ts";
import type { Cloud } from "../cloud.ts";
import { act, at, call, cast, type Decision, decide, type Step, user, type Workflow, when } from "../vocabulary.ts";

const keystoneCaches = (cloud: Cloud) => cloud.access.keystoneCaches();
const cachesNothing = (cloud: Cloud) => !cloud.access.keystoneCaches();

/** A password for a token. */
export const getToken: readonly Step[] = [
  when("Keystone caches", keystoneCaches, call(keystone.api.issueToken, "name, password")),
  when("Keystone's cache is off", cachesNothing, call(keystone.api.issueTokenUncached, "name, password")),
];

/** A service asks Keystone about a token. */
export const askAboutToken: readonly Step[] = [
  when("Keystone caches", keystoneCaches, call(keystone.api.validateToken, "token")),
  when("Keystone's cache is off", cachesNothing, call(keystone.api.validateTokenUncached, "token")),
];

/** The client's part: a token, and where to send the request. */
const atClient: readonly Step[] = [
  when(
    "it needs a token",
    (cloud, request) => cloud.access.needsToken(request),
    ...getToken,
    decide("token", (cloud, request) => cloud.access.issue(request)),
  ),
  decide("endpoint", (cloud, request) => cloud.access.resolve(request)),
];

/** The part of the service that is asked, before it does anything: is the token good, and may its bearer do that? */
const atService = (service: string): readonly Step[] => [
  when(
    "the token is new to it",
    (cloud, request) => !cloud.access.knowsToken(request, service),
    ...askAboutToken,
    decide("token", (cloud, request) => cloud.access.validate(request, service)),
  ),
  decide("policy", (cloud, request) => cloud.access.authorise(request)),
];

/**
 * A request from the user's client to the end of what it has set going. `steps` are done by the API that was asked, once it knows who asks and that
 * he may.
 */
export function apiRequest(name: string, operation: Operation, what: string, ...steps: readonly Step[]): Workflow {
  return {
    name,
    subject: "request",
    steps: [at(user, ...atClient, cast(operation, what)), at(operation.of, ...atService(operation.of.service), ...steps)],
    ended: (cloud, request, outcome) => cloud.requests.end(request, outcome, cloud.simulation.now),
  };
}

/** The way in for what workflows about servers carry out. */
export function wayIn(api: Component, ended: Workflow["ended"]): Workflow {
  return { name: `way into ${api.service}`, subject: "request", steps: [at(user, ...atClient), at(api, ...atService(api.service))], ended };
}

/** The API answers; what follows goes on without the client. */
export const answer = (status: number): Step =>
  act(`answer ${status}`, (cloud, request) => cloud.requests.answer(request, status, cloud.simulation.now));

/** What is said of a server, said of the server of the request. */
export const ofServer =
  <T>(does: (cloud: Cloud, server: number) => T) =>
  (cloud: Cloud, request: number): T =>
    does(cloud, cloud.requests.server[request]!);

/** A decision about the server of the request. */
export const decideOfServer = (name: string, decision: (cloud: Cloud, server: number) => Outcome | null): Step =>
  decide(name, ofServer(decision) satisfies Decision);

/** Something that happens to the server of the request, and cannot fail. */
export const actOnServer = (name: string, change: (cloud: Cloud, server: number) => void): Step => act(name, ofServer(change));
