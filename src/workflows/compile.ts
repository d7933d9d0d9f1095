// Compiles a workflow into a flat program: one instruction after another, with jumps, and for every instruction the place where a failure
// goes. A request then runs with one integer, its program counter.

import { nova } from "../services/nova.ts";
import type { Component, Operation } from "../services/service.ts";
import type { Limit, RetryRule, Step, User, Workflow } from "./vocabulary.ts";

/** One instruction. `step` is what it was compiled from, for those that need it at run time. */
export type Instruction =
  | { readonly code: "visit"; readonly operation: Operation; readonly from: Component | User; readonly messages: 0 | 1 | 2 }
  | { readonly code: "enter" | "decide" | "notify" | "wait" | "transfer"; readonly step: Step }
  | { readonly code: "hold" | "release"; readonly component: Component }
  | { readonly code: "fork"; readonly branches: readonly number[]; readonly join: number }
  | { readonly code: "jump"; readonly to: number }
  | { readonly code: "unless"; readonly step: Extract<Step, { word: "when" }>; readonly to: number }
  | { readonly code: "once"; readonly step: Extract<Step, { word: "once" }>; readonly space: number; readonly to: number }
  | { readonly code: "onceDone" | "onceFailed"; readonly space: number }
  | { readonly code: "retryBegin"; readonly slot: number }
  | { readonly code: "retryNext"; readonly slot: number; readonly rule: RetryRule }
  | { readonly code: "limitBegin" | "limitEnd" | "limitCancel"; readonly limit: Limit }
  | { readonly code: "fail" }
  | { readonly code: "end" };

export interface Program {
  readonly workflow: Workflow;
  readonly code: readonly Instruction[];
  /** By instruction: where a failure goes, -1 = it ends the strand. */
  readonly handlers: Int32Array;
}

export const RETRY_SLOTS = 4;

type Mutable = { -readonly [K in keyof Instruction]: Instruction[K] };

export function compile(workflow: Workflow): Program {
  const code: Instruction[] = [];
  const handlers: number[] = [];
  let onceSpaces = 0;

  const emit = (instruction: Instruction, handler: number): number => {
    code.push(instruction);
    handlers.push(handler);
    return code.length - 1;
  };
  /** Fills in a jump target or a join place that was not known when the instruction was written. */
  const patch = (at: number, change: Partial<Record<string, unknown>>) => {
    code[at] = { ...(code[at] as Mutable), ...change } as Instruction;
  };
  /** Lines a failure handler up behind the steps it protects; the handler itself fails outward. */
  const guarded = (body: (handler: number) => void, handler: number, onFailure: () => void) => {
    const start = code.length;
    const placeholder = -2 - start; // unique until the handler's place is known
    body(placeholder);
    const skip = emit({ code: "jump", to: -1 }, handler);
    const place = code.length;
    for (let i = start; i < place; i++) if (handlers[i] === placeholder) handlers[i] = place;
    onFailure();
    patch(skip, { to: code.length });
  };

  const all = (steps: readonly Step[], from: Component | User, handler: number, slot: number): Component | User => {
    let actor = from;
    for (const step of steps) actor = one(step, actor, handler, slot);
    return actor;
  };

  const one = (step: Step, from: Component | User, handler: number, slot: number): Component | User => {
    switch (step.word) {
      case "at":
        all(step.steps, step.component, handler, slot);
        return step.component;
      case "call":
      case "cast": {
        const { operation } = step;
        const back = step.word === "call";
        // RPC goes through the message queue: to the broker, and from there to the worker. An answer costs one more message.
        if (operation.of.declaration.transport === "rpc")
          emit({ code: "visit", operation: nova.messageQueue.deliver, from, messages: 1 }, handler);
        const messages = operation.of.declaration.transport === "local" ? 0 : back ? 2 : 1;
        emit({ code: "visit", operation, from, messages }, handler);
        return from;
      }
      case "enter":
      case "decide":
      case "notify":
      case "wait":
      case "transfer":
        emit({ code: step.word, step }, handler);
        return from;
      case "together": {
        const fork = emit({ code: "fork", branches: [], join: -1 }, handler);
        // A branch fails into its own end: the join passes the failure on.
        const branches = step.branches.map((branch) => {
          const begin = code.length;
          all(branch, from, -1, slot);
          emit({ code: "end" }, -1);
          return begin;
        });
        patch(fork, { branches, join: code.length });
        return from;
      }
      case "attempt":
        guarded(
          (inner) => all(step.steps, from, inner, slot),
          handler,
          () => {
            const begin = code.length;
            all(step.undo, from, handler, slot);
            // While it is undone the strand carries its failure, which a join would take for a branch's.
            if (code.slice(begin).some((instruction) => instruction.code === "fork")) {
              throw new RangeError(`workflow "${workflow.name}": "together" cannot stand in an undo`);
            }
            emit({ code: "fail" }, handler);
          },
        );
        return from;
      case "retry": {
        if (slot === RETRY_SLOTS) throw new RangeError(`workflow "${workflow.name}": retries are nested more than ${RETRY_SLOTS} deep`);
        emit({ code: "retryBegin", slot }, handler);
        const over = emit({ code: "jump", to: code.length + 1 }, handler);
        const again = code.length;
        all(step.before, from, handler, slot + 1);
        patch(over, { to: code.length });
        guarded(
          (inner) => all(step.steps, from, inner, slot + 1),
          handler,
          () => {
            emit({ code: "retryNext", slot, rule: step.rule }, handler);
            emit({ code: "jump", to: again }, handler);
          },
        );
        return from;
      }
      case "within":
        emit({ code: "limitBegin", limit: step.limit }, handler);
        guarded(
          (inner) => all(step.steps, from, inner, slot),
          handler,
          () => {
            emit({ code: "limitCancel", limit: step.limit }, handler);
            emit({ code: "fail" }, handler);
          },
        );
        emit({ code: "limitEnd", limit: step.limit }, handler);
        return from;
      case "holding":
        emit({ code: "hold", component: step.component }, handler);
        guarded(
          (inner) => {
            all(step.steps, from, inner, slot);
          },
          handler,
          () => {
            emit({ code: "release", component: step.component }, handler);
            emit({ code: "fail" }, handler);
          },
        );
        emit({ code: "release", component: step.component }, handler);
        return from;
      case "once": {
        const space = onceSpaces++;
        const begin = emit({ code: "once", step, space, to: -1 }, handler);
        guarded(
          (inner) => all(step.steps, from, inner, slot),
          handler,
          () => {
            emit({ code: "onceFailed", space }, handler);
            emit({ code: "fail" }, handler);
          },
        );
        emit({ code: "onceDone", space }, handler);
        patch(begin, { to: code.length });
        return from;
      }
      case "when": {
        const unless = emit({ code: "unless", step, to: -1 }, handler);
        all(step.steps, from, handler, slot);
        patch(unless, { to: code.length });
        return from;
      }
    }
  };

  all(workflow.steps, { key: "user" }, -1, 0);
  emit({ code: "end" }, -1);
  return { workflow, code, handlers: Int32Array.from(handlers) };
}
