// The calls of a run as they were made: what the engine tells whoever listens. Listening changes nothing: the run takes the same path and has the
// same fingerprint.
import type { Micros } from "../kernel/time.ts";
import { type RunOptions, type RunResult, runInSteps } from "./run.ts";

/** One call: who asked whom for what, when it was sent, and when the answer came (or the work was done, where nobody waits for an answer). */
export interface RecordedCall {
  /** A component such as `nova.api`, or `user`. */
  readonly from: string;
  readonly to: string;
  /** `nova.api.createServer` */
  readonly operation: string;
  readonly what: string;
  readonly sentAt: Micros;
  readonly answeredAt: Micros;
}

/** Does the run again and gathers the calls about one server, in the order they were sent; yields the share that is done. */
export function* recordCallsInSteps(
  options: RunOptions,
  server: number,
  slices: number,
): Generator<number, { readonly result: RunResult; readonly calls: readonly RecordedCall[] | null }> {
  const found: { readonly link: number; readonly what: string; readonly sentAt: Micros; readonly answeredAt: Micros }[] = [];
  const result = yield* runInSteps(
    {
      ...options,
      prepare: (built) => {
        options.prepare?.(built);
        if (built.engine === null) return;
        built.engine.callObserver = {
          answered: (_strand, about, link, what, sentAt, answeredAt) => {
            if (about === server) found.push({ link, what, sentAt, answeredAt });
          },
        };
      },
    },
    slices,
  );
  const { engine, cloud } = result.built;
  const { servers } = cloud;
  if (engine === null || !(server < servers.count) || servers.requestedAt[server]! < 0) return { result, calls: null };
  const calls = found
    .map(({ link, what, sentAt, answeredAt }): RecordedCall => {
      const { from, operation } = engine.calls[link]!;
      return { from, to: operation.slice(0, operation.lastIndexOf(".")), operation, what, sentAt, answeredAt };
    })
    // Sorting keeps the order of the answers for calls sent at one instant.
    .sort((a, b) => a.sentAt - b.sentAt);
  return { result, calls };
}
