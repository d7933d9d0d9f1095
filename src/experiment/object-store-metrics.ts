// The metrics of runs with an object store: what it holds, how its requests fared, and what its background work has moved. What is stored is looked
// at when the run ends; bytes and rebuilds count over the whole run.
import { storedIn } from "../datacenter/object-store/redundancy.ts";
import { SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import { objectStorage } from "../workflows/swift/asking.ts";
import type { ObjectCloud } from "../workflows/swift/object-cloud.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

const only =
  (of: (objects: ObjectCloud) => number) =>
  ({ cloud: { objectStore } }: BuiltRun) =>
    objectStore === null ? Number.NaN : of(objectStore);

/** Of the requests to Swift that were sent after the warm-up and answered, the share that the store itself did not fail. */
function availability({ cloud: { requests } }: BuiltRun, { from }: Watch): number {
  let [answered, failed] = [0, 0];
  for (let request = 0; request < requests.count; request++) {
    const { service, askedAt, status } = requests.row(request);
    if (service !== objectStorage.type || askedAt < from || status === 0) continue;
    answered++;
    if (status >= 500) failed++;
  }
  return answered === 0 ? Number.NaN : 100 * (1 - failed / answered);
}

export const objectStoreMetrics: readonly Metric[] = [
  {
    name: "objects.stored",
    unit: "objects",
    better: "neither",
    meaning: "Objects of which a device in order holds the newest version, at the end",
    of: only(({ store }) => storedIn(store.nodes).objects),
  },
  {
    name: "objects.bytes",
    unit: "GB",
    better: "neither",
    meaning: "Bytes on the devices of the object store with all copies, at the end",
    of: only(({ store }) => storedIn(store.nodes).bytes / 1e9),
  },
  {
    name: "objects.missing_copies",
    unit: "files",
    better: "lower",
    meaning: "Copies or fragments that no device in order has, at the end",
    of: only(({ store }) => store.missing),
  },
  {
    name: "objects.availability",
    unit: "%",
    better: "higher",
    meaning: "Share of the answers to requests for objects and containers that were not 5xx",
    of: availability,
  },
  {
    name: "objects.rebuild_time",
    unit: "s",
    better: "lower",
    meaning: "Mean time from a failure of a storage node or device until all parts had all their replicas again",
    of: only(({ rebuilds: { lengths } }) =>
      lengths.length === 0 ? Number.NaN : lengths.reduce((sum, length) => sum + length, 0) / lengths.length / SECOND,
    ),
  },
  {
    name: "objects.replicated",
    unit: "GB",
    better: "neither",
    meaning: "Bytes that replicators have moved between storage nodes, fragments read for others among them",
    of: only(({ replicatedBytes }) => replicatedBytes / 1e9),
  },
  {
    name: "objects.async_pending",
    unit: "updates",
    better: "lower",
    meaning: "Updates of listings that wait on devices at the end",
    of: only(({ store }) => store.nodes.ids.reduce((sum, device) => sum + store.containers.asyncPending(device), 0)),
  },
];
