// Networks, their subnets and the ports on them: what exists, what is in use, and what Neutron refuses. Every verb happens at once; how long it
// takes is the business of workflows.
// @source neutron/db/db_base_plugin_v2.py, ipam_pluggable_backend.py, neutron/plugins/ml2/plugin.py (Zed)
import type { RandomStreams } from "../../../kernel/random.ts";
import { addressOf, addressText, contains, networkOf, networkText, slaacAddress } from "../addresses.ts";
import { checkPools, generatedPools, isInvalidGateway } from "../allocation-pools.ts";
import { SubnetAddresses } from "../ip-allocation.ts";
import { type MtuConfig, mtuOf, usualMtuConfig } from "../mtu.ts";
import { NeutronError } from "../neutron-error.ts";
import { type SegmentConfig, Segments } from "../segments.ts";
import { Agents, type AgentsConfig } from "./agents.ts";
import { drawnMac, drawnPlaces } from "./draws.ts";
import { PortTable } from "./port-table.ts";
import type { FixedIp, Network, NetworkRequest, Port, PortRequest, Subnet, SubnetRequest } from "./resources.ts";
import { type Packet, SecurityGroups } from "./security-groups.ts";

export interface NetworksConfig extends AgentsConfig {
  readonly segments: SegmentConfig;
  readonly mtu?: MtuConfig;
}

const MAC_RETRIES = 16;

export class Networks {
  readonly securityGroups = new SecurityGroups();
  readonly agents: Agents;
  readonly #streams: RandomStreams;
  readonly #segments: Segments;
  readonly #mtu: MtuConfig;
  readonly #networks = new Map<number, Network>();
  readonly #subnets = new Map<number, Subnet>();
  readonly #subnetsOf = new Map<number, readonly Subnet[]>();
  readonly #ports = new PortTable();
  readonly #beforePortDelete: ((port: Port) => void)[] = [];
  #numbers = 0;

  constructor(config: NetworksConfig, streams: RandomStreams) {
    this.#streams = streams;
    this.#segments = new Segments(config.segments);
    this.#mtu = config.mtu ?? usualMtuConfig;
    this.agents = new Agents(config);
  }

  /** @throws NeutronError NoNetworkAvailable, VlanIdInUse, TunnelIdInUse, FlatNetworkInUse, InvalidInput */
  createNetwork({ name, project, type, physicalNetwork, segmentationId, external = false }: NetworkRequest): Network {
    const id = ++this.#numbers;
    const wanted = {
      ...(physicalNetwork === undefined ? {} : { physicalNetwork }),
      ...(segmentationId === undefined ? {} : { id: segmentationId }),
    };
    const segment = this.#segments.allocate(type, wanted, this.#streams.stream("neutron.segment").uniform(id, 0));
    const network = { id, name, project, segment, mtu: mtuOf(type, segment.physicalNetwork, this.#mtu), external };
    this.#networks.set(id, network);
    return network;
  }

  /** Deletes the network with its subnets and DHCP ports. @throws NeutronError NetworkInUse */
  deleteNetwork(id: number): void {
    const { segment } = this.network(id);
    if (this.portsOn(id).some((port) => !isAutomatic(port)))
      throw new NeutronError(
        "NetworkInUse",
        `Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`,
      );
    for (const port of this.portsOn(id)) this.removePort(port.id);
    for (const subnet of this.subnetsOf(id)) this.#subnets.delete(subnet.id);
    this.#subnetsOf.delete(id);
    this.agents.forgetNetwork(id);
    this.#segments.release(segment);
    this.#networks.delete(id);
  }

  /** @throws NeutronError InvalidInput, and those of allocation pools */
  createSubnet(request: SubnetRequest): Subnet {
    const { networkId, enableDhcp = true, ipv6AddressMode = null } = request;
    this.network(networkId);
    const { bits, prefix, first, last } = networkOf(request.cidr);
    const cidr = networkText({ bits, prefix, written: first, first, last });
    const clash = this.subnetsOf(networkId)
      .map((other) => networkOf(other.cidr))
      .find((other) => other.bits === bits && other.first <= last && first <= other.last);
    if (clash !== undefined)
      throw new NeutronError("InvalidInput", `Requested subnet with cidr: ${cidr} for network: ${networkId} overlaps with another subnet.`);
    const usual = first === last ? null : addressText({ bits, value: first + 1n });
    const gateway = request.gateway === undefined ? usual : request.gateway;
    if (gateway !== null && isInvalidGateway(cidr, gateway))
      throw new NeutronError("InvalidInput", `Gateway is not valid on subnet: ${gateway}.`);
    const pools = request.pools ?? generatedPools(cidr, gateway);
    checkPools(request.pools ?? [], cidr, gateway);
    const id = ++this.#numbers;
    const subnet = { id, networkId, cidr, gateway, enableDhcp, ipv6AddressMode, addresses: new SubnetAddresses(cidr, pools) };
    this.#subnets.set(id, subnet);
    this.#subnetsOf.set(networkId, [...this.subnetsOf(networkId), subnet]);
    if (enableDhcp) this.scheduleDhcp(networkId);
    return subnet;
  }

  /** @throws NeutronError SubnetInUse while a port other than those of DHCP has an address of it */
  deleteSubnet(id: number): void {
    const { networkId, addresses } = this.subnet(id);
    const has = ({ fixedIps }: Port) => fixedIps.some(({ subnetId }) => subnetId === id);
    const users = this.portsOn(networkId).filter(has);
    if (users.some((port) => !isAutomatic(port)))
      throw new NeutronError(
        "SubnetInUse",
        `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
      );
    for (const port of users) {
      for (const { subnetId, address } of port.fixedIps) if (subnetId === id) addresses.release(address);
      this.#ports.change(port.id, { fixedIps: port.fixedIps.filter(({ subnetId }) => subnetId !== id) });
    }
    this.#subnets.delete(id);
    this.#subnetsOf.set(
      networkId,
      this.subnetsOf(networkId).filter((subnet) => subnet.id !== id),
    );
  }

  /**
   * Gives the network DHCP agents until it has enough, each with a port on every subnet that has DHCP, after it was taken from those that are not
   * heard of.
   */
  scheduleDhcp(networkId: number): void {
    const { project } = this.network(networkId);
    for (const host of this.agents.removeDeadDhcp(networkId))
      for (const port of this.portsOn(networkId)) if (isAutomatic(port) && port.host === host) this.removePort(port.id);
    this.agents.scheduleNetwork(networkId);
    const subnets = this.subnetsOf(networkId).filter(({ enableDhcp }) => enableDhcp);
    for (const host of this.agents.dhcpHostsOf(networkId)) {
      const port = this.portsOn(networkId).find((other) => isAutomatic(other) && other.host === host);
      const missing = subnets.filter(({ id }) => !(port?.fixedIps.some(({ subnetId }) => subnetId === id) ?? false));
      if (port === undefined) {
        const fixedIps = missing.map(({ id }) => ({ subnetId: id }));
        this.createPort({ networkId, project, host, fixedIps, deviceOwner: "network:dhcp", deviceId: `dhcp-${host}`, securityGroups: [] });
      } else for (const { id, addresses } of missing) this.#addFixedIp(port.id, { subnetId: id, address: addresses.allocateNext() });
    }
  }

  /**
   * @throws NeutronError IpAddressGenerationFailure, IpAddressAlreadyAllocated, InvalidIpForSubnet, InvalidIpForNetwork, MacAddressInUse,
   *   MacAddressGenerationFailure, SecurityGroupNotFound; then nothing is left behind
   */
  createPort(request: PortRequest): Port {
    const { networkId, project, deviceOwner = "", deviceId = "", host = null } = request;
    this.network(networkId);
    const id = ++this.#numbers;
    const mac = this.#macFor(id, request);
    const securityGroups = request.securityGroups ?? [this.securityGroups.defaultOf(project).id];
    for (const group of securityGroups) this.securityGroups.get(group);
    const fixedIps: FixedIp[] = [];
    try {
      this.#allocate(id, mac, deviceOwner, request, fixedIps);
    } catch (error) {
      for (const { subnetId, address } of fixedIps) this.subnet(subnetId).addresses.release(address);
      throw error;
    }
    const port = { id, networkId, project, mac, fixedIps, deviceOwner, deviceId, host, securityGroups };
    this.#ports.add(port);
    return port;
  }

  /** What a user or Nova asks for. @throws NeutronError ServicePortInUse for a port that belongs to a router or a floating IP */
  deletePort(id: number): void {
    const { deviceOwner } = this.port(id);
    if (/^network:(?:router|ha_router|floatingip)/.test(deviceOwner))
      throw new NeutronError(
        "ServicePortInUse",
        `Port ${id} cannot be deleted directly via the port API: has device owner ${deviceOwner}.`,
      );
    this.removePort(id);
  }

  /** As `deletePort`, for whoever owns the port. */
  removePort(id: number): void {
    const port = this.port(id);
    for (const listener of this.#beforePortDelete) listener(port);
    for (const { subnetId, address } of port.fixedIps) this.subnet(subnetId).addresses.release(address);
    this.#ports.remove(id);
  }

  beforePortDelete(listener: (port: Port) => void): void {
    this.#beforePortDelete.push(listener);
  }

  /** Binds the port to a host, or to none. */
  bindPort(id: number, host: string | null): void {
    this.#ports.change(id, { host });
  }

  /** @throws NeutronError SecurityGroupNotFound */
  setSecurityGroups(id: number, securityGroups: readonly number[]): void {
    for (const group of securityGroups) this.securityGroups.get(group);
    this.#ports.changeSecurityGroups(id, securityGroups);
  }

  get portCount(): number {
    return this.#ports.count;
  }

  /** Ports of a project, those of DHCP and of its routers among them. */
  portCountOf(project: string): number {
    return this.#ports.countOf(project);
  }

  /** In the order of making. */
  get all(): readonly Network[] {
    return [...this.#networks.values()];
  }

  deleteSecurityGroup(id: number): void {
    this.securityGroups.delete(id, this.#ports.hasMembers(id));
  }

  /** Does a packet from one port's first address of that IP version reach the other, as far as their security groups go? */
  lets(from: Port, to: Port, packet: Packet): boolean {
    const address = (port: Port) => port.fixedIps.find((ip) => ip.address.includes(":") === (packet.ethertype === "IPv6"))?.address;
    const [source, target] = [address(from), address(to)];
    if (source === undefined || target === undefined) return false;
    const { securityGroups } = this;
    const filtered = ({ deviceOwner }: Port) => !deviceOwner.startsWith("network:");
    const leaves = !filtered(from) || securityGroups.passes(from.securityGroups, "egress", packet, target, to.securityGroups);
    return leaves && (!filtered(to) || securityGroups.passes(to.securityGroups, "ingress", packet, source, from.securityGroups));
  }

  network(id: number): Network {
    const network = this.#networks.get(id);
    if (network === undefined) throw new NeutronError("NetworkNotFound", `Network ${id} could not be found.`);
    return network;
  }

  subnet(id: number): Subnet {
    const subnet = this.#subnets.get(id);
    if (subnet === undefined) throw new NeutronError("SubnetNotFound", `Subnet ${id} could not be found.`);
    return subnet;
  }

  port(id: number): Port {
    return this.#ports.get(id);
  }

  subnetsOf(networkId: number): readonly Subnet[] {
    return this.#subnetsOf.get(networkId) ?? [];
  }

  portsOn(networkId: number): readonly Port[] {
    return this.#ports.on(networkId);
  }

  #addFixedIp(portId: number, ip: FixedIp): void {
    this.#ports.change(portId, { fixedIps: [...this.port(portId).fixedIps, ip] });
  }

  #macFor(id: number, { networkId, mac }: PortRequest): string {
    const taken = (one: string) => this.#ports.hasMac(networkId, one);
    if (mac !== undefined) {
      if (taken(mac.toLowerCase()))
        throw new NeutronError(
          "MacAddressInUse",
          `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
        );
      return mac.toLowerCase();
    }
    for (let n = 0; n < MAC_RETRIES; n++) {
      const drawn = drawnMac(this.#streams.stream("neutron.mac"), id, n);
      if (!taken(drawn)) return drawn;
    }
    throw new NeutronError("MacAddressGenerationFailure", `Unable to generate unique mac on network ${networkId}.`);
  }

  /** Puts the addresses into `fixedIps` one by one, so that they can be given back if the next one fails. */
  #allocate(id: number, mac: string, owner: string, { networkId, fixedIps: wanted }: PortRequest, fixedIps: FixedIp[]): void {
    const subnets = this.subnetsOf(networkId);
    const take = ({ id: subnetId, addresses }: Subnet): void => {
      const next = owner === "network:dhcp" || owner.startsWith("network:router") || owner.startsWith("network:ha_router");
      const choose = drawnPlaces(this.#streams.stream("neutron.ip"), id);
      fixedIps.push({ subnetId, address: next ? addresses.allocateNext() : addresses.allocateAny(1, choose).addresses[0]! });
    };
    const takeOwn = ({ id: subnetId, cidr, addresses }: Subnet): void => {
      const address = slaacAddress(cidr, mac);
      addresses.allocateSpecific(address, owner);
      fixedIps.push({ subnetId, address });
    };
    const isOwn = ({ ipv6AddressMode }: Subnet) => ipv6AddressMode === "slaac" || ipv6AddressMode === "dhcpv6-stateless";
    for (const { subnetId, address } of wanted ?? []) {
      if (address === undefined) {
        const subnet = this.subnet(subnetId!);
        if (isOwn(subnet) && !owner.startsWith("network:router")) takeOwn(subnet);
        else take(subnet);
        continue;
      }
      const holds = ({ cidr }: Subnet) => contains(networkOf(cidr), addressOf(address));
      const subnet = subnetId === undefined ? subnets.find(holds) : this.subnet(subnetId);
      if (subnet === undefined)
        throw new NeutronError(
          "InvalidIpForNetwork",
          `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
        );
      subnet.addresses.allocateSpecific(address, owner);
      fixedIps.push({ subnetId: subnet.id, address });
    }
    if (wanted !== undefined) return;
    for (const isSix of [false, true]) {
      const pools = subnets.filter((subnet) => subnet.cidr.includes(":") === isSix && !isOwn(subnet));
      // The first subnet that has an address left; the last one says that there is none.
      const subnet = pools.find(({ addresses }) => addresses.freeCount > 0n) ?? pools.at(-1);
      if (subnet !== undefined) take(subnet);
    }
    for (const subnet of subnets.filter(isOwn)) takeOwn(subnet);
  }
}

/** DHCP's ports come and go with the network. */
function isAutomatic({ deviceOwner }: Port): boolean {
  return deviceOwner === "network:dhcp";
}
