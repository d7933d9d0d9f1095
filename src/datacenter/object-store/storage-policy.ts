// A storage policy: how objects of a container are kept. Whole copies (replication), or fragments of which any `dataFragments` make the object
// again (erasure coding). Each primary of a part has a slot; with erasure coding the slot says which fragment is there.
// @source swift/common/storage_policy.py (2.30)
import { erasureCodeQuorum, quorumSize } from "./quorum.ts";
import type { Ring } from "./ring/ring.ts";

export interface ReplicationPolicy {
  readonly kind: "replication";
  readonly name: string;
  readonly ring: Ring;
}

export interface ErasureCodingPolicy {
  readonly kind: "erasure_coding";
  readonly name: string;
  readonly ring: Ring;
  readonly dataFragments: number;
  readonly parityFragments: number;
  /** Each fragment is kept so many times; 1 unless regions are to have a whole set each. */
  readonly duplicationFactor: number;
}

export type StoragePolicy = ReplicationPolicy | ErasureCodingPolicy;

/** Reed and Solomon's codes need one fragment more than the data to be on the safe side. */
const MIN_PARITY_NEEDED = 1;

/** Throws a RangeError when the ring does not fit the code. */
export function requirePolicy(policy: StoragePolicy): StoragePolicy {
  const { name, ring } = policy;
  if (policy.kind === "replication") return policy;
  const { dataFragments, parityFragments, duplicationFactor } = policy;
  for (const count of [dataFragments, parityFragments, duplicationFactor]) {
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`storage policy ${name}: ${count} fragments or copies of them; expected a whole number of 1 or more`);
    }
  }
  const slots = (dataFragments + parityFragments) * duplicationFactor;
  if (ring.replicas === slots) return policy;
  throw new RangeError(
    `storage policy ${name}: a ring of ${ring.replicas} replicas for ${dataFragments} + ${parityFragments} fragments, each ` +
      `${duplicationFactor} times; expected ${slots} replicas`,
  );
}

/** What must be stored before the client hears of success. */
export function writeQuorum(policy: StoragePolicy, part: number): number {
  if (policy.kind === "replication") return quorumSize(policy.ring.replicasOf(part));
  return erasureCodeQuorum(policy.dataFragments, MIN_PARITY_NEEDED, policy.duplicationFactor);
}

/** Different files that it takes to read an object. */
export function filesToRead(policy: StoragePolicy): number {
  return policy.kind === "replication" ? 1 : policy.dataFragments;
}

/** Bytes of one file. Assumes objects of one segment, and leaves out what each fragment carries about itself. */
export function fileBytes(policy: StoragePolicy, objectBytes: number): number {
  return policy.kind === "replication" ? objectBytes : Math.ceil(objectBytes / policy.dataFragments);
}

/** The fragment in a slot; 0 for whole copies. */
export function fragmentIn(policy: StoragePolicy, slot: number): number {
  return policy.kind === "replication" ? 0 : slot % (policy.dataFragments + policy.parityFragments);
}
