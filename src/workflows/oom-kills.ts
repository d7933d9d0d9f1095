// What becomes of a server that the kernel of its host has killed because it was out of memory. The guest is gone at once; libvirt's event of
// a domain that has stopped is held back for some seconds, in case it was a reboot; then nova-compute stops the server officially: SHUTOFF, with
// power state SHUTDOWN. Where it may not (the server is being moved, or its host is down), the next power-state sync looks again.
//
// @source nova/virt/libvirt/host.py (_event_emit_delayed), nova/compute/manager.py (handle_lifecycle_event, _sync_instance_power_state)
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import type { EventKind } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { Cloud } from "./cloud.ts";

export const lifecycleDelay: Parameter = parameter({
  name: "cloud.memory_sharing.lifecycle_delay",
  value: 15 * SECOND,
  unit: "us",
  meaning: "Time for which nova-compute holds back the news that a domain has stopped.",
  source: "nova/virt/libvirt/host.py: _lifecycle_delay",
  evidence: "verified",
});

export class OomKills {
  /** Of guests, so far. */
  count = 0;
  /** Called when a guest has been killed, and when Nova has stopped its server. */
  readonly killedListeners: ((server: number) => void)[] = [];
  readonly stoppedListeners: ((server: number) => void)[] = [];
  private readonly cloud: Cloud;
  private readonly syncInterval: Micros;
  private readonly noticed: EventKind;

  constructor(cloud: Cloud, syncInterval: Micros) {
    this.cloud = cloud;
    this.syncInterval = syncInterval;
    this.noticed = cloud.simulation.kind("server found to be stopped", (server) => this.notice(server));
    if (cloud.guestMemory !== null) cloud.guestMemory.killed = (server) => this.kill(server);
  }

  private kill(server: number): void {
    const { cloud } = this;
    if (cloud.running[server] === 0 || cloud.guestMemory!.isPlaced(server)) return; // it was shut down at the same instant, and may run anew
    this.count++;
    cloud.guestDies(server);
    cloud.moving.guestDied(server);
    for (const listener of this.killedListeners) listener(server);
    cloud.simulation.schedule(lifecycleDelay.value, this.noticed, server);
  }

  private notice(server: number): void {
    const { cloud } = this;
    const { servers } = cloud;
    const state = servers.vmStateOf(server);
    const host = servers.host[server]!;
    if (host < 0 || cloud.running[server] === 1 || (state !== "active" && state !== "resized")) return;
    if (state === "resized" || cloud.locked[server] === 1 || servers.taskStateOf(server) !== "none" || !cloud.hostWorks(host)) {
      cloud.simulation.schedule(this.syncInterval, this.noticed, server);
      return;
    }
    cloud.setState(server, "stopped");
    cloud.setPowerState(server, "SHUTDOWN");
    cloud.notifications.emit("instance.power_off.end", server);
    for (const listener of this.stoppedListeners) listener(server);
  }
}
