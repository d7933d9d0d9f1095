// Keystone, the identity service: tokens are issued against a password and validated for every API call that carries one.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

/** @source openstack/performance-docs, keystone/all-in-one: Mitaka, Fernet; the milliseconds there are of a laptop, the ratios are used */
const UNCACHED = "29 / 5: the database queries of issuing a token without and with Keystone's cache (performance-docs)";
const WRITE = "one write, taken to be two validations";
const HASH = "a password is hashed with bcrypt in 12 rounds, 0.2 to 0.3 s";
const PER_QUERY = "4 ms each, as a validation has 5";

export const keystone = defineService({
  name: "keystone",
  type: "identity",
  components: {
    api: {
      workers: 4,
      workersSource: "Fit of M/M/c plus a constant to four load points of openstack/performance-docs keystone_tuning (derived)",
      transport: "http",
      operations: {
        issueToken: {
          time: 31 * MILLISECOND,
          delay: 75 * MILLISECOND,
          cv: 1,
          source: "same fit: S = 31 ms on c = 4 behind a constant 75 ms, 30 to 120 requests/s, rmse 15 ms",
          evidence: "derived",
        },
        validateToken: { time: 20 * MILLISECOND, source: "Fernet validation with a warm cache takes 10 to 30 ms", evidence: "from memory" },
        issueTokenUncached: {
          time: (31 * MILLISECOND * 29) / 5,
          delay: 75 * MILLISECOND,
          cv: 1,
          source: `issueToken, times ${UNCACHED}`,
          evidence: "derived",
        },
        validateTokenUncached: {
          time: (20 * MILLISECOND * 29) / 5,
          source: `validateToken, times ${UNCACHED}, taken to hold for a validation as well`,
          evidence: "derived",
        },
        revokeToken: { time: 40 * MILLISECOND, source: `DELETE /v3/auth/tokens: ${WRITE}`, evidence: "assumed" },
        createUser: { time: 250 * MILLISECOND, source: `POST /v3/users: ${HASH}`, evidence: "from memory" },
        setPassword: { time: 250 * MILLISECOND, source: `PATCH /v3/users/{id} with a password: ${HASH}`, evidence: "from memory" },
        updateUser: { time: 40 * MILLISECOND, source: `PATCH /v3/users/{id}: ${WRITE}`, evidence: "assumed" },
        deleteUser: { time: 40 * MILLISECOND, source: `DELETE /v3/users/{id}: ${WRITE}`, evidence: "assumed" },
        createProject: { time: 40 * MILLISECOND, source: `POST /v3/projects: ${WRITE}`, evidence: "assumed" },
        updateProject: { time: 40 * MILLISECOND, source: `PATCH /v3/projects/{id}: ${WRITE}`, evidence: "assumed" },
        deleteProject: { time: 40 * MILLISECOND, source: `DELETE /v3/projects/{id}: ${WRITE}`, evidence: "assumed" },
        createDomain: { time: 40 * MILLISECOND, source: `POST /v3/domains: ${WRITE}`, evidence: "assumed" },
        createGroup: { time: 40 * MILLISECOND, source: `POST /v3/groups: ${WRITE}`, evidence: "assumed" },
        addUserToGroup: { time: 40 * MILLISECOND, source: `PUT /v3/groups/{id}/users/{id}: ${WRITE}`, evidence: "assumed" },
        createRole: { time: 40 * MILLISECOND, source: `POST /v3/roles: ${WRITE}`, evidence: "assumed" },
        createGrant: { time: 40 * MILLISECOND, source: `PUT /v3/{projects,domains,system}/…/roles/{id}: ${WRITE}`, evidence: "assumed" },
        revokeGrant: { time: 40 * MILLISECOND, source: `DELETE /v3/{projects,domains,system}/…/roles/{id}: ${WRITE}`, evidence: "assumed" },
        createImpliedRole: { time: 40 * MILLISECOND, source: `PUT /v3/roles/{id}/implies/{id}: ${WRITE}`, evidence: "assumed" },
        listServices: { time: 52 * MILLISECOND, source: `GET /v3/services, 13 queries: ${PER_QUERY}`, evidence: "derived" },
        listEndpoints: { time: 84 * MILLISECOND, source: `GET /v3/endpoints, 21 queries: ${PER_QUERY}`, evidence: "derived" },
        updateService: { time: 40 * MILLISECOND, source: `PATCH /v3/services/{id}: ${WRITE}`, evidence: "assumed" },
      },
    },
  },
});
