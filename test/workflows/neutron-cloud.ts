// A cloud with networks, small enough to reason about, and what comes of requests sent one after another.
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import type { NetworkingSpec } from "../../src/scenario/resolve-networking.ts";
import type { Arguments } from "../../src/workflows/api/api-requests.ts";
import { build, type Overrides, requestTable, tinyScenario } from "./tiny-scenario.ts";

export const usual: NetworkingSpec = {
  mechanism: "openvswitch",
  networkType: "vxlan",
  vniRanges: ["1:1000"],
  vlanRanges: ["physnet1:100:101"],
  globalPhysnetMtu: 1500,
  networkNodes: [3],
  agentMode: "legacy",
  routerKind: "legacy",
  dhcpAgentsPerNetwork: 1,
  maxL3AgentsPerRouter: 3,
  reportInterval: 30 * SECOND,
  agentDownTime: 75 * SECOND,
  automaticL3Failover: false,
  externalBytesPerSecond: 1.25e9,
  quota: new Map(),
  networks: [
    { name: "blue", cidr: "10.0.0.0/24", external: false, type: "vxlan", dhcp: true },
    { name: "public", cidr: "198.51.100.0/24", external: true, type: "flat", dhcp: false },
  ],
  serversJoin: "blue",
};

export type Ask = readonly [operation: string, args?: Arguments & { readonly server?: number }];

export interface Told {
  readonly built: BuiltRun;
  /** `operation status outcome`, in the order of asking. */
  readonly outcomes: readonly string[];
}

/** `servers` servers at the beginning, and from the fifth minute on one request a minute; `{server: 0}` is about the first. */
export function told(servers: number, asks: readonly Ask[], networking: Partial<NetworkingSpec> = {}, more: Overrides = {}): Told {
  const built = ready(servers, asks, networking, more);
  built.cloud.simulation.run((asks.length + 15) * MINUTE);
  return { built, outcomes: outcomesOf(built) };
}

export function ready(servers: number, asks: readonly Ask[], networking: Partial<NetworkingSpec> = {}, more: Overrides = {}): BuiltRun {
  const scenario = tinyScenario({
    ...more,
    cloud: { networking: { ...usual, ...networking }, ...more.cloud },
    study: { duration: (asks.length + 15) * MINUTE },
  });
  const actions = asks.map(([operation, { server = -1, ...args } = {}], index) => ({
    at: (5 + index) * MINUTE,
    operation,
    project: 0,
    user: "",
    server,
    args: args as Arguments,
  }));
  return build({ ...scenario, actions }, requestTable(Array.from({ length: servers }, (_, batch) => ({ batch, flavor: 0 }))));
}

export function outcomesOf({ cloud: { requests } }: BuiltRun): readonly string[] {
  return Array.from({ length: requests.count }, (_, i) => {
    const { operation, status, outcome, endedAt } = requests.row(i);
    return `${operation} ${status}${endedAt < 0 ? " pending" : outcome === null ? "" : ` ${outcome}`}`;
  });
}

/** Calls that were made, by `caller > operation`. */
export function matrixOf({ engine }: BuiltRun): ReadonlyMap<string, number> {
  return new Map(engine!.calls.filter(({ count }) => count > 0).map(({ from, operation, count }) => [`${from} > ${operation}`, count]));
}
