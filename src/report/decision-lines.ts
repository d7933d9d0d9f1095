// Every decision of a run in full, one JSON object a line, gathered while the run goes and taken from it piece by piece: a file of decisions may
// be larger than memory. The weight of a host is the sum of multiplier times normalised value over the weighers, in their order, to the last bit.
import { SECOND } from "../kernel/time.ts";
import { type DecisionRecord, DecisionRecorder } from "../policies/nova/decision-record.ts";
import type { BuiltRun } from "../scenario/build.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { DecisionRow } from "../workflows/decision-log.ts";

export const DECISION_FILE = "decisions.jsonl";

/** Characters after which the run is stopped for what has gathered to be written. */
const MOST_GATHERED = 1 << 22;

export class DecisionLines {
  private lines: string[] = [];
  private gathered = 0;
  private full = false;

  /** For `RunOptions.prepare`: looks on at every decision from now on. */
  readonly prepare = ({ cloud }: BuiltRun): void => {
    const recorders = new Map<number, DecisionRecorder>();
    cloud.observerOf = (server, request) => {
      const recorder = new DecisionRecorder(cloud.scheduler, request, false);
      recorders.set(server, recorder);
      return recorder;
    };
    cloud.notifications.on("scheduler.select_destinations.end", (leader) => {
      const members = cloud.membersOf(leader);
      const first = cloud.decisions.count - members.length;
      for (const [place, server] of members.entries()) {
        // Behind a server that finds no host, those asked for together with it are not looked at.
        const recorder = recorders.get(server) ?? new DecisionRecorder(cloud.scheduler, cloud.requestSpec(server), false);
        const line = `${JSON.stringify(decisionObject(cloud, cloud.decisions.row(first + place), recorder.record))}\n`;
        this.lines.push(line);
        this.gathered += line.length;
      }
      recorders.clear();
      if (this.gathered < MOST_GATHERED) return;
      this.full = true;
      cloud.simulation.stop();
    });
  };

  /** For `RunOptions.paused`. */
  readonly paused = (): boolean => {
    const was = this.full;
    this.full = false;
    return was;
  };

  /** What has gathered since the last time. */
  take(): string {
    const text = this.lines.join("");
    this.lines = [];
    this.gathered = 0;
    return text;
  }
}

function decisionObject(cloud: Cloud, { time, server, host: choice, error }: DecisionRow, record: DecisionRecord): object {
  const { servers, hosts, scheduling } = cloud;
  const name = (host: number) => hosts.hostName(host);
  const together = cloud.membersOf(cloud.leaderOf(server)).length > 1;
  const alternates = choice < 0 ? [] : together ? scheduling.alternatesOf(server) : record.chosen.slice(1);
  return {
    time_s: time / SECOND,
    server: servers.nameOf(server),
    candidates: record.candidates.length,
    filters: record.filters.map(({ name: filter, left, removed }) => ({
      name: filter,
      left,
      removed: removed.map(({ host }) => name(host)),
    })),
    weighers: record.weighers.map(({ name: weigher, multipliers }) => ({ name: weigher, multiplier: oneOrAll(multipliers) })),
    hosts: record.ranked.map((host, rank) => ({
      host: name(host),
      raw: record.weighers.map(({ raw }) => raw[rank]),
      normalized: record.weighers.map(({ normalized }) => normalized[rank]),
      weight: record.weights[rank],
    })),
    choice: choice < 0 ? null : name(choice),
    alternates: alternates.map(name),
    error,
  };
}

/** The multiplier of all hosts; a list by rank where aggregates make them differ. */
function oneOrAll(multipliers: readonly number[]): number | readonly number[] {
  return multipliers.every((multiplier) => multiplier === multipliers[0]) ? multipliers[0]! : multipliers;
}
