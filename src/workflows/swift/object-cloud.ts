// The object store of a cloud under simulation: what is stored (`ObjectStore`), and where the nodes that store it are: their place on the network,
// and their devices, each a link that all its reads and writes share.
import { ErrorLimiter } from "../../datacenter/object-store/error-limiter.ts";
import type { ObjectStore } from "../../datacenter/object-store/object-store.ts";
import type { RingBuilder } from "../../datacenter/object-store/ring/ring-builder.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { Exchanges } from "./exchanges.ts";
import type { Proxying } from "./proxying.ts";
import type { Rebuilds } from "./rebuilds.ts";
import type { Replication } from "./replication.ts";
import { Sendings } from "./sendings.ts";
import type { StorageTimeline } from "./storage-timeline.ts";

export interface StorageNode {
  /** Its address in the rings, too. */
  readonly name: string;
  /** Attach point of the fabric. */
  readonly point: number;
  /** Ids of its devices. */
  readonly devices: readonly number[];
}

export interface ObjectCloudSettings {
  readonly connTimeout: Micros;
  readonly nodeTimeout: Micros;
  readonly replicatorInterval: Micros;
  readonly updaterInterval: Micros;
  readonly ringSeed: number;
}

export interface ObjectCloudParts {
  readonly store: ObjectStore;
  readonly nodes: readonly StorageNode[];
  /** By device: the link that stands for its bandwidth. */
  readonly deviceLink: readonly number[];
  /** By device: `storage-1/d2`. */
  readonly deviceNames: readonly string[];
  readonly proxyPoints: readonly number[];
  /** Where clients outside the cloud come in. */
  readonly clients: number;
  /** One for each storage policy, by its name, and that of the containers (null). */
  readonly builders: readonly { readonly policy: string | null; readonly builder: RingBuilder }[];
  readonly settings: ObjectCloudSettings;
}

export class ObjectCloud {
  readonly store: ObjectStore;
  readonly nodes: readonly StorageNode[];
  readonly deviceLink: readonly number[];
  readonly deviceNames: readonly string[];
  readonly proxyPoints: readonly number[];
  readonly clients: number;
  readonly settings: ObjectCloudSettings;
  readonly limiter = new ErrorLimiter();
  readonly sendings: Sendings;
  /** By request. */
  readonly proxyings = new Map<number, Proxying>();
  /** Bytes that replicators have sent, those read to rebuild fragments among them. */
  replicatedBytes = 0;
  /** Rows of listings that came late, by an updater. */
  lateRows = 0;
  /** Who asks storage servers on behalf of proxies; whoever has the engine sets it. */
  exchanges!: Exchanges;
  rebuilds!: Rebuilds;
  /** Null until it is set by whoever has the engine. */
  replication: Replication | null = null;
  timeline: StorageTimeline | null = null;
  private readonly cloud: Cloud;
  private readonly builders: ObjectCloudParts["builders"];
  private readonly nodeOf: readonly StorageNode[];

  constructor(cloud: Cloud, parts: ObjectCloudParts) {
    this.cloud = cloud;
    this.store = parts.store;
    this.nodes = parts.nodes;
    this.deviceLink = parts.deviceLink;
    this.deviceNames = parts.deviceNames;
    this.proxyPoints = parts.proxyPoints;
    this.clients = parts.clients;
    this.settings = parts.settings;
    this.builders = parts.builders;
    this.sendings = new Sendings(cloud);
    const nodeOf: StorageNode[] = [];
    for (const node of parts.nodes) for (const device of node.devices) nodeOf[device] = node;
    this.nodeOf = nodeOf;
  }

  get nowSeconds(): number {
    return this.cloud.simulation.now / SECOND;
  }

  pointOf(device: number): number {
    return this.nodeOf[device]!.point;
  }

  state(device: number): "up" | "unmounted" | "down" {
    return this.store.nodes.state(device);
  }

  /** The proxy that a request comes to. */
  proxyOf(request: number): number {
    const drawn = this.cloud.streams.stream("swift.proxy").uniform(request, 0);
    return this.proxyPoints[Math.floor(drawn * this.proxyPoints.length)]!;
  }

  /** The node does not answer from now on; what flows to it and from it breaks off, which is found out when the time for an answer is up. */
  failNode(node: StorageNode): void {
    this.store.nodes.setNodeDown(node.name, true);
    for (const device of node.devices) this.sendings.breakOff(device, this.settings.nodeTimeout);
    this.rebuilds.begin();
  }

  /** It answers again, with what it had. */
  returnNode(node: StorageNode): void {
    this.store.nodes.setNodeDown(node.name, false);
    this.rebuilds.check();
  }

  /** The device has failed, with all that was on it; its node says so. */
  failDevice(device: number): void {
    this.store.failDevice(device);
    this.sendings.breakOff(device, 0);
    this.rebuilds.begin();
  }

  /** A new one is in its place. */
  replaceDevice(device: number): void {
    this.store.nodes.replace(device);
    this.rebuilds.check();
  }

  /** Another weight for a device, and rings rebalanced as far as min_part_hours lets them. Returns parts that have moved. */
  reweigh(device: number, weight: number): number {
    let moved = 0;
    for (const { policy, builder } of this.builders) {
      builder.setWeight(device, weight);
      moved += builder.rebalance(this.settings.ringSeed, this.nowSeconds).changed;
      if (policy === null) this.store.containers.setRing(builder.ring());
      else this.store.setRing(policy, builder.ring());
    }
    return moved;
  }
}

/** @throws RangeError where the cloud has none */
export function objectCloudOf(cloud: Cloud): ObjectCloud {
  if (cloud.objectStore === null) throw new RangeError("the cloud has no object store");
  return cloud.objectStore;
}
