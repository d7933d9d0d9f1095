// The constants of the object store, as Swift names them.
import { parameter } from "../../kernel/parameter.ts";

const constraints = "swift.conf-sample [swift-constraints]";

export const swiftParameters = {
  requestNodeCount: parameter({
    name: "swift.request_node_count",
    value: 2,
    unit: "1",
    meaning: "Nodes that a proxy turns to for one request, primaries among them, as a multiple of the replicas.",
    source: "proxy-server.conf-sample: request_node_count = 2 * replicas",
    evidence: "verified",
  }),
  fallocateReserve: parameter({
    name: "swift.fallocate_reserve",
    value: 0.01,
    unit: "1",
    meaning: "Share of a device that stays free: a PUT that would go below it meets 507 Insufficient Storage.",
    source: "object-server.conf-sample: fallocate_reserve = 1%",
    evidence: "from memory",
  }),
  reclaimAgeSeconds: parameter({
    name: "swift.reclaim_age",
    value: 604_800,
    unit: "s",
    meaning: "Age from which on tombstones are taken away. A device that was away for longer brings deleted objects back.",
    source: "object-server.conf-sample: reclaim_age",
    evidence: "verified",
  }),
  containerListingLimit: parameter({
    name: "swift.container_listing_limit",
    value: 10_000,
    unit: "1",
    meaning: "Entries of one listing.",
    source: constraints,
    evidence: "verified",
  }),
  maxFileSizeBytes: parameter({
    name: "swift.max_file_size",
    value: 5 * 1024 * 1024 * 1024 + 2,
    unit: "B",
    meaning: "The largest object that is not put together from segments; 413 above.",
    source: constraints,
    evidence: "from memory",
  }),
  maxContainerNameLength: parameter({
    name: "swift.max_container_name_length",
    value: 256,
    unit: "B",
    meaning: "Length of a container's name in UTF-8; 400 above.",
    source: constraints,
    evidence: "from memory",
  }),
  maxObjectNameLength: parameter({
    name: "swift.max_object_name_length",
    value: 1024,
    unit: "B",
    meaning: "Length of an object's name in UTF-8; 400 above.",
    source: constraints,
    evidence: "from memory",
  }),
} as const;
