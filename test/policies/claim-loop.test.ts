import { describe, expect, it } from "vitest";
import { alternatesWanted, claimHosts } from "../../src/policies/nova/claim-loop.ts";

/** Hosts `a1`, `b2`, ... whose first letter is the cell, with room for `room` servers each; those left are sorted by name every time. */
function cloud(hosts: readonly string[], room: number, candidates = hosts) {
  const used = new Map<string, number>();
  const claimed = new Map<number, string>();
  const steps = {
    sort: () => hosts.filter((host) => (used.get(host) ?? 0) < room),
    hasCandidate: (host: string) => candidates.includes(host),
    claim: (instance: number, host: string) => {
      claimed.set(instance, host);
      return true;
    },
    consume: (_instance: number, host: string) => void used.set(host, (used.get(host) ?? 0) + 1),
    undo: (instance: number) => void claimed.delete(instance),
    cellOf: (host: string) => host[0]!,
  };
  return { steps, claimed };
}

describe("claiming hosts for the servers of one request", () => {
  it("goes on to the next host when one is full of its own siblings", () => {
    const { steps } = cloud(["a1", "a2"], 2);
    expect(claimHosts(steps, 3, 0)!.map(({ host }) => host)).toEqual(["a1", "a1", "a2"]);
  });

  it("takes all claims back when one server finds no host", () => {
    const { steps, claimed } = cloud(["a1", "a2"], 1);
    expect(claimHosts(steps, 3, 0)).toBe(null);
    expect(claimed.size).toBe(0);
  });

  it("names alternates of the same cell that no server of the request has got, and that Placement knows", () => {
    const { steps, claimed } = cloud(["a1", "a2", "b1", "a3", "a4", "a5"], 1, ["a1", "a2", "b1", "a4", "a5"]);
    expect(claimHosts(steps, 2, 2)).toEqual([
      { host: "a1", alternates: ["a4", "a5"] },
      { host: "a2", alternates: ["a4", "a5"] },
    ]);
    expect([...claimed.values()]).toEqual(["a1", "a2"]);
  });

  it("wants one alternate less than there are attempts, and none where nobody would use them", () => {
    expect([alternatesWanted(3, true), alternatesWanted(1, true), alternatesWanted(3, false)]).toEqual([2, 0, 0]);
  });
});
