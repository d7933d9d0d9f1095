// Users and roles as people write them: what is wrong is said with its place and all at once.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/kernel/problem.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "./folder.ts";

const base = `
cloud:
  hosts: [{type: dell-r7525, count: 2}]
  flavors: [{name: m1, vcpus: 1, ram: 1 GiB}]
workload: {requests: [{name: web, at: 1 min, flavor: m1}], projects: 2}
study: {duration: 1 d}
`;

const read = (more: string, files: Readonly<Record<string, string>> = {}) =>
  readScenario("s.yaml", { catalogue, cwd: folder({ "s.yaml": base + more, ...files }) });

/** `line: message (hint)` of every problem. */
function problems(more: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    read(more, files);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const first = base.split("\n").length - 1;
    return error.problems.map(({ file, line, message, hint }) => {
      const place = file === "s.yaml" ? line! - first : `${file}:${line}`;
      return `${place}: ${message}${hint === "" ? "" : ` (${hint})`}`;
    });
  }
  return [];
}

describe("a scenario with users", () => {
  it("says who there is, with OpenStack's defaults for everything else", () => {
    const { identity } = read(`identity:
  users: [{name: ann, scope: domain default}]
  assignments: [{role: reader, user: ann, domain: default, inherited: true}]
  quotas: [{project: project-2, ram: 4 GiB, cores: unlimited}]
`);
    expect(identity).toMatchObject({
      tokens: { expirationSeconds: 3600, lockoutFailureAttempts: 0, lockoutDurationSeconds: 1800 },
      tokenCacheSeconds: 300,
      memcached: false,
      caching: true,
      recheckQuota: true,
      users: [{ name: "ann", scope: { on: "domain", domainId: "default" } }],
      assignments: [{ roleId: "reader", actor: { userId: "ann" }, place: { on: "domain", domainId: "default" }, inherited: true }],
      quotas: [{ project: "project-2", cores: -1, ram: 4096 }],
    });
    expect(read("").identity).toBeUndefined();
  });

  it("must name what there is, once", () => {
    expect(
      problems(`identity:
  domains: [{name: acme}, {name: acme}]
  projects:
    - {name: lab, domain: acne}
    - {name: low, parent: high}
    - {name: high}
    - {name: project-2}
    - {name: sub, domain: acme, parent: high}
  users: [{name: ann, scope: labb}, {name: admin}]
  groups: [{name: ops, members: [anne]}]
  roles: [{name: boss, implies: [admim]}]
  assignments:
    - {role: bos, user: ann, project: lab}
    - {role: boss, user: ann, group: ops, project: lab}
    - {role: boss, user: ann}
    - {role: boss, user: ann, system: true, inherited: true}
  quotas: [{project: labs}]
`),
    ).toMatchInlineSnapshot(`
      [
        "2: domain "acme" is named twice (give each a name of its own)",
        "4: there is no domain "acne" (did you mean "acme"?)",
        "5: project "high" comes later (write projects below those they stand in)",
        "7: project "project-2" is there anyway (give each a name of its own)",
        "8: project "high" is in domain default (domain: default)",
        "9: there is no project "labb" (did you mean "lab"?)",
        "9: user "admin" is there anyway (give each a name of its own)",
        "10: there is no user "anne" (did you mean "ann"?)",
        "11: there is no role "admim" (did you mean "admin"?)",
        "13: there is no role "bos" (did you mean "boss"?)",
        "14: says who has the role 2 times: user, group (one of user, group)",
        "15: does not say where it holds (one of project, domain, system)",
        "16: a role on the system cannot be inherited (leave it out)",
        "17: sets no limit: this part has no effect (instances: 5)",
        "17: there is no project "labs" (did you mean "lab"?)",
      ]
    `);
  });

  it("has no role that implies itself", () => {
    expect(
      problems(`identity:
  roles:
    - {name: reader, implies: [boss]}
    - {name: boss, implies: [admin]}
    - {name: admin, implies: [member]}
`),
    ).toMatchInlineSnapshot(`
      [
        "3: the role implies itself: reader > boss > admin > member > reader (leave one of these out)",
        "4: the role implies itself: boss > admin > member > reader > boss (leave one of these out)",
        "5: admin implies member anyway (leave it out)",
        "5: the role implies itself: admin > member > reader > boss > admin (leave one of these out)",
      ]
    `);
  });

  it("reads policy files, and tells what is wrong in them at their own lines", () => {
    const policies = 'identity: {policies: [{service: nova, file: nova.yaml, rules: {"os_compute_api:servers:stop": "!"}}]}\n';
    const files = { "nova.yaml": '"os_compute_api:servers:stop": "role:admin"\n"os_compute_api:servers:start": "role:member"\n' };
    const { identity, data } = read(policies, files);
    expect([...identity!.policies.get("nova")!]).toEqual([
      ["os_compute_api:servers:stop", "!"],
      ["os_compute_api:servers:start", "role:member"],
    ]);
    expect(data.map(({ name }) => name)).toEqual(["nova.yaml"]);
    expect(problems(policies)).toMatchInlineSnapshot(`
      [
        "1: there is no policy file "nova.yaml" (the path is relative to the file that names it)",
      ]
    `);
    expect(problems(policies, { "nova.yaml": '"a": [1]\n"b": "role:admin or or"\n' })).toMatchInlineSnapshot(`
      [
        "nova.yaml:1: expected a rule as text, or lists of checks (for example "role:admin"; "" allows everybody)",
        "nova.yaml:2: this rule cannot be read, so that it denies everybody (write "!" if that is meant)",
      ]
    `);
    expect(
      problems(`identity:
  policies:
    - {service: nova, rules: {"os_compute_api:servers:stopp": "role:admin"}}
    - {service: nova, rules: {"os_compute_api:servers:start": "(role:admin"}}
    - {service: cinder}
`),
    ).toMatchInlineSnapshot(`
      [
        "3: nova has no rule "os_compute_api:servers:stopp" (did you mean "os_compute_api:servers:stop"?)",
        "4: nova has a policy already (write its rules together)",
        "4: this rule cannot be read, so that it denies everybody (write "!" if that is meant)",
        "5: says nothing: this part has no effect (file: policy.yaml, or rules)",
      ]
    `);
  });

  it("has no part that does nothing", () => {
    expect(
      problems(`identity:
  caching: false
  cache_outages: [{at: 2 d, for: 1 min}]
  lockout_duration: 5 min
`),
    ).toMatchInlineSnapshot(`
      [
        "3: nothing is cached there, so that this has no effect (memcached: true)",
        "3: the run is over by then (a time within study.duration)",
        "4: nobody is locked out (lockout_failure_attempts: 5)",
      ]
    `);
  });

  it("is needed where somebody is named, and names whoever asks", () => {
    expect(
      problems("actions: [{at: 1 min, do: user create, name: eve}, {at: 2 min, do: server stop, server: web, as: eve}]\n"),
    ).toMatchInlineSnapshot(`
      [
        "1: the cloud has no users (identity: {} gives every project a member, and the cloud an admin)",
        "1: the cloud has no users (identity: {users: [{name: alice}]})",
      ]
    `);
    expect(
      problems(`identity: {users: [{name: eve}]}
actions:
  - {at: 1 min, do: server stop, server: web, as: eva}
  - {at: 2 min, do: role add, role: nobody, user: eve, of: project-3}
  - {at: 3 min, do: project create, name: lab}
  - {at: 4 min, do: role add, role: reader, user: eve, of: lab}
`),
    ).toMatchInlineSnapshot(`
      [
        "3: there is no user "eva" (did you mean "eve"?)",
        "4: nothing makes a role "nobody" (make it with an earlier role create)",
        "4: nothing makes a project "project-3" (did you mean "project-1"?)",
      ]
    `);
    expect(problems("identity: {token_expiration: 0 s, policies: [{service: nove}]}\n")).toMatchInlineSnapshot(`
      [
        "1: must be more than 0 s, got "0 s"",
        "1: unknown service "nove" (did you mean "nova"?)",
      ]
    `);
  });
});
