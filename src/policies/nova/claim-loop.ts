// From sorted hosts to selected ones: each instance of a request claims the first host that lets it, all of them or none. Alternates,
// for a build that fails later, are other hosts of the same cell; nothing is claimed on them yet.
// @source nova/scheduler/manager.py, SchedulerManager._schedule and _get_alternate_hosts (nova 26.2.2)

/** What the loop asks for and orders; all that it changes, it changes through these. */
export interface ClaimSteps<Host> {
  /** Filters and weighs the hosts left by the call before (all candidates in the first), best first. */
  sort(instance: number): readonly Host[];
  /** Has Placement named an allocation candidate for this host? Without one a host is passed over. */
  hasCandidate(host: Host): boolean;
  /** Claims the host's first candidate; false when Placement refuses. */
  claim(instance: number, host: Host): boolean;
  /** Takes the resources off the scheduler's own view of the host, so that the next instance sees them gone. */
  consume(instance: number, host: Host): void;
  /** Takes back the instance's claim. */
  undo(instance: number): void;
  cellOf(host: Host): string | number;
}

export interface Selection<Host> {
  readonly host: Host;
  readonly alternates: readonly Host[];
}

/** How many alternates each instance is given: one less than `[scheduler] max_attempts`. */
export function alternatesWanted(maxAttempts: number, returnAlternates: boolean): number {
  return returnAlternates ? maxAttempts - 1 : 0;
}

/** A selection per instance; null when some instance finds no host (`NoValidHost`): then every claim of the request has been undone. */
export function claimHosts<Host>(steps: ClaimSteps<Host>, instances: number, alternates: number): readonly Selection<Host>[] | null {
  const selected: Host[] = [];
  let hosts: readonly Host[] = [];
  for (let instance = 0; instance < instances; instance++) {
    hosts = steps.sort(instance);
    const claimed = hosts.find((host) => steps.hasCandidate(host) && steps.claim(instance, host));
    if (claimed === undefined) {
      for (let before = 0; before < instance; before++) steps.undo(before);
      return null;
    }
    selected.push(claimed);
    steps.consume(instance, claimed);
  }
  if (alternates === 0) return selected.map((host) => ({ host, alternates: [] }));
  // The list of a single instance is as good as new; after several it is weighed once more, with everything consumed.
  if (instances > 1) hosts = steps.sort(instances - 1);
  const taken = new Set(selected);
  const eligible = hosts.filter((host) => !taken.has(host) && steps.hasCandidate(host));
  return selected.map((host) => ({
    host,
    alternates: eligible.filter((other) => steps.cellOf(other) === steps.cellOf(host)).slice(0, alternates),
  }));
}
