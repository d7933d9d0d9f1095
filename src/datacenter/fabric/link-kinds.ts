// Links told apart by what they join: those of hosts, those of services, and the levels of the switches between them. Every cable is two links,
// one for each direction, and each is looked at by itself.
import type { Fabric } from "./fabric.ts";

/** The levels of switches that cables join, from the hosts up. A custom network has no levels. */
const levels = {
  star: [],
  leafSpine: ["leaf", "spine"],
  fatTree: ["edge", "aggregation", "core"],
  custom: ["switch", "switch"],
} as const;

export type TopologyName = keyof typeof levels;

/** The kinds of links of a topology, each in both directions: `host_to_switch`, `leaf_to_spine`. */
export function linkKinds(topology: TopologyName): readonly string[] {
  const above: readonly string[] = levels[topology];
  const pairs = above.slice(1).map((upper, i) => [above[i]!, upper] as const);
  const between = pairs.flatMap(([lower, upper]) => [`${lower}_to_${upper}`, `${upper}_to_${lower}`]);
  return ["host_to_switch", "switch_to_host", "service_to_switch", "switch_to_service", ...new Set(between)];
}

export interface FabricLink {
  /** In the capacity that the fabric's links are part of. */
  readonly link: number;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  /** As wired, whether it is up or not. */
  readonly bytesPerSecond: number;
}

/** All links that may limit a flow: ports in the order of their attach points, then cables as they were plugged in. */
export function linksOf(fabric: Fabric, topology: TopologyName): readonly FabricLink[] {
  const { wiring } = fabric;
  const levelOf = (name: string) => (topology === "custom" ? "switch" : name.replace(/-\d+$/, ""));
  return fabric.links().map(({ link, point, sends, ends: [one, other], bytesPerSecond }) => {
    const [a, b] = [one, other].map((at) => (at < 0 ? wiring.pointName(point) : wiring.switchNames[at]!)) as [string, string];
    if (point < 0) return { link, kind: `${levelOf(a)}_to_${levelOf(b)}`, from: a, to: b, bytesPerSecond };
    const what = point < wiring.hostCount ? "host" : "service";
    return { link, kind: sends ? `${what}_to_switch` : `switch_to_${what}`, from: a, to: b, bytesPerSecond };
  });
}

/** Most of any switch with hosts on it: bandwidth of all that hangs on it over that of its cables to other switches; NaN where no cable limits. */
export function mostOversubscribed({ wiring }: Fabric): number {
  let most = Number.NaN;
  const withNics = new Set(wiring.portSwitch.filter((_, port) => wiring.portPoint[port]! < wiring.hostCount));
  for (const at of withNics) {
    const ratio = wiring.oversubscriptionOf(at);
    if (ratio > 0 && ratio < Number.POSITIVE_INFINITY && !(ratio <= most)) most = ratio;
  }
  return most;
}
