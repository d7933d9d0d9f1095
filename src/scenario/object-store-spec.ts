// The object store of a scenario after reading: every node and device by itself.
import type { Micros } from "../kernel/time.ts";

export interface StorageDeviceSpec {
  /** `storage-1/d2` */
  readonly name: string;
  readonly capacityBytes: number;
  readonly weight: number;
  /** Of reads and writes together. */
  readonly bytesPerSecond: number;
}

export interface StorageNodeSpec {
  readonly name: string;
  readonly region: number;
  readonly zone: number;
  /** From 0; null: where the services of the cloud are. */
  readonly rack: number | null;
  readonly bytesPerSecond: number;
  readonly devices: readonly StorageDeviceSpec[];
}

export type StoragePolicySpec =
  | { readonly name: string; readonly kind: "replication"; readonly replicas: number }
  | { readonly name: string; readonly kind: "erasure_coding"; readonly dataFragments: number; readonly parityFragments: number };

export interface ObjectStoreSpec {
  readonly hashPath: { readonly prefix: string; readonly suffix: string };
  readonly partPower: number;
  readonly minPartHours: number;
  readonly overload: number;
  readonly ringSeed: number;
  readonly containerReplicas: number;
  readonly proxies: number;
  readonly proxyBytesPerSecond: number;
  readonly clientBytesPerSecond: number;
  readonly nodes: readonly StorageNodeSpec[];
  /** The first is the default. */
  readonly policies: readonly StoragePolicySpec[];
  /** Options of keystoneauth that are not the defaults. */
  readonly keystoneauth: Readonly<Record<string, string>>;
  readonly connTimeout: Micros;
  readonly nodeTimeout: Micros;
  readonly replicatorInterval: Micros;
  readonly updaterInterval: Micros;
}

/** Names of attach points besides the storage nodes. */
export const proxyName = (index: number): string => `swift-proxy-${index + 1}`;
export const CLIENTS = "clients";

/** Replicas, or fragments, that a part has. */
export function slotsOf(policy: StoragePolicySpec): number {
  return policy.kind === "replication" ? policy.replicas : policy.dataFragments + policy.parityFragments;
}
