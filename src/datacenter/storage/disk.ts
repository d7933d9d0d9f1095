// A disk drive: one arm over turning platters. An I/O costs the command, the seek, the wait for the sector and the transfer, which is faster on
// the outer tracks; one that goes on where the last ended costs the command and the transfer only.
//
// Datasheets tell the average and the longest seek; the curve between follows the usual shape, a root for short ways (the arm accelerates) and a
// line for long ones (it coasts). Assumes that places are uniform when random, which makes the density of distances d of a stroke 2 (1 - d).
//
// @source Ruemmler and Wilkes, "An introduction to disk drive modeling", IEEE Computer 27(3), 1994
import { exp, log } from "../../kernel/elementary.ts";
import { MILLISECOND, SECOND } from "../../kernel/time.ts";
import type { DeviceModel, Io, IoMix, Moments } from "./device.ts";
import { overMix } from "./device.ts";

export interface DiskFigures {
  readonly key: string;
  readonly capacityBytes: number;
  readonly rotationsPerMinute: number;
  readonly commandMs: number;
  readonly shortestSeekMs: number;
  readonly readSeekMs: number;
  readonly readSeekMaxMs: number;
  readonly writeSeekMs: number;
  readonly writeSeekMaxMs: number;
  readonly outerBytesPerSecond: number;
  readonly innerBytesPerSecond: number;
  readonly queueDepth: number;
  /** With q I/Os to choose from, getting to the next takes q^exponent times less than to a random one. */
  readonly choiceExponent: number;
}

/** Up to this part of a full stroke the seek time is a root of the distance: 383 of the 1,962 cylinders of the HP 97560. */
const SHORT_STROKE = 383 / 1962;

/** `a + b sqrt(d)` below `SHORT_STROKE`, `c + e d` above, joined without a step. Milliseconds, d of a full stroke. */
export interface SeekCurve {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly e: number;
}

// Moments of d and its root under the density 2 (1 - d): of short ways (up to s), and of long ones.
const s = SHORT_STROKE;
const root = Math.sqrt(s);
const shortWays = { one: 2 * s - s * s, root: (4 / 3) * s * root - (4 / 5) * s * s * root, d: s * s - (2 / 3) * s * s * s };
const longWays = { one: 1 - shortWays.one, d: 1 / 3 - shortWays.d, d2: 1 / 6 - ((2 / 3) * s * s * s - (s * s * s * s) / 2) };

/** The curve with that shortest, average and longest seek. */
export function seekCurve(shortestMs: number, averageMs: number, longestMs: number): SeekCurve {
  // Joined at s: a + b root = c + e s, with c = longest - e. The average is linear in e, so e follows.
  const averageOf = (e: number) => {
    const c = longestMs - e;
    const b = (c + e * s - shortestMs) / root;
    return shortestMs * shortWays.one + b * shortWays.root + c * longWays.one + e * longWays.d;
  };
  const flat = averageOf(0);
  const e = (averageMs - flat) / (averageOf(1) - flat);
  const c = longestMs - e;
  const b = (c + e * s - shortestMs) / root;
  if (!(shortestMs >= 0 && e >= 0 && b >= 0 && e < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `no seek curve from ${shortestMs} ms over an average of ${averageMs} ms to ${longestMs} ms: expected 0 <= shortest < average < longest, ` +
        `with an average of at most ${flat.toFixed(2)} ms; try a longest seek of 1.35 times the average`,
    );
  }
  return { a: shortestMs, b, c, e };
}

export function seekMs(curve: SeekCurve, distance: number): number {
  return distance < SHORT_STROKE ? curve.a + curve.b * Math.sqrt(distance) : curve.c + curve.e * distance;
}

/** Mean and mean square of the seek time between two random places, in milliseconds. */
function seekMoments({ a, b, c, e }: SeekCurve): Moments {
  const mean = a * shortWays.one + b * shortWays.root + c * longWays.one + e * longWays.d;
  const short = a * a * shortWays.one + 2 * a * b * shortWays.root + b * b * shortWays.d;
  return { mean, square: short + c * c * longWays.one + 2 * c * e * longWays.d + e * e * longWays.d2 };
}

export function disk(figures: DiskFigures): DeviceModel {
  const { key, outerBytesPerSecond: outer, innerBytesPerSecond: inner, commandMs } = figures;
  for (const [name, value] of Object.entries(figures)) {
    const least = name === "commandMs" || name === "choiceExponent" || name === "shortestSeekMs" ? 0 : Number.MIN_VALUE;
    if (typeof value === "number" && !(value >= least && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`disk ${key}: ${name} is ${value}; expected a finite number ${least === 0 ? "of 0 or more" : "above 0"}`);
    }
  }
  if (outer < inner)
    throw new RangeError(`disk ${key}: outer tracks of ${outer} B/s and inner ones of ${inner} B/s; expected outer >= inner`);
  const turnMicros = (60 * SECOND) / figures.rotationsPerMinute;
  const curves = [
    seekCurve(figures.shortestSeekMs, figures.readSeekMs, figures.readSeekMaxMs),
    seekCurve(figures.shortestSeekMs, figures.writeSeekMs, figures.writeSeekMaxMs),
  ] as const;
  // Seconds for a byte, averaged over the zones: the places of bytes are uniform, the rate falls linearly along them.
  const falls = outer > inner;
  const secondsPerByte = falls ? log(outer / inner) / (outer - inner) : 1 / outer;
  const squarePerByte = 1 / (outer * inner);
  const transferMicros = (io: Io, place: number) => commandMs * MILLISECOND + (io.bytes * SECOND) / (outer + (inner - outer) * place);

  function moments(io: Io): Moments {
    const fixed = commandMs / 1000;
    const transfer = { mean: io.bytes * secondsPerByte, square: io.bytes * io.bytes * squarePerByte };
    if (io.sequential) {
      return { mean: fixed + transfer.mean, square: fixed * fixed + 2 * fixed * transfer.mean + transfer.square };
    }
    const seek = seekMoments(io.write ? curves[1] : curves[0]);
    const turn = turnMicros / SECOND;
    const parts = [seek.mean / 1000, turn / 2, transfer.mean] as const;
    const mean = fixed + parts[0] + parts[1] + parts[2];
    const variances = [
      seek.square / 1e6 - parts[0] * parts[0],
      (turn * turn) / 12,
      Math.max(0, transfer.square - transfer.mean * transfer.mean),
    ];
    return { mean, square: mean * mean + variances[0]! + variances[1]! + variances[2]! };
  }

  return {
    key,
    capacityBytes: figures.capacityBytes,
    channels: 1,
    queueDepth: figures.queueDepth,
    hasArm: true,
    positioningMicros(write, from, to, angle, now) {
      const seek = seekMs(write ? curves[1] : curves[0], Math.abs(to - from)) * MILLISECOND;
      const turned = (now + seek) / turnMicros;
      const wait = angle - (turned - Math.floor(turned));
      return seek + (wait < 0 ? wait + 1 : wait) * turnMicros;
    },
    holdMicros: transferMicros,
    acknowledgeMicros: transferMicros,
    holdMoments: (mix: IoMix) => ({
      mean: overMix(mix, (io) => moments(io).mean),
      square: overMix(mix, (io) => moments(io).square),
    }),
    idleLatencySeconds: (mix) => overMix(mix, (io) => moments(io).mean),
    busySeconds(mix, queueDepth) {
      const gain = exp(figures.choiceExponent * log(Math.max(1, Math.min(queueDepth, figures.queueDepth))));
      return overMix(mix, (io) => {
        const inPlace = moments({ ...io, sequential: true }).mean;
        return inPlace + (moments(io).mean - inPlace) / gain;
      });
    },
  };
}
