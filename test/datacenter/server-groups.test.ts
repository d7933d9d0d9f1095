import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";

describe("server groups", () => {
  it("know how many members each host has, of every group by itself", () => {
    const groups = new ServerGroups(() => ({ policy: "affinity", maxServerPerHost: 1 }), 4);
    expect(groups.hasHosts(0)).toBe(false);
    for (const host of [1, 1, 3]) groups.join(0, host);
    groups.join(1, 1);
    expect([0, 1, 2, 3].map((host) => groups.countOn(0, host))).toEqual([0, 2, 0, 1]);
    expect(groups.countOn(1, 1)).toBe(1);
    expect([0, 1, 2].map((group) => groups.hasHosts(group))).toEqual([true, true, false]);
  });

  it("forget the hosts that their members have left", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { maxLength: 30 }), (members) => {
        const groups = new ServerGroups(() => ({ policy: "anti-affinity", maxServerPerHost: 1 }), 4);
        for (const [group, host] of members) groups.join(group, host);
        for (const [group, host] of members) groups.leave(group, host);
        for (const group of [0, 1, 2]) {
          expect(groups.hasHosts(group)).toBe(false);
          for (const host of [0, 1, 2, 3]) expect(groups.countOn(group, host)).toBe(0);
        }
      }),
    );
  });
});
