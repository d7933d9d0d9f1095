// Replicators and reconstructors at work: each node goes over the parts on its devices, one after another, and sends others what they lack; then it
// rests for `interval`. What is sent flows over the network and the devices; fragments of erasure coding are rebuilt from as many others as it takes.
//
// Assumes that two nodes do not send the same part to the same device at once (rsync's locks), and that a node has nothing to do as long as
// nothing has changed anywhere.
// @source swift/obj/replicator.py, swift/obj/reconstructor.py (2.30): concurrency = 1
import type { PartMove } from "../../datacenter/object-store/replicator.ts";
import { partOfKey } from "../../datacenter/object-store/storage-nodes.ts";
import type { EventKind } from "../../kernel/simulation.ts";
import { swift } from "../../services/swift.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import { act, at, call, perform, type Workflow, when } from "../vocabulary.ts";
import type { ObjectCloud, StorageNode } from "./object-cloud.ts";

/** A node on its way over its devices. */
interface Pass {
  /** Devices and parts that are still to come; the last is next. */
  readonly devices: number[];
  parts: number[];
  device: number;
  /** What the store had seen when it began; nothing has to be done again as long as that stays. */
  readonly changes: number;
  moved: boolean;
}

interface MoveUnderWay {
  readonly move: PartMove;
  readonly node: number;
  /** Reads of fragments that have not ended. */
  reads: number;
  /** One of them has failed. */
  readFailed: boolean;
  strand: number;
  sent: boolean;
}

const filesOf = (cloud: Cloud) => cloud.objectStore!.replication!;

export const replicatePart: Workflow = {
  name: "replicate-part",
  subject: "none",
  steps: [
    at(
      swift.object,
      call(swift.object.replicate, "hashes of the part's suffixes"),
      when(
        "fragments have to be rebuilt",
        (cloud, number) => filesOf(cloud).moveOf(number).rebuildBytes > 0,
        perform("fragments", (cloud, number, strand) => filesOf(cloud).readFragments(number, strand)),
      ),
      perform("files", (cloud, number, strand) => filesOf(cloud).send(number, strand)),
      act("files are there", (cloud, number) => cloud.objectStore!.sendings.ended(number)),
    ),
  ],
  ended: (cloud, number, outcome) => filesOf(cloud).ended(number, outcome === null),
};

export const readFragment: Workflow = {
  name: "read-fragment",
  subject: "none",
  steps: [
    at(
      swift.object,
      call(swift.object.getObject, "part, fragment"),
      perform("fragment", (cloud, number, strand) => filesOf(cloud).sendFragment(number, strand)),
      act("fragment is there", (cloud, number) => cloud.objectStore!.sendings.ended(number)),
    ),
  ],
  ended: (cloud, number, outcome) => filesOf(cloud).fragmentEnded(number, outcome === null),
};

export class Replication {
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine;
  private readonly objects: ObjectCloud;
  private readonly workflow: number;
  private readonly fragmentWorkflow: number;
  private readonly begins: EventKind;
  private readonly passes: (Pass | null)[];
  private readonly quietSince: number[];
  private readonly moves = new Map<number, MoveUnderWay>();
  private readonly fragments = new Map<number, { readonly of: number; readonly from: number; readonly bytes: number }>();
  /** Parts on their way to a device. */
  private readonly busy = new Set<string>();

  constructor(cloud: Cloud, engine: WorkflowEngine, objects: ObjectCloud) {
    this.cloud = cloud;
    this.engine = engine;
    this.objects = objects;
    this.workflow = engine.add(replicatePart);
    this.fragmentWorkflow = engine.add(readFragment);
    this.begins = cloud.simulation.kind("replicator pass", (node) => this.begin(node));
    this.passes = objects.nodes.map(() => null);
    this.quietSince = objects.nodes.map(() => -1);
    const starts = cloud.streams.stream("swift.replicator");
    for (const node of objects.nodes.keys())
      cloud.simulation.schedule(Math.floor(starts.uniform(node, 0) * objects.settings.replicatorInterval), this.begins, node);
  }

  private begin(number: number): void {
    const node = this.objects.nodes[number]!;
    const { changes } = this.objects.store.nodes;
    if (this.quietSince[number] === changes) {
      this.rest(number);
      return;
    }
    this.passes[number] = { devices: [...node.devices].reverse(), parts: [], device: -1, changes, moved: false };
    this.next(number, node);
  }

  /** The next part that others lack something of, or the end. */
  private next(number: number, node: StorageNode): void {
    const pass = this.passes[number]!;
    const { replicator, nodes } = this.objects.store;
    for (;;) {
      for (let key = pass.parts.pop(); key !== undefined; key = pass.parts.pop()) {
        const { policy, part } = partOfKey(key);
        const plan = replicator.planOf(pass.device, policy, part);
        if (plan.length > 0) pass.moved = true;
        const move = plan.find((one) => !this.busy.has(keyOf(one)));
        if (move === undefined) continue;
        // Others may lack something of it, too.
        pass.parts.push(key);
        this.start(number, move);
        return;
      }
      if (pass.device >= 0) replicator.letGo(pass.device);
      const device = pass.devices.pop();
      if (device === undefined) break;
      pass.device = device;
      replicator.reclaim(device, this.objects.nowSeconds);
      pass.parts = nodes.state(device) === "up" ? [...nodes.partsOn(device)].reverse() : [];
    }
    this.passes[number] = null;
    this.quietSince[number] =
      pass.moved || this.busy.size > 0 || node.devices.some((device) => nodes.state(device) === "down") ? -1 : pass.changes;
    this.objects.rebuilds.check();
    this.rest(number);
  }

  private rest(number: number): void {
    this.cloud.simulation.schedule(this.objects.settings.replicatorInterval, this.begins, number);
  }

  private start(node: number, move: PartMove): void {
    const number = this.objects.sendings.next();
    this.moves.set(number, { move, node, reads: 0, readFailed: false, strand: -1, sent: false });
    this.busy.add(keyOf(move));
    this.engine.start(this.workflow, number);
  }

  moveOf(number: number): PartMove {
    return this.moves.get(number)!.move;
  }

  send(number: number, strand: number): void {
    const { from, to, bytes } = this.moveOf(number);
    const { objects } = this;
    if (objects.state(from) !== "up" || objects.state(to) !== "up") {
      this.cloud.performed(strand, "HTTPServiceUnavailable");
      return;
    }
    this.moves.get(number)!.sent = true;
    objects.sendings.begin(number, strand, { bytes, from: objects.pointOf(from), to: objects.pointOf(to), devices: [from, to] });
  }

  /** From other devices of the part, those in order, in equal parts. */
  readFragments(number: number, strand: number): void {
    const underWay = this.moves.get(number)!;
    const { from, rebuildBytes, files } = underWay.move;
    const sources = this.objects.store.sourcesOf(underWay.move);
    const share = Math.ceil(rebuildBytes / Math.max(1, sources.length));
    underWay.strand = strand;
    underWay.reads = sources.length;
    if (sources.length === 0 || files.length === 0 || this.objects.state(from) !== "up") {
      this.cloud.performed(strand, "HTTPServiceUnavailable");
      return;
    }
    for (const [i, source] of sources.entries()) {
      const read = this.objects.sendings.next();
      const bytes = Math.max(0, Math.min(share, rebuildBytes - i * share));
      this.fragments.set(read, { of: number, from: source, bytes });
      this.engine.start(this.fragmentWorkflow, read);
    }
  }

  sendFragment(number: number, strand: number): void {
    const { of, from, bytes } = this.fragments.get(number)!;
    const { from: to } = this.moveOf(of);
    const { objects } = this;
    if (objects.state(from) !== "up" || objects.state(to) !== "up") {
      this.cloud.performed(strand, "HTTPServiceUnavailable");
      return;
    }
    objects.replicatedBytes += bytes;
    objects.sendings.begin(number, strand, { bytes, from: objects.pointOf(from), to: objects.pointOf(to), devices: [from] });
  }

  fragmentEnded(number: number, well: boolean): void {
    const { of } = this.fragments.get(number)!;
    this.fragments.delete(number);
    this.objects.replicatedBytes -= this.objects.sendings.leftOf(number);
    const move = this.moves.get(of)!;
    if (!well) move.readFailed = true;
    if (--move.reads === 0) this.cloud.performed(move.strand, move.readFailed ? "HTTPServiceUnavailable" : null);
  }

  /** Moves under way. */
  get underWay(): number {
    return this.moves.size;
  }

  ended(number: number, well: boolean): void {
    const { move, node, sent } = this.moves.get(number)!;
    this.moves.delete(number);
    this.busy.delete(keyOf(move));
    const { objects } = this;
    const left = objects.sendings.leftOf(number);
    if (sent) objects.replicatedBytes += move.bytes - left;
    // What does not fit, or does not come through, is tried again in the next pass.
    const placed = well ? objects.store.replicator.apply(move) : 0;
    if (placed < move.files.length) this.passes[node]!.parts.pop();
    if (this.moves.size === 0) objects.rebuilds.check();
    this.next(node, objects.nodes[node]!);
  }
}

const keyOf = ({ policy, part, to }: PartMove): string => `${policy}/${part}/${to}`;
