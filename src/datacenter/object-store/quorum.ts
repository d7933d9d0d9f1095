// How many devices must have stored something before a client is told that it is stored.
// @source swift/common/utils.py (2.30): quorum_size; swift/common/storage_policy.py: ECStoragePolicy.quorum

/** Half of the replicas, rounded up: of 2, one; of 3, two; of 4, two. */
export function quorumSize(replicas: number): number {
  return Math.floor((replicas + 1) / 2);
}

/** Fragments without which an object coded into `data` data fragments, each duplicated `factor` times, is not stored safely. */
export function erasureCodeQuorum(data: number, minParityNeeded: number, factor: number): number {
  return (data + minParityNeeded) * factor;
}
