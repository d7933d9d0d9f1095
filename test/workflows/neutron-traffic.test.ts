// Traffic of guests: over which hosts it goes, what security groups drop, and what becomes of it when agents stop.
import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import type { NetworkingSpec } from "../../src/scenario/resolve-networking.ts";
import { type Ask, outcomesOf, ready, told, usual } from "./neutron-cloud.ts";
import { hostGroup } from "./tiny-scenario.ts";

const GB = 1e9;
const networks = [...usual.networks, { name: "red", cidr: "10.1.0.0/24", external: false, type: "vxlan", dhcp: true } as const];
/** One server a host, so that the two are on hosts of their own. */
const apart = { cloud: { hosts: [hostGroup(4, { vcpus: 2 })] } };

/** The first server is on blue, the second on red as well, by which it is reached. */
const joined = (...router: Ask[]): readonly Ask[] => [
  ...router,
  ["router set", { router: "r", external_gateway: "public" }],
  ["router add subnet", { router: "r", subnet: "blue" }],
  ["router add subnet", { router: "r", subnet: "red" }],
  ["security group create", { name: "open" }],
  ["security group rule create", { name: "all", group: "open" }],
  ["server add network", { server: 1, network: "red" }],
  ["server add security group", { server: 1, group: "open" }],
];

/** Bytes into and out of each host, in GB, and how long the last request took. */
function carried({ cloud }: BuiltRun, before: readonly number[]) {
  return bytesOf(cloud).map((bytes, i) => Math.round((bytes - before[i]!) / 1e7) / 100);
}

function bytesOf({ fabric, transfers, hosts }: BuiltRun["cloud"]): readonly number[] {
  return Array.from({ length: hosts.count }, (_, host) => {
    const [up] = fabric.route(host, fabric.glance, 0)!;
    const down = fabric.route(fabric.glance, host, 0)!.at(-1)!;
    return [transfers.bytesOn(down), transfers.bytesOn(up!)];
  }).flat();
}

/** Runs the requests before the last, then the last one. */
function lastOf(asks: readonly Ask[], networking: Partial<NetworkingSpec> = {}) {
  const built = ready(2, asks, networking, apart);
  const { simulation, servers } = built.cloud;
  simulation.run((4 + asks.length) * MINUTE - 1);
  const before = bytesOf(built.cloud);
  simulation.run((15 + asks.length) * MINUTE);
  const { askedAt, endedAt } = built.cloud.requests.row(asks.length - 1);
  const hosts = [servers.host[0]!, servers.host[1]!];
  return { built, outcomes: outcomesOf(built), carried: carried(built, before), seconds: (endedAt - askedAt) / SECOND, hosts };
}

/** In and out of each host: the receiver in, the sender out, the router's both. */
function expected(from: number, to: number, via: number | null): readonly number[] {
  const bytes = new Array<number>(8).fill(0);
  const leg = (a: number, b: number) => {
    if (a === b) return;
    bytes[2 * a + 1]! += 5;
    bytes[2 * b]! += 5;
  };
  if (via === null) leg(from, to);
  else {
    leg(from, via);
    leg(via, to);
  }
  return bytes;
}

describe("data between two servers", () => {
  it("on one network goes straight from host to host, at the speed of their links", () => {
    const { outcomes, carried, hosts, seconds } = lastOf([["server send", { server: 0, to: 1, size: 5 * GB }]]);
    expect(outcomes).toEqual(["server send 200"]);
    expect(hosts[0]).not.toBe(hosts[1]);
    expect(carried).toEqual(expected(hosts[0]!, hosts[1]!, null));
    expect(seconds).toBeCloseTo(4, 1); // 5 GB at 10 Gbit/s
  });

  it("which wait for each other's links share them fairly", () => {
    const built = ready(3, [["server send", { server: 0, to: 2, size: 5 * GB }]], {}, apart);
    const { simulation, requests } = built.cloud;
    // Another one at the same instant, to the same receiver.
    simulation.run(5 * MINUTE - 1);
    built.client!.send({ operation: "server send", project: 0, user: "", server: 1, args: { to: 2, size: 5 * GB } });
    simulation.run(10 * MINUTE);
    for (const row of [requests.row(0), requests.row(1)]) expect((row.endedAt - row.askedAt) / SECOND).toBeCloseTo(8, 1);
  });
});

/** The second server is on red only: it has no other way than a router. */
describe("data between two networks", () => {
  const first: readonly Ask[] = [["server remove network", { server: 1, network: "blue" }]];
  const send: Ask = ["server send", { server: 0, to: 1, size: 5 * GB }];
  const asks = (...router: Ask[]): readonly Ask[] => [...first, ...joined(...router), send];

  it("passes the network node of a legacy router", () => {
    const { outcomes, carried, hosts } = lastOf(asks(["router create", { name: "r" }]), { networks });
    expect(outcomes.at(-1)).toBe("server send 200");
    expect(carried).toEqual(expected(hosts[0]!, hosts[1]!, 3));
  });

  it("goes straight with a distributed router", () => {
    const dvr = { networks, agentMode: "dvr" } as const;
    const { outcomes, carried, hosts } = lastOf(asks(["router create", { name: "r", distributed: true }]), dvr);
    expect(outcomes.at(-1)).toBe("server send 200");
    expect(carried).toEqual(expected(hosts[0]!, hosts[1]!, null));
  });

  it("goes straight with OVN, whatever router is asked for", () => {
    const ovn = {
      networks: networks.map((one) => ({ ...one, type: one.external ? ("flat" as const) : ("geneve" as const) })),
      mechanism: "ovn",
    };
    const { outcomes, carried, hosts } = lastOf(asks(["router create", { name: "r" }]), ovn);
    expect(outcomes.at(-1)).toBe("server send 200");
    expect(carried).toEqual(expected(hosts[0]!, hosts[1]!, null));
  });

  it("passes the active agent of an HA router, and another one when that has stopped", () => {
    const ha = { networks, networkNodes: [2, 3] };
    const router: Ask = ["router create", { name: "r", ha: true }];
    expect(lastOf(asks(router), ha).carried).toEqual(expected(...pair(lastOf(asks(router), ha).hosts), 2));
    const stopped = lastOf([...first, ...joined(router), ["network agent stop", { host: "compute-3" }], send], ha);
    expect(stopped.outcomes.at(-1)).toBe("server send 200");
    expect(stopped.carried).toEqual(expected(...pair(stopped.hosts), 3));
  });

  it("has no way while the agent of a legacy router is stopped, unless Neutron may move the router", () => {
    const stopped = (automaticL3Failover: boolean) =>
      lastOf(
        [
          ...first,
          ...joined(["router create", { name: "r" }]),
          ["network agent stop", { host: "compute-3" }],
          send,
          // After the agent has been silent for 75 s.
          send,
        ],
        { networks, networkNodes: [2, 3], automaticL3Failover },
      ).outcomes.slice(-2);
    expect(stopped(false)).toEqual(["server send 500 HostUnreachable", "server send 500 HostUnreachable"]);
    expect(stopped(true)).toEqual(["server send 500 HostUnreachable", "server send 200"]);
  });

  it("has no way without a router", () => {
    const { outcomes } = lastOf([...first, ["server add network", { server: 1, network: "red" }], send], { networks });
    expect(outcomes.at(-1)).toBe("server send 500 HostUnreachable");
  });
});

const pair = (hosts: readonly number[]) => [hosts[0]!, hosts[1]!] as const;

describe("data to the outside", () => {
  const out: readonly Ask[] = [
    ["router create", { name: "r" }],
    ["router set", { router: "r", external_gateway: "public" }],
    ["router add subnet", { router: "r", subnet: "blue" }],
  ];

  it("leaves through the router's network node and the cloud's way out", () => {
    const { built, outcomes, carried, hosts } = lastOf([...out, ["server send", { server: 0, size: 5 * GB }]]);
    expect(outcomes.at(-1)).toBe("server send 200");
    expect(carried).toEqual(expected(hosts[0]!, 3, null));
    expect(built.cloud.transfers.bytesOn(built.cloud.network!.options.outwards)).toBeCloseTo(5 * GB, 0);
  });

  it("comes in by a floating IP, where a rule lets it in", () => {
    const asks: readonly Ask[] = [
      ...out,
      ["server receive", { server: 0, size: 5 * GB }],
      ["floating ip create", { name: "f", network: "public" }],
      ["server add floating ip", { server: 0, floating_ip: "f" }],
      ["server receive", { server: 0, size: 5 * GB }],
      ["security group create", { name: "web" }],
      ["security group rule create", { name: "http", group: "web", protocol: "tcp", dst_port: "80" }],
      ["server add security group", { server: 0, group: "web" }],
      ["server receive", { server: 0, size: 5 * GB }],
    ];
    const { built, outcomes, carried, hosts } = lastOf(asks);
    expect(outcomes.filter((outcome) => outcome.startsWith("server receive"))).toEqual([
      "server receive 500 HostUnreachable",
      "server receive 500 ConnectionTimeout",
      "server receive 200",
    ]);
    expect(carried).toEqual(expected(3, hosts[0]!, null));
    expect(built.cloud.transfers.bytesOn(built.cloud.network!.options.inwards)).toBeCloseTo(5 * GB, 0);
  });

  it("needs a router with a gateway", () => {
    expect(told(1, [["server send", { server: 0, size: 1 }]]).outcomes).toEqual(["server send 500 HostUnreachable"]);
  });
});

describe("security groups", () => {
  it("let members of the default group in, and others only where a rule says so", () => {
    const { outcomes } = told(2, [
      ["server send", { server: 0, to: 1, size: 1 }],
      ["security group create", { name: "web" }],
      ["port create", { name: "p", network: "blue", security_group: ["web"] }],
      ["server remove network", { server: 1, network: "blue" }],
      ["server add port", { server: 1, port: "p" }],
      ["server send", { server: 0, to: 1, size: 1 }],
      ["security group rule create", { name: "http", group: "web", protocol: "tcp", dst_port: "80" }],
      ["server send", { server: 0, to: 1, size: 1 }],
      ["server send", { server: 0, to: 1, size: 1, port: 22 }],
      ["server send", { server: 0, to: 1, size: 1, protocol: "udp" }],
      ["security group rule delete", { rule: "http" }],
      ["server send", { server: 0, to: 1, size: 1 }],
    ]);
    expect(outcomes.filter((outcome) => outcome.startsWith("server send"))).toEqual([
      "server send 200",
      "server send 500 ConnectionTimeout",
      "server send 200",
      "server send 500 ConnectionTimeout",
      "server send 500 ConnectionTimeout",
      "server send 500 ConnectionTimeout",
    ]);
  });
});
