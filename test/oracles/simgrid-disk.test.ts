// Reads and writes of shared disks, held against SimGrid's: three limits each, with priorities.
import { type DeviceOperation, DeviceShares } from "../../src/queueing/device-shares.ts";
import { endsAgree, playThrough, type SharingCase } from "./sharing-cases.ts";

interface DiskCase extends SharingCase {
  readonly disks: readonly { readonly read_bandwidth: number; readonly write_bandwidth: number; readonly readwrite_bandwidth: number }[];
  readonly ios: readonly {
    readonly start: number;
    readonly disk: number;
    readonly op: DeviceOperation;
    readonly bytes: number;
    readonly priority: number | null;
  }[];
}

endsAgree<DiskCase>(
  "the ends of reads and writes in SimGrid",
  "simgrid-disk.jsonl.gz",
  40,
  (one) => "ios" in one && "disks" in one,
  ({ disks, ios }) => {
    const shares = new DeviceShares(
      disks.map((disk) => ({ read: disk.read_bandwidth, write: disk.write_bandwidth, together: disk.readwrite_bandwidth })),
    );
    return playThrough(
      ios.map(({ start }) => start),
      {
        begin(io, now) {
          const { disk, op, bytes, priority } = ios[io]!;
          shares.begin(io, disk, op, bytes, priority ?? 1, now);
        },
        firstToEnd() {
          const firsts = disks.map((_, disk) => shares.firstToEnd(disk)).filter((io) => io >= 0);
          return firsts.reduce((first, io) => (first < 0 || shares.endOf(io) < shares.endOf(first) ? io : first), -1);
        },
        endOf: (io) => shares.endOf(io),
        remove: (io, now) => shares.remove(io, now),
      },
    );
  },
);
