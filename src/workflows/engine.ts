// Runs workflows. A request in progress is a strand: a row of columns with its program, its place in it and its subject. Branches of a
// `together` are strands of their own that join their parent. A strand has at most one event under way, so nothing of it is ever lost or
// done twice; when its program is over, the workflow ends in exactly one outcome.

import type { NotificationName } from "../datacenter/notifications.ts";
import { type Outcome, outcomes } from "../datacenter/servers.ts";
import type { EventKind, TimerKind } from "../kernel/simulation.ts";
import { SECOND } from "../kernel/time.ts";
import type { StationId, Stations } from "../queueing/station.ts";
import type { Cloud } from "./cloud.ts";
import { compile, type Program, RETRY_SLOTS } from "./compile.ts";
import type { ComponentLoad } from "./component-load.ts";
import { ComponentOutages, lossOf } from "./component-outages.ts";
import { Gate } from "./gate.ts";
import { HaltedStrands, type Kept } from "./halted-strands.ts";
import { IMAGE_CACHE } from "./image-cache.ts";
import { withPorts } from "./neutron/with-ports.ts";
import { type CallCount, type Seat, Seats, type Visit } from "./seats.ts";
import type { Side, Workflow } from "./vocabulary.ts";

export type { CallCount } from "./seats.ts";

const NO_PARENT = -1;
/** rpc_response_timeout. */
const RPC_RESPONSE_TIMEOUT = 60 * SECOND;
/** Tells the draws of a component's stages apart. */
const STAGE = 0x2c9277b5;

export interface CallObserver {
  /** `link` is an index into `calls`; instants in microseconds: sent, and answered. `server` is -1 for calls that are about none. */
  answered(strand: number, server: number, link: number, what: string, sentAt: number, answeredAt: number): void;
}

export class WorkflowEngine {
  /** Workflows begun and ended, by workflow. */
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  private readonly cloud: Cloud;
  private readonly programs: Program[] = [];
  private readonly places: Seats;
  private readonly visits: (Visit | null)[][] = [];
  private readonly seats: (Seat | null)[][] = []; // of `hold` and `release`
  private readonly gates: Gate[][] = [];
  private readonly gateOf = new Map<string, Gate>();

  // Columns by strand.
  private readonly program: number[] = [];
  private readonly pc: number[] = [];
  private readonly subject: number[] = [];
  private readonly parent: number[] = [];
  private readonly joins: number[] = []; // branches that have not ended
  private readonly failure: number[] = []; // outcome on the way out, 0 = none
  private readonly serving: number[] = []; // 1 while a worker is at it
  private readonly stage: number[] = []; // of a component that has several
  private readonly sentAt: number[] = []; // instant at which the last call was sent
  private readonly owed: number[] = []; // latency of the last answer, paid with the next step
  private readonly tries: number[] = []; // RETRY_SLOTS per strand
  private readonly limited: number[] = []; // place of the last `limitBegin`
  private readonly expired: number[] = []; // 1 once the limit has passed
  private readonly free: number[] = [];
  /** Hears of every call that has been answered, or, where nobody waits for an answer, done; null: nobody listens. */
  callObserver: CallObserver | null = null;
  readonly outages = new ComponentOutages();
  /** Strands that a crash of their host has stopped; null: hosts never crash. */
  private halts: HaltedStrands | null = null;

  private readonly arriveKind: EventKind;
  private readonly servedKind: EventKind;
  private readonly resumeKind: EventKind;
  private readonly limitTimer: TimerKind;
  private outageKind: EventKind | null = null;

  constructor(cloud: Cloud, workflows: readonly Workflow[]) {
    const { simulation } = cloud;
    this.cloud = cloud;
    this.places = new Seats(
      cloud,
      (strand) => this.beginService(strand),
      (strand) => this.served(strand),
    );
    this.arriveKind = simulation.kind("request arrives", (strand) => this.arrive(strand));
    this.servedKind = simulation.kind("request served", (strand) => this.served(strand));
    this.resumeKind = simulation.kind("go on", (strand) => this.goOn(strand));
    this.limitTimer = simulation.timer("time limit", (strand) => this.limitPassed(strand));
    for (const workflow of workflows) this.add(workflow);
    cloud.transferDone = (strand) => this.goOn(strand);
    cloud.performed = (strand, outcome) => {
      if (outcome === null) this.goOn(strand);
      else if (this.fail(strand, outcomes.indexOf(outcome))) this.step(strand);
    };
  }

  /** Hosts may stop from now on: called before the first event. */
  letHostsStop(): void {
    this.halts = new HaltedStrands(this.cloud.hosts.count);
  }

  /**
   * The host stops: what runs on it stops where it is, and what is sent to it waits. `crashed`: nova-compute dies with it, and will know
   * nothing of its work; otherwise the host is only cut off.
   */
  hostStops(host: number, crashed: boolean): void {
    this.halts!.stop(host);
    for (let strand = 0; strand < this.program.length; strand++) {
      const subject = this.subject[strand]!;
      if (subject < 0 || this.joins[strand]! > 0 || this.hostAt(strand) !== host) continue;
      const visit = this.visits[this.program[strand]!]![this.pc[strand]!];
      const served = this.halts!.isServed(strand) && visit?.perHost === true;
      if (served || this.programs[this.program[strand]!]!.onHost[this.pc[strand]!] === 1) this.halts!.halt(strand, host, crashed);
    }
    if (crashed) this.endFlows(host);
  }

  /** What a dead host sends or receives ends: its own work is found so when it is back, and that of others fails. */
  private endFlows(host: number): void {
    const { traffic } = this.cloud;
    for (const strand of traffic.jobsAt(host)) {
      if (strand < 0) continue; // copies of memory, which end with their migration
      traffic.stop(strand);
      if (this.halts!.isHalted(strand)) this.keepHalted(strand, "begins again");
      else if (this.fail(strand, outcomes.indexOf("MigrationError"))) this.step(strand);
    }
  }

  /** The host is back: nova-compute gives up what it was at, or takes it up again, and takes what has been sent to it meanwhile. */
  hostReturns(host: number): void {
    for (const kept of this.halts!.start(host)) this.afterHalt(kept);
  }

  /** A strand goes on, unless its host has stopped under it. */
  private goOn(strand: number): void {
    if (this.halts?.isHalted(strand) !== true) {
      this.advance(strand);
      return;
    }
    const seat = this.seats[this.program[strand]!]![this.pc[strand]!];
    const held = seat != null && this.programs[this.program[strand]!]!.code[this.pc[strand]!]!.code === "hold";
    if (held) this.stations.leave(this.at(seat, strand)); // it will ask again
    this.keepHalted(strand, held ? "arrives" : "goes on");
  }

  /** It cannot come to its host: the message waits for the host. */
  private keepBack(strand: number): void {
    if (this.halts!.isHalted(strand)) this.keepHalted(strand, "arrives");
    else this.halts!.waitFor(strand, this.hostAt(strand));
  }

  private keepHalted(strand: number, how: Kept["how"]): void {
    if (!this.halts!.keep(strand, how)) this.afterHalt({ strand, how });
  }

  private afterHalt({ strand, how }: Kept): void {
    const crashed = this.halts!.release(strand);
    if (crashed && this.programs[this.program[strand]!]!.workflow.whenHostReturns !== "goes on") {
      if (this.fail(strand, outcomes.indexOf("ComputeServiceUnavailable"))) this.step(strand);
    } else if (how === "arrives") this.arrive(strand);
    else if (how === "begins again") this.step(strand);
    else this.advance(strand);
  }

  /** Begins a workflow for a subject. `workflow` is its index in the constructor's list, or what `add` has returned. */
  start(workflow: number, subject: number): void {
    this.begun[workflow]!++;
    this.step(this.newStrand(workflow, 0, subject, NO_PARENT));
  }

  /** Workflows that have begun and not ended. */
  get underWay(): number {
    return this.begun.reduce((sum, begun, i) => sum + begun - this.ended[i]!, 0);
  }

  /** Strands in being: 0 when no workflow is under way. */
  get strands(): number {
    return this.program.length - this.free.length;
  }

  get stations(): Stations {
    return this.places.stations;
  }

  /** Forgets what was counted of the components so far. */
  resetStatistics(): void {
    this.places.resetStatistics();
  }

  /** Calls made so far, by caller and operation, in order of first appearance in the workflows. */
  get calls(): readonly CallCount[] {
    return this.places.links;
  }

  /** What a strand is doing, in words: `launch-server of server-17, at neutron.server.createPort`. */
  describe(strand: number): string {
    const { workflow, code } = this.programs[this.program[strand]!]!;
    const instruction = code[this.pc[strand]!];
    let place = "its end";
    if (instruction?.code === "visit") place = instruction.operation.key;
    else if (instruction !== undefined && "step" in instruction && "name" in instruction.step) place = `"${instruction.step.name}"`;
    else if (instruction !== undefined) place = `step ${this.pc[strand]} (${instruction.code})`;
    const subject = this.subject[strand]!;
    const { requests, servers } = this.cloud;
    const names = {
      request: () => requests.nameOf(subject),
      host: () => this.cloud.hosts.descriptions[subject]!.name,
      none: () => `number ${subject + 1}`,
      server: () => servers.nameOf(subject),
    };
    const name = names[workflow.subject ?? "server"]();
    return `${workflow.name} of ${name}, at ${place}`;
  }

  /** Mean wait for a worker of a component that the cloud has once, in milliseconds. */
  waitMillis(component: string): number {
    return this.places.waitMillis(component);
  }

  /** Load of every component, over all hosts for those that every host has. */
  componentLoads(): readonly ComponentLoad[] {
    return this.places.loads();
  }

  /** RPC calls whose work was lost are given up after a time; the kind of event is there once something can go down. */
  private get timeoutKind(): EventKind {
    this.outageKind ??= this.cloud.simulation.kind("rpc timeout", (strand) => {
      if (this.fail(strand, outcomes.indexOf("MessagingTimeout"))) this.step(strand);
    });
    return this.outageKind;
  }

  /** Adds a workflow behind those of the constructor; what it needs of components is there from now on. Returns its index. */
  add(workflow: Workflow): number {
    const { network } = this.cloud;
    const told = this.cloud.retold(workflow);
    const program = compile(network === null ? told : withPorts(told, network.mechanism));
    this.programs.push(program);
    this.begun.push(0);
    this.ended.push(0);
    this.seats.push(program.code.map((instruction) => this.places.seatOf(instruction)));
    this.visits.push(program.code.map((instruction) => this.places.visitOf(instruction)));
    this.gates.push(program.gateNames.map((name) => this.gateCalled(name)));
    return this.programs.length - 1;
  }

  /** Workflows share what they do once by its name. */
  private gateCalled(name: string): Gate {
    const gate = this.gateOf.get(name) ?? new Gate();
    this.gateOf.set(name, gate);
    return gate;
  }

  private newStrand(program: number, pc: number, subject: number, parent: number): number {
    const strand = this.free.pop() ?? this.program.length;
    this.program[strand] = program;
    this.pc[strand] = pc;
    this.subject[strand] = subject;
    this.parent[strand] = parent;
    this.joins[strand] = 0;
    this.failure[strand] = 0;
    this.serving[strand] = 0;
    this.stage[strand] = 0;
    this.sentAt[strand] = 0;
    this.owed[strand] = 0;
    this.limited[strand] = -1;
    this.expired[strand] = 0;
    for (let slot = 0; slot < RETRY_SLOTS; slot++) this.tries[strand * RETRY_SLOTS + slot] = 0;
    return strand;
  }

  /** Goes on behind the instruction that has just been waited for. */
  private advance(strand: number): void {
    this.pc[strand]!++;
    this.step(strand);
  }

  private visitOf(strand: number): Visit {
    return this.visits[this.program[strand]!]![this.pc[strand]!]!;
  }

  private at(seat: Seat, strand: number): StationId {
    return (seat.perHost ? seat.station + this.hostOf(strand, seat.side) : seat.station + this.stage[strand]!) as StationId;
  }

  /** The host that a strand is at, if it is at one: its server's, or the one of the two that a move has taken it to. */
  private hostAt(strand: number): number {
    const program = this.program[strand]!;
    const pc = this.pc[strand]!;
    const side = (this.visits[program]![pc] ?? this.seats[program]![pc])?.side ?? null;
    if (this.programs[program]!.workflow.subject === "host") return this.subject[strand]!;
    const server = this.serverOf(strand);
    if (server < 0) return -1;
    return side === null ? this.cloud.servers.host[server]! : this.cloud.moving.hostOf(server, side);
  }

  /** The server that a strand is about, -1 for none. */
  private serverOf(strand: number): number {
    const subject = this.subject[strand]!;
    const about = this.programs[this.program[strand]!]!.workflow.subject;
    if (about === "request") return this.cloud.requests.server[subject]!;
    return about === "none" || about === "host" ? -1 : subject;
  }

  private hostOf(strand: number, side: Side | null): number {
    if (this.programs[this.program[strand]!]!.workflow.subject === "host") return this.subject[strand]!;
    const server = this.serverOf(strand);
    const host = server < 0 ? -1 : side === null ? this.cloud.servers.host[server]! : this.cloud.moving.hostOf(server, side);
    if (host < 0) throw new RangeError(`${this.describe(strand)}: it has no host to go to`);
    return host;
  }

  private arrive(strand: number): void {
    const program = this.program[strand]!;
    const pc = this.pc[strand]!;
    const seat = (this.visits[program]![pc] ?? this.seats[program]![pc])!;
    if (this.halts !== null && (this.halts.isHalted(strand) || (seat.perHost && this.halts.isStopped(this.hostOf(strand, seat.side))))) {
      this.keepBack(strand);
      return;
    }
    const visit = this.visits[program]![pc];
    if (visit != null && visit.transport === "http" && this.outages.isDown(visit.component)) {
      this.outages.lost++;
      if (this.fail(strand, outcomes.indexOf("ServiceUnavailable"))) this.step(strand);
      return;
    }
    if (this.stations.arrive(this.at(seat, strand), strand)) return;
    if (this.fail(strand, outcomes.indexOf("ServiceUnavailable"))) this.step(strand);
  }

  private beginService(strand: number): void {
    const visit = this.visits[this.program[strand]!]![this.pc[strand]!]!;
    if (this.halts !== null) {
      const seat = (visit ?? this.seats[this.program[strand]!]![this.pc[strand]!])!;
      if (seat.perHost && (this.halts.isHalted(strand) || this.halts.isStopped(this.hostOf(strand, seat.side)))) {
        // It was in line on a host that has stopped.
        this.stations.leave(this.at(seat, strand));
        this.keepBack(strand);
        return;
      }
      this.halts.serve(strand, visit !== null);
    }
    if (visit === null) {
      // A held worker stays with the strand until its release.
      this.resume(strand, 0);
      return;
    }
    if (this.outages.isDown(visit.component)) {
      // It was in line, or a broker has kept it.
      this.outages.park(visit.component, strand);
      return;
    }
    this.serve(strand, visit);
  }

  private serve(strand: number, visit: Visit): void {
    this.serving[strand] = 1;
    if (this.stage[strand] === 0) this.places.links[visit.link]!.count++;
    const micros = Math.max(1, Math.round(visit.serviceStream.sample(visit.service, this.subject[strand]!, this.occasion(strand))));
    if (visit.shared === null) this.cloud.simulation.schedule(micros, this.servedKind, strand);
    else visit.shared.begin(strand, micros);
  }

  /** Numbers the draws of one server: its place in the workflow and how often it has been there. */
  private occasion(strand: number): number {
    let tries = 0;
    for (let slot = RETRY_SLOTS - 1; slot >= 0; slot--) tries = tries * 251 + this.tries[strand * RETRY_SLOTS + slot]!;
    return Math.imul(tries, 65_536) + this.program[strand]! * 4_096 + this.pc[strand]! + Math.imul(this.stage[strand]!, STAGE);
  }

  private served(strand: number): void {
    const visit = this.visitOf(strand);
    this.serving[strand] = 0;
    this.stations.leave(this.at(visit, strand));
    if (this.outages.hearsOfLoss(strand)) {
      this.halts?.serve(strand, false);
      this.lose(strand, visit);
      return;
    }
    if (this.stage[strand]! + 1 < visit.stages) {
      this.stage[strand]!++;
      this.arrive(strand);
      return;
    }
    this.stage[strand] = 0;
    this.owed[strand] = visit.answer;
    if (visit.delayByHypervisor) this.owed[strand]! += this.cloud.spawnMicros(this.serverOf(strand));
    if (visit.delay !== null)
      this.owed[strand]! += Math.round(visit.delayStream.sample(visit.delay, this.subject[strand]!, this.occasion(strand)));
    const { now } = this.cloud.simulation;
    this.places.links[visit.link]!.micros += now + this.owed[strand]! - this.sentAt[strand]!;
    this.callObserver?.answered(strand, this.serverOf(strand), visit.link, visit.what, this.sentAt[strand]!, now + this.owed[strand]!);
    this.halts?.serve(strand, false);
    this.goOn(strand);
  }

  /** The component went down while it served the strand. */
  private lose(strand: number, { transport, answered }: Visit): void {
    this.stage[strand] = 0;
    const outcome = lossOf(transport);
    if (outcome === null) {
      this.arrive(strand);
      return;
    }
    this.outages.lost++;
    const waits = transport === "rpc" && answered ? (this.cloud.settings.rpcResponseTimeout ?? RPC_RESPONSE_TIMEOUT) : 0;
    if (waits > 0) this.cloud.simulation.schedule(waits, this.timeoutKind, strand);
    else if (this.fail(strand, outcomes.indexOf(outcome))) this.step(strand);
  }

  /** A component that the cloud has once goes down, with all that it serves. @throws RangeError where no workflow needs it, or it is down */
  componentFails(component: string): void {
    if (this.outages.isDown(component)) throw new RangeError(`${component} is down already`);
    const served: number[] = [];
    for (let strand = 0; strand < this.program.length; strand++) {
      if (this.subject[strand]! < 0 || this.serving[strand] !== 1) continue;
      if (this.visitOf(strand).component === component) served.push(strand);
    }
    this.outages.goesDown(component, served);
  }

  componentReturns(component: string): void {
    for (const strand of this.outages.comesBack(component)) this.serve(strand, this.visitOf(strand));
  }

  /** Nova's notifications are about a server, whatever the workflow is about; others about what a request has to do with. */
  private notify(strand: number, notification: NotificationName, ofServer: boolean): void {
    const { cloud } = this;
    const subject = this.subject[strand]!;
    const ofRequest = this.programs[this.program[strand]!]!.workflow.subject === "request";
    if (!ofRequest) cloud.notifications.emit(notification, subject);
    else
      cloud.notifications.emit(
        notification,
        ofServer || notification.startsWith("instance.") ? cloud.requests.server[subject]! : cloud.requests.target[subject]!,
      );
  }

  private resume(strand: number, delay: number): void {
    this.cloud.simulation.schedule(delay, this.resumeKind, strand);
  }

  /** Runs instructions until one has to wait for something. */
  private step(strand: number): void {
    const { cloud } = this;
    const program = this.program[strand]!;
    const { code } = this.programs[program]!;
    const subject = this.subject[strand]!;
    for (;;) {
      const pc = this.pc[strand]!;
      const instruction = code[pc]!;
      if (instruction.code === "visit") {
        const latency = this.owed[strand]! + this.visits[program]![pc]!.request;
        this.sentAt[strand] = cloud.simulation.now + this.owed[strand]!;
        this.owed[strand] = 0;
        if (latency > 0) cloud.simulation.schedule(latency, this.arriveKind, strand);
        else this.arrive(strand);
        return;
      }
      if (this.owed[strand]! > 0) {
        // The last answer is still on its way: come back to this instruction when it is here.
        this.pc[strand] = pc - 1;
        const latency = this.owed[strand]!;
        this.owed[strand] = 0;
        this.resume(strand, latency);
        return;
      }
      switch (instruction.code) {
        case "enter": {
          const { step } = instruction;
          if (step.word === "enter") {
            const server = this.serverOf(strand);
            cloud.servers.enter(server, step.vmState, step.taskState);
          }
          break;
        }
        case "decide": {
          const outcome = instruction.step.word === "decide" ? instruction.step.decide(cloud, subject) : null;
          if (outcome !== null) {
            if (this.fail(strand, outcomes.indexOf(outcome))) continue;
            return;
          }
          break;
        }
        case "notify":
          if (instruction.step.word === "notify") this.notify(strand, instruction.step.notification, instruction.step.ofServer ?? false);
          break;
        case "wait":
          if (instruction.step.word === "wait") this.resume(strand, Math.max(0, Math.round(instruction.step.time(cloud, subject))));
          return;
        case "transfer":
          if (instruction.step.word === "transfer") {
            const flow = instruction.step.flow(cloud, subject);
            if ("route" in flow) cloud.transfers.start(strand, flow.bytes, flow.route);
            else cloud.traffic.start(strand, flow.bytes, flow.from, flow.to, flow.flow, flow.also);
          }
          return;
        case "perform":
          if (instruction.step.word === "perform") instruction.step.begin(cloud, subject, strand);
          return;
        case "hold":
          this.arrive(strand);
          return;
        case "release":
          this.stations.leave(this.at(this.seats[program]![pc]!, strand));
          break;
        case "fork": {
          const { branches, join } = instruction;
          this.joins[strand] = branches.length;
          this.pc[strand] = join - 1;
          const children = branches.map((begin) => {
            const child = this.newStrand(program, begin, subject, strand);
            for (let slot = 0; slot < RETRY_SLOTS; slot++)
              this.tries[child * RETRY_SLOTS + slot] = this.tries[strand * RETRY_SLOTS + slot]!;
            return child;
          });
          for (const child of children) this.step(child);
          return;
        }
        case "jump":
          this.pc[strand] = instruction.to;
          continue;
        case "unless":
          if (!instruction.step.holds(cloud, subject)) {
            this.pc[strand] = instruction.to;
            continue;
          }
          break;
        case "once": {
          const key = instruction.step.key(cloud, subject);
          const gate = this.gates[program]![instruction.gate]!;
          if (cloud.imageCache !== null && instruction.step.name === IMAGE_CACHE && cloud.imageCache.hasLost(key)) gate.forget(key);
          const how = gate.come(strand, key);
          if (how === "waits") return;
          if (how === "goes first") break;
          this.pc[strand] = instruction.to;
          continue;
        }
        case "onceDone":
          for (const waiting of this.gates[program]![instruction.gate]!.finish(strand)) this.passGate(waiting);
          break;
        case "onceFailed":
          this.goFirst(this.gates[program]![instruction.gate]!.fail(strand));
          break;
        case "retryBegin":
          this.tries[strand * RETRY_SLOTS + instruction.slot] = 1;
          break;
        case "retryNext": {
          const { slot, rule } = instruction;
          const tries = this.tries[strand * RETRY_SLOTS + slot]!;
          const outcome = outcomes[this.failure[strand]!]!;
          if (outcome === rule.on && tries < rule.times(cloud)) {
            this.tries[strand * RETRY_SLOTS + slot] = tries + 1;
            this.failure[strand] = 0;
            break;
          }
          if (this.fail(strand, outcomes.indexOf(outcome === rule.on ? rule.exhausted : outcome))) continue;
          return;
        }
        case "limitBegin": {
          const limit = instruction.limit.time(cloud);
          this.limited[strand] = pc;
          this.expired[strand] = 0;
          if (limit > 0) cloud.simulation.set(limit, this.limitTimer, strand);
          break;
        }
        case "limitEnd":
        case "limitFailed": {
          cloud.simulation.cancel(this.limitTimer, strand);
          const expired = this.expired[strand] === 1;
          this.expired[strand] = 0;
          if (!expired && instruction.code === "limitEnd") break;
          if (this.fail(strand, expired ? outcomes.indexOf(instruction.limit.outcome) : this.failure[strand]!)) continue;
          return;
        }
        case "fail":
          if (this.fail(strand, this.failure[strand]!)) continue;
          return;
        case "end":
          this.end(strand);
          return;
      }
      this.pc[strand]!++;
    }
  }

  /** Sends the strand to its failure handler; true = it has one and can go on, false = the strand has ended. */
  private fail(strand: number, outcome: number): boolean {
    this.failure[strand] = outcome;
    const handler = this.programs[this.program[strand]!]!.handlers[this.pc[strand]!]!;
    if (handler >= 0) {
      this.pc[strand] = handler;
      return true;
    }
    this.end(strand);
    return false;
  }

  private end(strand: number): void {
    const parent = this.parent[strand]!;
    const failure = this.failure[strand]!;
    const subject = this.subject[strand]!;
    const program = this.program[strand]!;
    this.cloud.simulation.cancel(this.limitTimer, strand);
    this.subject[strand] = -1;
    this.free.push(strand);
    if (parent !== NO_PARENT) {
      if (failure !== 0 && this.failure[parent] === 0) this.failure[parent] = failure;
      if (--this.joins[parent]! > 0) return;
      if (this.failure[parent] === 0) this.advance(parent);
      else {
        // The fork's own handler catches what a branch has failed with.
        this.pc[parent] = this.forkOf(parent);
        if (this.fail(parent, this.failure[parent]!)) this.step(parent);
      }
      return;
    }
    this.ended[program]!++;
    const outcome: Outcome | null = failure === 0 ? null : outcomes[failure]!;
    this.programs[program]!.workflow.ended(this.cloud, subject, outcome);
  }

  /** While branches run, the parent's counter stands before the join; its fork is the nearest one that joins there. */
  private forkOf(strand: number): number {
    const { code } = this.programs[this.program[strand]!]!;
    const join = this.pc[strand]! + 1;
    return code.findIndex((instruction) => instruction.code === "fork" && instruction.join === join);
  }

  private limitPassed(strand: number): void {
    const instruction = this.programs[this.program[strand]!]!.code[this.limited[strand]!]!;
    this.expired[strand] = 1;
    if (instruction.code === "limitBegin") instruction.limit.expired(this.cloud, this.subject[strand]!);
  }

  /** What it has waited for at a gate is done. */
  private passGate(strand: number): void {
    const instruction = this.programs[this.program[strand]!]!.code[this.pc[strand]!]!;
    if (instruction.code === "once") this.pc[strand] = instruction.to - 1;
    this.resume(strand, 0);
  }

  private goFirst(strand: number | null): void {
    if (strand !== null) this.resume(strand, 0);
  }
}
