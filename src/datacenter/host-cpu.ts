// Who gets the CPUs of the hosts: a fluid model of the kernel's fair scheduler. A server wants the CPU time of so many threads; while a host's
// servers together want no more than it has, each gets that, and beyond that they share by weighted max-min fairness. What a server wanted and
// did not get is steal time.
//
//     x_i = min(d_i, f min(q_i, v_i), w_i level),   sum of x_i = min(C(m), sum of min(d_i, f min(q_i, v_i)))
//
// d is the demand, v the vCPUs, q the hard cap, w the weight, f the clock relative to its base, and C(m) what the host does when m threads want
// to run (`smt.ts`), m being the sum of the limits, each rounded up to whole threads. All are in cores running one thread at the base clock. A
// server that wants nothing weighs nothing: sharing is work-conserving, hard caps are not.
//
// Threads of the dedicated set (Nova's cpu_dedicated_set, PCPU) are a pool of their own, on which only servers with pinned vCPUs run. Assumes
// that pinned vCPUs are spread over the cores of that pool before they become siblings.
//
// A change is worked out for the pool it concerns, O(k) while its demands fit and O(k log k) beyond, and allocates nothing.
import { grown } from "../kernel/grown.ts";
import type { Micros } from "../kernel/time.ts";
import { WaterLevel } from "../queueing/water-level.ts";
import { type HostCpuDescription, refuseUnlessCpus } from "./host-cpu-description.ts";
import { smtBusyThreads, smtCapacity, smtGain } from "./smt.ts";

/** The CPU side of one server; `cpuTune` gives weight and cap of a flavor. */
export interface ServerCpu {
  readonly vcpus: number;
  /** Share relative to its neighbours where cores are short; absent = 1. Pinned vCPUs weigh alike. */
  readonly weight?: number;
  /** Host threads' worth of CPU time at most; absent = no cap. */
  readonly capThreads?: number;
  /** Its vCPUs are pinned to threads of the dedicated set. */
  readonly dedicated?: boolean;
}

/** More than sums of demands are off by: a server of 10 x 0.1 busy vCPUs runs one thread, not two. */
const ROUNDING_THREADS = 1e-9;

export class HostCpu {
  private readonly threadsPerCore: Float64Array; // by host
  private readonly gain: Float64Array;
  private readonly overhead: Float64Array;
  private readonly frequency: Float64Array;
  private readonly dedicatedThreads: Float64Array;
  // By pool: 2 x host is shared, 2 x host + 1 dedicated.
  private readonly cores: Float64Array;
  private readonly first: Int32Array; // server + 1
  private readonly count: Int32Array;
  private readonly pinned: Float64Array; // vCPUs placed, of dedicated pools
  private readonly given: Float64Array; // sum of the rates
  private readonly wanted: Float64Array; // sum of the demands
  private readonly running: Float64Array; // threads that want to run
  private readonly capacity: Float64Array;
  private readonly crowded: Uint8Array;
  private readonly bookedAt: Float64Array;
  private readonly givenTime: Float64Array; // core-microseconds up to `bookedAt`
  private readonly wantedTime: Float64Array;
  // By server.
  private vcpus = new Float64Array(1024);
  private weight = new Float64Array(1024);
  private cap = new Float64Array(1024); // threads, no more than its vCPUs
  private throttle = new Float64Array(1024).fill(1); // share of the cap that is left
  private demand = new Float64Array(1024);
  private rate = new Float64Array(1024);
  private received = new Float64Array(1024); // core-microseconds up to `bookedAt` of its pool
  private stolen = new Float64Array(1024);
  private pool = new Int32Array(1024); // pool + 1, 0 for nowhere
  private next = new Int32Array(1024); // server + 1
  private previous = new Int32Array(1024);
  private readonly level = new WaterLevel();
  // Scratch of `share`, by place in the list of a pool's servers.
  private limits = new Float64Array(64);
  private weights = new Float64Array(64);

  constructor(hosts: readonly HostCpuDescription[], now: Micros = 0) {
    const pools = 2 * hosts.length;
    for (const [host, description] of hosts.entries()) refuseUnlessCpus(host, description);
    this.gain = Float64Array.from(hosts, (host) => host.smtGain ?? smtGain.value);
    this.threadsPerCore = Float64Array.from(hosts, (host, row) => (this.gain[row] === 1 ? 1 : host.threadsPerCore));
    this.overhead = Float64Array.from(hosts, (host) => host.overhead ?? 0);
    this.dedicatedThreads = Float64Array.from(hosts, (host) => host.dedicatedThreads ?? 0);
    this.frequency = new Float64Array(hosts.length).fill(1);
    this.cores = new Float64Array(pools);
    for (const [host, { cores, dedicatedThreads = 0, threadsPerCore }] of hosts.entries()) {
      this.cores[2 * host + 1] = dedicatedThreads / threadsPerCore;
      this.cores[2 * host] = cores - dedicatedThreads / threadsPerCore;
    }
    this.first = new Int32Array(pools);
    this.count = new Int32Array(pools);
    this.pinned = new Float64Array(pools);
    this.given = new Float64Array(pools);
    this.wanted = new Float64Array(pools);
    this.running = new Float64Array(pools);
    this.capacity = new Float64Array(pools);
    this.crowded = new Uint8Array(pools);
    this.bookedAt = new Float64Array(pools).fill(now);
    this.givenTime = new Float64Array(pools);
    this.wantedTime = new Float64Array(pools);
  }

  /** The server is on the host from `now` on, and wants nothing yet. What it has received elsewhere stays in its books. */
  place(server: number, host: number, now: Micros, { vcpus, weight = 1, capThreads, dedicated = false }: ServerCpu): void {
    if (!(vcpus > 0 && vcpus < Number.POSITIVE_INFINITY)) throw new RangeError(`server ${server}: ${vcpus} vCPUs; expected more than 0`);
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`server ${server}: a weight of ${weight}; expected above 0`);
    if (capThreads !== undefined && !(capThreads > 0))
      throw new RangeError(`server ${server}: a cap of ${capThreads} threads; expected above 0`);
    if (this.frequency[host] === undefined) throw new RangeError(`server ${server}: no host ${host} among ${this.frequency.length}`);
    if (server >= this.demand.length) this.grow(server);
    if (this.pool[server] !== 0)
      throw new RangeError(`server ${server} is placed on host ${host}, but is on host ${this.hostOf(server)} already`);
    const pool = 2 * host + (dedicated ? 1 : 0);
    if (dedicated) {
      const threads = this.dedicatedThreads[host]!;
      if (this.pinned[pool]! + vcpus > threads) {
        throw new RangeError(
          `server ${server}: host ${host} cannot pin ${vcpus} vCPUs: ${this.pinned[pool]} of its ${threads} dedicated threads are taken`,
        );
      }
      this.pinned[pool]! += vcpus;
    }
    this.vcpus[server] = vcpus;
    this.weight[server] = dedicated ? vcpus : weight;
    this.cap[server] = Math.min(vcpus, capThreads ?? vcpus);
    this.throttle[server] = 1;
    this.demand[server] = 0;
    this.rate[server] = 0;
    this.book(pool, now);
    this.pool[server] = pool + 1;
    const head = this.first[pool]!;
    this.next[server] = head;
    this.previous[server] = 0;
    if (head !== 0) this.previous[head - 1] = server + 1;
    this.first[pool] = server + 1;
    this.count[pool]!++;
  }

  /** The server leaves its host; its books stay. */
  remove(server: number, now: Micros): void {
    const pool = this.poolOf(server);
    this.book(pool, now);
    const next = this.next[server]!;
    const previous = this.previous[server]!;
    if (next !== 0) this.previous[next - 1] = previous;
    if (previous !== 0) this.next[previous - 1] = next;
    else this.first[pool] = next;
    this.pool[server] = 0;
    this.rate[server] = 0;
    this.demand[server] = 0;
    this.count[pool]!--;
    if (pool % 2 === 1) this.pinned[pool]! -= this.vcpus[server]!;
    this.share(pool);
  }

  /** From `now` on the server wants this much, in cores; more than its vCPUs is taken as all of them. */
  setDemand(server: number, now: Micros, demand: number): void {
    const pool = this.poolOf(server);
    if (!(demand >= 0)) refuseDemand(server, demand);
    this.book(pool, now);
    this.demand[server] = Math.min(demand, this.vcpus[server]!);
    this.share(pool);
  }

  /** From `now` on every server of the host wants what the column says of it, in cores, by server. */
  setDemands(host: number, now: Micros, demands: ArrayLike<number>): void {
    for (let pool = 2 * host; pool <= 2 * host + 1; pool++) {
      if (this.first[pool] === 0) continue;
      for (let at = this.first[pool]!; at !== 0; at = this.next[at - 1]!)
        if (!(demands[at - 1]! >= 0)) refuseDemand(at - 1, demands[at - 1]);
      this.book(pool, now);
      for (let at = this.first[pool]!; at !== 0; at = this.next[at - 1]!) {
        this.demand[at - 1] = Math.min(demands[at - 1]!, this.vcpus[at - 1]!);
      }
      this.share(pool);
    }
  }

  /** From `now` on the host's clock runs at this multiple of its base; 0 stops it. */
  setFrequency(host: number, now: Micros, factor: number): void {
    if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY)) throw new RangeError(`host ${host}: a clock of ${factor}; expected 0 or more`);
    if (this.frequency[host] === undefined) throw new RangeError(`no host ${host} among ${this.frequency.length}`);
    for (let pool = 2 * host; pool <= 2 * host + 1; pool++) {
      this.book(pool, now);
      this.frequency[host] = factor;
      this.share(pool);
    }
  }

  /** From `now` on the hypervisor holds the server's vCPUs for this share of the time, 0 to 1, as auto-converge does; `place` ends it. */
  setThrottle(server: number, now: Micros, share: number): void {
    const pool = this.poolOf(server);
    if (!(share >= 0 && share <= 1)) throw new RangeError(`server ${server}: throttled by ${share}; expected 0 to 1`);
    this.book(pool, now);
    this.throttle[server] = 1 - share;
    this.share(pool);
  }

  /** The host of a placed server. */
  hostOf(server: number): number {
    return this.poolOf(server) >> 1;
  }

  /** Cores that the server wants now, no more than its vCPUs. */
  demandOf(server: number): number {
    return this.demand[server] ?? 0;
  }

  /** Cores that the server gets now, the hypervisor's part included. */
  rateOf(server: number): number {
    return this.rate[server] ?? 0;
  }

  /** Cores' worth of work that gets done in the guest now: what it gets less the hypervisor's part. */
  usefulRateOf(server: number): number {
    return this.rateOf(server) * (1 - this.overhead[this.hostOf(server)]!);
  }

  /** Share of its demand that the server does not get now, 0 to 1; 0 when it wants nothing. */
  stealShare(server: number): number {
    const demand = this.demandOf(server);
    return demand > 0 ? (demand - this.rateOf(server)) / demand : 0;
  }

  /** Steal as `top` shows it in the guest: percent of the time of all its vCPUs. */
  guestStealPercent(server: number): number {
    return (100 * (this.demandOf(server) - this.rateOf(server))) / this.vcpus[server]!;
  }

  /** CPU time that the server has received up to `now`, in core-microseconds, over all hosts it has been on. */
  cpuMicros(server: number, now: Micros): number {
    return (this.received[server] ?? 0) + this.rateOf(server) * this.sinceBooked(server, now);
  }

  /** CPU time that the server has wanted and not got up to `now`, in core-microseconds, over all hosts it has been on. */
  stealMicros(server: number, now: Micros): number {
    return (this.stolen[server] ?? 0) + (this.demandOf(server) - this.rateOf(server)) * this.sinceBooked(server, now);
  }

  /** Cores that the servers of the host get now. */
  usedCores(host: number): number {
    return this.given[2 * host]! + this.given[2 * host + 1]!;
  }

  /** Cores that the servers of the host want now. */
  wantedCores(host: number): number {
    return this.wanted[2 * host]! + this.wanted[2 * host + 1]!;
  }

  /** CPU time given to servers on the host up to `now`, in core-microseconds. */
  usedMicros(host: number, now: Micros): number {
    return this.timeOf(host, now, this.givenTime, this.given);
  }

  /** CPU time that servers on the host have wanted and not got up to `now`, in core-microseconds. */
  stolenMicros(host: number, now: Micros): number {
    return this.timeOf(host, now, this.wantedTime, this.wanted) - this.usedMicros(host, now);
  }

  /** Hardware threads that are busy now, on average over a moment: what a power model of threads asks for. */
  busyThreads(host: number): number {
    const threadsPerCore = this.threadsPerCore[host]!;
    let busy = 0;
    for (let pool = 2 * host; pool <= 2 * host + 1; pool++) {
      const cores = this.cores[pool]!;
      if (this.crowded[pool] === 1) busy += Math.min(this.running[pool]!, cores * threadsPerCore);
      else if (this.given[pool]! > 0)
        busy += smtBusyThreads(this.given[pool]! / this.frequency[host]!, cores, threadsPerCore, this.gain[host]!);
    }
    return busy;
  }

  /** Hardware threads of the host, without those that a gain of 1 has switched off. */
  threads(host: number): number {
    return (this.cores[2 * host]! + this.cores[2 * host + 1]!) * this.threadsPerCore[host]!;
  }

  /** Share of the host's threads that is busy now, 0 to 1; 0 for a host without any. */
  utilisation(host: number): number {
    const threads = this.threads(host);
    return threads > 0 ? Math.min(1, this.busyThreads(host) / threads) : 0;
  }

  /**
   * What must hold after every change: nobody has more than he may, all that is wanted and there is given out, and whoever has less than he
   * may is at the common level. Null when it does; otherwise what is wrong.
   */
  violation(host: number): string | null {
    for (let pool = 2 * host; pool <= 2 * host + 1; pool++) {
      let [sum, allowed, level] = [0, 0, 0];
      for (let at = this.first[pool]!; at !== 0; at = this.next[at - 1]!) {
        const limit = this.limitOf(at - 1, this.frequency[host]!);
        const rate = this.rate[at - 1]!;
        if (!(rate >= 0 && rate <= limit)) return `server ${at - 1} gets ${rate} cores on host ${host}; it may have ${limit}`;
        sum += rate;
        allowed += limit;
        level = Math.max(level, rate / this.weight[at - 1]!);
      }
      const slack = 1e-9 * Math.max(1, allowed);
      const due = Math.min(allowed, this.capacity[pool]!);
      if (Math.abs(sum - due) > slack) return `servers get ${sum} cores of host ${host}; ${due} are due`;
      for (let at = this.first[pool]!; at !== 0; at = this.next[at - 1]!) {
        const rate = this.rate[at - 1]!;
        if (rate < this.limitOf(at - 1, this.frequency[host]!) - slack && rate < this.weight[at - 1]! * level - slack) {
          return `server ${at - 1} gets ${rate} cores of host ${host}, but others have more for their weight`;
        }
      }
    }
    return null;
  }

  private poolOf(server: number): number {
    const pool = (this.pool[server] ?? 0) - 1;
    if (pool < 0) throw new RangeError(`server ${server} is on no host: place it first`);
    return pool;
  }

  private limitOf(server: number, frequency: number): number {
    return Math.min(this.demand[server]!, this.cap[server]! * this.throttle[server]! * frequency);
  }

  private sinceBooked(server: number, now: Micros): number {
    const pool = (this.pool[server] ?? 0) - 1;
    return pool < 0 ? 0 : this.elapsed(pool, now);
  }

  private elapsed(pool: number, now: Micros): number {
    const elapsed = now - this.bookedAt[pool]!;
    if (elapsed >= 0) return elapsed;
    throw new RangeError(
      `host ${pool >> 1}: CPU time is booked up to ${this.bookedAt[pool]} us, and cannot be asked or changed at ${now} us`,
    );
  }

  private timeOf(host: number, now: Micros, booked: Float64Array, perTime: Float64Array): number {
    const [shared, dedicated] = [2 * host, 2 * host + 1];
    const ofShared = booked[shared]! + perTime[shared]! * this.elapsed(shared, now);
    return ofShared + booked[dedicated]! + perTime[dedicated]! * this.elapsed(dedicated, now);
  }

  /** Books what every server of the pool has got and missed up to now. */
  private book(pool: number, now: Micros): void {
    const elapsed = this.elapsed(pool, now);
    if (elapsed === 0) return;
    const { next, received, stolen, rate, demand } = this;
    for (let at = this.first[pool]!; at !== 0; at = next[at - 1]!) {
      received[at - 1]! += rate[at - 1]! * elapsed;
      stolen[at - 1]! += (demand[at - 1]! - rate[at - 1]!) * elapsed;
    }
    this.givenTime[pool]! += this.given[pool]! * elapsed;
    this.wantedTime[pool]! += this.wanted[pool]! * elapsed;
    this.bookedAt[pool] = now;
  }

  /** Gives every server of the pool its rate. */
  private share(pool: number): void {
    const host = pool >> 1;
    const { next, rate, demand, weight, cap, throttle } = this;
    const count = this.count[pool]!;
    if (count > this.limits.length) {
      this.limits = new Float64Array(2 * count);
      this.weights = new Float64Array(2 * count);
    }
    const { limits, weights } = this;
    const frequency = this.frequency[host]!;
    const perFrequency = frequency > 0 ? 1 / frequency : 0;
    let [place, wanted, allowed, running] = [0, 0, 0, 0];
    for (let at = this.first[pool]!; at !== 0; at = next[at - 1]!) {
      const limit = Math.min(demand[at - 1]!, cap[at - 1]! * throttle[at - 1]! * frequency);
      wanted += demand[at - 1]!;
      allowed += limit;
      running += Math.ceil(limit * perFrequency - ROUNDING_THREADS);
      limits[place] = limit;
      weights[place++] = weight[at - 1]!;
      rate[at - 1] = limit;
    }
    const capacity = frequency * smtCapacity(running, this.cores[pool]!, this.threadsPerCore[host]!, this.gain[host]!);
    const level = allowed <= capacity ? Number.POSITIVE_INFINITY : this.level.of(limits, weights, count, capacity);
    this.wanted[pool] = wanted;
    this.running[pool] = running;
    this.capacity[pool] = capacity;
    if (level === Number.POSITIVE_INFINITY) {
      this.given[pool] = allowed;
      this.crowded[pool] = 0;
      return;
    }
    this.given[pool] = capacity;
    this.crowded[pool] = 1;
    place = 0;
    for (let at = this.first[pool]!; at !== 0; at = next[at - 1]!) {
      rate[at - 1] = Math.min(limits[place]!, weights[place]! * level);
      place++;
    }
  }

  private grow(server: number): void {
    const length = Math.max(server + 1, this.demand.length * 2);
    this.vcpus = grown(this.vcpus, length);
    this.weight = grown(this.weight, length);
    this.cap = grown(this.cap, length);
    this.throttle = grown(this.throttle, length);
    this.demand = grown(this.demand, length);
    this.rate = grown(this.rate, length);
    this.received = grown(this.received, length);
    this.stolen = grown(this.stolen, length);
    this.pool = grown(this.pool, length);
    this.next = grown(this.next, length);
    this.previous = grown(this.previous, length);
  }
}

function refuseDemand(server: number, demand: number | undefined): never {
  throw new RangeError(`server ${server}: a demand of ${demand} cores; expected 0 or more`);
}
