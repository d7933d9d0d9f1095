// Servers on the move: which migration each is in, where it is to go, and the verbs with which workflows move it. A server has one migration at
// a time. A run in which nothing moves does not notice that this is here.
//
// Assumes that disks are not written to while they are copied with a running guest, and that what a guest runs on knows at once that it has
// moved: Nova writes the new host down some tenths of a second later, after post-copy when all memory is there.
// @source nova/compute/manager.py, nova/conductor/tasks/live_migrate.py, nova/conductor/tasks/migrate.py (Zed)
import type { Flavor } from "../datacenter/flavor.ts";
import { dirtyRates } from "../datacenter/migration/dirty-rates.ts";
import { dataGb } from "../datacenter/migration/downtime-ramp.ts";
import { type CopyEnd, type CopyNetwork, type CopyOrder, LiveCopies } from "../datacenter/migration/live-copies.ts";
import { type Migration, type MigrationStatus, Migrations, type MigrationType } from "../datacenter/migration/migrations.ts";
import type { WrittenMemory } from "../datacenter/migration/pre-copy.ts";
import type { Outcome } from "../datacenter/servers.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "./cloud.ts";
import { defaultMigrationSettings, type MigrationSettings, zeroPageBytes } from "./migration-settings.ts";
import type { InFlight } from "./scheduling.ts";
import { SecondClaims } from "./second-claims.ts";
import type { Flow, Side } from "./vocabulary.ts";

const MIB = 1 << 20;
const GIB = 1 << 30;
const PAGE = 4096;

/** A move under way. */
interface Move {
  readonly migration: number;
  /** The host that was asked for, -1 for any. */
  readonly wanted: number;
  /** Hosts that were tried, and refused. */
  readonly tried: number[];
  /** It is moved without a guest that runs, and comes to rest so. */
  readonly wasStopped: boolean;
  flight: InFlight | null;
  /** The server's home is the destination. */
  switched: boolean;
  aborted: boolean;
  /** Of a live migration that is being copied. */
  strand: number;
}

const outcomeOf: Readonly<Record<CopyEnd, Outcome | null>> = {
  completed: null,
  aborted: "OperationAborted",
  "timed out": "OperationAborted",
  "source failed": "MigrationError",
  "destination failed": "MigrationError",
  lost: "MigrationError",
};

export class Moving {
  readonly migrations = new Migrations();
  readonly claims: SecondClaims;
  readonly settings: MigrationSettings;
  /** Called when a migration has ended. */
  readonly endListeners: ((migration: number) => void)[] = [];
  /** Called when a server has been resized and waits to be confirmed, and when its confirmation or reversion has come to nothing. */
  readonly settledListeners: ((server: number) => void)[] = [];
  /** How a server writes to its memory while it is copied; by default by the settings. */
  dirtyRateOf: (server: number) => string;
  /** CPU time that a guest gets of what it wants; assumes that it gets it, unless somebody who knows better is set here. */
  cpuShareOf: (server: number) => number = () => 1;
  private readonly cloud: Cloud;
  private readonly moves = new Map<number, Move>(); // by server
  private running: LiveCopies | null = null;

  constructor(cloud: Cloud, settings: Partial<MigrationSettings> = {}) {
    this.cloud = cloud;
    this.settings = { ...defaultMigrationSettings, ...settings };
    this.dirtyRateOf = () => this.settings.dirtyRate;
    this.claims = new SecondClaims({ ...cloud.settings, ...pick(cloud) });
  }

  /** Live migrations being copied; made with the first of them. */
  get copies(): LiveCopies {
    if (this.running !== null) return this.running;
    const { cloud } = this;
    const { simulation } = cloud;
    this.running = new LiveCopies(simulation, this.wayBetweenHosts(), this.settings.live, {
      cpuShare: (server) => this.cpuShareOf(server),
      paceSet: (server, cpu) => cloud.setCpuLeft(server, cpu),
      switched: (server) => this.switchOver(server),
      ended: (server, end, figures) => {
        const { migration, strand } = this.moves.get(server)!;
        this.migrations.copied(migration, figures);
        cloud.performed(strand, outcomeOf[end]);
      },
    });
    const copies = this.running;
    const others = cloud.transferDone;
    cloud.transferDone = (job) => (job < 0 ? copies.carried(job) : others(job));
    return copies;
  }

  /** Copies go from host to host as all traffic does: around what fails, and nowhere while there is no way. */
  private wayBetweenHosts(): CopyNetwork {
    const { traffic, transfers } = this.cloud;
    return {
      addLink: (bytesPerSecond) => transfers.addLink(bytesPerSecond),
      start: (job, bytes, also) => {
        const server = LiveCopies.serverOf(job);
        const { source, destination } = this.of(server)!;
        traffic.start(job, bytes, source, destination, server, also);
      },
      stop: (job) => traffic.stop(job),
    };
  }

  /** Null: the server is in no migration. One that waits to be confirmed is in one still. */
  of(server: number): Migration | null {
    const move = this.moves.get(server);
    return move === undefined ? null : this.migrations.row(move.migration);
  }

  /** A migration is accepted. `wanted`: the host it must go to, -1 for any. */
  begin(server: number, type: MigrationType, newFlavor: number, wanted: number): number {
    const { servers, simulation } = this.cloud;
    if (this.moves.has(server)) throw new RangeError(`${servers.nameOf(server)} cannot move twice at once`);
    const [source, oldFlavor] = [servers.host[server]!, servers.flavor[server]!];
    const migration = this.migrations.add({ server, type, source, oldFlavor, newFlavor, createdAt: simulation.now });
    const wasStopped = servers.vmStateOf(server) === "stopped";
    this.moves.set(server, { migration, wanted, tried: [], wasStopped, flight: null, switched: false, aborted: false, strand: -1 });
    return migration;
  }

  setStatus(server: number, status: MigrationStatus): void {
    this.migrations.setStatus(this.move(server).migration, status);
  }

  newFlavorOf(server: number): Flavor {
    return this.cloud.flavors[this.of(server)!.newFlavor]!;
  }

  hostOf(server: number, side: Side): number {
    return this.of(server)?.[side] ?? -1;
  }

  hasDestination(server: number): boolean {
    return this.claims.of(server) !== undefined && !this.move(server).switched;
  }

  /** The state that a server is in when its cold migration or resize is over: the one it was in before. */
  restState(server: number): "active" | "stopped" {
    return this.move(server).wasStopped ? "stopped" : "active";
  }

  hasSwitched(server: number): boolean {
    return this.move(server).switched;
  }

  /** The scheduler's decision. Null: a host was found. */
  choose(server: number): "NoValidHost" | "SchedulingError" | null {
    const move = this.move(server);
    const request = this.request(server);
    move.flight = request === null ? null : this.cloud.scheduling.chooseAnother(server, request);
    this.cloud.notifications.emit("scheduler.select_destinations.end", server);
    if (move.flight !== null) return null;
    return request !== null && this.cloud.scheduling.raised ? "SchedulingError" : "NoValidHost";
  }

  /** Claims the next host of the list for the server. False: others were faster, or the list is at its end (`atEnd`). */
  claimNext(server: number): boolean {
    const { flight, migration } = this.move(server);
    const host = flight!.ranking.at(flight!.next++);
    if (host < 0) return false;
    const { amounts } = this.request(server)!.placement![flight!.queryOf?.[host] ?? 0]!;
    if (!this.claims.claim(server, host, amounts, this.of(server)!.newFlavor)) {
      this.cloud.scheduling.claimsRefused++;
      this.cloud.scheduling.refuse(server, "claim", host);
      return false;
    }
    this.migrations.goesTo(migration, host);
    return true;
  }

  /** Claims the first host of what is left of the list that has room. */
  claimAny(server: number): boolean {
    while (!this.atEnd(server)) if (this.claimNext(server)) return true;
    return false;
  }

  atEnd(server: number): boolean {
    const { flight } = this.move(server);
    return flight === null || flight.next >= flight.ranking.count;
  }

  /** nova-compute's word on the destination: its hypervisor must be the source's, and it must have the cells and devices and suit the group. */
  takeOn(server: number): boolean {
    const { hosts } = this.cloud;
    const { source, destination, type } = this.of(server)!;
    const alike =
      type === "live-migration"
        ? hosts.hypervisorType(source) === hosts.hypervisorType(destination)
        : this.can(destination, "coldMigration");
    if (alike && hosts.serviceUp[destination] === 1 && this.claims.takeOn(server, this.request(server)!) === null) return true;
    this.move(server).tried.push(destination);
    return false;
  }

  /** The destination is given up; the server stays where it is. */
  leaveDestination(server: number): void {
    this.claims.release(server);
  }

  /** The server's home is the destination from now on; the source stays claimed. */
  switchOver(server: number): void {
    this.changeHomes(server);
    this.move(server).switched = true;
  }

  /** And back, with the flavor it had. */
  switchBack(server: number): void {
    this.changeHomes(server);
    this.move(server).switched = false;
  }

  private changeHomes(server: number): void {
    this.cloud.atHomeElsewhere(server, () => this.claims.exchange(server));
  }

  /** The claim of the host that is not the server's home is given back. */
  leaveOtherHost(server: number): void {
    this.claims.release(server);
  }

  copyMemory(server: number, strand: number): void {
    const move = this.move(server);
    move.strand = strand;
    this.copies.start(server, this.copyOrder(server));
  }

  /** Marked to be aborted, before its memory is copied. */
  abortsBefore(server: number): boolean {
    return this.move(server).aborted;
  }

  /** False: it has gone too far for that. */
  abort(server: number): boolean {
    const move = this.move(server);
    if (this.running?.isUnderWay(server) === true) return this.running.abort(server);
    if (move.strand >= 0) return false;
    move.aborted = true;
    return true;
  }

  /** Copies that a failing host takes part in come to their end. */
  hostFails(host: number): void {
    for (const [server] of [...this.moves]) {
      if (this.running?.isUnderWay(server) !== true) continue;
      const { source, destination } = this.of(server)!;
      if (host === source) this.running.hostFails(server, "source");
      else if (host === destination) this.running.hostFails(server, "destination");
    }
  }

  /** The guest is gone where it was: a copy of it comes to its end. */
  guestDied(server: number): void {
    if (this.running?.isUnderWay(server) === true) this.running.hostFails(server, this.hasSwitched(server) ? "destination" : "source");
  }

  /** The server waits to be confirmed or reverted. */
  settled(server: number): void {
    this.setStatus(server, "finished");
    for (const listener of this.settledListeners) listener(server);
  }

  /** Its row. */
  migrationOf(server: number): number {
    return this.move(server).migration;
  }

  /** The migration is over, whichever way. */
  end(server: number, status: MigrationStatus, outcome: Outcome | null): void {
    const { migration } = this.move(server);
    this.moves.delete(server);
    this.migrations.end(migration, this.cloud.simulation.now, status, outcome);
    for (const listener of this.endListeners) listener(migration);
  }

  /** Is the host's hypervisor able to do that? */
  can(host: number, what: "liveMigration" | "coldMigration" | "postCopy"): boolean {
    return this.cloud.hypervisorOf?.(host)[what].value ?? true;
  }

  /** What of the server's memory and disks a live migration has to copy. */
  copyOrder(server: number): CopyOrder {
    const { flavor, memory, diskBytes } = this.burden(server);
    const { source, destination } = this.of(server)!;
    const gb = dataGb(flavor.ramMb, diskBytes === 0 ? [] : [flavor.diskGb]);
    return {
      memory: { ...memory, bytes: memory.bytes + diskBytes },
      gb,
      route: [],
      postCopy: this.can(source, "postCopy") && this.can(destination, "postCopy"),
    };
  }

  /** The transfer of its disks between hosts at a cold migration. Assumes that disks read and write as fast as the network carries. */
  diskFlow(server: number): Flow {
    const { source, destination } = this.of(server)!;
    return { bytes: this.burden(server).diskBytes, from: source, to: destination, flow: server };
  }

  hasDisksToCopy(server: number): boolean {
    const { source, destination } = this.of(server)!;
    return source !== destination && this.burden(server).diskBytes > 0;
  }

  private burden(server: number) {
    const { settings, cloud } = this;
    const flavor = cloud.flavors[this.of(server)!.oldFlavor]!;
    const ramBytes = flavor.ramMb * MIB;
    const rate = dirtyRates.get(this.dirtyRateOf(server));
    if (rate === undefined) {
      throw new RangeError(`no dirty rate "${this.dirtyRateOf(server)}"; there are ${[...dirtyRates.keys()].join(", ")}`);
    }
    const zeroes = ((1 - settings.touchedShare) * ramBytes * zeroPageBytes.value) / PAGE;
    const memory: WrittenMemory = {
      bytes: settings.touchedShare * ramBytes + zeroes,
      dirtyBytesPerSecond: rate.bytesPerSecond.value,
      writableBytes: rate.writableShare.value * ramBytes,
    };
    return { flavor, memory, diskBytes: settings.sharedStorage ? 0 : settings.allocatedDiskShare * flavor.diskGb * GIB };
  }

  /** The source is ignored, unless the same host will do; a host that was asked for is the only one. Null: Nova refuses it beforehand. */
  private request(server: number): RequestSpec | null {
    const { cloud, settings } = this;
    const { hosts, servers, groups } = cloud;
    const { wanted, tried } = this.move(server);
    const { source, newFlavor, type } = this.of(server)!;
    const sameHost = type === "resize" && settings.allowResizeToSameHost;
    const others = {
      policyOf: (group: number) => groups.policyOf(group),
      maxServerPerHost: (group: number) => groups.maxServerPerHost(group),
      countOn: (group: number, host: number) => groups.countOn(group, host) - (sameHost && host === source ? 1 : 0),
      hasHosts: (group: number) => groups.hasHosts(group),
      holdsHost: (group: number, host: number) => groups.holdsHost(group, host),
    };
    const request = cloud.scheduling.requestForMove(server, cloud.flavors[newFlavor]!, sameHost ? others : groups);
    if (request === null) return null;
    const ignored = [...(sameHost ? [] : [source]), ...tried].map((host) => hosts.hostName(host));
    if (wanted < 0) return { ...request, ignoreHosts: ignored };
    const name = hosts.hostName(wanted);
    const only = request.placement?.map((query) => ({ ...query, allowed: onlyHost(hosts.count, wanted, query.allowed) }));
    return {
      ...request,
      ignoreHosts: ignored,
      destination: { host: name, node: name, cell: null, allowCrossCellMove: false },
      ...(only === undefined ? {} : { placement: only }),
      instanceUuid: servers.nameOf(server),
    };
  }

  private move(server: number): Move {
    const move = this.moves.get(server);
    if (move === undefined) throw new RangeError(`${this.cloud.servers.nameOf(server)} is not on the move`);
    return move;
  }
}

function pick({ hosts, servers, groups, nodes, flavors, scheduling }: Cloud) {
  return { hosts, servers, groups, nodes, flavors, scheduling };
}

function onlyHost(count: number, host: number, allowed: Uint8Array | null): Uint8Array {
  const only = new Uint8Array(count);
  only[host] = allowed === null ? 1 : allowed[host]!;
  return only;
}
