// What the processes of the services remember of tokens: each for itself, as keystonemiddleware does unless it is given memcached, or all together.
// Requests are dealt to the processes of an API in turn, as a load balancer does.
// @source keystonemiddleware/auth_token/_cache.py, _opts.py (memcached_servers)
import { TokenCache } from "../../policies/keystone/token-cache.ts";

export class ServiceCaches {
  private readonly seconds: number;
  private readonly shared: TokenCache | null;
  private readonly processesOf: (service: string) => number;
  private readonly caches = new Map<string, readonly TokenCache[]>();
  private readonly turns = new Map<string, number>();

  constructor(seconds: number, shared: boolean, processesOf: (service: string) => number) {
    this.seconds = seconds;
    this.shared = shared ? new TokenCache(seconds) : null;
    this.processesOf = processesOf;
  }

  get isShared(): boolean {
    return this.shared !== null;
  }

  /** The cache of the process that takes the next request to the service. */
  next(service: string): TokenCache {
    if (this.shared !== null) return this.shared;
    let caches = this.caches.get(service);
    if (caches === undefined) {
      caches = Array.from({ length: this.processesOf(service) }, () => new TokenCache(this.seconds));
      this.caches.set(service, caches);
    }
    const turn = this.turns.get(service) ?? 0;
    this.turns.set(service, (turn + 1) % caches.length);
    return caches[turn]!;
  }
}
