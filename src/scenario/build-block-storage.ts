// Cinder and Glance of a run: the books, where the bytes are, and the workflows that are told otherwise because of them.
import type { Fabric } from "../datacenter/fabric/fabric.ts";
import type { RandomStreams } from "../kernel/random.ts";
import { BlockStorage } from "../policies/cinder/block-storage/block-storage.ts";
import { BlockService, type BootVolume } from "../workflows/cinder/block-service.ts";
import { fromVolume } from "../workflows/cinder/boot-from-volume.ts";
import { releaseVolumes, withVolumes } from "../workflows/cinder/release-volumes.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { deleteServer, deleteServerLocally } from "../workflows/delete-server.ts";
import type { WorkflowEngine } from "../workflows/engine.ts";
import { ImageStore } from "../workflows/glance/image-store.ts";
import { withImageStore } from "../workflows/glance/with-store.ts";
import { ImageCache } from "../workflows/image-cache.ts";
import { buildServer, launchServer } from "../workflows/launch-server.ts";
import type { CloudSpec } from "./scenario.ts";

/** Before the engine is made: it is told of every workflow as it is in this cloud. */
export function furnish(
  cloud: Cloud,
  { blockStorage, imageService, imageCache }: CloudSpec,
  parts: { readonly fabric: Fabric; readonly streams: RandomStreams; readonly bootVolumes: ReadonlyMap<number, BootVolume> },
): void {
  if (imageService !== undefined) {
    cloud.imageStore = new ImageStore(imageService.store, parts.fabric);
    cloud.retold = withImageStore(imageService.store);
  }
  if (imageCache !== undefined) cloud.imageCache = new ImageCache(cloud, imageCache);
  if (blockStorage === undefined) return;
  cloud.block = new BlockService(new BlockStorage(blockStorage.settings, parts.streams), parts.fabric, parts.bootVolumes);
  for (const name of cloud.block.volumes.types.keys()) cloud.names.give("volume type", name, 0);
  const told = cloud.retold;
  const deletions: readonly unknown[] = [deleteServer, deleteServerLocally];
  cloud.retold = (workflow) => told(deletions.includes(workflow) ? withVolumes(workflow) : workflow);
}

interface ServerWork {
  readonly launch: (server: number) => void;
  readonly build: (server: number) => void;
  readonly remove: (server: number) => void;
}

/** How servers are launched and deleted in a cloud with block storage: some from volumes, and none while a volume comes or goes. */
export function withBlockStorage(cloud: Cloud, engine: WorkflowEngine, plain: ServerWork): ServerWork {
  const { block } = cloud;
  if (block === null) return plain;
  releaseVolumes(cloud, engine);
  const has = (server: number) => block.bootVolumes.has(server);
  const [launchOne, buildOne] =
    block.bootVolumes.size === 0 ? [-1, -1] : [engine.add(fromVolume(launchServer)), engine.add(fromVolume(buildServer))];
  return {
    launch: (server) => (has(server) ? engine.start(launchOne, server) : plain.launch(server)),
    build: (server) => (has(server) ? engine.start(buildOne, server) : plain.build(server)),
    remove: (server) => block.afterWork(server, () => plain.remove(server)),
  };
}
