// Where two runs part. Their checkpoints say between which two events; running both again up to there, with every event noted, says which.
import type { EventKind } from "../kernel/simulation.ts";
import { formatTime } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import { type RunOptions, runInSteps } from "./run.ts";

export interface KnownCheckpoint {
  readonly events: number;
  readonly fingerprint: string;
}

/** Events (from, to] hold the first difference; `to` is Infinity when the last checkpoints still agree. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Checkpoints lie at multiples of a power of two, so those that both runs have can be compared one by one. */
export function narrow(a: readonly KnownCheckpoint[], b: readonly KnownCheckpoint[]): Window {
  const known = new Map(b.map(({ events, fingerprint }) => [events, fingerprint]));
  let from = 0;
  for (const { events, fingerprint } of a) {
    const other = known.get(events);
    if (other === undefined) continue;
    if (other !== fingerprint) return { from, to: events };
    from = events;
  }
  return { from, to: Number.POSITIVE_INFINITY };
}

export interface Divergence {
  /** Number of the first event that differs, from 1. */
  readonly event: number;
  /** What happens there in each run; null = the run is over. */
  readonly first: string | null;
  readonly second: string | null;
  /** The last event that both have. */
  readonly common: string | null;
}

/** Events noted at a time: 20 MB. */
const MOST_NOTED = 500_000;

/**
 * Runs both again to find the first event that differs within the window; null when there is none. Kinds of events count by name: two clouds
 * of different make-up number them differently, so their fingerprints differ from the start and the search goes on beyond the window. When
 * nothing but these numbers differs, that is said instead.
 */
export function findDivergence(a: RunOptions, b: RunOptions, window: Window): Divergence | "numbering" | null {
  const kinds = new KindNames();
  for (let from = window.from, end = window.to; from < end; from += MOST_NOTED) {
    const to = Math.min(end, from + MOST_NOTED);
    const notesA = note(a, from, to, kinds);
    const notesB = note(b, from, to, kinds);
    const length = Math.max(notesA.length, notesB.length);
    for (let i = 0; i < length; i += 4) {
      if (notesA[i] === notesB[i] && notesA[i + 1] === notesB[i + 1] && notesA[i + 2] === notesB[i + 2] && notesA[i + 3] === notesB[i + 3])
        continue;
      const event = from + i / 4 + 1;
      return {
        event,
        first: describeEvent(a, event),
        second: describeEvent(b, event),
        common: event > 1 ? describeEvent(a, event - 1) : null,
      };
    }
    if (kinds.renumbered) end = Number.POSITIVE_INFINITY;
    if (length < 4 * (to - from)) break;
  }
  return kinds.renumbered ? "numbering" : null;
}

/** Numbers the names of kinds across both runs, and notices when a run has its own number for one. */
class KindNames {
  renumbered = false;
  private readonly names: string[] = [];
  private readonly ownNumbers: EventKind[] = [];

  number(kind: EventKind, name: string): number {
    let number = this.names.indexOf(name);
    if (number === -1) {
      number = this.names.push(name) - 1;
      this.ownNumbers.push(kind);
    }
    if (this.ownNumbers[number] !== kind) this.renumbered = true;
    return number;
  }
}

/** (time, kind, entity, argument) of the events after `from` up to `to`. */
function note(options: RunOptions, from: number, to: number, kinds: KindNames): readonly number[] {
  const notes: number[] = [];
  const numbers: number[] = []; // by kind of this run
  visit(options, (built, count, time, kind, entity, argument) => {
    const { simulation } = built.cloud;
    if (count > from) notes.push(time, (numbers[kind] ??= kinds.number(kind, simulation.nameOf(kind))), entity, argument);
    if (count >= to) simulation.stop();
  });
  return notes;
}

function describeEvent(options: RunOptions, event: number): string | null {
  let words: string | null = null;
  visit(options, (built, count, time, kind, entity, argument) => {
    if (count !== event) return;
    words = `at ${formatTime(time)}: ${inWords(built, kind, entity, argument)}`;
    built.cloud.simulation.stop();
  });
  return words;
}

type Visitor = (built: BuiltRun, count: number, time: number, kind: EventKind, entity: number, argument: number) => void;

function visit(options: RunOptions, visitor: Visitor): void {
  const prepare = (built: BuiltRun) => {
    const { simulation } = built.cloud;
    simulation.observe((time, kind, entity, argument) => visitor(built, simulation.fingerprint.count, time, kind, entity, argument));
  };
  runInSteps({ ...options, prepare }, 1).next();
}

function inWords({ cloud, engine }: BuiltRun, kind: EventKind, entity: number, argument: number): string {
  const name = cloud.simulation.nameOf(kind);
  const server = cloud.servers.nameOf(entity);
  switch (name) {
    case "host chosen":
      return argument < 0 ? `no host is found for ${server}` : `${server} is given ${cloud.hosts.descriptions[argument]!.name}`;
    case "request knocks":
    case "request":
    case "lifetime over":
      return `${name}, ${server}`;
    case "end of warm-up":
      return name;
    case "poll":
      return `the polling agent of ${cloud.hosts.descriptions[entity]!.name} polls`;
    case "request arrives":
    case "request served":
    case "go on":
    case "time limit":
      return `${name}: ${engine?.describe(entity) ?? `strand ${entity}`}`;
    default:
      return `${name} (${entity}, ${argument})`;
  }
}
