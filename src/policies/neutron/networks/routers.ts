// Routers between networks, their gateways to the outside, and floating IPs.
// @source neutron/db/l3_db.py, l3_dvr_db.py, l3_hamode_db.py (Zed)
import { networkOf } from "../addresses.ts";
import { NeutronError } from "../neutron-error.ts";
import type { RouterKind } from "./agents.ts";
import type { Networks } from "./networks.ts";
import type { Port, Subnet } from "./resources.ts";

export interface Router {
  readonly id: number;
  readonly name: string;
  readonly project: string;
  readonly kind: RouterKind;
  /** The port on the external network, or null. */
  readonly gatewayPort: number | null;
  /** By subnet: the port that is its gateway. */
  readonly interfaces: ReadonlyMap<number, number>;
}

export interface FloatingIp {
  readonly id: number;
  readonly project: string;
  readonly address: string;
  readonly externalNetwork: number;
  /** Neutron's own port that holds the address. */
  readonly holder: number;
  /** The port it stands for, and the router that translates; null while it stands for none. */
  readonly association: { readonly portId: number; readonly fixedAddress: string; readonly routerId: number } | null;
}

const INTERFACE_OWNER: Readonly<Record<RouterKind, string>> = {
  legacy: "network:router_interface",
  dvr: "network:router_interface_distributed",
  ha: "network:ha_router_replicated_interface",
};

export class Routers {
  readonly #networks: Networks;
  readonly #routers = new Map<number, Router>();
  readonly #floatingIps = new Map<number, FloatingIp>();
  /** By port: the floating IP that stands for it. */
  readonly #floatingIpOf = new Map<number, number>();
  /** By subnet: routers with an interface on it, in the order of joining. */
  readonly #routersOn = new Map<number, readonly number[]>();
  #numbers = 0;

  constructor(networks: Networks) {
    this.#networks = networks;
    // A port that goes takes nothing along but the use of its floating IPs.
    networks.beforePortDelete(({ id }) => {
      const floatingIp = this.floatingIpOf(id);
      if (floatingIp !== null) this.disassociate(floatingIp.id);
    });
  }

  createRouter(name: string, project: string, kind: RouterKind): Router {
    const router = { id: ++this.#numbers, name, project, kind, gatewayPort: null, interfaces: new Map() };
    this.#routers.set(router.id, router);
    return router;
  }

  /** @throws NeutronError RouterInUse while it has interfaces; RouterExternalGatewayInUseByFloatingIp */
  deleteRouter(id: number): void {
    const { interfaces, gatewayPort } = this.router(id);
    if (interfaces.size > 0) throw new NeutronError("RouterInUse", `Router ${id} still has ports`);
    if (gatewayPort !== null) this.clearGateway(id);
    this.#networks.agents.forgetRouter(id);
    this.#routers.delete(id);
  }

  /** Makes the router the subnet's gateway. @throws NeutronError BadRequest, IpAddressAlreadyAllocated */
  addInterface(id: number, subnetId: number): Port {
    const router = this.router(id);
    const subnet = this.#networks.subnet(subnetId);
    const { networkId, gateway, cidr } = subnet;
    if (gateway === null) throw new NeutronError("BadRequest", `Bad router request: Subnet for router interface must have a gateway IP.`);
    if (router.interfaces.has(subnetId))
      throw new NeutronError("BadRequest", `Bad router request: Router already has a port on subnet ${subnetId}.`);
    const clash = [...router.interfaces.keys()].find((other) => overlap(this.#networks.subnet(other), subnet));
    if (clash !== undefined)
      throw new NeutronError("BadRequest", `Bad router request: Cidr ${cidr} of subnet ${subnetId} overlaps with that of subnet ${clash}.`);
    const port = this.#networks.createPort({
      networkId,
      project: router.project,
      deviceOwner: INTERFACE_OWNER[router.kind],
      deviceId: `router-${id}`,
      fixedIps: [{ subnetId, address: gateway }],
      securityGroups: [],
    });
    this.#routers.set(id, { ...router, interfaces: new Map([...router.interfaces, [subnetId, port.id]]) });
    this.#routersOn.set(subnetId, [...(this.#routersOn.get(subnetId) ?? []), id]);
    this.#networks.agents.scheduleRouter(id, router.kind);
    return port;
  }

  /** @throws NeutronError RouterInterfaceNotFoundForSubnet, RouterInterfaceInUseByFloatingIP */
  removeInterface(id: number, subnetId: number): void {
    const router = this.router(id);
    const portId = router.interfaces.get(subnetId);
    if (portId === undefined)
      throw new NeutronError("RouterInterfaceNotFoundForSubnet", `Router ${id} has no interface on subnet ${subnetId}`);
    const uses = ({ association }: FloatingIp) =>
      association?.routerId === id &&
      this.#networks.port(association.portId).fixedIps.some((ip) => ip.subnetId === subnetId && ip.address === association.fixedAddress);
    if ([...this.#floatingIps.values()].some(uses))
      throw new NeutronError(
        "RouterInterfaceInUseByFloatingIP",
        `Router interface for subnet ${subnetId} on router ${id} cannot be deleted, as it is required by one or more floating IPs.`,
      );
    this.#networks.removePort(portId);
    this.#routersOn.set(
      subnetId,
      this.#routersOn.get(subnetId)!.filter((other) => other !== id),
    );
    this.#routers.set(id, { ...router, interfaces: new Map([...router.interfaces].filter(([subnet]) => subnet !== subnetId)) });
  }

  /** Gives the router a way out, in place of one it has. @throws NeutronError BadRequest for a network that is not external; IpAddressGenerationFailure */
  setGateway(id: number, networkId: number): void {
    const router = this.router(id);
    if (!this.#networks.network(networkId).external)
      throw new NeutronError("BadRequest", `Bad router request: Network ${networkId} is not an external network.`);
    if (this.#networks.subnetsOf(networkId).length === 0)
      throw new NeutronError("BadRequest", `Bad router request: Network ${networkId} does not contain any subnets.`);
    if (router.gatewayPort !== null) this.clearGateway(id);
    const owner = { deviceOwner: "network:router_gateway", deviceId: `router-${id}`, securityGroups: [] };
    const port = this.#networks.createPort({ networkId, project: "", ...owner });
    this.#routers.set(id, { ...this.router(id), gatewayPort: port.id });
    this.#networks.agents.scheduleRouter(id, router.kind);
  }

  /** @throws NeutronError RouterExternalGatewayInUseByFloatingIp */
  clearGateway(id: number): void {
    const router = this.router(id);
    if (router.gatewayPort === null) return;
    if ([...this.#floatingIps.values()].some(({ association }) => association?.routerId === id))
      throw new NeutronError(
        "RouterExternalGatewayInUseByFloatingIp",
        `Gateway cannot be updated for router ${id}, since it is required by one or more floating IPs.`,
      );
    this.#networks.removePort(router.gatewayPort);
    this.#routers.set(id, { ...router, gatewayPort: null });
  }

  /** @throws NeutronError BadRequest for a network that is not external; IpAddressGenerationFailure */
  createFloatingIp(project: string, externalNetwork: number): FloatingIp {
    if (!this.#networks.network(externalNetwork).external)
      throw new NeutronError("BadRequest", `Bad floatingip request: Network ${externalNetwork} is not a valid external network.`);
    const id = ++this.#numbers;
    const owner = { deviceOwner: "network:floatingip", deviceId: `floatingip-${id}`, securityGroups: [] };
    const holder = this.#networks.createPort({ networkId: externalNetwork, project: "", ...owner });
    const address = holder.fixedIps[0]?.address;
    if (address === undefined) {
      this.#networks.removePort(holder.id);
      throw new NeutronError("BadRequest", `Bad floatingip request: Network ${externalNetwork} has no subnet.`);
    }
    const floatingIp = { id, project, address, externalNetwork, holder: holder.id, association: null };
    this.#floatingIps.set(id, floatingIp);
    return floatingIp;
  }

  /**
   * Lets the floating IP stand for a port's first IPv4 address, in place of what it stood for.
   * @throws NeutronError BadRequest, FloatingIPPortAlreadyAssociated; ExternalGatewayForFloatingIPNotFound if no router leads out from the port
   */
  associate(id: number, portId: number): FloatingIp {
    const floatingIp = this.floatingIp(id);
    const { fixedIps, networkId } = this.#networks.port(portId);
    const fixed = fixedIps.find(({ address }) => !address.includes(":"));
    if (fixed === undefined)
      throw new NeutronError("BadRequest", `Bad floatingip request: Port ${portId} does not have fixed IPv4 addresses.`);
    const other = this.floatingIpOf(portId);
    if (other !== null && other.id !== id)
      throw new NeutronError(
        "FloatingIPPortAlreadyAssociated",
        `Cannot associate floating IP ${floatingIp.address} with port ${portId}, which has ${other.address}.`,
      );
    const leadsOut = ({ gatewayPort }: Router) =>
      gatewayPort !== null && this.#networks.port(gatewayPort).networkId === floatingIp.externalNetwork;
    const router = this.on(fixed.subnetId).find(leadsOut);
    if (router === undefined)
      throw new NeutronError(
        "ExternalGatewayForFloatingIPNotFound",
        `External network ${floatingIp.externalNetwork} is not reachable from subnet ${fixed.subnetId} of network ${networkId}.`,
      );
    this.disassociate(id);
    this.#floatingIpOf.set(portId, id);
    const associated = { ...floatingIp, association: { portId, fixedAddress: fixed.address, routerId: router.id } };
    this.#floatingIps.set(id, associated);
    return associated;
  }

  disassociate(id: number): void {
    const floatingIp = this.floatingIp(id);
    if (floatingIp.association !== null) this.#floatingIpOf.delete(floatingIp.association.portId);
    this.#floatingIps.set(id, { ...floatingIp, association: null });
  }

  deleteFloatingIp(id: number): void {
    const { holder } = this.floatingIp(id);
    this.disassociate(id);
    this.#floatingIps.delete(id);
    this.#networks.removePort(holder);
  }

  router(id: number): Router {
    const router = this.#routers.get(id);
    if (router === undefined) throw new NeutronError("RouterNotFound", `Router ${id} could not be found`);
    return router;
  }

  /** Routers with an interface on the subnet, in the order of joining. */
  on(subnetId: number): readonly Router[] {
    return (this.#routersOn.get(subnetId) ?? []).map((id) => this.router(id));
  }

  /** In the order of making. */
  get all(): readonly Router[] {
    return [...this.#routers.values()];
  }

  get floatingIpCount(): number {
    return this.#floatingIps.size;
  }

  floatingIp(id: number): FloatingIp {
    const floatingIp = this.#floatingIps.get(id);
    if (floatingIp === undefined) throw new NeutronError("FloatingIPNotFound", `Floating IP ${id} could not be found`);
    return floatingIp;
  }

  floatingIpOf(portId: number): FloatingIp | null {
    const id = this.#floatingIpOf.get(portId);
    return id === undefined ? null : this.floatingIp(id);
  }
}

function overlap(a: Subnet, b: Subnet): boolean {
  const [x, y] = [networkOf(a.cidr), networkOf(b.cidr)];
  return x.bits === y.bits && x.first <= y.last && y.first <= x.last;
}
