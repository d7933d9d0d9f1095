import { describe, expect, it } from "vitest";
import { hostFacts } from "../../../src/policies/plugins/facts.ts";
import { answerFor, answerOf, inWords, opened, smallRequest } from "./a-module.ts";

describe("what a plug-in is shown", () => {
  it("is the hosts by number, the request, and its own options", () => {
    expect(
      answerFor("return [hosts.count, hosts.hostName(2), hosts.freeRamMb(2), hosts.usedRamMb(0), hosts.hypervisorType(host)]"),
    ).toEqual([...[3, "compute-3", 3072, 7168, "QEMU"]]);
    expect(answerFor("return [request.server, request.flavor, request.image, request.group]")).toEqual([
      4,
      { name: "m1.small", vcpus: 1.5, ramMb: 2048, diskGb: 20, extraSpecs: { "hw:cpu_policy": "shared" } },
      { name: "ubuntu", properties: { img_hv_type: "qemu" } },
      null,
    ]);
    expect(answerFor("return config.number('limit')")).toBe(5);
    const grouped = { ...smallRequest, image: null, group: 7, groups: { ...smallRequest.groups, policyOf: () => "affinity" } };
    expect(answerFor("return [request.image, request.group.policy, request.group.membersOn(2)]", grouped)).toEqual([null, "affinity", 2]);
  });

  it("has every fact of the table, and nothing that could be called to change something", () => {
    const methods = answerFor("return Object.keys(hosts).join()") as string;
    expect(methods.split(",").sort()).toEqual(["count", "hostName", "hypervisorType", ...hostFacts.map(({ method }) => method)].sort());
  });

  it.each([
    "hosts.x = 1",
    "hosts.freeRamMb = () => 0",
    "hosts.freeRamMb.x = 1",
    "delete hosts.freeRamMb",
    "request.flavor.ramMb = 0",
    "request.flavor.extraSpecs.x = 'y'",
    "request.image.properties.x = 'y'",
    "request.server++",
    "config.x = 1",
    "Object.defineProperty(request, 'server', { value: 1 })",
    "Object.assign(request.flavor, { vcpus: 1 })",
    "Object.setPrototypeOf(hosts, {})",
    "Math.max = Math.min",
  ])("cannot be changed, and who tries is told so: %s", (change) => {
    expect(answerFor(`${change}; return 1;`)).toMatch(/^1:\d+: tried to change what it may only read: (Cannot|#<Object> is not)/);
  });

  it("says which host there is not", () => {
    const not = (given: string) => `: threw RangeError: hosts.freeRamMb(host) was given ${given}; a host is a number from 0 to 2`;
    for (const [given, shown] of [
      ["3", "3"],
      ["-1", "-1"],
      ["0.5", "0.5"],
      ["'0'", "0"],
      ["NaN", "NaN"],
      ["undefined", "undefined"],
      ["{}", "object"],
    ] as const) {
      expect(answerFor(`return hosts.freeRamMb(${given})`)).toContain(not(shown));
    }
    expect(answerFor("return config.number('limits')")).toContain("config.number(limits): no such option is declared under options");
  });
});

describe("what a plug-in throws", () => {
  it("is told with the line and column of the user's own file, whatever stood before it", () => {
    const module = [
      'import type { PluginWeigher } from "orrery-cloud";',
      "type Table = Record<string, { readonly weight: number }>;",
      "const look = <T extends Table>(table: T, name: string): number => table[name]!.weight; // ä ö ü",
      "export default {",
      '  name: "W",',
      "  weigh: () => (host: number): number => [host].map((one: number) => 2 ** one + look({} as Table, `x`))[0]!,",
      "} satisfies PluginWeigher;",
    ].join("\r\n");
    // 66 characters to the body, 13 to the word that cannot be read.
    expect(answerOf(module)).toBe("3:80: threw TypeError: Cannot read properties of undefined (reading 'weight')");
  });

  it("may be anything", () => {
    expect(answerFor("throw 'no host'")).toBe('threw "no host"');
    expect(answerFor("throw { a: 1 }")).toBe("threw an object");
    expect(answerFor("throw undefined")).toBe("threw undefined");
    expect(answerFor("throw { toString() { for (;;); } }")).toBe("threw an object");
    expect(answerFor("class Odd extends Error { get message() { throw 1 } } throw new Odd()")).toMatch(
      /threw something that cannot be shown$/,
    );
    expect(answerFor("class Full extends RangeError {} throw new Full('a\\nb' + 'c'.repeat(300))")).toMatch(
      /: threw RangeError: a bc{181,}…$/,
    );
    expect(answerFor("null[host]")).toMatch(/^1:\d+: threw TypeError: Cannot read properties of null/);
  });
});

describe("two runs", () => {
  it("do not share what a module remembers", () => {
    const module = 'let calls = 0; export default { name: "W", weigh: () => () => ++calls };';
    expect([answerOf(module), answerOf(module)]).toEqual([1, 1]);
    const sandbox = opened(module);
    expect(sandbox.load()).toHaveLength(1);
  });

  it("end the same way where a module throws while it is read", () => {
    const sandbox = opened("const table = [];\nconst first = table[0].name; export { first };");
    try {
      sandbox.load();
      expect.unreachable();
    } catch (thrown) {
      expect(inWords(sandbox.mishap(thrown))).toBe("2:24: threw TypeError: Cannot read properties of undefined (reading 'name')");
    }
  });
});
