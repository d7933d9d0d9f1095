// The words in which workflows are told. An operation of the cloud is a list of steps, read from top to bottom; `at` says who acts.
// Steps are data: they can be compiled and run, and they can be folded into a sequence diagram or a table without running.

import type { NotificationName } from "../datacenter/notifications.ts";
import type { Outcome, TaskState, VmState } from "../datacenter/servers.ts";
import type { Micros } from "../kernel/time.ts";
import type { Component, Operation } from "../services/service.ts";
import type { Cloud } from "./cloud.ts";

/** Decides or does something in the model at this instant. Returns null when all is well, or the outcome with which the step fails. */
export type Decision = (cloud: Cloud, subject: number) => Outcome | null;

export type Step =
  | { readonly word: "at"; readonly component: Component | User; readonly steps: readonly Step[] }
  | { readonly word: "call"; readonly operation: Operation; readonly what: string }
  | { readonly word: "cast"; readonly operation: Operation; readonly what: string }
  | { readonly word: "enter"; readonly vmState: VmState | null; readonly taskState: TaskState }
  | { readonly word: "decide"; readonly name: string; readonly decide: Decision }
  | { readonly word: "notify"; readonly notification: NotificationName; readonly ofServer?: true }
  | { readonly word: "wait"; readonly name: string; readonly time: (cloud: Cloud, subject: number) => Micros }
  | { readonly word: "transfer"; readonly name: string; readonly flow: (cloud: Cloud, subject: number) => Flow }
  | { readonly word: "perform"; readonly name: string; readonly begin: (cloud: Cloud, subject: number, strand: number) => void }
  | { readonly word: "on"; readonly side: Side; readonly steps: readonly Step[] }
  | { readonly word: "together"; readonly branches: readonly (readonly Step[])[] }
  | { readonly word: "attempt"; readonly steps: readonly Step[]; readonly undo: readonly Step[] }
  | { readonly word: "retry"; readonly rule: RetryRule; readonly steps: readonly Step[]; readonly before: readonly Step[] }
  | { readonly word: "within"; readonly limit: Limit; readonly steps: readonly Step[] }
  | { readonly word: "holding"; readonly component: Component; readonly steps: readonly Step[] }
  | {
      readonly word: "once";
      readonly name: string;
      readonly key: (cloud: Cloud, subject: number) => number;
      readonly steps: readonly Step[];
    }
  | {
      readonly word: "when";
      readonly name: string;
      readonly holds: (cloud: Cloud, subject: number) => boolean;
      readonly steps: readonly Step[];
    };

/** The hosts of a server on the move; elsewhere a server has one host only. */
export type Side = "source" | "destination";

export interface User {
  readonly key: "user";
}

/** The person or program at the client end. */
export const user: User = { key: "user" };

/**
 * Bytes over the links of a route, or between two attach points of the fabric; `flow` then tells flows between the two apart, and `also` are links that
 * the bytes pass besides.
 */
export type Flow =
  | { readonly bytes: number; readonly route: readonly number[] }
  | { readonly bytes: number; readonly from: number; readonly to: number; readonly flow: number; readonly also?: readonly number[] };

export interface RetryRule {
  /** Most times the steps are begun. */
  readonly times: (cloud: Cloud) => number;
  /** The outcome after which they are tried again, and the one that stands when there are no tries left. */
  readonly on: Outcome;
  readonly exhausted: Outcome;
}

export interface Limit {
  /** 0 = no limit. */
  readonly time: (cloud: Cloud) => Micros;
  readonly outcome: Outcome;
  /** Done at the instant the time is up; the work itself goes on, and fails with the outcome when it comes to its end. */
  readonly expired: (cloud: Cloud, subject: number) => void;
}

export interface Workflow {
  readonly name: string;
  /** What it is about, and what its steps are given: a server (the usual case), a request to an API by its row in `cloud.requests`, a host, or a number of its own. */
  readonly subject?: "server" | "request" | "host" | "none";
  /** It says itself what becomes of the server's ports. */
  readonly ownPorts?: true;
  readonly steps: readonly Step[];
  /** What becomes of it when the host under it crashed and is back: nova-compute gives it up (the usual case), or takes it up again. */
  readonly whenHostReturns?: "fails" | "goes on";
  /** Done at the end, whatever it is: `outcome` is null when the steps came to their end. */
  readonly ended: (cloud: Cloud, subject: number, outcome: Outcome | null) => void;
}

export const at = (component: Component | User, ...steps: Step[]): Step => ({ word: "at", component, steps });
/** Request, wait for a worker, service, and the answer back. */
export const call = (operation: Operation, what: string): Step => ({ word: "call", operation, what });
/** The same without waiting for the answer: what follows is done by the one who was asked. */
export const cast = (operation: Operation, what: string): Step => ({ word: "cast", operation, what });
export const enter = (taskState: TaskState, vmState: VmState | null = null): Step => ({ word: "enter", vmState, taskState });
export const decide = (name: string, decision: Decision): Step => ({ word: "decide", name, decide: decision });
/** The same for what cannot fail. */
export const act = (name: string, change: (cloud: Cloud, subject: number) => void): Step => {
  return decide(name, (cloud, subject) => {
    change(cloud, subject);
    return null;
  });
};
export const notify = (notification: NotificationName): Step => ({ word: "notify", notification });
export const wait = (name: string, time: (cloud: Cloud, subject: number) => Micros): Step => ({ word: "wait", name, time });
export const transfer = (name: string, flow: (cloud: Cloud, subject: number) => Flow): Step => ({ word: "transfer", name, flow });
/** Begins something that goes on by itself, and goes on when `cloud.performed` is told of its end, and how it ended. */
export const perform = (name: string, begin: (cloud: Cloud, subject: number, strand: number) => void): Step => {
  return { word: "perform", name, begin };
};
/** What is on every host is, in these steps, on the host that the server leaves, or on the one it goes to. */
export const on = (side: Side, ...steps: Step[]): Step => ({ word: "on", side, steps });
/** Branches side by side; goes on when all have ended, and fails if one has failed. */
export const together = (...branches: (readonly Step[])[]): Step => ({ word: "together", branches });
/** If the steps fail, `undo` is done before the failure goes on. */
export const attempt = (steps: readonly Step[], { undo }: { readonly undo: readonly Step[] }): Step => ({ word: "attempt", steps, undo });
/** Begins the steps again after the rule's failure; `before` is done in between. */
export const retry = (rule: RetryRule, steps: readonly Step[], { before }: { readonly before: readonly Step[] }): Step => {
  return { word: "retry", rule, steps, before };
};
export const within = (limit: Limit, ...steps: Step[]): Step => ({ word: "within", limit, steps });
/** Keeps one worker of the component for all the steps: a semaphore. */
export const holding = (component: Component, ...steps: Step[]): Step => ({ word: "holding", component, steps });
/** The first to come with a key does the steps; others with that key wait for it, and later ones pass. */
export const once = (name: string, key: (cloud: Cloud, subject: number) => number, ...steps: Step[]): Step => ({
  word: "once",
  name,
  key,
  steps,
});
export const when = (name: string, holds: (cloud: Cloud, subject: number) => boolean, ...steps: Step[]): Step => ({
  word: "when",
  name,
  holds,
  steps,
});
