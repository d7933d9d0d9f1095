// May a project have more? Nova counts what there is and compares; Cinder and Neutron set the wanted amount aside first, and keep it or give it
// back when the outcome is known.
// @source nova/quota.py, cinder/db/sqlalchemy/api.py quota_reserve, neutron/db/quota/driver_nolock.py (Zed)
import { parameter } from "../../kernel/parameter.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";
import { OTHER_RESOURCES, type QuotaService, quotaDefaultsOf } from "./quota-defaults.ts";

export const cinderReservationExpire = parameter({
  name: "cinder.reservation_expire",
  value: 86_400,
  unit: "s",
  meaning: "A reservation that nobody settles is void after so long.",
  source: "cinder/quota.py",
  evidence: "verified",
});

export const neutronReservationExpire = parameter({
  name: "neutron.reservation_expire",
  value: 120,
  unit: "s",
  meaning: "A reservation that nobody settles is void after so long.",
  source: "neutron/db/quota/driver.py",
  evidence: "verified",
});

/** What the API answers with when a project would have too much. */
const overQuotaStatus: Readonly<Record<QuotaService, number>> = { nova: 403, cinder: 413, neutron: 409 };

export class OverQuota extends Error {
  readonly type = "OverQuota";
  readonly status: number;
  /** In alphabetical order. */
  readonly resources: readonly string[];

  constructor(status: number, resources: readonly string[], message: string) {
    super(message);
    this.name = "OverQuota";
    this.status = status;
    this.resources = resources;
  }
}

/** How much more (or less) of each resource. */
export type Deltas = Readonly<Record<string, number>>;

/** A number that stands for what was set aside. */
export type Reservation = number;

interface Held {
  readonly project: string;
  readonly deltas: Deltas;
  readonly expiresAt: Micros;
}

export class Quotas {
  readonly service: QuotaService;
  readonly #defaults: ReadonlyMap<string, number>;
  readonly #overrides = new Map<string, number>();
  readonly #used = new Map<string, number>();
  readonly #held = new Map<Reservation, Held>();
  #reservations = 0;

  constructor(service: QuotaService, defaults: ReadonlyMap<string, number> = new Map()) {
    this.service = service;
    this.#defaults = new Map([...quotaDefaultsOf(service).map(({ resource, limit }) => [resource, limit] as const), ...defaults]);
  }

  /** -1 for none. */
  limitOf(project: string, resource: string): number {
    return this.#overrides.get(`${project}/${resource}`) ?? this.#defaults.get(resource) ?? OTHER_RESOURCES;
  }

  /** @throws RangeError for what is no limit */
  setLimit(project: string, resource: string, limit: number): void {
    if (!Number.isInteger(limit) || limit < -1)
      throw new RangeError(`quota of ${resource} for project ${project}: expected a whole number, or -1 for no limit, not ${limit}`);
    this.#overrides.set(`${project}/${resource}`, limit);
  }

  /** Back to the default. */
  clearLimits(project: string): void {
    for (const key of this.#overrides.keys()) if (key.startsWith(`${project}/`)) this.#overrides.delete(key);
  }

  usedBy(project: string, resource: string): number {
    return this.#used.get(`${project}/${resource}`) ?? 0;
  }

  reservedBy(project: string, resource: string, now: Micros): number {
    let sum = 0;
    for (const held of this.#held.values())
      if (held.project === project && now < held.expiresAt) sum += Math.max(0, held.deltas[resource] ?? 0);
    return sum;
  }

  /**
   * Would the project have too much of anything? Nova asks so before it builds and again afterwards (`recheck_quota`), then with no more to come.
   * @throws OverQuota with the names of all resources that it would have too much of
   */
  check(project: string, deltas: Deltas, now: Micros): void {
    const over = Object.keys(deltas)
      .filter((resource) => this.#isOver(project, resource, deltas[resource]!, now))
      .sort((a, b) => (a < b ? -1 : 1));
    if (over.length === 0) return;
    const list = (of: (resource: string) => number) => over.map(of).join(", ");
    const used = list((resource) => this.usedBy(project, resource) + this.reservedBy(project, resource, now));
    const names = over.join(", ");
    const limits = list((resource) => this.limitOf(project, resource));
    const message = `Quota exceeded for ${names}: Requested ${list((resource) => deltas[resource]!)}, but already used ${used} of ${limits} ${names}`;
    throw new OverQuota(overQuotaStatus[this.service], over, message);
  }

  /** Does one object with `count` of a resource (metadata items, members, gigabytes of one volume) stay within the limit for an object? */
  fitsObject(project: string, resource: string, count: number): boolean {
    const limit = this.limitOf(project, resource);
    return limit < 0 || count <= limit;
  }

  /** Sets the amounts aside until they are committed or rolled back. @throws OverQuota */
  reserve(project: string, deltas: Deltas, now: Micros): Reservation {
    if (this.service === "nova") throw new Error("Nova has no reservations: check the quota, then count what was made with add()");
    this.check(project, deltas, now);
    const seconds = this.service === "cinder" ? cinderReservationExpire.value : neutronReservationExpire.value;
    const reservation = ++this.#reservations;
    this.#held.set(reservation, { project, deltas, expiresAt: now + seconds * SECOND });
    return reservation;
  }

  /** Turns a reservation into use; one that is void or unknown has no effect, and gives false. */
  commit(reservation: Reservation, now: Micros): boolean {
    const held = this.#held.get(reservation);
    this.#held.delete(reservation);
    if (held === undefined || now >= held.expiresAt) return false;
    this.add(held.project, held.deltas);
    return true;
  }

  rollback(reservation: Reservation): void {
    this.#held.delete(reservation);
  }

  /** Forgets reservations that are void. */
  expire(now: Micros): void {
    for (const [reservation, { expiresAt }] of this.#held) if (now >= expiresAt) this.#held.delete(reservation);
  }

  /** Counts what was made, or with negative amounts what was deleted; use never goes below nothing. */
  add(project: string, deltas: Deltas): void {
    for (const [resource, delta] of Object.entries(deltas)) {
      const key = `${project}/${resource}`;
      this.#used.set(key, Math.max(0, (this.#used.get(key) ?? 0) + delta));
    }
  }

  #isOver(project: string, resource: string, delta: number, now: Micros): boolean {
    const limit = this.limitOf(project, resource);
    // Giving something back is never too much, even for a project whose limit was lowered below what it has.
    if (limit < 0 || delta < 0) return false;
    return this.usedBy(project, resource) + this.reservedBy(project, resource, now) + delta > limit;
  }
}

/** What a new volume counts for: the project's volumes and gigabytes, and those of its type. */
export function volumeDeltas(sizeGb: number, volumeType: string | null): Deltas {
  return withType({ volumes: 1, gigabytes: sizeGb }, volumeType);
}

/** What a new snapshot counts for; its gigabytes only unless `no_snapshot_gb_quota` is set. */
export function snapshotDeltas(sizeGb: number, volumeType: string | null, noSnapshotGbQuota = false): Deltas {
  return withType(noSnapshotGbQuota ? { snapshots: 1 } : { snapshots: 1, gigabytes: sizeGb }, volumeType);
}

function withType(deltas: Deltas, volumeType: string | null): Deltas {
  if (volumeType === null) return deltas;
  return { ...deltas, ...Object.fromEntries(Object.entries(deltas).map(([resource, delta]) => [`${resource}_${volumeType}`, delta])) };
}
