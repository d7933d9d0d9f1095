// Heartbeats of the network agents: they report every report_interval, and the server takes those for dead that it has not heard of for
// agent_down_time. Dead agents are given nothing more; networks are taken from DHCP agents that have been silent for twice that time, and routers
// that are not highly available from L3 agents only where allow_automatic_l3agent_failover says so. An agent that stops takes what it serves with it.
//
// Assumes that HA routers change over at once, though VRRP needs three advertisements (6 s), and that all agents of a host stop together.
// @source neutron/db/agents_db.py, agentschedulers_db.py (agent_dead_limit_seconds), l3_agentschedulers_db.py (Zed)
import type { TimerKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import { networkOf } from "./cloud-network.ts";

export interface AgentHealthOptions {
  readonly reportInterval: Micros;
  readonly agentDownTime: Micros;
  readonly automaticL3Failover: boolean;
}

export class AgentHealth {
  private readonly cloud: Cloud;
  private readonly options: AgentHealthOptions;
  private readonly down: TimerKind;
  private readonly reschedule: TimerKind;
  private readonly heard: TimerKind;

  constructor(cloud: Cloud, options: AgentHealthOptions) {
    this.cloud = cloud;
    this.options = options;
    const { networks, routers } = networkOf(cloud);
    const { agents } = networks;
    const nameOf = (host: number) => cloud.hosts.descriptions[host]!.name;
    this.down = cloud.simulation.timer("agent is down", (host) => {
      agents.setAlive(nameOf(host), false);
      if (!options.automaticL3Failover) return;
      for (const { id, kind } of routers.all) if (kind !== "ha") agents.rescheduleRouter(id, kind);
    });
    this.reschedule = cloud.simulation.timer("agent is dead", (host) => {
      // Networks stay where they are while no agent could take them.
      if (!agents.canServeDhcp()) return;
      for (const { id } of networks.all) if (agents.dhcpHostsOf(id).includes(nameOf(host))) networks.scheduleDhcp(id);
    });
    this.heard = cloud.simulation.timer("agent is heard of", (host) => agents.setAlive(nameOf(host), true));
  }

  /** Reports come at whole multiples of the interval, shifted by a part of it that is the host's own. */
  private sinceReport(host: number): Micros {
    const { reportInterval } = this.options;
    const shift = Math.round(this.cloud.streams.stream("neutron.agent.report").uniform(host, 0) * reportInterval);
    return (this.cloud.simulation.now + reportInterval - shift) % reportInterval;
  }

  stop(host: number): void {
    const { simulation, hosts } = this.cloud;
    const { agents } = networkOf(this.cloud).networks;
    if (!agents.works(hosts.descriptions[host]!.name)) return;
    agents.setWorks(hosts.descriptions[host]!.name, false);
    const since = this.sinceReport(host);
    simulation.cancel(this.heard, host);
    simulation.set(this.options.agentDownTime - since, this.down, host);
    simulation.set(2 * this.options.agentDownTime - since, this.reschedule, host);
  }

  start(host: number): void {
    const { simulation, hosts } = this.cloud;
    networkOf(this.cloud).networks.agents.setWorks(hosts.descriptions[host]!.name, true);
    simulation.cancel(this.down, host);
    simulation.cancel(this.reschedule, host);
    simulation.set(0, this.heard, host);
  }
}
