// The meters, as rows. A row says what Ceilometer calls it, how it counts, and where its value comes from: a notification at the instant it
// is sent, or a pollster of the agent on every host. To add a meter, add a row.
//
// Assumes a guest keeps its mean share of its vCPUs busy and sends and receives at a constant rate while it is ACTIVE,
// unless the scenario says how that varies in time.
// @source Ceilometer Zed, table of measurements; ceilometer/data/meters.d/meters.yaml
import type { NotificationName } from "../datacenter/notifications.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { GuestTraffic } from "./samples.ts";

export interface Meter {
  readonly name: string;
  readonly type: "gauge" | "delta" | "cumulative";
  readonly unit: string;
  /** What a sample is about; the entity of its samples is the row of that thing (for images and volumes, of the server they are for). */
  readonly resource: "instance" | "image" | "interface" | "volume" | "host";
  /** The notification that makes a sample, or `poll` for the polling agent. */
  readonly on: NotificationName | "poll";
  readonly meaning: string;
  readonly volume: (cloud: Cloud, entity: number, traffic: GuestTraffic) => number;
  /** There is something to measure; absent = always. */
  readonly exists?: (cloud: Cloud) => boolean;
}

const sharesMemory = ({ guestMemory }: Cloud) => guestMemory !== null;
const isPlaced = ({ guestMemory }: Cloud, server: number) => guestMemory!.isPlaced(server);

/** Seconds that the guest has been running. */
const secondsUp = (cloud: Cloud, server: number) => (cloud.simulation.now - cloud.servers.launchedAt[server]!) / 1e6;

const sinceLaunch = (cloud: Cloud, server: number, bytes: NonNullable<GuestTraffic["recorded"]>["incoming"] | undefined) =>
  bytes?.(server, cloud.servers.launchedAt[server]!, cloud.simulation.now);

export const meters: readonly Meter[] = [
  {
    name: "vcpus",
    type: "gauge",
    unit: "vcpu",
    resource: "instance",
    on: "instance.create.end",
    meaning: "vCPUs allocated to the server",
    volume: (cloud, server) => cloud.flavorOf(server).vcpuMilli / 1000,
  },
  {
    name: "memory",
    type: "gauge",
    unit: "MB",
    resource: "instance",
    on: "instance.create.end",
    meaning: "RAM allocated to the server",
    volume: (cloud, server) => cloud.flavorOf(server).ramMb,
  },
  {
    name: "disk.root.size",
    type: "gauge",
    unit: "GB",
    resource: "instance",
    on: "instance.create.end",
    meaning: "Size of the server's root disk",
    volume: (cloud, server) => cloud.flavorOf(server).diskGb,
  },
  {
    name: "compute.instance.booting.time",
    type: "gauge",
    unit: "sec",
    resource: "instance",
    on: "instance.create.end",
    meaning: "Time from the request to ACTIVE",
    volume: (cloud, server) => (cloud.servers.launchedAt[server]! - cloud.servers.requestedAt[server]!) / 1e6,
  },
  {
    name: "cpu",
    type: "cumulative",
    unit: "ns",
    resource: "instance",
    on: "poll",
    meaning: "CPU time used by the server",
    volume: (cloud, server) =>
      cloud.guestCpu?.cpuNanos(server) ??
      Math.round((cloud.flavorOf(server).vcpuMilli / 1000) * cloud.servers.cpuUtilisation[server]! * secondsUp(cloud, server) * 1e9),
  },
  {
    name: "memory.usage",
    type: "gauge",
    unit: "MB",
    resource: "instance",
    on: "poll",
    meaning: "RAM that the server uses of what it was given, where guests share the memory of their hosts",
    volume: (cloud, server) => {
      const { memory } = cloud.guestMemory!;
      return isPlaced(cloud, server) ? memory.touchedMb(server) - memory.balloonedOf(server, cloud.simulation.now) : 0;
    },
    exists: sharesMemory,
  },
  {
    name: "memory.resident",
    type: "gauge",
    unit: "MB",
    resource: "instance",
    on: "poll",
    meaning: "RAM that the server's process has on the physical machine, where guests share the memory of their hosts",
    volume: (cloud, server) => (isPlaced(cloud, server) ? cloud.guestMemory!.memory.residentMb(server, cloud.simulation.now) : 0),
    exists: sharesMemory,
  },
  {
    name: "network.incoming.bytes",
    type: "cumulative",
    unit: "B",
    resource: "interface",
    on: "poll",
    meaning: "Bytes received by the server",
    volume: (cloud, server, { recorded, incomingBytesPerSecond }) =>
      Math.round(sinceLaunch(cloud, server, recorded?.incoming) ?? secondsUp(cloud, server) * incomingBytesPerSecond),
  },
  {
    name: "network.outgoing.bytes",
    type: "cumulative",
    unit: "B",
    resource: "interface",
    on: "poll",
    meaning: "Bytes sent by the server",
    volume: (cloud, server, { recorded, outgoingBytesPerSecond }) =>
      Math.round(sinceLaunch(cloud, server, recorded?.outgoing) ?? secondsUp(cloud, server) * outgoingBytesPerSecond),
  },
  {
    name: "image.download",
    type: "delta",
    unit: "B",
    resource: "image",
    on: "image.send",
    meaning: "Bytes of an image sent to a host",
    volume: (cloud, server) => cloud.imageOf(server)!.bytes,
  },
  {
    name: "volume.size",
    type: "gauge",
    unit: "GB",
    resource: "volume",
    on: "volume.create.end",
    meaning: "Size of the volume created with the server",
    volume: (cloud, server) => cloud.volumeFlavorOf(server).volumeGb,
  },
  {
    name: "hardware.ipmi.node.power",
    type: "gauge",
    unit: "W",
    resource: "host",
    on: "poll",
    meaning: "Power drawn by the host",
    volume: (cloud, host) => cloud.power.watts(host),
  },
];

export const defaultMeters: readonly string[] = meters.map((meter) => meter.name);
