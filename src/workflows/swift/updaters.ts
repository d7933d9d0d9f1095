// What listings wait for: the updater of each node gets reports through that container servers have not taken, and container replicators make the
// databases of a container equal. Until then a listing lags behind the objects.
// @source swift/obj/updater.py, swift/container/replicator.py (2.30)
import type { EventKind } from "../../kernel/simulation.ts";
import { swift } from "../../services/swift.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import { at, call, type Workflow } from "../vocabulary.ts";
import type { ObjectCloud } from "./object-cloud.ts";

/** The reports that wait on a device, its number, in one go. */
export const updateListings: Workflow = {
  name: "update-listings",
  subject: "none",
  steps: [at(swift.object, call(swift.container.updateObject, "objects, bytes"))],
  ended: (cloud, device) => {
    const objects = cloud.objectStore!;
    objects.lateRows += objects.store.containers.runUpdater(device).sent;
  },
};

export class Updaters {
  private readonly engine: WorkflowEngine;
  private readonly objects: ObjectCloud;
  private readonly workflow: number;
  private replicatedAt = -1;

  constructor(cloud: Cloud, engine: WorkflowEngine, objects: ObjectCloud) {
    this.engine = engine;
    this.objects = objects;
    this.workflow = engine.add(updateListings);
    const { simulation, streams } = cloud;
    const { updaterInterval, replicatorInterval } = objects.settings;
    const updates: EventKind = simulation.kind("updater pass", (node) => {
      this.update(node);
      simulation.schedule(updaterInterval, updates, node);
    });
    const starts = streams.stream("swift.updater");
    for (const node of objects.nodes.keys()) simulation.schedule(Math.floor(starts.uniform(node, 0) * updaterInterval), updates, node);
    const replicates: EventKind = simulation.kind("container replicator pass", () => {
      this.replicate();
      simulation.schedule(replicatorInterval, replicates, 0);
    });
    simulation.schedule(replicatorInterval, replicates, 0);
  }

  private update(node: number): void {
    for (const device of this.objects.nodes[node]!.devices) {
      if (this.objects.store.containers.asyncPending(device) > 0 && this.objects.state(device) === "up")
        this.engine.start(this.workflow, device);
    }
  }

  /** Assumes that databases are small beside objects: what is sent takes no time. */
  private replicate(): void {
    const { store, lateRows } = this.objects;
    const seen = store.nodes.changes + lateRows;
    if (this.replicatedAt === seen) return;
    store.containers.replicateAll();
    this.replicatedAt = seen;
  }
}
