// What Cinder and Glance must get right across several values: names that are given once, expressions that somebody reads, requests for volumes only
// where there is block storage, and servers that boot from volumes that there are.
import { shorten } from "../kernel/units.ts";
import type { ResourceType } from "../workflows/api/api-operation.ts";
import { cinderOperations } from "../workflows/cinder/index.ts";
import type { Across } from "./across.ts";
import { type Path, valueAt } from "./located.ts";
import type { ReadScenario } from "./schema.ts";
import type { ReadAction } from "./schema-actions.ts";

type ReadBlockStorage = NonNullable<ReadScenario["cloud"]["block_storage"]>;
type ReadRequest = Extract<ReadScenario["workload"], { requests: unknown }>["requests"][number];

const BLOCK = ["cloud", "block_storage"] as const;
const REQUESTS = ["workload", "requests"] as const;

const blockOf = (across: Across) => across.read(BLOCK) as ReadBlockStorage | undefined;
const requestsOf = (across: Across) =>
  Array.from({ length: across.length(REQUESTS) }, (_, index) => across.read([...REQUESTS, index]) as ReadRequest | undefined);

/** Volumes and types that there are without a request for them: the types of the scenario, and the root volumes of servers. */
export function blockNames(across: Across): readonly (readonly [ResourceType, readonly string[]])[] {
  const requests = requestsOf(across);
  const servers = requests.reduce((sum, request) => sum + (request?.count ?? 0), 0);
  const anyRoot = requests.some((request) => request?.boot_volume !== undefined && request.boot_volume.volume === undefined);
  const roots = anyRoot ? Array.from({ length: servers }, (_, server) => `server-${server + 1}-root`) : [];
  return [
    ["volume type", blockOf(across)?.volume_types.map(({ name }) => name) ?? []],
    ["volume", roots],
  ];
}

export function checkBlockStorage(across: Across): void {
  const isWritten = valueAt(across.root, BLOCK) !== undefined;
  const block = blockOf(across);
  if (isWritten && across.read(["cloud", "control_plane"]) === "instant")
    across.complainOfKey(BLOCK, "an instant control plane has no block storage service", "control_plane: modelled");
  for (const key of ["block_storage", "image_service"])
    if (valueAt(across.root, ["cloud", key]) !== undefined && valueAt(across.root, ["cloud", "fabric", "custom"]) !== undefined)
      across.complainOfKey(["cloud", key], "a custom network has no place for its nodes", "use a star, a leaf_spine or a fat_tree");
  checkRequests(across, isWritten, block);
  if (block === undefined) return;
  twice(
    across,
    [...BLOCK, "backends"],
    block.backends.map(({ name }) => name),
    "back end",
  );
  twice(
    across,
    [...BLOCK, "volume_types"],
    block.volume_types.map(({ name }) => name),
    "volume type",
  );
  block.backends.forEach((backend, index) => {
    const path: Path = [...BLOCK, "backends", index];
    twice(
      across,
      [...path, "pools"],
      backend.pools.map(({ name }) => name),
      "pool",
    );
    if (backend.pools.length === 0) across.complain([...path, "pools"], "expected at least one pool");
    if (!/^[^@#]+@[^@#]+$/.test(backend.name))
      across.complain([...path, "name"], `"${shorten(backend.name)}" is no back end`, "write host@backend, such as storage-1@lvm");
    if (backend.filter_function !== undefined && !block.scheduler_default_filters.includes("DriverFilter"))
      across.complain([...path, "filter_function"], "nobody reads it", "add DriverFilter to scheduler_default_filters");
    if (backend.goodness_function !== undefined && !block.scheduler_default_weighers.includes("GoodnessWeigher"))
      across.complain([...path, "goodness_function"], "nobody reads it", "add GoodnessWeigher to scheduler_default_weighers");
  });
  if (block.backends.length === 0) across.complain([...BLOCK, "backends"], "expected at least one back end");
  if (block.volume_types.length === 0) across.complain([...BLOCK, "volume_types"], "expected at least one volume type");
}

function twice(across: Across, list: Path, names: readonly string[], noun: string): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) < index)
      across.complain([...list, index, "name"], `${noun} "${shorten(name)}" is named twice`, "give each a name of its own");
  });
}

/** Requests of users and servers that need block storage. */
function checkRequests(across: Across, isWritten: boolean, block: ReadBlockStorage | undefined): void {
  const aboutVolumes = new Set(cinderOperations.map(({ name }) => name));
  const made = new Set<string>();
  for (let index = 0; index < across.length(["actions"]); index++) {
    const action = across.read(["actions", index]) as ReadAction | undefined;
    if (action?.do === "volume create") made.add(String(action.name));
    if (!isWritten && action !== undefined && aboutVolumes.has(action.do))
      across.complain(
        ["actions", index, "do"],
        `${action.do}: the cloud has no block storage`,
        "write cloud.block_storage with its backends",
      );
  }
  requestsOf(across).forEach((request, index) => {
    const boot = request?.boot_volume;
    if (boot === undefined) return;
    const path: Path = [...REQUESTS, index, "boot_volume"];
    if (!isWritten) across.complainOfKey(path, "the cloud has no block storage", "write cloud.block_storage with its backends");
    if (boot.volume !== undefined && request!.count > 1)
      across.complain(
        [...path, "volume"],
        `${request!.count} servers cannot boot from one volume`,
        "leave volume out: each gets one of its image",
      );
    if (boot.volume !== undefined && !made.has(boot.volume))
      across.complain([...path, "volume"], `nothing makes a volume "${shorten(boot.volume)}"`, "make it with an action: do: volume create");
    if (boot.type !== undefined && block !== undefined && !block.volume_types.some(({ name }) => name === boot.type))
      across.complain(
        [...path, "type"],
        `there is no volume type "${shorten(boot.type)}"`,
        block.volume_types.map(({ name }) => name).join(", "),
      );
  });
}
