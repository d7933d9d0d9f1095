import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Servers } from "../../src/datacenter/servers.ts";

function listed(servers: Servers, host: number): readonly number[] {
  const found: number[] = [];
  servers.forEachOn(host, (server) => found.push(server));
  return found;
}

describe("servers", () => {
  it("begin requested, pending, nowhere and never", () => {
    const servers = new Servers(2, 3);
    expect([servers.vmStateOf(1), servers.taskStateOf(1), servers.outcomeOf(1)]).toEqual(["requested", "none", "pending"]);
    expect([servers.host[1], servers.group[1], servers.requestedAt[1], servers.launchedAt[1], servers.deletedAt[1]]).toEqual([
      -1, -1, -1, -1, -1,
    ]);
    expect(servers.nameOf(0)).toBe("server-1");
  });

  it("are listed on their host, the latest first, however they come and go", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ server: fc.nat(9), host: fc.nat(2) }), { maxLength: 60 }), (moves) => {
        const servers = new Servers(10, 3);
        const on: number[][] = [[], [], []];
        for (const { server, host } of moves) {
          const before = servers.host[server]!;
          if (before >= 0) {
            servers.remove(server);
            on[before]!.splice(on[before]!.indexOf(server), 1);
            expect(servers.host[server]).toBe(-1);
          } else {
            servers.place(server, host);
            on[host]!.unshift(server);
          }
          expect([0, 1, 2].map((each) => listed(servers, each))).toEqual(on);
        }
      }),
    );
  });

  it("may leave while the list is walked", () => {
    const servers = new Servers(5, 1);
    for (let server = 0; server < 5; server++) servers.place(server, 0);
    const walked: number[] = [];
    servers.forEachOn(0, (server) => {
      walked.push(server);
      if (server % 2 === 0) servers.remove(server);
    });
    expect(walked).toEqual([4, 3, 2, 1, 0]);
    expect(listed(servers, 0)).toEqual([3, 1]);
  });
});
