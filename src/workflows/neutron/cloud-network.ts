// Neutron's books of a cloud under simulation: its networks and routers, which ports each server has, what projects may have, and whom a change has
// to be told.
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { NetworkType } from "../../policies/neutron/mtu.ts";
import type { Networks } from "../../policies/neutron/networks/networks.ts";
import type { Port, PortRequest } from "../../policies/neutron/networks/resources.ts";
import { Routers } from "../../policies/neutron/networks/routers.ts";
import { NeutronError } from "../../policies/neutron/neutron-error.ts";
import type { Deltas, Quotas } from "../../policies/quotas/quotas.ts";
import type { Cloud } from "../cloud.ts";
import type { AgentHealth } from "./agent-health.ts";
import { LoadBalancers } from "./load-balancers.ts";
import type { Mechanism } from "./mechanisms.ts";
import { attempted } from "./refusals.ts";

export interface CloudNetworkOptions {
  readonly mechanism: Mechanism;
  /** Type of networks for which none is asked. */
  readonly networkType: NetworkType;
  /** Routers for which no kind is asked (router_distributed, l3_ha). */
  readonly routerKind: "legacy" | "dvr" | "ha";
  /** Links of the fabric's capacity that lead out of the cloud and into it. */
  readonly outwards: number;
  readonly inwards: number;
}

/** Rules that Neutron puts into a project's default group. */
const DEFAULT_RULES = 4;

export class CloudNetwork {
  readonly networks: Networks;
  readonly routers: Routers;
  readonly quotas: Quotas;
  readonly options: CloudNetworkOptions;
  readonly loadBalancers = new LoadBalancers();
  /** The network that servers join when they are launched, -1 for none. */
  usualNetwork = -1;
  /** Whoever watches over agents sets it. */
  health: AgentHealth | null = null;
  /** Lets what wires ports on a host take up new members of security groups; the composition root sets it. */
  tellHost: (host: number) => void = () => {};
  private readonly portsOf = new Map<number, readonly number[]>(); // by server
  private readonly serverOf = new Map<number, number>(); // by port
  /** Ports that Nova has made, and deletes with their server. */
  private readonly ofNova = new Set<number>();
  private readonly configured = new Set<number>(); // servers whose guests have their addresses
  private readonly known = new Set<string>(); // projects that have a default group

  constructor(networks: Networks, quotas: Quotas, options: CloudNetworkOptions) {
    this.networks = networks;
    this.routers = new Routers(networks);
    this.quotas = quotas;
    this.options = options;
  }

  get mechanism(): Mechanism {
    return this.options.mechanism;
  }

  /** The name by which Neutron knows a project of the workload. */
  projectOf(project: number): string {
    return `project-${project + 1}`;
  }

  /** A project's default security group counts from its first port or group on. */
  knowProject(project: string): void {
    if (this.known.has(project)) return;
    this.known.add(project);
    this.networks.securityGroups.defaultOf(project);
    this.quotas.add(project, { security_group: 1, security_group_rule: DEFAULT_RULES });
  }

  /** Makes one thing more of a kind, if the quota lets the project; use grows only when it has been made. @throws OverQuota, NeutronError */
  within<T>(cloud: Cloud, project: string, deltas: Deltas, make: () => T): T {
    const { now } = cloud.simulation;
    this.quotas.check(project, deltas, now);
    const made = make();
    this.quotas.add(project, deltas);
    return made;
  }

  /** @throws OverQuota, NeutronError */
  createPort(cloud: Cloud, request: PortRequest): Port {
    const { project } = request;
    this.knowProject(project);
    // Ports that Neutron makes by itself count as well.
    this.quotas.add(project, { port: this.networks.portCountOf(project) - this.quotas.usedBy(project, "port") });
    return this.within(cloud, project, { port: 1 }, () => this.networks.createPort(request));
  }

  /** @throws NeutronError */
  deletePort(id: number): void {
    this.networks.deletePort(id);
    this.forget(id);
  }

  private forget(id: number): void {
    this.ofNova.delete(id);
    const server = this.serverOf.get(id);
    this.serverOf.delete(id);
    if (server !== undefined)
      this.portsOf.set(
        server,
        this.portsOn(server).filter((port) => port !== id),
      );
  }

  portsOn(server: number): readonly number[] {
    return this.portsOf.get(server) ?? [];
  }

  /** The server that has the port, -1 for none. */
  serverWith(port: number): number {
    return this.serverOf.get(port) ?? -1;
  }

  isOfNova(port: number): boolean {
    return this.ofNova.has(port);
  }

  /** A server that is built joins the usual network; it has joined it before when it is built again elsewhere with its ports. */
  giveUsualPort(cloud: Cloud, server: number): Outcome | null {
    if (server < 0 || this.usualNetwork < 0 || this.portsOn(server).length > 0) return null;
    return this.giveNewPort(cloud, server, this.usualNetwork);
  }

  /** Nova makes a port for the server. The quota of ports is Nova's own refusal. */
  giveNewPort(cloud: Cloud, server: number, networkId: number): Outcome | null {
    const project = this.projectOf(cloud.servers.project[server]!);
    const refusal = attempted(() => {
      const port = this.createPort(cloud, { networkId, project, deviceOwner: "compute:nova", deviceId: cloud.servers.nameOf(server) });
      this.ofNova.add(port.id);
      this.join(cloud, server, port.id);
    });
    return refusal === "OverQuota" ? "PortLimitExceeded" : refusal;
  }

  /** The server has the port from now on. @throws NeutronError PortInUse */
  join(cloud: Cloud, server: number, port: number): void {
    if (this.serverOf.has(port)) throw new NeutronError("PortInUse", `Port ${port} is in use.`);
    this.serverOf.set(port, server);
    this.portsOf.set(server, [...this.portsOn(server), port]);
    this.follow(cloud, server);
    this.refreshMembers(cloud, this.networks.port(port).securityGroups);
  }

  /** The server has the port no more: Nova deletes what it has made. */
  leave(cloud: Cloud, port: number): void {
    const { securityGroups } = this.networks.port(port);
    if (this.ofNova.has(port)) {
      this.networks.removePort(port);
      this.forget(port);
    } else {
      const server = this.serverOf.get(port)!;
      this.networks.bindPort(port, null);
      this.serverOf.delete(port);
      this.portsOf.set(
        server,
        this.portsOn(server).filter((other) => other !== port),
      );
    }
    this.refreshMembers(cloud, securityGroups);
  }

  takePorts(cloud: Cloud, server: number): void {
    if (server < 0) return;
    for (const port of this.portsOn(server)) this.leave(cloud, port);
    this.portsOf.delete(server);
    this.configured.delete(server);
  }

  /** Ports are bound where their server is. */
  follow(cloud: Cloud, server: number): void {
    const host = cloud.servers.host[server]!;
    for (const port of this.portsOn(server)) this.networks.bindPort(port, host < 0 ? null : cloud.hosts.descriptions[host]!.name);
  }

  /** Every host with a member of the groups takes the change up: rules may let in whoever is in a group. */
  refreshMembers(cloud: Cloud, groups: readonly number[]): void {
    const told = new Set<number>();
    for (const [server, ports] of this.portsOf) {
      const host = cloud.servers.host[server]!;
      if (host < 0 || told.has(host)) continue;
      if (ports.some((port) => this.networks.port(port).securityGroups.some((group) => groups.includes(group)))) told.add(host);
    }
    for (const host of told) this.tellHost(host);
  }

  setConfigured(server: number): void {
    this.configured.add(server);
  }

  /** Does the guest know its address? */
  isConfigured(server: number): boolean {
    return this.configured.has(server);
  }

  /** Does somebody answer the DHCP requests of the server's first port? True where its network has no DHCP to ask for. */
  answersDhcp(server: number): boolean {
    const [port] = this.portsOn(server);
    if (port === undefined || !this.mechanism.hasAgents) return true;
    const { networkId } = this.networks.port(port);
    const asked = this.networks.subnetsOf(networkId).some(({ enableDhcp }) => enableDhcp);
    return !asked || this.networks.agents.answersDhcp(networkId);
  }
}

/** @throws RangeError where the scenario has no networking, which its checks have refused */
export function networkOf(cloud: Cloud): CloudNetwork {
  if (cloud.network === null) throw new RangeError("the cloud has no networking");
  return cloud.network;
}
