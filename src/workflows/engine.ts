// Runs workflows. A request in progress is a strand: a row of columns with its program, its place in it and its subject. Branches of a
// `together` are strands of their own that join their parent. A strand has at most one event under way, so nothing of it is ever lost or
// done twice; when its program is over, the workflow ends in exactly one outcome.

import { type Outcome, outcomes, taskStates, vmStates } from "../datacenter/servers.ts";
import { type Distribution, lognormalFromMean, uniform } from "../kernel/distribution.ts";
import type { Stream } from "../kernel/random.ts";
import type { EventKind, TimerKind } from "../kernel/simulation.ts";
import { type StationId, Stations } from "../queueing/station.ts";
import type { Component, Operation } from "../services/service.ts";
import type { Cloud } from "./cloud.ts";
import { compile, type Instruction, type Program, RETRY_SLOTS } from "./compile.ts";
import type { Workflow } from "./vocabulary.ts";

const DEFAULT_CV = 0.25;
const NO_PARENT = -1;

/** What a `visit` needs at run time, worked out once. */
interface Visit {
  readonly operation: Operation;
  readonly station: StationId;
  readonly perHost: boolean;
  readonly request: number; // latency there, us
  readonly answer: number; // latency back, us
  readonly service: Distribution;
  readonly serviceStream: Stream;
  readonly delay: Distribution | null;
  readonly delayStream: Stream;
  readonly link: number; // index into the matrix of calls
}

export interface CallCount {
  /** Key of the caller's component (`user` for the client) and of the called operation. */
  readonly from: string;
  readonly operation: string;
  readonly count: number;
}

export class WorkflowEngine {
  readonly stations: Stations;
  /** Workflows begun and ended, by workflow. */
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  private readonly cloud: Cloud;
  private readonly programs: Program[] = [];
  private readonly visits: (Visit | null)[][] = [];
  private readonly stationOf = new Map<string, StationId>();
  private readonly links: { from: string; operation: string; count: number }[] = [];

  // Columns by strand.
  private readonly program: number[] = [];
  private readonly pc: number[] = [];
  private readonly subject: number[] = [];
  private readonly parent: number[] = [];
  private readonly joins: number[] = []; // branches that have not ended
  private readonly failure: number[] = []; // outcome on the way out, 0 = none
  private readonly owed: number[] = []; // latency of the last answer, paid with the next step
  private readonly tries: number[] = []; // RETRY_SLOTS per strand
  private readonly expired: number[] = []; // 1 once the limit has passed
  private readonly key: number[] = []; // held in a `once`
  private readonly free: number[] = [];

  /** By program * 64 + space, then key: 1 = under way, 2 = done; and who waits. */
  private readonly onceState = new Map<number, Map<number, number>>();
  private readonly onceWaiting = new Map<string, number[]>();

  private readonly arriveKind: EventKind;
  private readonly servedKind: EventKind;
  private readonly resumeKind: EventKind;
  private readonly limitTimer: TimerKind;

  constructor(cloud: Cloud, workflows: readonly Workflow[]) {
    const { simulation } = cloud;
    this.cloud = cloud;
    this.stations = new Stations(simulation, (strand) => this.beginService(strand));
    this.arriveKind = simulation.kind("request arrives", (strand) => this.arrive(strand));
    this.servedKind = simulation.kind("request served", (strand) => this.served(strand));
    this.resumeKind = simulation.kind("go on", (strand) => this.advance(strand));
    this.limitTimer = simulation.timer("time limit", (strand) => this.limitPassed(strand));
    for (const workflow of workflows) this.add(workflow);
    cloud.transferDone = (strand) => this.advance(strand);
  }

  /** Begins a workflow for a subject. `workflow` is its index in the constructor's list. */
  start(workflow: number, subject: number): void {
    this.begun[workflow]!++;
    this.step(this.newStrand(workflow, 0, subject, NO_PARENT));
  }

  /** Workflows that have begun and not ended. */
  get underWay(): number {
    return this.begun.reduce((sum, begun, i) => sum + begun - this.ended[i]!, 0);
  }

  /** Calls made so far, by caller and operation, in order of first appearance in the workflows. */
  get calls(): readonly CallCount[] {
    return this.links;
  }

  /** What a strand is doing, in words: `launch-server of server-17, at neutron.server.createPort`. */
  describe(strand: number): string {
    const { workflow, code } = this.programs[this.program[strand]!]!;
    const instruction = code[this.pc[strand]!];
    let place = "its end";
    if (instruction?.code === "visit") place = instruction.operation.key;
    else if (instruction !== undefined && "step" in instruction && "name" in instruction.step) place = `"${instruction.step.name}"`;
    else if (instruction !== undefined) place = `step ${this.pc[strand]} (${instruction.code})`;
    return `${workflow.name} of ${this.cloud.servers.nameOf(this.subject[strand]!)}, at ${place}`;
  }

  /** Mean wait for a worker of a component that the cloud has once, in milliseconds. */
  waitMillis(component: string): number {
    const station = this.stationOf.get(component);
    return station === undefined ? Number.NaN : this.stations.statistics(station).meanWaitMicros / 1000;
  }

  private add(workflow: Workflow): void {
    const program = compile(workflow);
    this.programs.push(program);
    this.begun.push(0);
    this.ended.push(0);
    this.visits.push(program.code.map((instruction) => this.prepare(instruction)));
  }

  private prepare(instruction: Instruction): Visit | null {
    if (instruction.code === "hold" || instruction.code === "release") this.stationFor(instruction.component);
    if (instruction.code !== "visit") return null;
    const { operation, from, messages } = instruction;
    const { cloud } = this;
    const { declaration } = operation;
    const candidates = Math.min(cloud.hosts.count, cloud.settings.maxPlacementResults);
    const mean = cloud.serviceTimes.get(operation.key) ?? declaration.time + (declaration.perHost ?? 0) * candidates;
    const delay = declaration.delayUpTo !== undefined ? uniform(0, declaration.delayUpTo) : null;
    let link = this.links.findIndex((known) => known.from === from.key && known.operation === operation.key);
    if (link < 0) link = this.links.push({ from: from.key, operation: operation.key, count: 0 }) - 1;
    return {
      operation,
      station: this.stationFor(operation.of),
      perHost: operation.of.declaration.scope === "host",
      request: messages > 0 ? cloud.latencyMicros : 0,
      answer: (messages > 1 ? cloud.latencyMicros : 0) + (declaration.delay ?? 0),
      service: lognormalFromMean(mean, declaration.cv ?? DEFAULT_CV),
      serviceStream: cloud.streams.stream(`${operation.key}.time`),
      delay,
      delayStream: cloud.streams.stream(`${operation.key}.delay`),
      link,
    };
  }

  /** The component's station; for a component on every host, the first of as many stations as there are hosts. */
  private stationFor(component: Component): StationId {
    const known = this.stationOf.get(component.key);
    if (known !== undefined) return known;
    const workers = this.cloud.workers.get(component.key) ?? component.declaration.workers;
    const copies = component.declaration.scope === "host" ? this.cloud.hosts.count : 1;
    let first = -1 as StationId;
    for (let copy = 0; copy < copies; copy++) {
      const name =
        copies === 1 && component.declaration.scope !== "host"
          ? component.key
          : `${component.key}@${this.cloud.hosts.descriptions[copy]!.name}`;
      const station = this.stations.add(name, { workers });
      if (copy === 0) first = station;
    }
    this.stationOf.set(component.key, first);
    return first;
  }

  private newStrand(program: number, pc: number, subject: number, parent: number): number {
    const strand = this.free.pop() ?? this.program.length;
    this.program[strand] = program;
    this.pc[strand] = pc;
    this.subject[strand] = subject;
    this.parent[strand] = parent;
    this.joins[strand] = 0;
    this.failure[strand] = 0;
    this.owed[strand] = 0;
    this.expired[strand] = 0;
    this.key[strand] = 0;
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

  private at(visit: { readonly station: StationId; readonly perHost: boolean }, strand: number): StationId {
    return (visit.perHost ? visit.station + this.hostOf(strand) : visit.station) as StationId;
  }

  private hostOf(strand: number): number {
    const host = this.cloud.servers.host[this.subject[strand]!]!;
    if (host < 0) throw new RangeError(`server ${this.subject[strand]} has no host, but its workflow goes to one`);
    return host;
  }

  private arrive(strand: number): void {
    const instruction = this.programs[this.program[strand]!]!.code[this.pc[strand]!]!;
    if (instruction.code === "hold") {
      this.stations.arrive((this.stationFor(instruction.component) + this.hostOf(strand)) as StationId, strand);
      return;
    }
    if (this.stations.arrive(this.at(this.visitOf(strand), strand), strand)) return;
    if (this.fail(strand, outcomes.indexOf("ServiceUnavailable"))) this.step(strand);
  }

  private beginService(strand: number): void {
    const program = this.program[strand]!;
    const pc = this.pc[strand]!;
    const visit = this.visits[program]![pc];
    if (visit === null || visit === undefined) {
      // A held worker stays with the strand until its release.
      this.simulationResume(strand, 0);
      return;
    }
    this.links[visit.link]!.count++;
    const micros = Math.max(1, Math.round(visit.serviceStream.sample(visit.service, this.subject[strand]!, this.occasion(strand))));
    this.cloud.simulation.schedule(micros, this.servedKind, strand);
  }

  /** Numbers the draws of one server: its place in the workflow and how often it has been there. */
  private occasion(strand: number): number {
    return this.tries[strand * RETRY_SLOTS]! * 65_536 + this.program[strand]! * 4_096 + this.pc[strand]!;
  }

  private served(strand: number): void {
    const visit = this.visitOf(strand);
    this.stations.leave(this.at(visit, strand));
    this.owed[strand] = visit.answer;
    if (visit.delay !== null)
      this.owed[strand]! += Math.round(visit.delayStream.sample(visit.delay, this.subject[strand]!, this.occasion(strand)));
    this.advance(strand);
  }

  private simulationResume(strand: number, delay: number): void {
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
        this.simulationResume(strand, latency);
        return;
      }
      switch (instruction.code) {
        case "enter": {
          const { step } = instruction;
          if (step.word === "enter") {
            cloud.servers.taskState[subject] = taskStates.indexOf(step.taskState);
            if (step.vmState !== null) cloud.servers.vmState[subject] = vmStates.indexOf(step.vmState);
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
          if (instruction.step.word === "notify") cloud.notifications.emit(instruction.step.notification, subject);
          break;
        case "wait":
          if (instruction.step.word === "wait")
            this.simulationResume(strand, Math.max(0, Math.round(instruction.step.time(cloud, subject))));
          return;
        case "transfer":
          if (instruction.step.word === "transfer") {
            const { bytes, route } = instruction.step.flow(cloud, subject);
            cloud.transfers.start(strand, bytes, route);
          }
          return;
        case "hold":
          this.arrive(strand);
          return;
        case "release":
          this.stations.leave((this.stationFor(instruction.component) + this.hostOf(strand)) as StationId);
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
          const states = this.onceStates(program, instruction.space);
          const state = states.get(key);
          if (state === 2) {
            this.pc[strand] = instruction.to;
            continue;
          }
          if (state === 1) {
            this.waitingFor(program, instruction.space, key).push(strand);
            return;
          }
          states.set(key, 1);
          this.key[strand] = key;
          break;
        }
        case "onceDone":
        case "onceFailed": {
          const key = this.key[strand]!;
          const states = this.onceStates(program, instruction.space);
          const done = instruction.code === "onceDone";
          if (done) states.set(key, 2);
          else states.delete(key);
          // Those who waited look again: they pass when it is done; after a failure the first of them does it itself.
          for (const waiting of this.takeWaiting(program, instruction.space, key)) {
            this.pc[waiting]!--;
            this.simulationResume(waiting, 0);
          }
          break;
        }
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
          this.expired[strand] = 0;
          if (limit > 0) cloud.simulation.set(limit, this.limitTimer, strand);
          break;
        }
        case "limitCancel":
          cloud.simulation.cancel(this.limitTimer, strand);
          break;
        case "limitEnd":
          cloud.simulation.cancel(this.limitTimer, strand);
          if (this.expired[strand] === 1) {
            this.expired[strand] = 0;
            if (this.fail(strand, outcomes.indexOf(instruction.limit.outcome))) continue;
            return;
          }
          break;
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
    const { code } = this.programs[this.program[strand]!]!;
    // The limit around the present place: the last one begun before it. Limits are not nested within one strand.
    for (let pc = this.pc[strand]!; pc >= 0; pc--) {
      const instruction = code[pc]!;
      if (instruction.code !== "limitBegin") continue;
      this.expired[strand] = 1;
      instruction.limit.expired(this.cloud, this.subject[strand]!);
      return;
    }
  }

  private onceStates(program: number, space: number): Map<number, number> {
    const index = program * 64 + space;
    let states = this.onceState.get(index);
    if (states === undefined) this.onceState.set(index, (states = new Map()));
    return states;
  }

  private waitingFor(program: number, space: number, key: number): number[] {
    const name = `${program}/${space}/${key}`;
    let waiting = this.onceWaiting.get(name);
    if (waiting === undefined) this.onceWaiting.set(name, (waiting = []));
    return waiting;
  }

  private takeWaiting(program: number, space: number, key: number): readonly number[] {
    const name = `${program}/${space}/${key}`;
    const waiting = this.onceWaiting.get(name) ?? [];
    this.onceWaiting.delete(name);
    return waiting;
  }
}
