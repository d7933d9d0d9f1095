import { describe, expect, it } from "vitest";
import type { Stations } from "../../src/queueing/station.ts";
import { nova } from "../../src/services/nova.ts";
import {
  at,
  attempt,
  call,
  cast,
  enter,
  holding,
  once,
  retry,
  together,
  transfer,
  user,
  wait,
  when,
  within,
} from "../../src/workflows/vocabulary.ts";
import { desk, leftovers, story } from "./tiny-cloud.ts";

// A message takes 10 us each way, `serve` 100 us at one worker.

const { serve } = desk.counter;
const pause = (micros: number) => wait(`${micros} us`, () => micros);

function station(stations: Stations, name: string) {
  for (let id = 0; id < stations.count; id++) {
    const statistics = stations.statistics(id as Parameters<Stations["statistics"]>[0]);
    if (statistics.name === name) return statistics;
  }
  throw new RangeError(`no station ${name}`);
}

describe("a call", () => {
  it("is the way there, the service and the way back", () => {
    expect(story((say) => [call(serve, "paper"), say("answered")]).tell()).toEqual(["0 answered @120", "0 done @120"]);
  });

  it("pays the way back of the last answer before the workflow ends", () => {
    expect(story(() => [call(serve, "paper"), call(serve, "paper")]).tell()).toEqual(["0 done @240"]);
  });

  it("waits for a worker, in order of arrival", () => {
    const told = story(() => [call(serve, "paper")]);
    expect(told.tell(3)).toEqual(["0 done @120", "1 done @220", "2 done @320"]);
    expect(station(told.engine.stations, "desk.counter")).toMatchObject({
      arrivals: 3,
      departures: 3,
      mostWaiting: 2,
      meanWaitMicros: 100,
    });
    expect(told.engine.waitMillis("desk.counter")).toBe(0.1);
    expect(leftovers(told)).toEqual([]);
  });

  it("finds as many workers as the cloud is given, and takes the time the cloud says", () => {
    const options = { workers: new Map([["desk.counter", 2]]), serviceTimes: new Map([["desk.counter.serve", 200]]) };
    const told = story(() => [call(serve, "paper")], options);
    // The law about the mean stays: a constant here.
    expect(told.tell(3)).toEqual(["0 done @220", "1 done @220", "2 done @420"]);
  });

  it("does not wait when it is a cast: what follows happens at the other end", () => {
    expect(story((say) => [cast(serve, "paper"), say("there")]).tell()).toEqual(["0 there @110", "0 done @110"]);
  });

  it("costs no way at all where it is served in place", () => {
    expect(story((say) => [call(desk.office.file, "paper"), say("filed")]).tell()).toEqual(["0 filed @50", "0 done @50"]);
  });

  it("costs no way either where a component does something itself, be it one that others reach by RPC", () => {
    const told = story(() => [at(desk.remote, call(desk.remote.work, "work")), at(desk.counter, call(serve, "paper"))]);
    expect(told.tell()).toEqual(["0 done @200"]);
  });

  it("may be answered later than its worker is free", () => {
    expect(story((say) => [call(desk.slow.ponder, "why"), say("because")]).tell(2)).toEqual([
      "0 because @1120",
      "0 done @1120",
      "1 because @1220", // the one worker took the second at 110
      "1 done @1220",
    ]);
  });

  it("may be answered at a random instant up to a bound, which differs between servers and repeats with the seed", () => {
    const ends = (seed: string) => story(() => [call(desk.slow.wander, "where")], { seed, workers: new Map([["desk.slow", 16]]) }).tell(16);
    const instants = ends("1").map((line) => Number(line.split("@")[1]));
    for (const instant of instants) {
      expect(instant).toBeGreaterThanOrEqual(120);
      expect(instant).toBeLessThanOrEqual(1120);
    }
    expect(new Set(instants).size).toBeGreaterThan(10);
    expect(ends("1")).toEqual(ends("1"));
    expect(ends("2")).not.toEqual(ends("1"));
  });

  it("takes longer the more hosts there are, where the operation looks at each", () => {
    expect(story(() => [call(desk.surveyor.survey, "all")], { hosts: 5 }).tell()).toEqual(["0 done @135"]);
  });

  it("goes to the host of the server where every host has such a component", () => {
    const told = story(() => [call(desk.porter.carry, "box")], { hosts: 2 });
    // Servers 0 and 2 are on host 0, servers 1 and 3 on host 1.
    expect(told.tell(4)).toEqual(["0 done @100", "1 done @100", "2 done @200", "3 done @200"]);
    expect(station(told.engine.stations, "desk.porter@host-1").departures).toBe(2);
  });

  it("passes the message queue when it is RPC: one message to the broker, one to the worker, and one for the answer", () => {
    const told = story((say) => [call(desk.remote.work, "cast"), say("answered")]);
    const served: string[] = [];
    told.cloud.simulation.observe((time, kind, strand) => {
      if (told.cloud.simulation.nameOf(kind) === "request served") served.push(`${told.engine.describe(strand)} ${time}`);
    });
    told.tell();
    const delivered = Number(/deliver (\d+)$/.exec(served[0]!)![1]);
    expect(delivered).toBeGreaterThan(1000); // 10 us to the broker, and some milliseconds there
    expect(served).toEqual([
      `story of server-1, at nova.messageQueue.deliver ${delivered}`,
      `story of server-1, at desk.remote.work ${delivered + 10 + 100}`,
    ]);
    expect(told.log[0]).toBe(`0 answered @${delivered + 10 + 100 + 10}`);
  });

  it("is counted, by who calls and what", () => {
    const told = story(() => [at(user, call(serve, "paper")), at(nova.api, call(serve, "paper"), call(desk.office.file, "paper"))]);
    told.tell(2);
    // Two servers at one counter: the second waits 100 us for the first, both twice; 10 us there and back for the user.
    expect(told.engine.calls).toEqual([
      { from: "user", operation: "desk.counter.serve", what: "paper", count: 2, micros: 340 },
      { from: "nova.api", operation: "desk.counter.serve", what: "paper", count: 2, micros: 400 },
      { from: "nova.api", operation: "desk.office.file", what: "paper", count: 2, micros: 100 },
    ]);
  });

  it("is refused by a full station, and the refusal is a failure like any other", () => {
    const options = { capacities: new Map([["desk.counter", 2]]) };
    const told = story((say) => [attempt([call(serve, "paper")], { undo: [say("sorry")] })], options);
    expect(told.tell(3)).toEqual(["2 sorry @10", "2 ServiceUnavailable @10", "0 done @120", "1 done @220"]);
    expect(station(told.engine.stations, "desk.counter")).toMatchObject({ arrivals: 2, lost: 1 });
    expect(leftovers(told)).toEqual([]);
  });
});

describe("enter and when", () => {
  it("enter changes the states of the server, each by itself", () => {
    const { cloud, tell } = story(() => [enter("scheduling", "building"), enter("networking")]);
    tell();
    expect([cloud.servers.vmStateOf(0), cloud.servers.taskStateOf(0)]).toEqual(["building", "networking"]);
  });

  it("when leaves its steps out for those of whom it does not hold", () => {
    const told = story((say) => [when("odd", (_cloud, subject) => subject % 2 === 1, pause(5), say("odd")), say("after")]);
    expect(told.tell(2)).toEqual(["0 after @0", "0 done @0", "1 odd @5", "1 after @5", "1 done @5"]);
  });
});

describe("transfers", () => {
  it("share the link of Glance: hand-calculated ends of three downloads", () => {
    // 1000 B/s. Two of 1000 B from 0: 500 B/s each. A third joins at 1 s, when 500 B of each are left: a third of the link each, so the first
    // two end at 1 + 500 / (1000 / 3) = 2.5 s. By then the third has 500 B to go, and the link to itself: 3 s.
    const download = transfer("image", (cloud, server) => ({
      ...{ bytes: 1000, flow: server },
      ...{ from: cloud.fabric.glance, to: cloud.servers.host[server]! },
    }));
    const told = story(() => [download], { hosts: 3 });
    told.begin(0);
    told.begin(1);
    told.begin(2, 1_000_000);
    told.cloud.simulation.run();
    expect(told.log).toEqual(["0 done @2500000", "1 done @2500000", "2 done @3000000"]);
    expect(told.cloud.transfers.carried).toBeCloseTo(3000, 6);
  });

  it("of nothing, or over no link, take no time", () => {
    const told = story(() => [transfer("nothing", () => ({ bytes: 0, route: [0] })), transfer("here", () => ({ bytes: 1e12, route: [] }))]);
    expect(told.tell()).toEqual(["0 done @0"]);
  });
});

describe("together", () => {
  it("ends when the last branch has ended", () => {
    const told = story((say) => [together([pause(100), say("a")], [pause(300), say("b")], [say("c")]), say("joined")]);
    expect(told.tell()).toEqual(["0 c @0", "0 a @100", "0 b @300", "0 joined @300", "0 done @300"]);
    expect(leftovers(told)).toEqual([]);
  });

  it("pays the answers of its branches before it joins", () => {
    expect(story(() => [together([call(serve, "paper")], [pause(119)])]).tell()).toEqual(["0 done @120"]);
  });

  it("passes a failure on, after the other branches have come to their end", () => {
    const told = story((say) => [together([pause(50), say("a", "VolumeNotCreated")], [pause(300), say("b")]), say("never")]);
    expect(told.tell()).toEqual(["0 a @50", "0 b @300", "0 VolumeNotCreated @300"]);
    expect(leftovers(told)).toEqual([]);
  });

  it("fails with the failure that came first", () => {
    const told = story((say) => [together([pause(60), say("a", "NoValidHost")], [pause(50), say("b", "VolumeNotCreated")])]);
    expect(told.tell()).toEqual(["0 b @50", "0 a @60", "0 VolumeNotCreated @60"]);
  });

  it("can be nested, and can fail from within", () => {
    const told = story((say) => [
      attempt([together([together([pause(10), say("a", "NoValidHost")], [pause(20)]), say("never")], [pause(30), say("b")])], {
        undo: [say("undone")],
      }),
    ]);
    expect(told.tell()).toEqual(["0 a @10", "0 b @30", "0 undone @30", "0 NoValidHost @30"]);
    expect(leftovers(told)).toEqual([]);
  });

  it("with branches that take no time, or with none at all, takes no time", () => {
    const told = story((say) => [together(), together([say("a")], [], [say("b")]), say("joined")]);
    expect(told.tell()).toEqual(["0 a @0", "0 b @0", "0 joined @0", "0 done @0"]);
  });
});

describe("attempt", () => {
  it("does not undo what went well", () => {
    expect(story((say) => [attempt([say("a")], { undo: [say("undone")] })]).tell()).toEqual(["0 a @0", "0 done @0"]);
  });

  it("undoes after a failure, in time, before the failure goes on", () => {
    const told = story((say) => [attempt([say("a", "NoValidHost"), say("never")], { undo: [pause(10), say("undone")] }), say("never")]);
    expect(told.tell()).toEqual(["0 a @0", "0 undone @10", "0 NoValidHost @10"]);
  });

  it("undoes from the inside out", () => {
    const inner = (say: Parameters<Parameters<typeof story>[0]>[0]) => attempt([say("a", "NoValidHost")], { undo: [say("inner")] });
    const told = story((say) => [attempt([inner(say), say("never")], { undo: [say("outer")] })]);
    expect(told.tell()).toEqual(["0 a @0", "0 inner @0", "0 outer @0", "0 NoValidHost @0"]);
  });

  it("fails with the failure of its undo when that fails", () => {
    const told = story((say) => [attempt([say("a", "NoValidHost")], { undo: [say("worse", "ServiceUnavailable"), say("never")] })]);
    expect(told.tell()).toEqual(["0 a @0", "0 worse @0", "0 ServiceUnavailable @0"]);
  });

  it("lets an undo have attempts, limits and conditions of its own without losing the failure", () => {
    const told = story((say) => [
      attempt([say("a", "NoValidHost")], {
        undo: [
          within({ time: () => 100, outcome: "BuildTimeout", expired: () => {} }, pause(10)),
          attempt([say("b")], { undo: [say("never")] }),
          when("so", () => true, say("c")),
        ],
      }),
    ]);
    expect(told.tell()).toEqual(["0 a @0", "0 b @10", "0 c @10", "0 NoValidHost @10"]);
  });
});

describe("retry", () => {
  const rule = (times: number) => ({ times: () => times, on: "RescheduledException", exhausted: "MaxRetriesExceeded" }) as const;

  it("begins its steps as often as the rule says, does `before` in between, and is then exhausted", () => {
    const told = story((say) => [retry(rule(3), [pause(10), say("try", "RescheduledException")], { before: [pause(1), say("before")] })]);
    expect(told.tell()).toEqual(["0 try @10", "0 before @11", "0 try @21", "0 before @22", "0 try @32", "0 MaxRetriesExceeded @32"]);
  });

  it("goes on as soon as the steps succeed", () => {
    let tries = 0;
    const told = story((say) => [
      retry(rule(9), [say("try"), when("not yet", () => ++tries < 3, say("no", "RescheduledException"))], { before: [] }),
      say("after"),
    ]);
    expect(told.tell()).toEqual(["try", "no", "try", "no", "try", "after", "done"].map((text) => `0 ${text} @0`));
  });

  it("lets every other failure pass at once", () => {
    expect(story((say) => [retry(rule(3), [say("try", "NoValidHost")], { before: [] })]).tell()).toEqual(["0 try @0", "0 NoValidHost @0"]);
  });

  it("ends with the failure of `before` when that fails", () => {
    const told = story((say) => [retry(rule(3), [say("try", "RescheduledException")], { before: [say("before", "MaxRetriesExceeded")] })]);
    expect(told.tell()).toEqual(["0 try @0", "0 before @0", "0 MaxRetriesExceeded @0"]);
  });

  it("counts anew in every round of a retry around it", () => {
    const inner = { times: () => 3, on: "AllocationConflict", exhausted: "RescheduledException" } as const;
    const told = story((say) => [
      retry(rule(2), [retry(inner, [say("try", "AllocationConflict")], { before: [] })], { before: [say("again")] }),
    ]);
    expect(told.tell()).toEqual(
      [...["try", "try", "try", "again", "try", "try", "try"], "MaxRetriesExceeded"].map((text) => `0 ${text} @0`),
    );
  });

  it("draws new service times for every try, also of a retry within a retry", () => {
    const inner = { times: () => 3, on: "AllocationConflict", exhausted: "RescheduledException" } as const;
    const work = [call(desk.varied.work, "work")];
    const told = story((say) => [
      retry(rule(2), [retry(inner, [...work, say("try", "AllocationConflict")], { before: [] })], { before: [] }),
    ]);
    const instants = told
      .tell()
      .slice(0, -1)
      .map((line) => Number(line.split("@")[1]));
    const spans = instants.map((instant, index) => instant - (instants[index - 1] ?? 0));
    expect(new Set(spans).size).toBe(6);
  });

  it("takes a failed branch for a failure of its steps, and runs the branches again", () => {
    const told = story((say) => [
      retry(rule(2), [together([pause(5), say("a", "RescheduledException")], [pause(7)])], { before: [say("again")] }),
    ]);
    expect(told.tell()).toEqual(["0 a @5", "0 again @7", "0 a @12", "0 MaxRetriesExceeded @14"]);
    expect(leftovers(told)).toEqual([]);
  });
});

describe("within", () => {
  const limit = (log: string[], time = 100) => ({
    time: () => time,
    outcome: "BuildTimeout" as const,
    expired: (cloud: { readonly simulation: { readonly now: number } }, subject: number) => {
      log.push(`${subject} expired @${cloud.simulation.now}`);
    },
  });

  it("does not show when the work is done in time", () => {
    const expired: string[] = [];
    const told = story((say) => [within(limit(expired), pause(99), say("in time")), pause(1000)]);
    expect(told.tell()).toEqual(["0 in time @99", "0 done @1099"]);
    expect(expired).toEqual([]);
  });

  it("expires at its instant while the work goes on, which then fails", () => {
    const expired: string[] = [];
    const told = story((say) => [within(limit(expired), pause(60), say("a"), pause(60), say("b")), say("never")]);
    expect(told.tell()).toEqual(["0 a @60", "0 b @120", "0 BuildTimeout @120"]);
    expect(expired).toEqual(["0 expired @100"]);
  });

  it("fails with its own outcome when the work fails after the time is up, and with the work's before", () => {
    const rule = { times: () => 3, on: "RescheduledException", exhausted: "MaxRetriesExceeded" } as const;
    const build = (micros: number) => {
      const told = story((say) => [retry(rule, [within(limit([]), pause(micros), say("fails", "RescheduledException"))], { before: [] })]);
      return told.tell().at(-1);
    };
    expect(build(150)).toBe("0 BuildTimeout @150"); // and so is not tried again
    expect(build(50)).toBe("0 MaxRetriesExceeded @150");
  });

  it("is no limit when its time is 0", () => {
    expect(story(() => [within(limit([], 0), pause(1_000_000))]).tell()).toEqual(["0 done @1000000"]);
  });

  it("begins anew with every try", () => {
    const expired: string[] = [];
    const rule = { times: () => 3, on: "RescheduledException", exhausted: "MaxRetriesExceeded" } as const;
    const told = story((say) => [retry(rule, [within(limit(expired), pause(80), say("fails", "RescheduledException"))], { before: [] })]);
    expect(told.tell().at(-1)).toBe("0 MaxRetriesExceeded @240");
    expect(expired).toEqual([]);
  });

  it("runs on while branches run, each of which can have a limit of its own", () => {
    const outer: string[] = [];
    const inner: string[] = [];
    const told = story(() => [within(limit(outer, 200), together([within(limit(inner, 50), pause(100))], [pause(300)]))]);
    expect(told.tell()).toEqual(["0 BuildTimeout @300"]);
    expect(inner).toEqual(["0 expired @50"]);
    expect(outer).toEqual(["0 expired @200"]);
    expect(leftovers(told)).toEqual([]);
  });

  it("is the server's own: the limit of one does not touch the other", () => {
    const expired: string[] = [];
    const told = story(() => [
      within(
        limit(expired),
        when("odd", (_cloud, subject) => subject === 1, pause(150)),
        pause(10),
      ),
    ]);
    expect(told.tell(2)).toEqual(["0 done @10", "1 BuildTimeout @160"]);
    expect(expired).toEqual(["1 expired @100"]);
  });
});

describe("holding", () => {
  it("is a semaphore of the host: two at a time, in order of arrival, and every host has its own", () => {
    const told = story((say) => [holding(desk.seats, say("sits"), pause(100)), say("leaves")], { hosts: 2 });
    expect(told.tell(7).filter((line) => line.includes("sits"))).toEqual([
      ...["0 sits @0", "1 sits @0", "2 sits @0", "3 sits @0"],
      ...["4 sits @100", "5 sits @100", "6 sits @100"],
    ]);
    expect(station(told.engine.stations, "desk.seats@host-0")).toMatchObject({ arrivals: 4, departures: 4, mostWaiting: 2 });
    expect(leftovers(told)).toEqual([]);
  });

  it("is one for the whole cloud where the component is", () => {
    const told = story((say) => [holding(desk.hall, say("in"), pause(100))], { hosts: 4 });
    expect(told.tell(3).filter((line) => line.includes("in"))).toEqual(["0 in @0", "1 in @0", "2 in @100"]);
    expect(leftovers(told)).toEqual([]);
  });

  it("gives the worker back after a failure", () => {
    const told = story((say) => [holding(desk.seats, pause(100), say("fails", "NoValidHost"))], { hosts: 1 });
    expect(told.tell(3)).toEqual([
      ...["0 fails @100", "0 NoValidHost @100", "1 fails @100", "1 NoValidHost @100"],
      ...["2 fails @200", "2 NoValidHost @200"],
    ]);
    expect(leftovers(told)).toEqual([]);
  });

  it("does not limit when there are 0 workers, as max_concurrent_builds 0 says", () => {
    const told = story(() => [holding(desk.seats, pause(100))], { hosts: 1, workers: new Map([["desk.seats", 0]]) });
    expect(told.tell(9)).toEqual(Array.from({ length: 9 }, (_, subject) => `${subject} done @100`));
  });

  it("can be refused when the line is full", () => {
    const told = story(() => [holding(desk.seats, pause(100))], { hosts: 1, capacities: new Map([["desk.seats", 3]]) });
    expect(told.tell(4)).toEqual(["3 ServiceUnavailable @0", "0 done @100", "1 done @100", "2 done @200"]);
    expect(leftovers(told)).toEqual([]);
  });
});

describe("once", () => {
  const sameForAll = () => 0;

  it("is done by the first to come; others wait for him, and later ones pass", () => {
    const told = story((say) => [once("errand", sameForAll, say("goes"), pause(100), say("back")), say("after")]);
    told.begin(0);
    told.begin(1, 50);
    told.begin(2, 60);
    told.begin(3, 500);
    told.cloud.simulation.run();
    expect(told.log).toEqual([
      ...["0 goes @0", "0 back @100", "0 after @100", "0 done @100"],
      ...["1 after @100", "1 done @100", "2 after @100", "2 done @100", "3 after @500", "3 done @500"],
    ]);
    expect(leftovers(told)).toEqual([]);
  });

  it("is once for each key", () => {
    const told = story((say) => [once("errand", (cloud, subject) => cloud.servers.host[subject]!, say("goes"), pause(100))], { hosts: 2 });
    expect(told.tell(4).filter((line) => line.includes("goes"))).toEqual(["0 goes @0", "1 goes @0"]);
  });

  it("is done by the first who waits when the one before has failed, and the failure is not that of those who wait", () => {
    const first = (_cloud: unknown, subject: number) => subject === 0;
    const told = story((say) => [
      once("errand", sameForAll, say("goes"), pause(100), when("the first", first, say("fails", "NoValidHost"))),
      say("after"),
    ]);
    told.begin(0);
    for (const subject of [1, 2]) told.begin(subject, 10);
    told.cloud.simulation.run(50);
    told.begin(3, 50); // comes at the very instant of the failure, just after it: those who wait are before him
    told.cloud.simulation.run();
    expect(told.log).toEqual([
      ...["0 goes @0", "0 fails @100", "0 NoValidHost @100", "1 goes @100", "1 after @200", "1 done @200"],
      ...["2 after @200", "2 done @200", "3 after @200", "3 done @200"],
    ]);
    expect(leftovers(told)).toEqual([]);
  });

  it("is begun anew by whoever comes after a failure for which nobody waited", () => {
    const told = story((say) => [once("errand", sameForAll, say("goes", "NoValidHost"))]);
    expect(told.tell(2)).toEqual(["0 goes @0", "0 NoValidHost @0", "1 goes @0", "1 NoValidHost @0"]);
  });

  it("can stand within another, each with a key of its own", () => {
    const told = story((say) => [
      once("outer", (_cloud, subject) => subject >> 1, say("outer"), once("inner", sameForAll, say("inner"), pause(10)), pause(5)),
      say("after"),
    ]);
    expect(told.tell(4)).toEqual([
      ...["0 outer @0", "0 inner @0", "2 outer @0"],
      ...["0 after @15", "0 done @15", "2 after @15", "2 done @15", "1 after @15", "1 done @15", "3 after @15", "3 done @15"],
    ]);
    expect(leftovers(told)).toEqual([]);
  });
});

describe("what cannot be run is refused before it runs", () => {
  const limit = { time: () => 1, outcome: "BuildTimeout", expired: () => {} } as const;
  const rule = { times: () => 2, on: "RescheduledException", exhausted: "MaxRetriesExceeded" } as const;

  it("a limit within a limit of the same strand", () => {
    expect(() => story(() => [within(limit, attempt([within(limit)], { undo: [] }))])).toThrow(
      /workflow "story": "within" cannot stand within another/,
    );
  });

  it("branches or retries in an undo", () => {
    expect(() => story(() => [attempt([], { undo: [when("so", () => true, together([]))] })])).toThrow(
      /"together" cannot stand in an undo/,
    );
    expect(() => story(() => [attempt([], { undo: [retry(rule, [], { before: [] })] })])).toThrow(/"retry" cannot stand in an undo/);
  });

  it("retries nested deeper than the engine counts", () => {
    const deep = (depth: number): ReturnType<typeof retry> => retry(rule, depth === 0 ? [] : [deep(depth - 1)], { before: [] });
    expect(() => story(() => [deep(3)])).not.toThrow();
    expect(() => story(() => [deep(4)])).toThrow(/retries are nested more than 4 deep/);
  });

  it("a call to the host of a server that has none", () => {
    const told = story(() => [call(desk.porter.carry, "box")]);
    told.cloud.servers.remove(0);
    expect(() => told.tell()).toThrow(/story of server-1, at desk.porter.carry: it has no host to go to/);
  });
});
