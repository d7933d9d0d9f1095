// Which DHCP agents serve a network, and which L3 agents a router. All take the least loaded first; those that know availability zones spread over them.
// @source neutron/scheduler/base_scheduler.py, dhcp_agent_scheduler.py, l3_agent_scheduler.py
import { parameter } from "../../kernel/parameter.ts";

export const dhcpAgentsPerNetwork = parameter({
  name: "neutron.dhcp_agents_per_network",
  value: 1,
  unit: "1",
  meaning: "DHCP agents that serve a network.",
  source: "neutron/conf/agent/dhcp and agentschedulers_db.py (dhcp_agents_per_network)",
  evidence: "verified",
});

export const maxL3AgentsPerRouter = parameter({
  name: "neutron.max_l3_agents_per_router",
  value: 3,
  unit: "1",
  meaning: "L3 agents that an HA router is put on; 0 for all of them.",
  source: "neutron/conf/db/l3_hamode_db.py",
  evidence: "verified",
});

export interface ScheduledAgent {
  readonly id: string;
  readonly availabilityZone: string;
  /** Networks that a DHCP agent serves, or routers on an L3 agent. */
  readonly load: number;
}

export const dhcpSchedulers = ["WeightScheduler", "AZAwareWeightScheduler"] as const;
export type DhcpScheduler = (typeof dhcpSchedulers)[number];
export const l3Schedulers = ["LeastRoutersScheduler", "AZLeastRoutersScheduler"] as const;
export type L3Scheduler = (typeof l3Schedulers)[number];

/** The least loaded first; of equals the one that comes first. */
function byLoad<A extends ScheduledAgent>(agents: readonly A[]): readonly A[] {
  return [...agents].sort((a, b) => a.load - b.load);
}

/** Agents by zone, zones in the order of their first agent. */
function byZone<A extends ScheduledAgent>(agents: readonly A[]): Map<string, A[]> {
  const zones = new Map<string, A[]>();
  for (const agent of agents) {
    const others = zones.get(agent.availabilityZone);
    if (others === undefined) zones.set(agent.availabilityZone, [agent]);
    else others.push(agent);
  }
  return zones;
}

/**
 * `needed` more agents for a network, out of `hostable`.
 * @param hosting zones of the agents that serve the network already
 */
export function chooseDhcpAgents<A extends ScheduledAgent>(
  scheduler: DhcpScheduler,
  hostable: readonly A[],
  hosting: readonly string[],
  needed: number,
): readonly A[] {
  const sorted = byLoad(hostable);
  if (scheduler === "WeightScheduler") return sorted.slice(0, needed);
  const zones = byZone(sorted);
  const serving = new Map([...zones.keys()].map((zone) => [zone, hosting.filter((other) => other === zone).length]));
  const chosen: A[] = [];
  while (chosen.length < needed && zones.size > 0) {
    // The zone with the fewest; of equals the one whose lightest agent came first.
    let zone = "";
    for (const candidate of zones.keys()) if (zone === "" || serving.get(candidate)! < serving.get(zone)!) zone = candidate;
    const agents = zones.get(zone)!;
    chosen.push(agents.shift()!);
    serving.set(zone, serving.get(zone)! + 1);
    if (agents.length === 0) zones.delete(zone);
  }
  return chosen;
}

/** The agent for a router that is not highly available, or undefined if there is none. */
export function chooseL3Agent<A extends ScheduledAgent>(candidates: readonly A[]): A | undefined {
  return byLoad(candidates)[0];
}

/** Agents for an HA router. @param most 0 for all candidates */
export function chooseHaAgents<A extends ScheduledAgent>(scheduler: L3Scheduler, candidates: readonly A[], most: number): readonly A[] {
  const count = most === 0 ? candidates.length : Math.min(most, candidates.length);
  const sorted = byLoad(candidates);
  if (scheduler === "LeastRoutersScheduler") return sorted.slice(0, count);
  const zones = [...byZone(sorted).values()];
  const rounds = Math.max(0, ...zones.map(({ length }) => length));
  const inTurn = Array.from({ length: rounds }, (_, round) => zones.flatMap((agents) => agents.slice(round, round + 1))).flat();
  return inTurn.slice(0, count);
}
