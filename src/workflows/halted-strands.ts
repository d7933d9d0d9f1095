// What becomes of requests in progress when the host that works on them stops. A strand is halted where it is: the answers it waits for still
// come, to nobody, and it is kept until the host returns. A message to a stopped host waits in the message queue.
//
// @source nova/compute/manager.py init_host, _init_instance; oslo.messaging acknowledges a cast before it is worked on

export interface Kept {
  readonly strand: number;
  /** `arrives`: it was on its way to the host, which now takes it. `goes on`: it was at work there. `begins again`: its work there is lost. */
  readonly how: "arrives" | "goes on" | "begins again";
}

const CRASHED = 2;
const CUT_OFF = 1;

export class HaltedStrands {
  private readonly stopped: Uint8Array; // by host
  private readonly kept = new Map<number, Kept[]>(); // by host
  // By strand.
  private readonly halted: number[] = [];
  private readonly hostOf: number[] = [];
  private readonly served: boolean[] = [];

  constructor(hosts: number) {
    this.stopped = new Uint8Array(hosts);
  }

  stop(host: number): void {
    this.stopped[host] = 1;
  }

  /** The host works again. Returns the strands that were kept for it, in the order of their coming. */
  start(host: number): readonly Kept[] {
    this.stopped[host] = 0;
    const kept = this.kept.get(host) ?? [];
    this.kept.delete(host);
    return kept;
  }

  isStopped(host: number): boolean {
    return this.stopped[host] === 1;
  }

  halt(strand: number, host: number, crashed: boolean): void {
    this.halted[strand] = Math.max(this.halted[strand] ?? 0, crashed ? CRASHED : CUT_OFF);
    this.hostOf[strand] = host;
  }

  isHalted(strand: number): boolean {
    return (this.halted[strand] ?? 0) > 0;
  }

  /** Keeps a halted strand whose answer has come until its host returns. False: the host is back already. */
  keep(strand: number, how: Kept["how"]): boolean {
    const host = this.hostOf[strand]!;
    if (!this.isStopped(host)) return false;
    this.push(host, { strand, how });
    return true;
  }

  /** Keeps a message to a stopped host. */
  waitFor(strand: number, host: number): void {
    this.push(host, { strand, how: "arrives" });
  }

  /** The strand is halted no more. Was it nova-compute that died? */
  release(strand: number): boolean {
    const crashed = this.halted[strand] === CRASHED;
    this.halted[strand] = 0;
    return crashed;
  }

  /** A worker has begun with the strand, or is done with it. */
  serve(strand: number, begins: boolean): void {
    this.served[strand] = begins;
  }

  isServed(strand: number): boolean {
    return this.served[strand] === true;
  }

  private push(host: number, kept: Kept): void {
    const known = this.kept.get(host);
    if (known === undefined) this.kept.set(host, [kept]);
    else known.push(kept);
  }
}
