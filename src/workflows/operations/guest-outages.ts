// How long guests were not there for their users: from the crash of their host, or the cut of its network, until they run again and can be
// reached. A deletion ends an outage as well; one that lasts to the end of the run is counted up to there.
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";

const NONE = -1;

export class GuestOutages {
  /** By server: outages so far, and time lost in those that are over. */
  readonly count: Uint16Array;
  readonly lost: Float64Array;
  /** Lengths of the outages that are over, in microseconds, in the order of their ends. */
  readonly lengths: Micros[] = [];
  private readonly cloud: Cloud;
  private readonly since: Float64Array;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.count = new Uint16Array(cloud.servers.count);
    this.lost = new Float64Array(cloud.servers.count);
    this.since = new Float64Array(cloud.servers.count).fill(NONE);
    cloud.notifications.on("instance.delete.end", (server) => this.end(server));
  }

  /** The guest is not there any more, for whatever reason; nothing happens if it was not before. */
  begin(server: number): void {
    if (this.since[server] !== NONE) return;
    this.since[server] = this.cloud.simulation.now;
    this.count[server]!++;
  }

  /** To be called when the guest runs again or its host is reached again: is the outage over? */
  endIfThere(server: number): void {
    const host = this.cloud.servers.host[server]!;
    if (this.cloud.running[server] === 1 && host >= 0 && this.cloud.hostWorks(host)) this.end(server);
  }

  /** Forgets what was before now (end of a warm-up); of outages that go on, only the rest counts. */
  reset(): void {
    this.lost.fill(0);
    this.lengths.length = 0;
    for (const [server, since] of this.since.entries()) {
      this.count[server] = since === NONE ? 0 : 1;
      if (since !== NONE) this.since[server] = this.cloud.simulation.now;
    }
  }

  isOut(server: number): boolean {
    return this.since[server] !== NONE;
  }

  /** Time lost by the server up to now. */
  lostBy(server: number): Micros {
    return this.lost[server]! + (this.isOut(server) ? this.cloud.simulation.now - this.since[server]! : 0);
  }

  /** Lengths of all outages, those that go on included with what has passed of them. */
  allLengths(): readonly Micros[] {
    const { now } = this.cloud.simulation;
    const open = [...this.since].filter((since) => since !== NONE).map((since) => now - since);
    return [...this.lengths, ...open];
  }

  private end(server: number): void {
    if (this.since[server] === NONE) return;
    const length = this.cloud.simulation.now - this.since[server]!;
    this.since[server] = NONE;
    this.lost[server]! += length;
    this.lengths.push(length);
  }
}
