// All ports, found by number, by network and by MAC without a walk over the others.
import { NeutronError } from "../neutron-error.ts";
import type { Port } from "./resources.ts";

export class PortTable {
  readonly #ports = new Map<number, Port>();
  readonly #byNetwork = new Map<number, Set<number>>();
  readonly #macs = new Set<string>();
  /** Ports of each security group. */
  readonly #members = new Map<number, number>();
  readonly #byProject = new Map<string, number>();

  /** @throws NeutronError PortNotFound */
  get(id: number): Port {
    const port = this.#ports.get(id);
    if (port === undefined) throw new NeutronError("PortNotFound", `Port ${id} could not be found.`);
    return port;
  }

  /** In the order of making. */
  on(networkId: number): readonly Port[] {
    return [...(this.#byNetwork.get(networkId) ?? [])].map((id) => this.#ports.get(id)!);
  }

  hasMac(networkId: number, mac: string): boolean {
    return this.#macs.has(`${networkId}/${mac}`);
  }

  hasMembers(securityGroup: number): boolean {
    return (this.#members.get(securityGroup) ?? 0) > 0;
  }

  add(port: Port): void {
    this.#ports.set(port.id, port);
    const others = this.#byNetwork.get(port.networkId) ?? new Set();
    this.#byNetwork.set(port.networkId, others.add(port.id));
    this.#macs.add(`${port.networkId}/${port.mac}`);
    for (const group of port.securityGroups) this.#members.set(group, (this.#members.get(group) ?? 0) + 1);
    this.#byProject.set(port.project, this.countOf(port.project) + 1);
  }

  /** Changes where a port is or which addresses it has. */
  change(id: number, what: Partial<Pick<Port, "host" | "fixedIps">>): void {
    this.#ports.set(id, { ...this.get(id), ...what });
  }

  changeSecurityGroups(id: number, securityGroups: readonly number[]): void {
    const port = this.get(id);
    for (const group of port.securityGroups) this.#members.set(group, this.#members.get(group)! - 1);
    for (const group of securityGroups) this.#members.set(group, (this.#members.get(group) ?? 0) + 1);
    this.#ports.set(id, { ...port, securityGroups });
  }

  countOf(project: string): number {
    return this.#byProject.get(project) ?? 0;
  }

  /** All there are. */
  get count(): number {
    return this.#ports.size;
  }

  remove(id: number): void {
    const { networkId, mac, project, securityGroups } = this.get(id);
    this.#ports.delete(id);
    this.#byProject.set(project, this.countOf(project) - 1);
    this.#byNetwork.get(networkId)!.delete(id);
    this.#macs.delete(`${networkId}/${mac}`);
    for (const group of securityGroups) this.#members.set(group, this.#members.get(group)! - 1);
  }
}
