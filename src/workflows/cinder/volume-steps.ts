// What the workflows of volumes have in common: how a thing is found by its name, and how a volume is made and removed.
import type { Outcome } from "../../datacenter/outcomes.ts";
import { cinder } from "../../services/cinder.ts";
import { glance } from "../../services/glance.ts";
import type { ResourceType } from "../api/api-operation.ts";
import type { Cloud } from "../cloud.ts";
import { act, at, attempt, call, cast, decide, retry, type Step, transfer, wait, when } from "../vocabulary.ts";
import type { BlockService } from "./block-service.ts";

/** Cinder as the operations of users name it. */
export const volumev3 = { name: "cinder", type: "volumev3" } as const;

/** @throws RangeError in a cloud without block storage: scenarios with requests for volumes have to have one */
export function blockOf(cloud: Cloud): BlockService {
  if (cloud.block === null) throw new RangeError("a request about volumes in a cloud without block storage");
  return cloud.block;
}

export const targetOf = (cloud: Cloud, request: number): number => cloud.requests.target[request]!;

/** The row that the name in a parameter means; -1: there is none. */
export function named(cloud: Cloud, request: number, parameter: string, type: ResourceType): number {
  const name = cloud.requests.text(request, parameter);
  return name === undefined ? -1 : cloud.names.find(type, name);
}

/** The request is about the volume that it names. */
export const findVolume: Step = decide("volume", (cloud, request) => {
  const volume = named(cloud, request, "volume", "volume");
  cloud.requests.target[request] = volume;
  return blockOf(cloud).volumes.find(volume, cloud.requests.project(request));
});

/** What the books say of the request's target at this instant. */
export const decideOf = (
  name: string,
  decision: (block: BlockService, target: number, cloud: Cloud, request: number) => Outcome | null,
): Step => decide(name, (cloud, request) => decision(blockOf(cloud), targetOf(cloud, request), cloud, request));

export const actOf = (name: string, change: (block: BlockService, target: number, cloud: Cloud, request: number) => void): Step =>
  act(name, (cloud, request) => change(blockOf(cloud), targetOf(cloud, request), cloud, request));

export const whenOf = (name: string, holds: (block: BlockService, target: number) => boolean, ...steps: Step[]): Step =>
  when(name, (cloud, request) => holds(blockOf(cloud), targetOf(cloud, request)), ...steps);

export type VolumeOf = (cloud: Cloud, subject: number) => number;

const imageOf = (cloud: Cloud, volume: number): number => {
  const { origin } = blockOf(cloud).volumes.of(volume);
  return origin.from === "image" ? origin.image : -1;
};

/** Is the volume a copy-on-write clone of its image? */
export function isClone(cloud: Cloud, volume: number): boolean {
  return imageOf(cloud, volume) >= 0 && cloud.imageStore.clones && blockOf(cloud).isInCeph(volume);
}

/**
 * From the row to the volume: a scheduler chooses a pool on what it knows, and the driver finds out whether there is room; if not, the volume is
 * scheduled again. Then come its first bytes: an image is downloaded and converted to raw, a copy is made within the back end, unless that is thin.
 */
export function makeVolume(volumeOf: VolumeOf): Step {
  const of =
    <T>(does: (block: BlockService, volume: number, cloud: Cloud) => T) =>
    (cloud: Cloud, subject: number): T =>
      does(blockOf(cloud), volumeOf(cloud, subject), cloud);
  const attempts = ({ block }: Cloud) => block!.volumes.maxAttempts;
  return attempt(
    [
      retry(
        { times: attempts, on: "VolumeBackendAPIException", exhausted: "NoValidBackend" },
        [
          cast(cinder.scheduler.chooseBackend, "volume type"),
          at(
            cinder.scheduler,
            decide(
              "pool",
              of((block, volume, cloud) => block.volumes.choose(volume, cloud.simulation.now)),
            ),
            cast(cinder.volume.createVolume, "volume id"),
          ),
          at(
            cinder.volume,
            decide(
              "room in the pool",
              of((block, volume, cloud) => block.volumes.make(volume, cloud.simulation.now)),
            ),
          ),
        ],
        { before: [] },
      ),
      at(
        cinder.volume,
        when(
          "it is made of an image",
          of((_, volume, cloud) => imageOf(cloud, volume) >= 0),
          act(
            "downloading",
            of((block, volume, cloud) => {
              block.volumes.of(volume).status = "downloading";
              if (isClone(cloud, volume)) cloud.imageRegistry.of(imageOf(cloud, volume)).clones++;
            }),
          ),
          call(glance.api.sendImage, "image id"),
          when(
            "it is no clone",
            of((_, volume, cloud) => !isClone(cloud, volume)),
            transfer(
              "image",
              of((block, volume, cloud) => {
                const { bytes } = cloud.imageRegistry.of(imageOf(cloud, volume));
                return cloud.imageStore.download(bytes, block.pointOf(volume), volume);
              }),
            ),
            wait(
              "conversion to raw",
              of((_, volume, cloud) => {
                return (cloud.imageRegistry.of(imageOf(cloud, volume)).bytes / cloud.settings.imageConversionBytesPerSecond) * 1e6;
              }),
            ),
          ),
        ),
        when(
          "it is copied byte by byte",
          of(({ volumes }, volume) => {
            const { origin, pool } = volumes.of(volume);
            return (origin.from === "snapshot" || origin.from === "volume") && !volumes.pools.isThin(pool);
          }),
          wait(
            "copy",
            of((block, volume) => block.copyMicros(volume)),
          ),
        ),
        act(
          "available",
          of((block, volume) => block.volumes.settle(volume)),
        ),
      ),
    ],
    {
      undo: [
        act(
          "error",
          of((block, volume) => block.volumes.fail(volume)),
        ),
      ],
    },
  );
}

/** A volume that is `deleting` goes; if that fails it says so. */
export function removeVolume(volumeOf: VolumeOf): Step {
  return attempt(
    [
      cast(cinder.volume.deleteVolume, "volume id"),
      at(
        cinder.volume,
        act("volume gone", (cloud, subject) => volumeIsGone(cloud, volumeOf(cloud, subject))),
      ),
    ],
    { undo: [act("error_deleting", (cloud, subject) => blockOf(cloud).volumes.fail(volumeOf(cloud, subject), "error_deleting"))] },
  );
}

function volumeIsGone(cloud: Cloud, volume: number): void {
  const { made } = blockOf(cloud).volumes.of(volume);
  if (made && isClone(cloud, volume)) cloud.imageRegistry.of(imageOf(cloud, volume)).clones--;
  blockOf(cloud).volumes.deleted(volume, cloud.simulation.now);
}
