// A pool as a scheduler sees it: what the driver reported last, and what this scheduler has given away since.
// @source cinder/scheduler/host_manager.py (PoolState)
import type { Micros } from "../../kernel/time.ts";
import { add, subtract } from "../python/arithmetic.ts";
import { PythonObject, type PythonValue } from "../python/python-values.ts";
import { withPool } from "./backend-name.ts";
import { type Capacities, isUnbounded, maxOverSubscriptionRatio } from "./capacity-factors.ts";
import { protocolVariants } from "./storage-protocol.ts";

export type Capabilities = ReadonlyMap<string, PythonValue>;

export class PoolState {
  /** `host@backend#pool` */
  readonly host: string;
  /** `cluster@backend#pool`, for a cluster of volume services. */
  readonly clusterName: string | null;
  readonly poolName: string;
  readonly availabilityZone: string;
  capabilities: Capabilities = new Map();
  totalCapacityGb: PythonValue = 0;
  freeCapacityGb: PythonValue = null;
  /** Sizes of the volumes that Cinder knows on it. */
  allocatedCapacityGb: PythonValue = 0;
  /** Sizes of all volumes on it, also those Cinder did not make. */
  provisionedCapacityGb: PythonValue = 0;
  maxOverSubscriptionRatio: PythonValue = 1;
  /** Of the last report taken over, or of the last volume sent here since. */
  updatedAt: Micros = Number.NEGATIVE_INFINITY;
  private reportedAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(host: string, clusterName: string | null, poolName: string, availabilityZone: string) {
    this.host = withPool(host, poolName);
    this.clusterName = clusterName === null || clusterName === "" ? null : withPool(clusterName, poolName);
    this.poolName = poolName;
    this.availabilityZone = availabilityZone;
  }

  /** The name under which the pool is chosen and tried. */
  get backendId(): string {
    return this.clusterName ?? this.host;
  }

  /** What the driver says of `name`, or what stands for its silence. */
  reported(name: string, otherwise: PythonValue): PythonValue {
    const value = this.capabilities.get(name);
    return value === undefined ? otherwise : value;
  }

  get thinProvisioningSupport(): PythonValue {
    return this.reported("thin_provisioning_support", false);
  }

  get reservedPercentage(): PythonValue {
    return this.reported("reserved_percentage", 0);
  }

  get storageProtocol(): PythonValue {
    return protocolVariants(this.reported("storage_protocol", null));
  }

  get capacities(): Capacities {
    return {
      total: this.totalCapacityGb,
      free: this.freeCapacityGb,
      provisioned: this.provisionedCapacityGb,
      thinProvisioningSupport: this.thinProvisioningSupport,
      maxOverSubscriptionRatio: this.maxOverSubscriptionRatio,
      reservedPercentage: this.reservedPercentage,
    };
  }

  /**
   * Takes over a report, unless something newer is known: a volume put here after the driver looked is not in what it saw. Its capabilities count
   * in any case.
   * @param globalRatio `max_over_subscription_ratio` of Cinder itself
   * @throws PythonError for a ratio or capacities that are no numbers
   */
  update(capabilities: Capabilities, at: Micros, globalRatio: PythonValue): void {
    this.capabilities = capabilities;
    if (this.updatedAt > at) return;
    this.updatedAt = at;
    this.reportedAt = at;
    this.totalCapacityGb = this.reported("total_capacity_gb", 0);
    this.freeCapacityGb = this.reported("free_capacity_gb", 0);
    this.allocatedCapacityGb = this.reported("allocated_capacity_gb", 0);
    this.provisionedCapacityGb = this.reported("provisioned_capacity_gb", this.allocatedCapacityGb);
    this.maxOverSubscriptionRatio = maxOverSubscriptionRatio(capabilities, globalRatio);
  }

  /** Counts a volume in that was sent here; reports from before `at` change no capacity any more. */
  consume(sizeGb: PythonValue, at: Micros): void {
    this.count(sizeGb);
    this.updatedAt = at;
  }

  /** Has anything been sent here since the last report that counts? If not, that report knows what became of every volume. */
  get isAheadOfReport(): boolean {
    return this.updatedAt > this.reportedAt;
  }

  /** Gives back the room of a volume that did not come about. */
  release(sizeGb: PythonValue): void {
    this.count(subtract(0, sizeGb));
  }

  private count(sizeGb: PythonValue): void {
    this.allocatedCapacityGb = add(this.allocatedCapacityGb, sizeGb);
    this.provisionedCapacityGb = add(this.provisionedCapacityGb, sizeGb);
    if (!isUnbounded(this.freeCapacityGb)) this.freeCapacityGb = subtract(this.freeCapacityGb, sizeGb);
  }

  /** An attribute by Cinder's name, as a query of the JsonFilter asks for it; null for what there is not. */
  attribute(name: string): PythonValue {
    return attributes.get(name)?.(this) ?? null;
  }
}

const attributes: ReadonlyMap<string, (pool: PoolState) => PythonValue> = new Map<string, (pool: PoolState) => PythonValue>([
  ["host", (pool) => pool.host],
  ["cluster_name", (pool) => pool.clusterName],
  ["backend_id", (pool) => pool.backendId],
  ["pool_name", (pool) => pool.poolName],
  ["capabilities", (pool) => pool.capabilities],
  ["service", (pool) => new Map([["availability_zone", pool.availabilityZone]])],
  ["volume_backend_name", (pool) => pool.reported("volume_backend_name", null)],
  ["vendor_name", (pool) => pool.reported("vendor_name", null)],
  ["driver_version", (pool) => pool.reported("driver_version", null)],
  ["storage_protocol", (pool) => pool.storageProtocol],
  ["QoS_support", (pool) => pool.reported("QoS_support", false)],
  ["total_capacity_gb", (pool) => pool.totalCapacityGb],
  ["free_capacity_gb", (pool) => pool.freeCapacityGb],
  ["allocated_capacity_gb", (pool) => pool.allocatedCapacityGb],
  ["provisioned_capacity_gb", (pool) => pool.provisionedCapacityGb],
  ["reserved_percentage", (pool) => pool.reservedPercentage],
  ["max_over_subscription_ratio", (pool) => pool.maxOverSubscriptionRatio],
  ["thin_provisioning_support", (pool) => pool.thinProvisioningSupport],
  ["thick_provisioning_support", (pool) => pool.reported("thick_provisioning_support", false)],
  ["multiattach", (pool) => pool.reported("multiattach", false)],
  ["filter_function", (pool) => pool.reported("filter_function", null)],
  ["goodness_function", (pool) => pool.reported("goodness_function", 0)],
  // A date, which is neither a number nor a text.
  ["updated", () => new PythonObject("datetime")],
]);
