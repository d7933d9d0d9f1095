// Tokens that are asked for and taken back by hand, and the catalogue: which services there are, and where.
// @source keystone/api/auth.py, keystone/api/services.py, keystone/api/endpoints.py (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";
import { KeystoneError } from "../../policies/keystone/keystone-error.ts";
import { keystone } from "../../services/keystone.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import { answer, apiRequest, getToken } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { at, decide, user, type Workflow } from "../vocabulary.ts";
import type { Session } from "./clients.ts";
import { answered } from "./keystone-answers.ts";
import { identityService, keystoneRequest, named, placeNamed } from "./keystone-api.ts";

const sessionOf = (cloud: Cloud, request: number): Session => {
  const { requests } = cloud;
  return cloud.identity!.session(requests.user(request), requests.project(request));
};

/** A new token for the client, whatever it holds; where it goes right the client keeps to the password and the place. */
function issueAnew(cloud: Cloud, request: number): Outcome | null {
  const identity = cloud.identity!;
  const { user: who, place: usual } = sessionOf(cloud, request);
  const scope = cloud.requests.text(request, "scope");
  const password = cloud.requests.text(request, "password");
  let place = usual;
  const refusal = answered(() => {
    if (scope !== undefined) place = placeNamed(identity, scope);
  });
  // Keystone does not tell who has not come in yet what there is.
  if (refusal !== null) return "Unauthorized";
  const trial: Session = { user: who, place, token: null, services: new Set() };
  const outcome = identity.issue(trial, password);
  if (outcome !== null) return outcome;
  if (password !== undefined) identity.clients.learnPassword(who, password);
  if (scope !== undefined) identity.clients.setScope(who, place);
  Object.assign(sessionOf(cloud, request), { token: trial.token, services: trial.services });
  return null;
}

const issueToken: Workflow = {
  name: "issue-token",
  subject: "request",
  steps: [at(user, ...getToken, decide("token", issueAnew), answer(201))],
  ended: (cloud, request, outcome) => cloud.requests.end(request, outcome, cloud.simulation.now),
};

export const tokenIssue: ApiOperation = {
  name: "token issue",
  meaning: "Get a token for a password; the user's client goes on with it",
  service: identityService,
  // Whoever has a password may; the rule is that of looking at what the token opens.
  rule: "identity:get_auth_catalog",
  parameters: {
    scope: {
      kind: { is: "text" },
      meaning: "What it is for, from now on: the name of a project, `domain NAME`, or system",
      absent: "where the user works",
    },
    password: { kind: { is: "text" }, meaning: "The password that is tried", absent: "the one that the client knows" },
  },
  workflow: issueToken,
};

/** The one whose token it is. */
const whose = (cloud: Cloud, request: number): Session => {
  const { requests } = cloud;
  return cloud.identity!.session(requests.text(request, "user") ?? requests.user(request), requests.project(request));
};

export const tokenRevoke: ApiOperation = {
  name: "token revoke",
  meaning: "End the token that a user's client holds; services that know it believe it until they forget it",
  service: identityService,
  rule: "identity:revoke_token",
  parameters: { user: named("user", "Whose token it is", "the user who asks") },
  target: (cloud, request) => new Map([["target.token.user_id", whose(cloud, request).user]]),
  workflow: apiRequest(
    "revoke-token",
    keystone.api.revokeToken,
    "token",
    decide("change", (cloud, request) =>
      answered(() => {
        const { token } = whose(cloud, request);
        if (token === null) throw new KeystoneError("TokenNotFound", "Could not find token.");
        cloud.identity!.tokens.revoke(token, cloud.simulation.now);
      }),
    ),
    answer(204),
  ),
};

export const serviceList: ApiOperation = {
  name: "service list",
  meaning: "List the services of the catalogue",
  service: identityService,
  rule: "identity:list_services",
  parameters: {},
  workflow: apiRequest("list-services", keystone.api.listServices, "token", answer(200)),
};

export const endpointList: ApiOperation = {
  name: "endpoint list",
  meaning: "List the endpoints of the catalogue",
  service: identityService,
  rule: "identity:list_endpoints",
  parameters: {},
  workflow: apiRequest("list-endpoints", keystone.api.listEndpoints, "token", answer(200)),
};

export const serviceSet: ApiOperation = {
  name: "service set",
  meaning: "Take a service out of the catalogue of tokens to come, or put it in again",
  service: identityService,
  rule: "identity:update_service",
  parameters: {
    service: { kind: { is: "text" }, meaning: "Type of the service in the catalogue, such as compute" },
    disable: { kind: { is: "flag" }, meaning: "Out of the catalogue", absent: "false: into it" },
  },
  workflow: keystoneRequest("update-service", keystone.api.updateService, "service id, enabled", 200, ({ catalogue }, asked) => {
    const type = asked.name("service");
    if (!catalogue.hasService(type)) throw new KeystoneError("ServiceNotFound", `Could not find service: ${type}.`);
    catalogue.putService(type, type, !asked.flag("disable"));
  }),
};
