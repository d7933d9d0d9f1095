// Quality of service of a volume as the hypervisor enforces it (front-end QoS specs of Cinder, iotune of libvirt): limits to I/Os and bytes, in
// total or for reads and writes apart, fixed or by size of the volume, with bursts. Each limit is a token bucket; an I/O goes when all of its
// buckets let it, in order of arrival.
//
// A limit without `_max` lets a tenth of a second's worth through at once. With `_max` the bucket holds that much for `_max_length` seconds; from
// two seconds on the rate within the burst is itself held to `_max`.
//
// @source QEMU docs/throttle.txt and util/throttle.c; Cinder admin guide, "Basic volume QoS" and "Capacity based QoS"
import type { Micros } from "../../kernel/time.ts";
import { TokenBucket } from "../../queueing/token-bucket.ts";

type Way = "total" | "read" | "write";
type Amount = "iops" | "bytes";
type Limit = `${Way}_${Amount}_sec`;
/** As Cinder and libvirt spell them: `total_iops_sec`, `read_bytes_sec_max`, `write_iops_sec_per_gb`, ... 0 stands for no limit. */
export type QosKey = Limit | `${Limit}_max` | `${Limit}_max_length` | `${Limit}_per_gb` | `${Limit}_per_gb_min` | "size_iops_sec";
export const qosKeys: readonly QosKey[] = [
  ...(["total", "read", "write"] as const).flatMap((way) =>
    (["bytes", "iops"] as const).flatMap((amount): readonly QosKey[] => {
      const limit = `${way}_${amount}_sec` as const;
      return [limit, `${limit}_max`, `${limit}_max_length`, `${limit}_per_gb`, `${limit}_per_gb_min`];
    }),
  ),
  "size_iops_sec",
];
export type QosSpec = { readonly [Key in QosKey]?: number };

const ways: readonly Way[] = ["total", "read", "write"];
const amounts: readonly Amount[] = ["iops", "bytes"];

/** What a steady load of I/Os is like. */
export interface Load {
  readonly writeShare: number;
  readonly bytes: number;
}

/** Relative: a load held to a limit is not above it. */
const ROUNDING = 1e-9;

interface Bucket {
  readonly way: Way;
  readonly amount: Amount;
  readonly bucket: TokenBucket;
}

/** The limit in force for a volume of that size, undefined for none. */
export function limitOf(spec: QosSpec, limit: Limit, sizeGb: number): number | undefined {
  const perGb = spec[`${limit}_per_gb`];
  const least = spec[`${limit}_per_gb_min`] ?? 0;
  const value = perGb !== undefined && perGb > 0 ? Math.max(perGb * sizeGb, least) : spec[limit];
  return value !== undefined && value > 0 ? value : undefined;
}

/** @throws RangeError for limits that contradict each other or are below 0. */
export function requireQos(spec: QosSpec): void {
  for (const [key, value] of Object.entries(spec)) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`QoS ${key}: ${value}; expected a finite number of 0 or more`);
  }
  const given = (limit: Limit) => (spec[limit] ?? 0) > 0 || (spec[`${limit}_per_gb`] ?? 0) > 0;
  for (const amount of amounts) {
    const apart = (["read", "write"] as const).filter((way) => given(`${way}_${amount}_sec`));
    if (given(`total_${amount}_sec`) && apart.length > 0) {
      throw new RangeError(`QoS total_${amount}_sec and ${apart[0]}_${amount}_sec exclude each other; leave one of them out`);
    }
    for (const way of ways) {
      const limit: Limit = `${way}_${amount}_sec`;
      const most = spec[`${limit}_max`] ?? 0;
      const length = spec[`${limit}_max_length`] ?? 0;
      if (most > 0 && !given(limit)) throw new RangeError(`QoS ${limit}_max needs ${limit} beside it`);
      if (most > 0 && most < (spec[limit] ?? 0)) throw new RangeError(`QoS ${limit}_max: ${most} is below ${limit}, ${spec[limit]}`);
      if (length > 0 && most === 0) throw new RangeError(`QoS ${limit}_max_length needs ${limit}_max beside it`);
    }
  }
}

export class TokenLimits {
  private readonly buckets: Bucket[] = [];
  private readonly sizeIops: number;
  /** One line for both ways where a total holds, else one each. */
  private readonly oneLine: boolean;
  private readonly lastRead: { at: Micros } = { at: 0 };
  private readonly lastWrite: { at: Micros } = { at: 0 };

  constructor(spec: QosSpec, sizeGb: number) {
    requireQos(spec);
    if (!(sizeGb > 0)) throw new RangeError(`QoS of a volume of ${sizeGb} GB: expected a size above 0`);
    this.sizeIops = spec.size_iops_sec ?? 0;
    for (const way of ways) {
      for (const amount of amounts) {
        const limit: Limit = `${way}_${amount}_sec`;
        const rate = limitOf(spec, limit, sizeGb);
        if (rate === undefined) continue;
        const most = spec[`${limit}_max`] ?? 0;
        const length = spec[`${limit}_max_length`] ?? 1;
        if (most > 0 && most < rate) throw new RangeError(`QoS ${limit}_max: ${most} is below the ${rate} of a volume of ${sizeGb} GB`);
        this.buckets.push({ way, amount, bucket: new TokenBucket(rate, most > 0 ? most * length : rate / 10) });
        if (most > 0 && length > 1) this.buckets.push({ way, amount, bucket: new TokenBucket(most, most / 10) });
      }
    }
    this.oneLine = this.buckets.some(({ way }) => way === "total");
  }

  /** An I/O comes at `now`: when it may go. The tokens are taken; I/Os are asked for in order of time. */
  admit(now: Micros, write: boolean, bytes: number): Micros {
    const line = write && !this.oneLine ? this.lastWrite : this.lastRead;
    let at = Math.max(now, line.at);
    const concerned = this.concerned(write);
    for (const { bucket } of concerned) at = Math.max(at, bucket.readyAt(at));
    for (const { bucket, amount } of concerned) bucket.take(at, amount === "bytes" ? bytes : this.iosFor(bytes));
    line.at = at;
    return at;
  }

  /** Fluid: the I/Os of `bytes` per second that a load of which `writeShare` are writes may do in the long run; Infinity without limits. */
  longRunIops(writeShare: number, bytes: number): number {
    let iops = Number.POSITIVE_INFINITY;
    for (const limit of this.buckets) {
      const tokens = this.tokensPerIo(limit, writeShare, bytes);
      if (tokens > 0) iops = Math.min(iops, limit.bucket.ratePerSecond / tokens);
    }
    return iops;
  }

  /** Fluid: the I/Os per second that a steady load may do at `now` when it wants `iops`: all of them while every bucket has tokens. */
  iopsAt(now: Micros, { writeShare, bytes }: Load, iops: number): number {
    let most = iops;
    for (const limit of this.buckets) {
      const tokens = this.tokensPerIo(limit, writeShare, bytes);
      if (tokens > 0) most = Math.min(most, limit.bucket.rateFor(now, iops * tokens) / tokens);
    }
    return most;
  }

  /** Fluid: how long such a load may go on at `iops`, in whole microseconds; Infinity where the long-run limits suffice. */
  microsAt(now: Micros, { writeShare, bytes }: Load, iops: number): Micros {
    let micros = Number.POSITIVE_INFINITY;
    for (const limit of this.buckets) {
      const wanted = iops * this.tokensPerIo(limit, writeShare, bytes);
      if (wanted > limit.bucket.ratePerSecond * (1 + ROUNDING)) micros = Math.min(micros, limit.bucket.microsOfBurst(now, wanted));
    }
    return micros;
  }

  /** Fluid: since the last instant booked the load has done `iops`. */
  book(now: Micros, { writeShare, bytes }: Load, iops: number): void {
    for (const limit of this.buckets) limit.bucket.stream(now, iops * this.tokensPerIo(limit, writeShare, bytes));
  }

  private tokensPerIo({ way, amount }: Bucket, writeShare: number, bytes: number): number {
    const share = way === "total" ? 1 : way === "write" ? writeShare : 1 - writeShare;
    return share * (amount === "bytes" ? bytes : this.iosFor(bytes));
  }

  private concerned(write: boolean): readonly Bucket[] {
    return this.buckets.filter(({ way }) => way === "total" || (way === "write") === write);
  }

  /** A large I/O counts for several where `size_iops_sec` says so. */
  private iosFor(bytes: number): number {
    return this.sizeIops > 0 ? Math.max(1, bytes / this.sizeIops) : 1;
  }
}
