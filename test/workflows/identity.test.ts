// Users at work in a cloud: who may do what, how long a token is good for, and what services remember of it.
import { describe, expect, it } from "vitest";
import { defaultRulesOf, policyServices } from "../../src/policies/access/default-rules/index.ts";
import { apiOperations } from "../../src/workflows/api/operations.ts";
import { told } from "./told-cloud.ts";

const staff = `
identity:
  enforce_new_defaults: true
  users:
    - {name: rita}
    - {name: max}
    - {name: olga, scope: system}
  assignments:
    - {role: reader, user: rita, project: project-1}
    - {role: member, user: max, project: project-1}
    - {role: admin, user: olga, system: true}
`;

describe("policies", () => {
  it("let a reader list and look, and not delete; a member may delete in his own project only", () => {
    const { outcomes } = told(staff, [
      "{at: 5 min, do: server list, as: rita}",
      "{at: 6 min, do: server show, server: web, as: rita}",
      "{at: 7 min, do: server delete, server: web, as: rita}",
      "{at: 8 min, do: server delete, server: db, as: max}",
      "{at: 9 min, do: server delete, server: web, as: max}",
    ]);
    expect(outcomes).toEqual([
      "server list 200",
      "server show 200",
      "server delete 403 PolicyNotAuthorized",
      "server delete 403 PolicyNotAuthorized",
      "server delete 204",
    ]);
  });

  it("let administrators live-migrate the servers of all, and nobody else", () => {
    const { outcomes, cloud } = told(staff, [
      "{at: 5 min, do: server migrate, live: true, server: web, as: max}",
      "{at: 6 min, do: server migrate, live: true, server: web}",
      "{at: 7 min, do: server migrate, live: true, server: web, as: admin}",
    ]);
    expect(outcomes).toEqual(["server migrate 403 PolicyNotAuthorized", "server migrate 403 PolicyNotAuthorized", "server migrate 202"]);
    expect(cloud.moving.migrations.count).toBe(1);
  });

  it("are what the operator's policy file says, in place of the defaults", () => {
    const stops = ["{at: 5 min, do: server stop, server: web}", "{at: 6 min, do: server stop, server: web, as: admin}"];
    const policies = 'identity: {policies: [{service: nova, rules: {"os_compute_api:servers:stop": "role:admin"}}]}';
    expect(told("identity: {}", stops).outcomes).toEqual(["server stop 202", "server stop 409 InstanceInvalidState"]);
    expect(told(policies, stops).outcomes).toEqual(["server stop 403 PolicyNotAuthorized", "server stop 202"]);
  });

  it("keep servers from being launched", () => {
    const policies = 'identity: {policies: [{service: nova, rules: {"os_compute_api:servers:create": "role:admin"}}]}';
    const { cloud } = told(policies, []);
    expect([cloud.servers.outcomeOf(0), cloud.servers.vmStateOf(0), cloud.quotaUse(0).instances]).toEqual([
      "PolicyNotAuthorized",
      "requested",
      0,
    ]);
  });

  it("refuse tokens of the wrong scope where scopes are enforced", () => {
    const asked = ["{at: 5 min, do: server list, as: olga}", "{at: 6 min, do: service list, as: olga}"];
    expect(told(staff, asked).outcomes[1]).toBe("service list 200");
    expect(told(`${staff}  enforce_scope: true\n`, asked).outcomes).toEqual(["server list 403 PolicyNotAuthorized", "service list 200"]);
  });

  it("have a rule of the service for every operation that users can ask for", () => {
    const rules = new Map(policyServices.map((service) => [service, new Set(defaultRulesOf(service).map(({ name }) => name))]));
    const unknown = apiOperations.flatMap(({ name, service, rule }) => {
      const known = rules.get(service.name as (typeof policyServices)[number]);
      return known === undefined || known.has(rule) ? [] : [`${name}: ${service.name} has no rule ${rule}`];
    });
    expect(unknown).toEqual([]);
  });
});

describe("a token", () => {
  const list = (minute: number) => `{at: ${minute} min, do: server list}`;

  it("serves until shortly before its end, and is renewed then", () => {
    // The launch at 1 min has got one: it serves until two minutes before its end.
    const { calls, outcomes } = told("identity: {token_expiration: 1 h}", [5, 30, 58, 60, 70].map(list));
    expect(calls("keystone.api.issueToken")).toBe(3); // one for each project, and a second one at 60 min
    expect(outcomes).toEqual(Array(5).fill("server list 200"));
  });

  it("that is revoked goes on working where a service remembers it, and is refused then", () => {
    const { outcomes } = told("identity: {memcached: true}", [
      list(3),
      "{at: 4 min, do: token revoke}",
      list(5), // Nova has known it since the launch at 1 min, and believes it for five minutes
      list(7),
      list(8), // the client has got another one
    ]);
    expect(outcomes).toEqual(["server list 200", "token revoke 204", "server list 200", "server list 401 Unauthorized", "server list 200"]);
    const { outcomes: asked } = told("identity: {token_cache_time: never}", [list(5), "{at: 6 min, do: token revoke}", list(7)]);
    expect(asked).toEqual(["server list 200", "token revoke 204", "server list 401 Unauthorized"]);
  });

  it("of a disabled user is refused, and there is no other until the user is enabled", () => {
    const { outcomes } = told("identity: {memcached: true}", [
      list(3),
      "{at: 4 min, do: user set, user: project-1-member, disable: true, as: admin}",
      list(5),
      list(7),
      list(8),
      "{at: 9 min, do: user set, user: project-1-member, enable: true, as: admin}",
      list(10),
    ]);
    expect(outcomes).toEqual([
      "server list 200",
      "user set 200",
      "server list 200",
      "server list 401 Unauthorized",
      "server list 401 Unauthorized",
      "user set 200",
      "server list 200",
    ]);
  });

  it("is not to be had with an old password, nor for a while after too many wrong ones", () => {
    const identity =
      "identity: {users: [{name: bob}], lockout_failure_attempts: 2, lockout_duration: 10 min, assignments: [{role: member, user: bob, project: project-1}]}";
    const { outcomes } = told(identity, [
      "{at: 5 min, do: token issue, as: bob}",
      "{at: 6 min, do: user password set, user: bob, password: new, as: admin}",
      "{at: 7 min, do: token issue, as: bob}",
      "{at: 8 min, do: token issue, as: bob, password: guess}",
      "{at: 9 min, do: token issue, as: bob, password: new}",
      "{at: 20 min, do: token issue, as: bob, password: new}",
      "{at: 21 min, do: server list, as: bob}",
      "{at: 22 min, do: token issue, as: bob, scope: system}",
    ]);
    expect(outcomes).toEqual([
      "token issue 201",
      "user password set 200",
      "token issue 401 Unauthorized",
      "token issue 401 Unauthorized",
      "token issue 401 Unauthorized",
      "token issue 201",
      "server list 200",
      "token issue 401 Unauthorized",
    ]);
  });

  it("brings the catalogue: a service that is taken out of it is not found any more", () => {
    const { outcomes, calls } = told("identity: {}", [
      "{at: 5 min, do: service set, service: compute, disable: true, as: admin}",
      list(6), // with the catalogue of the old token
      "{at: 7 min, do: token issue}",
      list(8),
      "{at: 9 min, do: service set, service: dns, as: admin}",
      "{at: 10 min, do: endpoint list, as: admin}",
    ]);
    expect(outcomes).toEqual([
      "service set 200",
      "server list 200",
      "token issue 201",
      "server list 404 EndpointNotFound",
      "service set 404 ServiceNotFound",
      "endpoint list 200",
    ]);
    expect(calls("nova.api.listServers")).toBe(1);
  });
});

describe("the cache of tokens", () => {
  /** Forty servers in twenty minutes, all of one project; each is deleted after four. */
  const workload = "{arrivals: {constant: {interval: 30 s}}, lifetime: 4 min, max_servers: 40, projects: 1}";
  const run = (identity: string) => told(identity, [], { workload, duration: "1 h" });

  it("spares Keystone most validations; in processes that remember for themselves it spares fewer", () => {
    const shared = run("identity: {memcached: true}");
    const apart = run("identity: {}");
    const off = run("identity: {token_cache_time: never}");
    const noUsers = run("");
    const asked = [shared, apart, off, noUsers].map(({ calls }) => calls("keystone.api.validateToken"));
    // Together every five minutes; eight processes of nova-api each for itself as often. Two of the seven came at one instant with another.
    expect(asked).toEqual([7, 32, 80, 80]);
    // One token serves all 80 requests, where every request without users gets its own.
    expect([shared, off, noUsers].map(({ calls }) => calls("keystone.api.issueToken"))).toEqual([1, 1, 80]);
  });

  it("is gone while memcached is down, and Keystone has more work with every token", () => {
    const { calls, meanMillis } = run("identity: {memcached: true, cache_outages: [{at: 0 s, for: 10 min}]}");
    expect(calls("keystone.api.validateTokenUncached")).toBeGreaterThan(20);
    expect(calls("keystone.api.validateToken")).toBeLessThan(6);
    expect(calls("keystone.api.issueTokenUncached")).toBe(1);
    expect(meanMillis("keystone.api.validateTokenUncached")).toBeGreaterThan(100);
  });

  it("of Keystone itself multiplies its work by 29/5 when it is off", () => {
    const [on, off] = [run("identity: {token_cache_time: never}"), run("identity: {token_cache_time: never, caching: false}")];
    const ratio = off.meanMillis("keystone.api.validateTokenUncached") / on.meanMillis("keystone.api.validateToken");
    expect(ratio).toBeGreaterThan(5);
    expect(ratio).toBeLessThan(6.5);
    expect(off.calls("keystone.api.validateToken")).toBe(0);
  });
});

describe("a quota", () => {
  const launches = (count: number, at: string) => `{arrivals: {at_once: {at: ${at}, count: ${count}}}, lifetime: 1 d, projects: 1}`;
  const ended = ({ cloud }: ReturnType<typeof told>) => {
    const all = Array.from(
      { length: cloud.servers.count },
      (_, server) => `${cloud.servers.outcomeOf(server)} ${cloud.servers.vmStateOf(server)}`,
    );
    return Object.fromEntries([...new Set(all)].map((one) => [one, all.filter((other) => other === one).length]));
  };

  it("is a project's own, and can be changed while the cloud runs", () => {
    const workload =
      "{requests: [{at: 2 min, flavor: m1}, {at: 3 min, flavor: m1}, {at: 6 min, flavor: m1}, {at: 9 min, flavor: m1}], projects: 1}";
    const { outcomes, cloud } = told(
      "identity: {quotas: [{project: project-1, instances: 1}]}",
      [
        "{at: 4 min, do: quota set, instances: 5}",
        "{at: 5 min, do: quota set, of: project-1, instances: 2, as: admin}",
        "{at: 7 min, do: quota show}",
        "{at: 8 min, do: quota set, unlimited: [instances], as: admin}",
        "{at: 10 min, do: quota set, unlimited: [volumes], as: admin}",
      ],
      { workload },
    );
    expect(outcomes).toEqual([
      "quota set 403 PolicyNotAuthorized",
      "quota set 200",
      "quota show 200",
      "quota set 200",
      "quota set 400 ValidationError",
    ]);
    expect([0, 1, 2, 3].map((server) => cloud.servers.outcomeOf(server))).toEqual(["ACTIVE", "OverQuota", "ACTIVE", "ACTIVE"]);
  });

  it("is looked at again in the cell, for what has raced past the API", () => {
    // Fourteen requests at one instant: the API lets all pass, as nothing counts yet.
    const workload = launches(14, "1 min");
    expect(ended(told("identity: {}", [], { workload }))).toEqual({ "ACTIVE active": 10, "OverQuota error": 4 });
    expect(ended(told("identity: {recheck_quota: false}", [], { workload }))).toEqual({ "ACTIVE active": 14 });
    // Without users a request counts at once.
    expect(ended(told("", [], { workload }))).toEqual({ "ACTIVE active": 10, "OverQuota requested": 4 });
  });

  it("that was exceeded in the cell leaves no claim behind", () => {
    const { cloud } = told("identity: {}", [], { workload: launches(14, "1 min") });
    expect(cloud.hosts.usedVcpuMilli.reduce((a, b) => a + b, 0)).toBe(10_000);
    expect(cloud.quotaUse(0).instances).toBe(14); // servers in ERROR count until they are deleted
  });
});
