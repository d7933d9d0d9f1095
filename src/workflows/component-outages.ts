// Outages of the services of the control plane. What a component serves when it goes down is lost with it; what comes meanwhile is refused where
// clients connect to it (HTTP, 503), and waits where a broker or a client of the database keeps it (RPC, local) until it is back.
//
// Lost work comes back to the caller as an error when its answer would have come, and for RPC after rpc_response_timeout: until then nobody knows.
// A database or broker that went down under its caller is asked again.
// @source oslo_messaging (rpc_response_timeout), oslo_db (retries), models of the reliability tests of openstack/performance-docs
import type { Outcome } from "../datacenter/outcomes.ts";
import type { Transport } from "../services/service.ts";

export class ComponentOutages {
  /** Requests that were lost in outages, refused ones included. */
  lost = 0;
  private readonly down = new Set<string>();
  /** Strands whose work is lost, until they hear of it. */
  private readonly doomed = new Set<number>();
  /** Strands that hold a worker of a component that is down, by component. */
  private readonly parked = new Map<string, number[]>();

  isDown(component: string): boolean {
    return this.down.size > 0 && this.down.has(component);
  }

  /** `served`: strands that it serves now. */
  goesDown(component: string, served: readonly number[]): void {
    this.down.add(component);
    for (const strand of served) this.doomed.add(strand);
  }

  /** Those who have waited for it at its workers, in the order they came. */
  comesBack(component: string): readonly number[] {
    this.down.delete(component);
    const waiting = this.parked.get(component) ?? [];
    this.parked.delete(component);
    return waiting;
  }

  park(component: string, strand: number): void {
    const waiting = this.parked.get(component) ?? [];
    waiting.push(strand);
    this.parked.set(component, waiting);
  }

  /** Has the strand's work been lost? It is told once. */
  hearsOfLoss(strand: number): boolean {
    return this.doomed.size > 0 && this.doomed.delete(strand);
  }
}

/** How a caller hears that its work was lost; null: it asks again. */
export function lossOf(transport: Transport): Outcome | null {
  if (transport === "local") return null;
  return transport === "rpc" ? "MessagingTimeout" : "ServiceUnavailable";
}
