// When deployments arrive. Every draw is keyed by the number of the arrival (or of the candidate), so nothing else can shift it.
import { exponential } from "../kernel/distribution.ts";
import { cosTurns } from "../kernel/elementary.ts";
import type { RandomStreams } from "../kernel/random.ts";
import type { Micros } from "../kernel/time.ts";
import { formatTime, SECOND } from "../kernel/time.ts";
import type { ArrivalSpec } from "./workload.ts";

/** Instants of arrival in ascending order, in whole microseconds, all before `duration`; equal instants may occur. */
export function* arrivals(spec: ArrivalSpec, streams: RandomStreams, duration: Micros): Generator<Micros, void> {
  const instants = process(spec, streams);
  for (const exact of instants) {
    const instant = Math.round(exact);
    if (instant >= duration) return;
    yield instant;
  }
}

function process(spec: ArrivalSpec, streams: RandomStreams): Iterable<number> {
  switch (spec.process) {
    case "poisson":
      return poisson(spec.rate, streams);
    case "diurnal":
      return diurnal(spec, streams);
    case "constant":
      return constant(spec.interval);
    case "at-once":
      return new Array<number>(spec.count).fill(spec.at);
  }
}

/** Exponential gaps. @param rate arrivals per second; none ever at rate 0. */
function* poisson(rate: number, streams: RandomStreams): Generator<number, void> {
  if (rate === 0) return;
  const gap = exponential(SECOND / rate);
  const gaps = streams.stream("arrival.gap");
  for (let number = 0, at = 0; ; number++) {
    at += gaps.sample(gap, number, 0);
    yield at;
  }
}

/**
 * Nonhomogeneous Poisson process with rate(t) = rate * (1 + amplitude * cos(2 pi (t - peak) / period)), by thinning: candidates arrive at
 * the largest rate and each is kept with probability rate(t) / largest rate, by a draw of its own stream. A negative rate counts as 0.
 *
 * @source P. A. W. Lewis, G. S. Shedler, Simulation of nonhomogeneous Poisson processes by thinning, Naval Research Logistics 26 (1979)
 */
function* diurnal(spec: ArrivalSpec & { process: "diurnal" }, streams: RandomStreams): Generator<number, void> {
  const { rate, amplitude, peak, period } = spec;
  if (!(period > 0)) throw new RangeError(`the period of diurnal arrivals is ${period} us: expected more than 0`);
  const largest = 1 + Math.abs(amplitude);
  const thinning = streams.stream("arrival.thinning");
  let candidate = 0;
  for (const at of poisson(rate * largest, streams)) {
    const relative = 1 + amplitude * cosTurns((at - peak) / period);
    if (thinning.uniform(candidate++, 0) * largest < relative) yield at;
  }
}

/** One at time 0 and then one per interval: no draws. */
function* constant(interval: Micros): Generator<number, void> {
  if (!(interval > 0)) throw new RangeError(`the interval of constant arrivals is ${formatTime(interval)}: expected more than 0`);
  for (let number = 0; ; number++) yield number * interval;
}
