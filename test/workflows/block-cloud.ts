// A small cloud with Cinder and Glance, and what its users ask of them: one request every ten minutes.
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import type { BlockBackend } from "../../src/policies/cinder/block-storage/pools.ts";
import type { VolumeType } from "../../src/policies/cinder/block-storage/rows.ts";
import type { BlockStorageSettings } from "../../src/policies/cinder/block-storage/volumes.ts";
import { CinderConfig, type CinderOptionValue } from "../../src/policies/cinder/config.ts";
import type { CloudSpec } from "../../src/scenario/scenario.ts";
import type { Arguments } from "../../src/workflows/api/api-requests.ts";
import { BACKUP_STORE, type BootVolume, backendPoint } from "../../src/workflows/cinder/block-service.ts";
import { IMAGE_STORE, type ImageStoreType, USERS } from "../../src/workflows/glance/image-store.ts";
import type { ImageCacheSettings } from "../../src/workflows/image-cache.ts";
import type { RequestTable } from "../../src/workload/workload.ts";
import { alike, build, flavor, image, tinyScenario } from "./tiny-scenario.ts";

export const GIB = 2 ** 30;

export interface Ask {
  readonly do: string;
  /** Minutes after the request before; absent: ten. */
  readonly after?: number;
  readonly project?: number;
  readonly server?: number;
  readonly [parameter: string]: Arguments[string] | undefined;
}

export const backend = (name: string, capacityGb: number, more: Partial<BlockBackend> & { readonly thin?: boolean } = {}): BlockBackend => {
  const { thin = false, ...others } = more;
  return {
    name,
    zone: "nova",
    protocol: "iSCSI",
    options: new Map(),
    pools: [{ name: "pool", capacityGb, thin, capabilities: new Map([["multiattach", true]]) }],
    copyBytesPerSecond: 200e6,
    ...others,
  };
};

export const volumeType = (name: string, extraSpecs: Readonly<Record<string, string>> = {}, multiattach = false): VolumeType => ({
  name,
  extraSpecs: new Map(Object.entries(extraSpecs)),
  qosSpecs: null,
  multiattach,
});

export interface BlockCloud {
  readonly backends?: readonly BlockBackend[];
  readonly types?: readonly VolumeType[];
  readonly quota?: Readonly<Record<string, number>>;
  readonly options?: Readonly<Record<string, CinderOptionValue>>;
  readonly schedulers?: number;
  readonly store?: ImageStoreType;
  readonly limits?: { readonly imageSizeCap?: number; readonly userStorageQuota?: number };
  readonly cache?: ImageCacheSettings;
  readonly bootVolumes?: ReadonlyMap<number, BootVolume>;
  readonly requests?: RequestTable;
  readonly cloud?: Partial<Omit<CloudSpec, "nova">> & { readonly nova?: Partial<CloudSpec["nova"]> };
  /** Minutes after the last request. */
  readonly tail?: number;
}

/** The asks carried out, each told as `operation status outcome`. */
export function users(asks: readonly Ask[], more: BlockCloud = {}) {
  const backends = more.backends ?? [backend("a@lvm", 100), backend("b@lvm", 60)];
  const settings: BlockStorageSettings = {
    backends,
    config: new CinderConfig(new Map(Object.entries(more.options ?? {}))),
    schedulers: more.schedulers ?? 1,
    pollingInterval: 60 * SECOND,
    types: more.types ?? [volumeType("plain")],
    quota: new Map(Object.entries(more.quota ?? {})),
    noSnapshotGbQuota: false,
  };
  const points = [...backends.map(({ name }) => backendPoint(name)), BACKUP_STORE].map((name) => ({ name, bytesPerSecond: 1.25e9 }));
  const store = more.store ?? "file";
  const own = store === "file" ? [USERS] : [USERS, IMAGE_STORE];
  let at = 0;
  const actions = asks.map(({ do: operation, after = 10, project = 0, server = -1, ...args }) => {
    at += after * MINUTE;
    return { at, operation, project, user: "", server, args: args as Arguments };
  });
  const scenario = tinyScenario({
    cloud: {
      flavors: [flavor("m1", 2, 4096, 20)],
      images: [image("cirros", GIB)],
      blockStorage: { settings, points },
      imageService: {
        store,
        limits: { imageSizeCap: 2 ** 40, userStorageQuota: 0, ...more.limits },
        points: own.map((name) => ({ name, bytesPerSecond: 1.25e9 })),
      },
      ...(more.cache === undefined ? {} : { imageCache: more.cache }),
      ...more.cloud,
    },
    study: { duration: at + (more.tail ?? 30) * MINUTE },
  });
  const table = more.requests ?? alike(1, { flavor: 0, lifetime: Number.POSITIVE_INFINITY });
  const requests = more.bootVolumes === undefined ? table : { ...table, bootVolumes: more.bootVolumes };
  const built = build({ ...scenario, actions }, requests);
  const { cloud } = built;
  const { volumes } = cloud.block!;
  const states = new Map<number, string[]>();
  const look = () => {
    for (const [volume, { status }] of volumes.rows.entries()) {
      const seen = states.get(volume) ?? [];
      if (seen.at(-1) !== status) states.set(volume, [...seen, status]);
    }
  };
  cloud.simulation.observe(look);
  cloud.simulation.run(scenario.study.duration);
  look();
  const told = Array.from({ length: cloud.requests.count }, (_, request) => {
    const { operation, status, outcome, endedAt } = cloud.requests.row(request);
    return `${operation} ${status}${endedAt < 0 ? " pending" : outcome === null ? "" : ` ${outcome}`}`;
  });
  const statusOf = (name: string) => volumes.rows.findLast((row) => row.name === name)?.status;
  const poolOf = (name: string) => {
    const row = volumes.rows.findLast((each) => each.name === name)!;
    return row.pool < 0 ? "none" : volumes.pools.nameOf(row.pool);
  };
  const tookSeconds = (request: number) => {
    const { askedAt, endedAt } = cloud.requests.row(request);
    return (endedAt - askedAt) / SECOND;
  };
  const calls = (from: string, operation: string) =>
    built.engine!.calls.find((call) => call.from === from && call.operation === operation)?.count ?? 0;
  return { built, cloud, volumes, told, statesOf: (volume: number) => states.get(volume) ?? [], statusOf, poolOf, tookSeconds, calls };
}
