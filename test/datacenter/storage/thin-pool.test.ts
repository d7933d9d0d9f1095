import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ThinPool, type ThinVolumeId } from "../../../src/datacenter/storage/thin-pool.ts";

function pool(capacityBytes: number, maxOverSubscriptionRatio = 3) {
  const events: string[] = [];
  const made = new ThinPool({ name: "p", capacityBytes, maxOverSubscriptionRatio, nearFullRatio: 0.8 }, (event, volume) =>
    events.push(volume < 0 ? event : `${event} ${volume}`),
  );
  return { pool: made, events };
}

describe("a thin pool", () => {
  it("promises more than it has, up to the ratio, and gives only what is written", () => {
    const { pool: p } = pool(100, 2);
    const [a, b, c] = [p.create(120), p.create(80), p.create(1)];
    expect([a, b, c]).toEqual([0, 1, -1]);
    p.write(a as ThinVolumeId, 30);
    expect([p.provisionedBytes, p.allocatedBytes, p.freeBytes]).toEqual([200, 30, 70]);
    expect(p.check()).toBeNull();
  });

  it("never gives a volume more than its size", () => {
    const { pool: p } = pool(100);
    const a = p.create(10) as ThinVolumeId;
    expect([p.write(a, 7), p.write(a, 7), p.allocatedBytes]).toEqual(["written", "written", 10]);
  });

  it("runs out: the write is refused, its server is paused, and goes on when there is room again", () => {
    const { pool: p, events } = pool(100);
    const [a, b] = [p.create(100), p.create(100)] as [ThinVolumeId, ThinVolumeId];
    p.write(a, 79);
    p.write(a, 1);
    expect(p.write(b, 30)).toBe("ENOSPC");
    expect([p.allocatedBytes, p.isPaused(b), p.isPaused(a)]).toEqual([80, true, false]);
    expect(p.write(b, 30)).toBe("ENOSPC");
    p.discard(a, 5);
    expect(p.isPaused(b)).toBe(true);
    p.grow(10);
    expect(p.isPaused(b)).toBe(false);
    expect(events).toEqual(["near full", "full", "volume paused 1", "volume resumed 1", "room again"]);
    expect(p.write(b, 30)).toBe("written");
    expect(p.check()).toBeNull();
  });

  it("resumes as many as there is room for, and stays full for the others", () => {
    const { pool: p, events } = pool(100, 10);
    const [a, b, c] = [p.create(100), p.create(100), p.create(100)] as [ThinVolumeId, ThinVolumeId, ThinVolumeId];
    p.write(a, 100);
    for (const volume of [b, c]) p.write(volume, 40);
    p.discard(a, 50);
    expect([p.isPaused(b), p.isPaused(c)]).toEqual([false, true]);
    p.delete(a);
    expect(p.isPaused(c)).toBe(false);
    expect(events.at(-1)).toBe("room again");
  });

  it("keeps its promises through deletes and extensions, and uses numbers again", () => {
    const { pool: p } = pool(100, 1);
    const a = p.create(60) as ThinVolumeId;
    expect([p.extend(a, 100), p.extend(a, 101), p.provisionedBytes]).toEqual([true, false, 100]);
    p.write(a, 50);
    p.delete(a);
    expect([p.provisionedBytes, p.allocatedBytes, p.create(100)]).toEqual([0, 0, 0]);
    expect(() => p.extend(a, 99)).toThrow(/cannot shrink to 99 bytes/);
  });

  it("holds its invariants whatever happens: promises are the sum over the volumes, and free is never below 0", () => {
    const verb = fc.record({ what: fc.integer({ min: 0, max: 5 }), volume: fc.nat(5), bytes: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(verb, { maxLength: 80 }), (verbs) => {
        const { pool: p } = pool(150, 4);
        const live: ThinVolumeId[] = [];
        for (const { what, volume, bytes } of verbs) {
          const one = live[volume % Math.max(1, live.length)];
          if (what === 0 || one === undefined) {
            const made = p.create(bytes);
            if (made >= 0) live.push(made as ThinVolumeId);
          } else if (what === 1) {
            p.delete(one);
            live.splice(live.indexOf(one), 1);
          } else if (what === 2) p.discard(one, bytes);
          else if (what === 3) p.grow(bytes % 3);
          else p.write(one, bytes);
          expect(p.check()).toBeNull();
          expect(p.provisionedBytes).toBeLessThanOrEqual(p.capacityBytes * 4);
        }
      }),
    );
  });

  it("of no capacity holds nothing, and sizes that make no sense are refused", () => {
    const { pool: empty } = pool(0);
    expect(empty.create(1)).toBe(-1);
    const { pool: p } = pool(10);
    for (const bytes of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
      expect(() => p.create(bytes)).toThrow(/expected a whole number of 0 or more/);
      expect(() => pool(bytes)).toThrow(/expected a whole number of 0 or more/);
    }
    expect(() => p.write(3 as ThinVolumeId, 1)).toThrow("thin pool p: no volume 3");
    expect(() => pool(10, 0.5)).toThrow(/max_over_subscription_ratio 0.5; expected at least 1/);
  });
});
