// A small cloud with users, told as text: two hosts, two projects, one server a minute after the start in each, and what users ask.
import type { Cloud } from "../../src/workflows/cloud.ts";
import { toldRun } from "./told-run.ts";

export interface Told {
  /** `server stop 202`, `server stop 401 Unauthorized`, in the order of asking. */
  readonly outcomes: readonly string[];
  readonly cloud: Cloud;
  /** How often an operation was called, over all callers. */
  readonly calls: (operation: string) => number;
  /** How long the calls of an operation took on average, in milliseconds. */
  readonly meanMillis: (operation: string) => number;
}

const cloudText = `
cloud:
  hosts: [{type: dell-r7525, count: 2}]
  flavors: [{name: m1, vcpus: 1, ram: 1 GiB, disk: 5 GiB}]
  quota: {instances: 10}
`;

const usual = "{requests: [{name: web, at: 1 min, flavor: m1, project: 1}, {name: db, at: 1 min, flavor: m1, project: 2}], projects: 2}";

/** @param actions entries such as `{at: 5 min, do: server stop, server: web}` */
export function told(identity: string, actions: readonly string[], more: { workload?: string; duration?: string } = {}): Told {
  const { workload = usual, duration = "3 h" } = more;
  const asked = actions.length === 0 ? "" : `actions:\n${actions.map((action) => `  - ${action}\n`).join("")}`;
  const text = `${cloudText}${identity}\nworkload: ${workload}\n${asked}study: {duration: ${duration}}\n`;
  const { built } = toldRun(text);
  const { requests } = built.cloud;
  const rows = Array.from({ length: requests.count }, (_, index) => requests.row(index));
  const of = (operation: string) => built.engine!.calls.filter((call) => call.operation === operation);
  return {
    cloud: built.cloud,
    outcomes: rows.map(({ operation, status, outcome, endedAt }) => {
      return `${operation} ${status}${endedAt < 0 ? " pending" : outcome === null ? "" : ` ${outcome}`}`;
    }),
    calls: (operation) => of(operation).reduce((sum, { count }) => sum + count, 0),
    meanMillis: (operation) => {
      const found = of(operation);
      return found.reduce((sum, { micros }) => sum + micros, 0) / found.reduce((sum, { count }) => sum + count, 0) / 1000;
    },
  };
}
