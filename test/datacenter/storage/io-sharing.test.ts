// Streams of I/Os that share a back end, by hand: fair shares, Little's law, and latencies that fit together where the queue fills.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IoStream, latencyOf, shareIo } from "../../../src/datacenter/storage/io-sharing.ts";

/** Of a back end of 1000 I/Os per second with one channel, idle latency 1 ms, exponential service. */
function stream(limitIops: number, more: Partial<IoStream> = {}): IoStream {
  const holdMean = 1e-3;
  return {
    ...{ limitIops, queueDepth: 8, costSeconds: 1e-3, idleSeconds: 1e-3, deviceIos: 1 },
    ...{ holdMean, holdSquare: 2 * holdMean * holdMean, channels: 1, devices: 1, ...more },
  };
}

describe("streams that share a back end", () => {
  it("get what they want while the devices can do it", () => {
    const { iops, load } = shareIo([stream(300), stream(500)]);
    expect([...iops]).toEqual([300, 500]);
    expect(load).toBeCloseTo(0.8, 12);
  });

  it("share alike when both want too much, and one that wants little gets that", () => {
    expect([...shareIo([stream(900), stream(900)]).iops].map(Math.round)).toEqual([500, 500]);
    const { iops } = shareIo([stream(100), stream(900), stream(2000)]);
    expect(iops[0]).toBe(100);
    expect(iops[1]).toBeCloseTo(450, 9);
    expect(iops[2]).toBeCloseTo(450, 9);
  });

  it("get more the more of them they keep under way, and all wait alike: Little's law", () => {
    const streams = [stream(5000, { queueDepth: 2 }), stream(5000, { queueDepth: 6 })];
    const shares = shareIo(streams);
    expect([...shares.iops].map(Math.round)).toEqual([250, 750]);
    // 8 I/Os under way at 1000 per second.
    for (const [i, each] of streams.entries()) {
      expect(latencyOf(each, shares)).toBeCloseTo(8e-3, 12);
      expect(shares.iops[i]! * latencyOf(each, shares)).toBeCloseTo(each.queueDepth, 9);
    }
  });

  it("share time, not I/Os: one of I/Os that are four times as large does a quarter as many for its time", () => {
    const [small, large] = [stream(5000, { queueDepth: 8 }), stream(5000, { queueDepth: 8, costSeconds: 4e-3 })];
    const { iops, load } = shareIo([small, large]);
    // First come, first served: both do equally many, and 5 ms go for each pair.
    expect(iops[0]).toBeCloseTo(200, 9);
    expect(iops[1]).toBeCloseTo(200, 9);
    expect(load).toBeCloseTo(1, 12);
  });

  it("wait as in M/M/1 while the queue is far from what they let it be", () => {
    const one = stream(500, { queueDepth: 1000 });
    expect(latencyOf(one, shareIo([one]))).toBeCloseTo(1e-3 / (1 - 0.5), 9);
  });

  it("never do more than their queue depth allows on an idle back end", () => {
    expect(shareIo([stream(5000, { queueDepth: 1, costSeconds: 1e-6 })]).iops[0]).toBeCloseTo(1000, 9);
  });

  it("meet the latency of the full queue without a jump", () => {
    const at = (iops: number) => {
      const one = stream(iops);
      return latencyOf(one, shareIo([one]));
    };
    expect(at(999.999)).toBeCloseTo(8e-3, 6);
    expect(at(1500)).toBeCloseTo(8e-3, 12);
  });

  it("keep at most their depth under way and the back end at most busy, whatever they want", () => {
    const any = fc.record({
      limitIops: fc.double({ min: 0, max: 1e5, noNaN: true }),
      queueDepth: fc.integer({ min: 1, max: 256 }),
      costSeconds: fc.double({ min: 1e-6, max: 1e-2, noNaN: true }),
      idleSeconds: fc.double({ min: 1e-5, max: 1e-2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 12 }), (wanted) => {
        const streams = wanted.map((each) => stream(each.limitIops, each));
        const shares = shareIo(streams);
        expect(shares.load).toBeLessThanOrEqual(1 + 1e-9);
        for (const [i, { limitIops, queueDepth, idleSeconds }] of streams.entries()) {
          expect(shares.iops[i]!).toBeLessThanOrEqual(limitIops);
          if (shares.iops[i]! > 0 && latencyOf(streams[i]!, shares) > idleSeconds)
            expect(shares.iops[i]! * latencyOf(streams[i]!, shares)).toBeLessThanOrEqual(queueDepth * (1 + 1e-9));
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
