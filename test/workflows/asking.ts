// Requests that say more than a flavor and an image, written by hand: zones, hints, groups, forced hosts, and several servers at once.
import type { ServerGroupRule } from "../../src/datacenter/server-groups.ts";
import type { Micros } from "../../src/kernel/time.ts";
import type { RequestTable, SchedulingAsks } from "../../src/workload/workload.ts";
import { requestTable } from "./tiny-scenario.ts";

export interface Ask {
  /** Servers asked for at once; absent = 1. */
  readonly count?: number;
  readonly at?: Micros;
  readonly lifetime?: Micros;
  readonly flavor?: number;
  readonly project?: number;
  readonly zone?: string;
  readonly hints?: Readonly<Record<string, readonly string[]>>;
  readonly group?: number;
  readonly host?: string;
}

export function asking(asks: readonly Ask[], rules: readonly ServerGroupRule[] = []): RequestTable {
  const rows = asks.flatMap((ask) => new Array<Ask>(ask.count ?? 1).fill(ask));
  const firsts: number[] = [];
  for (const { count = 1 } of asks) firsts.push(...new Array<number>(count).fill(firsts.length));
  const table = requestTable(
    rows.map(({ at = 0, count: _, zone: _zone, hints: _hints, group: _group, host: _host, ...row }) => ({ arrival: at, ...row })),
  );
  const list = <T>(of: (ask: Ask) => T | undefined) => [...new Set(rows.flatMap((ask) => of(ask) ?? []))] as T[];
  const column = <T>(values: readonly T[], of: (ask: Ask) => T | undefined) =>
    Int32Array.from(rows, (ask) => (of(ask) === undefined ? -1 : values.indexOf(of(ask)!)));
  const [zones, forcedHosts] = [list((ask) => ask.zone), list((ask) => ask.host)];
  const hintSets = list((ask) => ask.hints);
  const said: SchedulingAsks = {
    zones,
    zone: column(zones, (ask) => ask.zone),
    groupRules: rules,
    ruleOfGroup: Int32Array.from(rules, (_, i) => i),
    group: Int32Array.from(rows, (ask) => ask.group ?? -1),
    hintSets: hintSets.map((hints) => new Map(Object.entries(hints))),
    hints: column(hintSets, (ask) => ask.hints),
    forcedHosts,
    forcedHost: column(forcedHosts, (ask) => ask.host),
    leader: Int32Array.from(firsts),
  };
  return { ...table, asks: said };
}
