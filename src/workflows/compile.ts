// Compiles a workflow into a flat program: one instruction after another, with jumps, and for every instruction the place where a failure
// goes. A request then runs with one integer, its program counter.
import { nova } from "../services/nova.ts";
import type { Component, Operation } from "../services/service.ts";
import type { Limit, RetryRule, Side, Step, User, Workflow } from "./vocabulary.ts";

/** One instruction. `step` is what it was compiled from, for those that need it at run time. */
export type Instruction =
  | {
      readonly code: "visit";
      readonly operation: Operation;
      readonly from: Component | User;
      readonly messages: 0 | 1 | 2;
      readonly side: Side | null;
      /** What is sent, in words. */
      readonly what: string;
    }
  | { readonly code: "enter" | "decide" | "notify" | "wait" | "transfer" | "perform"; readonly step: Step }
  | { readonly code: "hold" | "release"; readonly component: Component; readonly side: Side | null }
  | { readonly code: "fork"; readonly branches: readonly number[]; readonly join: number }
  | { readonly code: "jump"; readonly to: number }
  | { readonly code: "unless"; readonly step: Extract<Step, { word: "when" }>; readonly to: number }
  | { readonly code: "once"; readonly step: Extract<Step, { word: "once" }>; readonly gate: number; readonly to: number }
  | { readonly code: "onceDone" | "onceFailed"; readonly gate: number }
  | { readonly code: "retryBegin"; readonly slot: number }
  | { readonly code: "retryNext"; readonly slot: number; readonly rule: RetryRule }
  | { readonly code: "limitBegin" | "limitEnd" | "limitFailed"; readonly limit: Limit }
  | { readonly code: "fail" }
  | { readonly code: "end" };

export interface Program {
  readonly workflow: Workflow;
  readonly code: readonly Instruction[];
  /** By instruction: where a failure goes, -1 = it ends the strand. */
  readonly handlers: Int32Array;
  /** By instruction: 1 = it is done by what runs on the server's host, and stops when that stops. */
  readonly onHost: Uint8Array;
  /** Its `once`, by name; those of one name are numbered. */
  readonly gateNames: readonly string[];
}

export const RETRY_SLOTS = 4;

type Mutable = { -readonly [K in keyof Instruction]: Instruction[K] };

/** What stands around a step. */
interface Scope {
  /** Where a failure goes, -1 = it ends the strand. */
  readonly handler: number;
  /** Retries around it, each of which has a count of its own. */
  readonly slot: number;
  /** Within a limit of the same strand. */
  readonly limited: boolean;
  /** In an undo, where the strand carries the failure that is being undone. */
  readonly undoing: boolean;
  /** Which of its two hosts a server on the move means; null: the one it is on. */
  readonly side: Side | null;
}

/** Who acts, and for what is on every host, where. */
interface Actor {
  readonly who: Component | User;
  readonly side: Side | null;
}

/** @throws RangeError for a combination of words that cannot be run. */
export function compile(workflow: Workflow): Program {
  const code: Instruction[] = [];
  const handlers: number[] = [];
  const onHost: number[] = [];
  let acting: Component | User = { key: "user" };
  const gateNames: string[] = [];

  const refuse = (why: string): never => {
    throw new RangeError(`workflow "${workflow.name}": ${why}`);
  };
  const emit = (instruction: Instruction, { handler }: Scope): number => {
    code.push(instruction);
    handlers.push(handler);
    onHost.push("declaration" in acting && acting.declaration.scope === "host" ? 1 : 0);
    return code.length - 1;
  };
  /** Fills in a jump target or a join place that was not known when the instruction was written. */
  const patch = (at: number, change: Partial<Record<string, unknown>>) => {
    code[at] = { ...(code[at] as Mutable), ...change } as Instruction;
  };
  /** Lines a failure handler up behind the steps it protects; the handler itself fails outward. */
  const guarded = (body: (inner: Scope) => void, scope: Scope, onFailure: () => void) => {
    const start = code.length;
    const placeholder = -2 - start; // of these steps, until the handler's place is known
    body({ ...scope, handler: placeholder });
    const skip = emit({ code: "jump", to: -1 }, scope);
    const place = code.length;
    for (let i = start; i < place; i++) if (handlers[i] === placeholder) handlers[i] = place;
    onFailure();
    patch(skip, { to: code.length });
  };

  const all = (steps: readonly Step[], from: Actor, scope: Scope) => {
    let actor = from;
    for (const step of steps) actor = one(step, actor, scope);
    return actor;
  };

  /** Returns who acts next. */
  const one = (step: Step, from: Actor, scope: Scope): Actor => {
    acting = from.who;
    switch (step.word) {
      case "at": {
        const actor = { who: step.component, side: scope.side };
        all(step.steps, actor, scope);
        return actor;
      }
      case "on":
        return all(step.steps, from, { ...scope, side: step.side });
      case "call":
      case "cast": {
        const { operation } = step;
        const { transport } = operation.of.declaration;
        const { side } = scope;
        // Nobody sends himself messages; one host's service does to another's.
        const inPlace = transport === "local" || (operation.of.key === from.who.key && side === from.side);
        // RPC goes through the message queue: to the broker, and from there to the worker. An answer costs one more message.
        if (transport === "rpc" && !inPlace)
          emit({ code: "visit", operation: nova.messageQueue.deliver, from: from.who, messages: 1, side, what: step.what }, scope);
        emit(
          { code: "visit", operation, from: from.who, messages: inPlace ? 0 : step.word === "call" ? 2 : 1, side, what: step.what },
          scope,
        );
        return from;
      }
      case "enter":
      case "decide":
      case "notify":
      case "wait":
      case "transfer":
      case "perform":
        emit({ code: step.word, step }, scope);
        return from;
      case "together": {
        // A join would take the failure that is being undone for a branch's.
        if (scope.undoing) refuse('"together" cannot stand in an undo');
        if (step.branches.length === 0) return from;
        const fork = emit({ code: "fork", branches: [], join: -1 }, scope);
        // A branch is a strand of its own and fails into its own end: the join passes the failure on.
        const own: Scope = { ...scope, handler: -1, limited: false };
        const branches = step.branches.map((branch) => {
          const begin = code.length;
          all(branch, from, own);
          emit({ code: "end" }, own);
          return begin;
        });
        patch(fork, { branches, join: code.length });
        return from;
      }
      case "attempt":
        guarded(
          (inner) => all(step.steps, from, inner),
          scope,
          () => {
            all(step.undo, from, { ...scope, undoing: true });
            emit({ code: "fail" }, scope);
          },
        );
        return from;
      case "retry": {
        // Trying again forgets the failure, and with it the one that is being undone.
        if (scope.undoing) refuse('"retry" cannot stand in an undo');
        const { slot } = scope;
        if (slot === RETRY_SLOTS) refuse(`retries are nested more than ${RETRY_SLOTS} deep`);
        const deeper: Scope = { ...scope, slot: slot + 1 };
        emit({ code: "retryBegin", slot }, scope);
        const over = emit({ code: "jump", to: -1 }, scope);
        const again = code.length;
        all(step.before, from, deeper);
        patch(over, { to: code.length });
        guarded(
          (inner) => all(step.steps, from, inner),
          deeper,
          () => {
            emit({ code: "retryNext", slot, rule: step.rule }, scope);
            emit({ code: "jump", to: again }, scope);
          },
        );
        return from;
      }
      case "within":
        // A strand has one timer.
        if (scope.limited) refuse('"within" cannot stand within another, except in a branch of its own');
        emit({ code: "limitBegin", limit: step.limit }, scope);
        guarded(
          (inner) => all(step.steps, from, { ...inner, limited: true }),
          scope,
          () => emit({ code: "limitFailed", limit: step.limit }, scope),
        );
        emit({ code: "limitEnd", limit: step.limit }, scope);
        return from;
      case "holding":
        emit({ code: "hold", component: step.component, side: scope.side }, scope);
        guarded(
          (inner) => all(step.steps, from, inner),
          scope,
          () => {
            emit({ code: "release", component: step.component, side: scope.side }, scope);
            emit({ code: "fail" }, scope);
          },
        );
        emit({ code: "release", component: step.component, side: scope.side }, scope);
        return from;
      case "once": {
        const gate = gateNames.length;
        gateNames.push(`${step.name} ${gateNames.filter((name) => name.startsWith(`${step.name} `)).length + 1}`);
        const begin = emit({ code: "once", step, gate, to: -1 }, scope);
        guarded(
          (inner) => all(step.steps, from, inner),
          scope,
          () => {
            emit({ code: "onceFailed", gate }, scope);
            emit({ code: "fail" }, scope);
          },
        );
        emit({ code: "onceDone", gate }, scope);
        patch(begin, { to: code.length });
        return from;
      }
      case "when": {
        const unless = emit({ code: "unless", step, to: -1 }, scope);
        all(step.steps, from, scope);
        patch(unless, { to: code.length });
        return from;
      }
    }
  };

  const whole: Scope = { handler: -1, slot: 0, limited: false, undoing: false, side: null };
  all(workflow.steps, { who: { key: "user" }, side: null }, whole);
  emit({ code: "end" }, whole);
  return { workflow, code, handlers: Int32Array.from(handlers), onHost: Uint8Array.from(onHost), gateNames };
}
