// What a back end of Cinder is to the storage models: how much it can hold, what an I/O of a volume asks of devices and network, and what it
// sustains. Back ends are LVM on a host's own devices, an NFS server, and Ceph RBD (`local-backend.ts`, `nfs-backend.ts`, `ceph-pool.ts`).
import type { Io, IoMix } from "./device.ts";
import type { IoPlan, Transfer } from "./io-plan.ts";

/** An I/O of a volume, from the host where its server runs. */
export interface VolumeRequest {
  readonly client: number;
  readonly volume: number;
  readonly offsetBytes: number;
  readonly io: Io;
}

/**
 * Why an I/O does not happen: the data are gone for good; it hangs until the back end is whole enough again; there is no room for what it writes.
 */
export type IoRefusal = "data lost" | "stalled" | "ENOSPC";

export interface StorageBackend {
  readonly name: string;
  readonly kind: "lvm" | "nfs" | "ceph";
  /** Bytes of volumes that it can hold. */
  readonly usableBytes: number;
  plan(request: VolumeRequest): IoPlan | IoRefusal;
  /**
   * Fluid: who sends how many bytes per second to whom when a server on `client` reads and writes so many bytes per second in I/Os spread over
   * the whole volume. `bytes` of a transfer stands for bytes per second here; transfers within one host are left out.
   */
  flows(client: number, readBytesPerSecond: number, writeBytesPerSecond: number): readonly Transfer[];
  /** Fluid: I/Os of the mix per second that its devices sustain as they are now, all clients together. 0: none. */
  iops(mix: IoMix): number;
}

export function requireRates(readBytesPerSecond: number, writeBytesPerSecond: number): void {
  if (readBytesPerSecond >= 0 && writeBytesPerSecond >= 0 && readBytesPerSecond + writeBytesPerSecond < Number.POSITIVE_INFINITY) return;
  throw new RangeError(
    `a volume that reads ${readBytesPerSecond} and writes ${writeBytesPerSecond} B/s: expected finite numbers of 0 or more`,
  );
}
