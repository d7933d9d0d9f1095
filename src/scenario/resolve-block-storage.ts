// Cinder and Glance of a scenario as the rest of Orrery works with them.
import type { ServicePoint } from "../datacenter/fabric/attach-points.ts";
import type { ImageLimits } from "../datacenter/images.ts";
import type { BlockBackend } from "../policies/cinder/block-storage/pools.ts";
import type { BlockStorageSettings } from "../policies/cinder/block-storage/volumes.ts";
import { CinderConfig, type CinderOptionValue, cinderOptions } from "../policies/cinder/config.ts";
import type { PythonValue } from "../policies/python/python-values.ts";
import { BACKUP_STORE, type BootVolume, backendPoint } from "../workflows/cinder/block-service.ts";
import { IMAGE_STORE, type ImageStoreType, imageStores, USERS } from "../workflows/glance/image-store.ts";
import type { ImageCacheSettings } from "../workflows/image-cache.ts";
import type { ReadScenario } from "./schema.ts";

type ReadCloud = ReadScenario["cloud"];
type ReadBlockStorage = NonNullable<ReadCloud["block_storage"]>;
type ReadBackend = ReadBlockStorage["backends"][number];

/** Cinder of a cloud, and where it hangs on the network. */
export interface BlockStorageSpec {
  readonly settings: BlockStorageSettings;
  readonly points: readonly ServicePoint[];
}

export interface ImageServiceSpec {
  readonly store: ImageStoreType;
  readonly limits: ImageLimits;
  readonly points: readonly ServicePoint[];
}

export function blockStorageOf(read: ReadBlockStorage): BlockStorageSpec {
  const set = cinderOptions.map(({ name }): [string, CinderOptionValue] => [
    name,
    read[name as keyof ReadBlockStorage] as CinderOptionValue,
  ]);
  const points = read.backends.map(({ name, nic }) => ({ name: backendPoint(name), bytesPerSecond: nic }));
  return {
    settings: {
      backends: read.backends.map(backendOf),
      config: new CinderConfig(new Map(set)),
      schedulers: read.schedulers,
      pollingInterval: read.backend_stats_polling_interval,
      types: read.volume_types.map(({ name, extra_specs, qos_specs, multiattach }) => ({
        name,
        extraSpecs: new Map<string, PythonValue>(Object.entries(extra_specs)),
        qosSpecs: Object.keys(qos_specs).length === 0 ? null : new Map<string, PythonValue>(Object.entries(qos_specs)),
        multiattach,
      })),
      quota: new Map(Object.entries(read.quota)),
      noSnapshotGbQuota: read.no_snapshot_gb_quota,
    },
    points: [...points, { name: BACKUP_STORE, bytesPerSecond: read.backup_nic }],
  };
}

function backendOf(read: ReadBackend): BlockBackend {
  const options = [
    "volume_backend_name",
    "reserved_percentage",
    "max_over_subscription_ratio",
    "filter_function",
    "goodness_function",
  ] as const;
  return {
    name: read.name,
    zone: read.availability_zone,
    protocol: read.storage_protocol,
    options: new Map(options.flatMap((name) => (read[name] === undefined ? [] : [[name, read[name]] as const]))),
    pools: read.pools.map(({ name, capacity, thin, capabilities }) => {
      // Every driver can attach a volume several times, as far as this cloud goes.
      return {
        name,
        capacityGb: capacity,
        thin,
        capabilities: new Map<string, PythonValue>([["multiattach", true], ...Object.entries(capabilities)]),
      };
    }),
    copyBytesPerSecond: read.copy_rate,
  };
}

export function imageServiceOf(read: NonNullable<ReadCloud["image_service"]>): ImageServiceSpec {
  const store = imageStores.find((known) => known === read.store)!;
  const own = store === "file" ? [] : [{ name: IMAGE_STORE, bytesPerSecond: read.store_nic }];
  return {
    store,
    limits: { imageSizeCap: read.image_size_cap, userStorageQuota: read.user_storage_quota },
    points: [{ name: USERS, bytesPerSecond: read.users_nic }, ...own],
  };
}

export function imageCacheOf(read: NonNullable<ReadCloud["image_cache"]>): ImageCacheSettings {
  return { managerInterval: read.manager_interval, removeUnusedOriginalMinimumAge: read.remove_unused_original_minimum_age };
}

export function bootVolumeOf(read: {
  volume?: string | undefined;
  size: number;
  type?: string | undefined;
  delete_on_termination: boolean;
}): BootVolume {
  const { volume, size, type, delete_on_termination } = read;
  const named = { ...(volume === undefined ? {} : { volume }), ...(type === undefined ? {} : { type }) };
  return { ...named, sizeGb: size, deleteOnTermination: delete_on_termination };
}
