// Load balancers with their listeners, pools and members, and the state in which Octavia lets each be changed: one change at a time.
// @source octavia/common/constants.py, octavia/db/repositories.py (test_and_set_provisioning_status) (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";

export type ProvisioningStatus = "PENDING_CREATE" | "ACTIVE" | "PENDING_UPDATE" | "PENDING_DELETE";
export type PartKind = "listener" | "pool" | "member";

interface LoadBalancer {
  status: ProvisioningStatus;
  /** Neutron's port with the address that clients use. */
  readonly vipPort: number;
}

interface Part {
  readonly kind: PartKind;
  readonly loadBalancer: number;
  /** What it hangs on: a listener on its load balancer, a pool on its listener, a member on its pool. */
  readonly parent: number;
  /** TCP port of a listener or member. */
  readonly port: number;
}

export class LoadBalancers {
  private readonly balancers = new Map<number, LoadBalancer>();
  private readonly parts = new Map<number, Part>();
  private numbers = 0;

  create(vipPort: number): number {
    this.balancers.set(++this.numbers, { status: "PENDING_CREATE", vipPort });
    return this.numbers;
  }

  has(id: number): boolean {
    return this.balancers.has(id);
  }

  get count(): number {
    return this.balancers.size;
  }

  get partCount(): number {
    return this.parts.size;
  }

  statusOf(id: number): ProvisioningStatus | null {
    return this.balancers.get(id)?.status ?? null;
  }

  vipPortOf(id: number): number {
    return this.balancers.get(id)?.vipPort ?? -1;
  }

  setStatus(id: number, status: ProvisioningStatus): void {
    this.balancers.get(id)!.status = status;
  }

  /** Null: nobody else is changing it, and it is in `status` from now on. */
  beginChange(id: number, status: "PENDING_UPDATE" | "PENDING_DELETE"): Outcome | null {
    const balancer = this.balancers.get(id);
    if (balancer === undefined) return "NotFound";
    if (balancer.status !== "ACTIVE") return "ImmutableObject";
    balancer.status = status;
    return null;
  }

  /** Of a part, or of the load balancer itself; -1 where there is none. */
  balancerOf(kind: PartKind | "load balancer", id: number): number {
    if (kind === "load balancer") return this.balancers.has(id) ? id : -1;
    const part = this.parts.get(id);
    return part?.kind === kind ? part.loadBalancer : -1;
  }

  /** Is there a listener at the port already? */
  listensAt(loadBalancer: number, port: number): boolean {
    for (const part of this.parts.values())
      if (part.kind === "listener" && part.loadBalancer === loadBalancer && part.port === port) return true;
    return false;
  }

  add(part: Part): number {
    this.parts.set(++this.numbers, part);
    return this.numbers;
  }

  hasParts(loadBalancer: number): boolean {
    for (const part of this.parts.values()) if (part.loadBalancer === loadBalancer) return true;
    return false;
  }

  /** With all that hangs on it. */
  removePart(id: number): void {
    const kind = this.parts.get(id)?.kind;
    this.parts.delete(id);
    if (kind === undefined || kind === "member") return;
    const below = kind === "listener" ? "pool" : "member";
    for (const [other, part] of this.parts) if (part.kind === below && part.parent === id) this.removePart(other);
  }

  remove(id: number): void {
    this.balancers.delete(id);
    for (const [part, { loadBalancer }] of this.parts) if (loadBalancer === id) this.parts.delete(part);
  }
}
