// Scheduling as the cloud lives it: requests are put to the scheduler, its list is kept while others decide and claim, hosts are claimed along
// it, and nova-compute has the last word when a build begins.
//
// With a modelled control plane the scheduler reads compute node records, which lag behind the hosts, and claims some time after it has read
// them. With an instant one nothing lies between.
//
// Assumes that the scheduler knows who is on a host, for groups and for hints, from the moment nova-compute takes a server on. Nova's conductor
// does, for affinity; its scheduler, with track_instance_changes, may learn it only when the build has ended (from memory).
// @source nova/scheduler/manager.py, nova/compute/manager.py (_validate_instance_group_policy), nova/compute/claims.py
import type { Flavor } from "../datacenter/flavor.ts";
import type { Amounts, HostId, Hosts } from "../datacenter/hosts.ts";
import type { ServerGroups } from "../datacenter/server-groups.ts";
import type { Servers } from "../datacenter/servers.ts";
import type { EventKind, Simulation } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";
import { type ClaimSteps, claimHosts } from "../policies/nova/claim-loop.ts";
import type { ComputeNodes } from "../policies/nova/compute-nodes.ts";
import { type FilterScheduler, SchedulingError, type SchedulingObserver } from "../policies/nova/filter-scheduler.ts";
import { HostClaims } from "../policies/nova/host-claims.ts";
import type { Ranking } from "../policies/nova/ranking.ts";
import type { RequestBook } from "../policies/nova/request-book.ts";
import type { GroupStates, RequestSpec } from "../policies/nova/request-spec.ts";
import { DecisionLog } from "./decision-log.ts";
import { LastWord, suits } from "./last-word.ts";

export interface SchedulingParts {
  readonly simulation: Simulation;
  readonly hosts: Hosts;
  readonly servers: Servers;
  readonly groups: ServerGroups;
  readonly scheduler: FilterScheduler;
  /** The records that the scheduler reads; null: it reads the hosts themselves, which is the same while they never lag and nobody asks for NUMA. */
  readonly nodes: ComputeNodes | null;
  /** Time between two periodic updates of a host's record; negative: there are none; null: records never lag. */
  readonly updateInterval: Micros | null;
  readonly book: RequestBook;
  readonly maxAttempts: number;
  readonly packHostNumaCells: boolean;
  /** nova-compute does not look at a server's group once more. */
  readonly disableGroupPolicyCheck: boolean;
  readonly flavorOf: (server: number) => Flavor;
}

/** A list that is being claimed along. */
export interface InFlight {
  readonly ranking: Ranking;
  /** Which of the request's queries a host was offered for, by host; null: there is one only. */
  readonly queryOf: Uint8Array | null;
  next: number;
}

/** A claim on a host that its server has left, or is leaving, by evacuation: Placement counts it until that host is back. */
export interface LeftClaim {
  readonly host: number;
  readonly amounts: Amounts;
  readonly taken: boolean;
}

/** What a server did not get: `group` and `host` are nova-compute's last word on a claim that Placement had granted. */
export type RefusedThing = "quota" | "volume" | "claim" | "group" | "host";

/** Under this number a server on the move holds cells and devices of its other host. */
export const secondHolder = (server: number): number => -1 - 2 * server;
/** And what it has left behind where it was evacuated from. */
const holderBehind = (server: number): number => -2 - 2 * server;

export class Scheduling {
  readonly decisions = new DecisionLog();
  /** Called when a claim is refused, by Placement or by nova-compute, and by the cloud for quotas and volumes. */
  readonly refusalListeners: ((server: number, what: RefusedThing, host: number) => void)[] = [];
  /** Asked before each decision who is to be told its steps: null = nobody. */
  observerOf: ((server: number, request: RequestSpec) => SchedulingObserver | null) | null = null;
  /** Claims that Placement refused because others were faster. */
  claimsRefused = 0;
  /** Builds that nova-compute refused because the host no longer suited the server's group, or had not the NUMA cells or devices any more. */
  refusedByGroup = 0;
  refusedByHost = 0;
  /** Of the last request for several servers: the last of them, counted from 0, for which hosts were filtered and weighed. */
  reached = 0;
  readonly lastWord: LastWord;
  private readonly parts: SchedulingParts;
  private schedulingError: string | null = null; // of the last decision
  /** What nova-compute has claimed of its hosts' cells and devices. */
  readonly claims: HostClaims;
  private readonly inFlight = new Map<number, InFlight>();
  private readonly spare: Ranking[] = [];
  private readonly alternates: Int32Array; // maxAttempts - 1 per server, -1 = no more
  private readonly alternateQueries: Uint8Array; // which of its queries each is offered for
  private readonly nextAlternate: Int32Array;
  private readonly decisionsMade: Int32Array;
  private readonly claimed: (Amounts | undefined)[] = []; // by server
  /** By server, where it has one. */
  readonly leftBehind = new Map<number, LeftClaim>();
  /** 1 from the moment nova-compute has taken the server on. */
  private readonly taken: Uint8Array;
  private readonly decided: EventKind;
  private readonly update: EventKind | null;
  private readonly updateDue: Uint8Array;

  constructor(parts: SchedulingParts) {
    this.parts = parts;
    this.lastWord = new LastWord(parts);
    const { simulation, hosts, servers, nodes, maxAttempts, updateInterval } = parts;
    this.claims = new HostClaims(hosts, parts.packHostNumaCells ? "pack" : "spread");
    this.alternates = new Int32Array(servers.count * (maxAttempts - 1)).fill(-1);
    this.alternateQueries = new Uint8Array(this.alternates.length);
    this.nextAlternate = new Int32Array(servers.count);
    this.decisionsMade = new Int32Array(servers.count);
    this.taken = new Uint8Array(servers.count);
    this.decided = simulation.recordKind("host chosen");
    this.updateDue = new Uint8Array(hosts.count);
    this.update =
      nodes === null || updateInterval === null || updateInterval < 0
        ? null
        : simulation.kind("compute node update", (host) => {
            this.updateDue[host] = 0;
            nodes.write(host);
          });
  }

  requestSpec(server: number): RequestSpec {
    return this.parts.book.spec(server, this.parts.servers.group[server]!, this.parts.groups);
  }

  /** The same request with another flavor; null where Nova would refuse it before it looks at hosts. */
  requestWith(server: number, flavor: Flavor): RequestSpec | null {
    const { book, servers, groups } = this.parts;
    return book.withFlavor(flavor, server, servers.group[server]!, groups);
  }

  /** What is asked for a server that has a host and is to have another. */
  requestForMove(server: number, flavor: Flavor, groups: GroupStates = this.parts.groups): RequestSpec | null {
    return this.parts.book.forMove(flavor, server, this.parts.servers.group[server]!, groups);
  }

  /** A request for a server of the flavor that says nothing else; null where Nova would refuse it. */
  plainRequest(flavor: Flavor): RequestSpec | null {
    return this.parts.book.plain(flavor, this.parts.groups);
  }

  /** Why Nova refuses the server's request before it asks Placement: its exception and a sentence; null: it does not. */
  refusedBeforehand(server: number): string | null {
    const refused = this.parts.book.refused(server);
    return refused === null ? null : `${refused.message} (${refused.errorType})`;
  }

  /** Did a filter or weigher raise in the last decision? */
  get raised(): boolean {
    return this.schedulingError !== null;
  }

  /**
   * The scheduler's decision, on what it reads at this instant. False: no host. The list is claimed along by `claimChosen`.
   * @param ignored hosts that are not to be taken
   */
  choose(server: number, ignored: readonly number[] = []): boolean {
    const { scheduler } = this.parts;
    const count = this.select(server, this.watched(server, ignored));
    this.log(server, count > 0 ? scheduler.ordered[0]! : -1);
    if (count > 0) {
      this.inFlight.set(server, { ranking: scheduler.ranking(this.spare.pop()), queryOf: this.queriesOffered(server), next: 0 });
    }
    return count > 0;
  }

  /** A decision for a server that has a host already; the caller claims along the list. Null: NoValidHost. */
  chooseAnother(server: number, request: RequestSpec): InFlight | null {
    const { scheduler } = this.parts;
    if (this.observerOf !== null) scheduler.observer = this.observerOf(server, request);
    const count = this.select(server, request);
    this.log(server, count > 0 ? scheduler.ordered[0]! : -1);
    if (count === 0) return null;
    return { ranking: scheduler.ranking(), queryOf: (request.placement?.length ?? 1) > 1 ? scheduler.queryOf.slice() : null, next: 0 };
  }

  refuse(server: number, what: RefusedThing, host: number): void {
    for (const listener of this.refusalListeners) listener(server, what, host);
  }

  private watched(server: number, ignored: readonly number[] = []): RequestSpec {
    const { hosts } = this.parts;
    const plain = this.requestSpec(server);
    const request = ignored.length === 0 ? plain : { ...plain, ignoreHosts: ignored.map((host) => hosts.hostName(host)) };
    if (this.observerOf !== null) this.parts.scheduler.observer = this.observerOf(server, request);
    return request;
  }

  /** A filter or weigher that raises fails the request; the log of decisions keeps what it was. */
  private select(server: number, request: RequestSpec): number {
    const { scheduler, maxAttempts } = this.parts;
    this.schedulingError = null;
    try {
      return scheduler.select(request, maxAttempts - 1, this.decisionsMade[server]!++);
    } catch (error) {
      if (!(error instanceof SchedulingError)) throw error;
      this.schedulingError = error.message;
      return 0;
    }
  }

  private queriesOffered(server: number): Uint8Array | null {
    const { book, scheduler } = this.parts;
    return book.queries(server).length > 1 ? scheduler.queryOf.slice() : null;
  }

  private log(server: number, host: number): void {
    const { simulation, scheduler } = this.parts;
    simulation.record(this.decided, server, host);
    this.decisions.add(simulation.now, server, host, scheduler, this.schedulingError);
  }

  /** Claims the next host of the list. False: others were faster, or the list is at its end (`atEnd`). */
  claimChosen(server: number): boolean {
    const flight = this.inFlight.get(server)!;
    const host = flight.ranking.at(flight.next++);
    if (host < 0) return false;
    if (!this.claim(server, host, flight.queryOf?.[host] ?? 0)) {
      this.claimsRefused++;
      this.refuse(server, "claim", host);
      return false;
    }
    this.keepAlternates(server, flight.ranking.alternates(host, this.parts.maxAttempts - 1), flight.queryOf);
    this.landed(server, flight);
    return true;
  }

  private landed(server: number, { ranking }: InFlight): void {
    this.inFlight.delete(server);
    this.spare.push(ranking);
  }

  /** Has every host of the list refused? */
  atEnd(server: number): boolean {
    const flight = this.inFlight.get(server);
    if (flight === undefined || flight.next < flight.ranking.count) return false;
    this.landed(server, flight);
    return true;
  }

  private keepAlternates(server: number, hosts: readonly number[], queryOf: Uint8Array | null): void {
    const most = this.parts.maxAttempts - 1;
    for (let i = 0; i < most; i++) {
      this.alternates[server * most + i] = hosts[i] ?? -1;
      this.alternateQueries[server * most + i] = queryOf?.[hosts[i] ?? 0] ?? 0;
    }
    this.nextAlternate[server] = 0;
  }

  /** The alternates that the server was given with its host, those that have been tried included. */
  alternatesOf(server: number): readonly number[] {
    const most = this.parts.maxAttempts - 1;
    return [...this.alternates.subarray(server * most, (server + 1) * most)].filter((host) => host >= 0);
  }

  /**
   * Decides for all servers of one request, and claims: all get hosts, or none does. Assumes that nothing happens between the
   * decision and the claims, so nobody is told of claims that are taken back.
   */
  chooseTogether(servers: readonly number[]): boolean {
    const { scheduler, nodes, hosts, groups, maxAttempts } = this.parts;
    const requests = servers.map((server) => this.requestSpec(server));
    const { group } = requests[0]!;
    const consumed: number[] = [];
    const decidedOn: { candidates: number; leftAfter: Int32Array; weight: number }[] = [];
    let reached = 0;
    let left: readonly number[] = [];
    let offered: readonly number[] = [];
    let queryOf: Uint8Array | null = null;
    this.schedulingError = null;
    const steps: ClaimSteps<number> = {
      sort: (index) => {
        // The list of alternates is weighed once more; nobody is told of it.
        if (decidedOn[index] === undefined) this.watched(servers[index]!);
        else scheduler.observer = null;
        if (index === 0) {
          left = offered = scheduler.offered(requests[0]!);
          queryOf = this.queriesOffered(servers[0]!);
        }
        if (decidedOn[index] === undefined) scheduler.observer?.offered?.(offered);
        reached = Math.max(reached, index);
        left = scheduler.sort(left, requests[index]!, index);
        decidedOn[index] ??= { candidates: offered.length, leftAfter: scheduler.leftAfter.slice(), weight: scheduler.weight };
        return left;
      },
      hasCandidate: () => true,
      cellOf: (host) => hosts.cell(host),
      claim: (index, host) => this.take(servers[index]!, host, queryOf?.[host] ?? 0),
      undo: (index) => this.neverPlaced(servers[index]!),
      consume: (index, host) => {
        if (nodes === null) hosts.beginBuild(host);
        else nodes.consume(host, requests[index]!.flavor, this.lastWord.roomAsked(requests[index]!, host));
        consumed.push(host);
        if (group >= 0) groups.join(group, host);
      },
    };
    let placed: ReturnType<typeof claimHosts<number>> = null;
    try {
      placed = claimHosts(steps, servers.length, maxAttempts - 1);
    } catch (error) {
      if (!(error instanceof SchedulingError)) throw error;
      this.schedulingError = error.message;
      for (const server of servers) if (this.parts.servers.host[server]! >= 0) this.neverPlaced(server);
    }
    for (const host of consumed) {
      if (nodes === null) hosts.endBuild(host);
      if (group >= 0) groups.leave(group, host);
    }
    nodes?.restore();
    if (placed !== null) for (const server of servers) this.tellClaim(server, 1);
    for (const [i, server] of servers.entries()) {
      const decided = decidedOn[i] ?? { candidates: offered.length, leftAfter: new Int32Array(scheduler.leftAfter.length), weight: 0 };
      const host = placed?.[i]?.host ?? -1;
      this.parts.simulation.record(this.decided, server, host);
      this.decisions.add(this.parts.simulation.now, server, host, decided, this.schedulingError);
      if (placed !== null) this.keepAlternates(server, placed[i]!.alternates, queryOf);
    }
    this.reached = reached;
    return placed !== null;
  }

  /** Takes back a claim of which nobody was told. */
  private neverPlaced(server: number): void {
    this.giveBack(server);
    this.parts.servers.lastHost[server] = -1;
  }

  /** Claims the next alternate that still has room. False: the list is at its end. */
  claimNext(server: number): boolean {
    const most = this.parts.maxAttempts - 1;
    while (this.nextAlternate[server]! < most) {
      const place = server * most + this.nextAlternate[server]!++;
      const host = this.alternates[place]!;
      if (host < 0) return false;
      if (this.claim(server, host, this.alternateQueries[place]!)) return true;
      this.claimsRefused++;
      this.refuse(server, "claim", host);
    }
    return false;
  }

  /** Placement's part: the amounts of the host's first candidate are taken, or refused. */
  private claim(server: number, host: number, query: number): boolean {
    const taken = this.take(server, host, query);
    if (taken) this.tellClaim(server, 1);
    return taken;
  }

  private take(server: number, host: number, query: number): boolean {
    const { hosts, servers, book } = this.parts;
    const { amounts } = book.queries(server)[query]!;
    if (!hosts.claim(host as HostId, amounts)) return false;
    this.claimed[server] = amounts;
    servers.place(server, host);
    return true;
  }

  private giveBack(server: number): void {
    const { hosts, servers } = this.parts;
    hosts.release(servers.host[server]! as HostId, this.claimed[server]!);
    this.claimed[server] = undefined;
    servers.remove(server);
  }

  private tellClaim(server: number, sign: 1 | -1): void {
    for (const listener of this.claimListeners) listener(server, sign);
  }

  /** What the server's claim takes of its host, as Placement counts it; undefined while it has none. */
  claimOf(server: number): Amounts | undefined {
    return this.claimed[server];
  }

  /**
   * Called after every claim and release: whoever counts hosts in use listens here. The claims of servers asked for together are told when
   * all have hosts.
   */
  readonly claimListeners: ((server: number, sign: 1 | -1) => void)[] = [];

  /**
   * nova-compute takes the server on: the host must have the NUMA cells and devices, and still suit the server's group. Its record is then
   * written; a server that the group keeps out is claimed for and let go again, which writes it as well. Null: taken on.
   */
  takeOn(server: number): "group" | "host" | null {
    const { hosts, servers, groups, nodes, disableGroupPolicyCheck } = this.parts;
    const host = servers.host[server]!;
    const request = this.requestSpec(server);
    const { group, flavor } = request;
    const asked = this.lastWord.roomAsked(request, host);
    if ((asked.topology !== null || asked.devices.length > 0) && !this.claims.claim(server, host, asked)) {
      this.refusedByHost++;
      this.refuse(server, "host", host);
      return "host";
    }
    if (group >= 0 && !disableGroupPolicyCheck && !suits(groups, group, host)) {
      this.claims.release(server, host);
      nodes?.write(host);
      this.refusedByGroup++;
      this.refuse(server, "group", host);
      return "group";
    }
    this.taken[server] = 1;
    hosts.beginBuild(host);
    if (group >= 0) groups.join(group, host);
    nodes?.takeOn(host, flavor);
    nodes?.write(host);
    return null;
  }

  /** Does the scheduler read records that are older than what they tell of? */
  get recordsLag(): boolean {
    return this.parts.nodes !== null && this.parts.updateInterval !== null;
  }

  /** Gives the server's claim back and takes it off its host. */
  leaveHost(server: number): void {
    const { servers, groups, nodes } = this.parts;
    const host = servers.host[server]!;
    const group = servers.group[server]!;
    if (this.taken[server] === 1) {
      this.taken[server] = 0;
      this.claims.release(server, host);
      if (group >= 0) groups.leave(group, host);
      nodes?.letGo(host, this.parts.flavorOf(server));
      nodes?.write(host);
    }
    this.giveBack(server);
    this.tellClaim(server, -1);
  }

  /**
   * The server is at home where it has another claim, with the flavor of that; whoever keeps the other claim is given the amounts of the one
   * that it leaves behind.
   */
  goHome(server: number, host: number, flavor: number, amounts: Amounts): Amounts {
    const { servers } = this.parts;
    const behind = this.claimed[server]!;
    this.tellClaim(server, -1);
    servers.remove(server);
    servers.flavor[server] = flavor;
    servers.place(server, host);
    this.claims.exchange(server, secondHolder(server));
    this.claimed[server] = amounts;
    this.tellClaim(server, 1);
    return behind;
  }

  /**
   * The server is to be evacuated: its claim stays with its host, and it is free to claim on another one.
   * @source nova/compute/manager.py _destroy_evacuated_instances: the source gives up allocations when it is back
   */
  leaveBehind(server: number): void {
    const { servers, groups } = this.parts;
    if (this.leftBehind.has(server)) this.forget(server);
    const host = servers.host[server]!;
    const taken = this.taken[server] === 1;
    this.leftBehind.set(server, { host, amounts: this.claimed[server]!, taken });
    this.claims.rename(server, holderBehind(server));
    const group = servers.group[server]!;
    if (taken && group >= 0) groups.leave(group, host);
    this.taken[server] = 0;
    this.claimed[server] = undefined;
    servers.remove(server);
  }

  /** There was no other host: the server is where it was. */
  returnBehind(server: number): void {
    const { servers, groups } = this.parts;
    const { host, amounts, taken } = this.leftBehind.get(server)!;
    this.leftBehind.delete(server);
    this.claims.rename(holderBehind(server), server);
    const group = servers.group[server]!;
    if (taken && group >= 0) groups.join(group, host);
    this.taken[server] = taken ? 1 : 0;
    this.claimed[server] = amounts;
    servers.place(server, host);
  }

  /** The claim that the server has left behind is given back; nothing happens if there is none. */
  forget(server: number): void {
    const { hosts, nodes } = this.parts;
    const left = this.leftBehind.get(server);
    if (left === undefined) return;
    this.leftBehind.delete(server);
    this.claims.release(holderBehind(server), left.host);
    if (left.taken) nodes?.letGo(left.host, this.parts.flavorOf(server));
    if (hosts.serviceHeard[left.host] === 1) nodes?.write(left.host);
    hosts.release(left.host as HostId, left.amounts);
    this.tellClaim(server, -1);
  }

  /** Has nova-compute taken the server on? Placement's claim comes before. */
  hasTaken(server: number): boolean {
    return this.taken[server] === 1;
  }

  /** Something changed on the host that its record tells with the next periodic update only. */
  recordLater(host: number): void {
    const { simulation, hosts, nodes, updateInterval } = this.parts;
    if (updateInterval !== null && updateInterval < 0) return;
    if (this.update === null || updateInterval === null) {
      nodes?.write(host);
      return;
    }
    if (this.updateDue[host] === 1) return;
    this.updateDue[host] = 1;
    const phase = Math.floor((host * updateInterval) / hosts.count);
    const since = (((simulation.now - phase) % updateInterval) + updateInterval) % updateInterval;
    simulation.schedule(updateInterval - since, this.update, host);
  }
}
