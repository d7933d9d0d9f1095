// The agents on the hosts: who serves DHCP for which network, and which L3 agents have which router.
// @source neutron/db/agentschedulers_db.py, l3_agentschedulers_db.py, neutron/scheduler/*.py (Zed)
import {
  chooseDhcpAgents,
  chooseHaAgents,
  chooseL3Agent,
  type DhcpScheduler,
  dhcpAgentsPerNetwork,
  type L3Scheduler,
  maxL3AgentsPerRouter,
} from "../agent-schedulers.ts";

/** `legacy` has routers of its own host only, `dvr` routes for the servers beside it, `dvr_snat` does the SNAT of distributed routers as well. */
export type L3Mode = "legacy" | "dvr" | "dvr_snat" | "dvr_no_external";

interface Agent {
  readonly host: string;
  readonly availabilityZone: string;
  /** The server has heard of it lately. */
  readonly alive: boolean;
}

interface L3Agent extends Agent {
  readonly mode: L3Mode;
}

export interface AgentsConfig {
  readonly dhcpScheduler?: DhcpScheduler;
  readonly dhcpAgentsPerNetwork?: number;
  readonly l3Scheduler?: L3Scheduler;
  readonly maxL3AgentsPerRouter?: number;
}

export type RouterKind = "legacy" | "dvr" | "ha";

export class Agents {
  readonly #config: AgentsConfig;
  readonly #dhcp = new Map<string, Agent>();
  readonly #l3 = new Map<string, L3Agent>();
  /** Hosts whose agents serve a network or have a router, in the order of choosing. */
  readonly #serving = new Map<number, readonly string[]>();
  readonly #routing = new Map<number, readonly string[]>();
  /** Hosts whose agents an operator has disabled: they keep what they have. */
  readonly #disabled = new Set<string>();
  /** Hosts whose agents do not work, whether the server knows it or not. */
  readonly #stopped = new Set<string>();

  constructor(config: AgentsConfig = {}) {
    this.#config = config;
  }

  addDhcpAgent(host: string, availabilityZone = "nova"): void {
    this.#dhcp.set(host, { host, availabilityZone, alive: true });
  }

  addL3Agent(host: string, mode: L3Mode, availabilityZone = "nova"): void {
    this.#l3.set(host, { host, availabilityZone, mode, alive: true });
  }

  /** A host's agents are heard of no more, or again. */
  setAlive(host: string, alive: boolean): void {
    const dhcp = this.#dhcp.get(host);
    if (dhcp !== undefined) this.#dhcp.set(host, { ...dhcp, alive });
    const l3 = this.#l3.get(host);
    if (l3 !== undefined) this.#l3.set(host, { ...l3, alive });
  }

  has(host: string): boolean {
    return this.#dhcp.has(host) || this.#l3.has(host);
  }

  /** `admin_state_up`: agents that are disabled are not chosen for more. */
  setEnabled(host: string, enabled: boolean): void {
    if (enabled) this.#disabled.delete(host);
    else this.#disabled.add(host);
  }

  /** The agents stop, or work again; the server hears of it later (`setAlive`). */
  setWorks(host: string, works: boolean): void {
    if (works) this.#stopped.delete(host);
    else this.#stopped.add(host);
  }

  works(host: string): boolean {
    return !this.#stopped.has(host);
  }

  /** Is there a DHCP agent that could be given a network? */
  canServeDhcp(): boolean {
    return [...this.#dhcp.values()].some(({ host, alive }) => alive && !this.#disabled.has(host));
  }

  /** Does any DHCP agent of the network answer? */
  answersDhcp(network: number): boolean {
    return this.dhcpHostsOf(network).some((host) => this.works(host));
  }

  l3ModeOn(host: string): L3Mode | null {
    const agent = this.#l3.get(host);
    return agent === undefined || !agent.alive || !this.works(host) ? null : agent.mode;
  }

  /** Chooses agents for a network until it has enough that are alive. @returns the hosts that were added */
  scheduleNetwork(network: number): readonly string[] {
    const wanted = this.#config.dhcpAgentsPerNetwork ?? dhcpAgentsPerNetwork.value;
    const current = this.#serving.get(network) ?? [];
    const hosting = current.flatMap((host) => this.#aliveZone(host));
    const candidates = [...this.#dhcp.values()].filter(({ host, alive }) => alive && !this.#disabled.has(host) && !current.includes(host));
    const hostable = candidates.map(({ host, availabilityZone }) => ({ id: host, availabilityZone, load: countOf(this.#serving, host) }));
    const needed = Math.max(0, wanted - hosting.length);
    const chosen = chooseDhcpAgents(this.#config.dhcpScheduler ?? "WeightScheduler", hostable, hosting, needed).map(({ id }) => id);
    if (chosen.length > 0) this.#serving.set(network, [...current, ...chosen]);
    return chosen;
  }

  /** Takes a network away from agents that are not heard of, as the server does by itself. @returns the hosts that lost it */
  removeDeadDhcp(network: number): readonly string[] {
    const current = this.#serving.get(network) ?? [];
    const dead = current.filter((host) => this.#dhcp.get(host)?.alive !== true);
    this.#serving.set(
      network,
      current.filter((host) => !dead.includes(host)),
    );
    return dead;
  }

  dhcpHostsOf(network: number): readonly string[] {
    return this.#serving.get(network) ?? [];
  }

  forgetNetwork(network: number): void {
    this.#serving.delete(network);
  }

  /**
   * Puts a router on agents unless it is on some already: one, several for a router that is highly available. Of a distributed router this is the
   * agent that does its SNAT.
   */
  scheduleRouter(router: number, kind: RouterKind): void {
    if (this.hostsOf(router).length > 0) return;
    const fits = ({ mode }: L3Agent) => (kind === "dvr" ? mode === "dvr_snat" : mode === "legacy" || mode === "dvr_snat");
    const candidates = [...this.#l3.values()]
      .filter((agent) => agent.alive && !this.#disabled.has(agent.host) && fits(agent))
      .map(({ host, availabilityZone }) => ({ id: host, availabilityZone, load: countOf(this.#routing, host) }));
    const one = chooseL3Agent(candidates);
    const most = this.#config.maxL3AgentsPerRouter ?? maxL3AgentsPerRouter.value;
    const scheduler = this.#config.l3Scheduler ?? "LeastRoutersScheduler";
    const chosen = kind === "ha" ? chooseHaAgents(scheduler, candidates, most) : one === undefined ? [] : [one];
    this.#routing.set(
      router,
      chosen.map(({ id }) => id),
    );
  }

  hostsOf(router: number): readonly string[] {
    return this.#routing.get(router) ?? [];
  }

  /** Where a router forwards: the first of its agents that is alive, which among those of an HA router is taken to win the election. */
  activeHostOf(router: number): string | null {
    return this.hostsOf(router).find((host) => this.#l3.get(host)?.alive === true && this.works(host)) ?? null;
  }

  /** Moves a router from agents that are not heard of, which for routers that are not highly available only an operator does. */
  rescheduleRouter(router: number, kind: RouterKind): void {
    if (this.activeHostOf(router) !== null) return;
    this.#routing.delete(router);
    this.scheduleRouter(router, kind);
  }

  forgetRouter(router: number): void {
    this.#routing.delete(router);
  }

  #aliveZone(host: string): readonly string[] {
    const agent = this.#dhcp.get(host);
    return agent?.alive === true ? [agent.availabilityZone] : [];
  }
}

function countOf(hostsOf: ReadonlyMap<number, readonly string[]>, host: string): number {
  let count = 0;
  for (const hosts of hostsOf.values()) if (hosts.includes(host)) count++;
  return count;
}
