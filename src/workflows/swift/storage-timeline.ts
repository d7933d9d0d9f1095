// What happens to storage nodes and their devices at given times: they fail and come back, and operators change weights in the rings.
import type { EventKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { ObjectCloud } from "./object-cloud.ts";

export type StorageTarget = { readonly node: number } | { readonly device: number };

export type StorageEvent =
  /** Of a node: it does not answer; of a device: what was on it is gone. `time` null: until it is repaired. */
  | { readonly verb: "fail"; readonly at: Micros; readonly target: StorageTarget; readonly time: Micros | null }
  /** A node is back with what it had; a device is replaced by an empty one. */
  | { readonly verb: "repair"; readonly at: Micros; readonly target: StorageTarget }
  | { readonly verb: "reweigh"; readonly at: Micros; readonly target: { readonly device: number }; readonly weight: number };

export class StorageTimeline {
  /** Failures so far. */
  failures = 0;
  private readonly cloud: Cloud;
  private readonly objects: ObjectCloud;
  private readonly events: readonly StorageEvent[];
  private readonly repairs: EventKind;

  constructor(cloud: Cloud, objects: ObjectCloud, events: readonly StorageEvent[]) {
    this.cloud = cloud;
    this.objects = objects;
    this.events = events;
    const happens = cloud.simulation.kind("storage event", (index) => this.happen(events[index]!, index));
    this.repairs = cloud.simulation.kind("storage is repaired", (index) => this.repair(this.events[index]!.target));
    for (const [index, { at }] of events.entries()) cloud.simulation.schedule(at - cloud.simulation.now, happens, index);
  }

  private happen(event: StorageEvent, index: number): void {
    const { target } = event;
    if (event.verb === "reweigh") this.objects.reweigh(event.target.device, event.weight);
    else if (event.verb === "repair") this.repair(target);
    else {
      this.failures++;
      if ("node" in target) this.objects.failNode(this.objects.nodes[target.node]!);
      else this.objects.failDevice(target.device);
      if (event.time !== null) this.cloud.simulation.schedule(event.time, this.repairs, index);
    }
  }

  private repair(target: StorageTarget): void {
    if ("node" in target) this.objects.returnNode(this.objects.nodes[target.node]!);
    else if (this.objects.store.nodes.isUnmounted(target.device)) this.objects.replaceDevice(target.device);
  }
}
