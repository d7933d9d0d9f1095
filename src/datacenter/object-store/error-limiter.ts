// Which devices a proxy leaves alone because they have made too many errors of late.
// Assumes that all proxies know what one of them has met.
// @source swift/common/error_limiter.py, swift/proxy/server.py (2.30)
import type { Micros } from "../../kernel/time.ts";
import { swiftParameters as swift } from "./swift-parameters.ts";

export class ErrorLimiter {
  private readonly errors = new Map<number, { count: number; lastAt: Micros }>();

  /** The device has not answered, or not in time. */
  error(device: number, now: Micros): void {
    const known = this.errors.get(device) ?? { count: 0, lastAt: now };
    this.errors.set(device, { count: known.count + 1, lastAt: now });
  }

  /** It is out of order (507): it is left alone at once. */
  limit(device: number, now: Micros): void {
    this.errors.set(device, { count: swift.errorSuppressionLimit.value + 1, lastAt: now });
  }

  isLimited(device: number, now: Micros): boolean {
    const known = this.errors.get(device);
    if (known === undefined) return false;
    if (now - known.lastAt <= swift.errorSuppressionIntervalMicros.value) return known.count > swift.errorSuppressionLimit.value;
    this.errors.delete(device);
    return false;
  }
}
