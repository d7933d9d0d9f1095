import { describe, expect, it } from "vitest";
import { ChangeLog } from "../../src/datacenter/change-log.ts";
import type { HostId } from "../../src/datacenter/hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";
import { someHosts } from "./some-hosts.ts";

/** The rows noted since a place. */
const since = (log: ChangeLog, place: number) => Array.from({ length: log.count - place }, (_, i) => log.row(place + i));

describe("a log of changes", () => {
  it("tells each reader the rows since its own place, in their order", () => {
    const log = new ChangeLog(1000);
    for (const row of [7, 3, 7]) log.note(row);
    expect([since(log, 0), since(log, 2), since(log, 3)]).toEqual([[7, 3, 7], [7], []]);
  });

  it("says so when a reader has fallen too far behind to be told", () => {
    const log = new ChangeLog(1000);
    expect(log.length).toBe(256);
    for (let row = 0; row < 300; row++) log.note(row);
    expect([log.remembers(43), log.remembers(44), log.row(44)]).toEqual([false, true, 44]);
    const place = log.count;
    log.noteAll();
    expect([log.remembers(place), log.remembers(log.count)]).toEqual([false, true]);
  });

  it("is written by every verb that changes a host", () => {
    const hosts = someHosts({}, {}, {});
    const small = flavor("small", 1, 1024, 1);
    const verbs: readonly (readonly [name: string, verb: (host: HostId) => unknown, state: (host: number) => number])[] = [
      ["claim", (host) => hosts.claim(host, small), (host) => hosts.roomRamMb(host)],
      ["begin a build", (host) => hosts.beginBuild(host), (host) => hosts.numIoOps(host)],
      ["fail a build", (host) => hosts.buildFailed(host), (host) => hosts.numFailedBuilds(host)],
      ["succeed", (host) => hosts.buildSucceeded(host), (host) => hosts.numFailedBuilds(host)],
      ["end a build", (host) => hosts.endBuild(host), (host) => hosts.numIoOps(host)],
      ["take the service down", (host) => hosts.setService(host, false), (host) => Number(hosts.serviceIsUp(host, 60))],
      ["release", (host) => hosts.release(host, small), (host) => hosts.roomRamMb(host)],
    ];
    for (const [name, verb, state] of verbs) {
      const place = hosts.changes.count;
      const before = state(1);
      verb(1 as HostId);
      expect([name, state(1) !== before, since(hosts.changes, place)]).toEqual([name, true, [1]]);
    }
    // A refused claim changes nothing.
    const place = hosts.changes.count;
    hosts.claim(0 as HostId, flavor("vast", 99, 1024, 1));
    expect(hosts.changes.count).toBe(place);
  });
});

describe("the room of a host", () => {
  it("is the largest server that fits", () => {
    const hosts = someHosts({ cpuAllocationRatio: 4, ramAllocationRatio: 1.5, reservedRamMb: 512 });
    hosts.claim(0 as HostId, flavor("m", 6, 10_000, 30));
    const [vcpus, ramMb, diskGb] = [hosts.roomVcpuMilli(0) / 1000, hosts.roomRamMb(0), hosts.roomDiskGb(0)];
    expect([vcpus, ramMb, diskGb]).toEqual([8, 13_808, 70]);
    expect(hosts.fits(0, flavor("largest", vcpus, ramMb, diskGb))).toBe(true);
    for (const more of [flavor("v", vcpus + 0.001, 1, 1), flavor("r", 1, ramMb + 1, 1), flavor("d", 1, 1, diskGb + 1)])
      expect(hosts.fits(0, more)).toBe(false);
  });
});
