// What the object store answers, and whom it turned to for that. Time is not in it: a workflow gives every contact its messages and its device
// work, and lets the client wait for the quorum.

export interface Contact {
  readonly device: number;
  readonly ip: string;
  readonly handoff: boolean;
  /** What that server answered; 0 for no answer, so that the proxy has waited for its timeout. */
  readonly status: number;
  /** Bytes of body to it (PUT) or from it (GET). */
  readonly bytes: number;
}

export interface Reply {
  /** As the client sees it. */
  readonly status: number;
  /** In the order in which the proxy turns to them; those of a write at once, those of a read one after the other. */
  readonly contacts: readonly Contact[];
  /** Good answers that the client waits for. */
  readonly quorum: number;
}

/** Refused before any storage node was asked. */
export function refusal(status: number): Reply {
  return { status, contacts: [], quorum: 0 };
}

/**
 * What a proxy makes of several answers: of 2xx, 3xx and 4xx the first kind that a quorum has given; 503 without one. `override` reads some
 * statuses as others where that gives a quorum.
 * @source swift/proxy/controllers/base.py (2.30): best_response
 */
export function bestResponse(statuses: readonly number[], quorum: number, override: Readonly<Record<number, number>> = {}): number {
  for (const read of [statuses, statuses.map((status) => override[status] ?? status)]) {
    for (const hundreds of [2, 3, 4]) {
      const alike = read.filter((status) => Math.floor(status / 100) === hundreds);
      if (alike.length < quorum || alike.length === 0) continue;
      const votes = (status: number) => alike.filter((other) => other === status).length;
      return alike.reduce((best, status) => (votes(status) > votes(best) ? status : best));
    }
  }
  return 503;
}
