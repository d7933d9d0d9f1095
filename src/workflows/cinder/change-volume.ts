// What users do with a volume that there is: it grows, gets another type, moves, or goes to another project. The bytes of one that leaves its back end
// are a flow from back end to back end. Assumes that a volume which is in use moves as fast as another, without the server's host in the way.
// @source cinder/volume/api.py (extend, retype, migrate_volume), cinder/volume/manager.py (retype, migrate_volume), cinder/transfer/api.py, Zed
import { cinder } from "../../services/cinder.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { at, attempt, call, cast, decide, type Step, transfer, wait } from "../vocabulary.ts";
import { sizeAsked, theVolume } from "./create-and-delete.ts";
import { actOf, blockOf, decideOf, findVolume, named, targetOf, volumev3, whenOf } from "./volume-steps.ts";

const giveUp = actOf("as before", (block, volume, cloud) => block.books.changes.giveUp(volume, cloud.simulation.now));

export const volumeSetSize: ApiOperation = {
  name: "volume set size",
  meaning: "Make a volume larger, also while a server has it",
  service: volumev3,
  rule: "volume:extend",
  parameters: { volume: theVolume, size: { kind: { is: "size" }, meaning: "Its new size; a part of a GiB counts as a whole" } },
  workflow: apiRequest(
    "extend-volume",
    cinder.api.extendVolume,
    "volume id, new size",
    findVolume,
    decideOf("extending", ({ books }, volume, cloud, request) =>
      books.changes.beginExtend(volume, sizeAsked(cloud, request)!, cloud.simulation.now),
    ),
    answer(202),
    attempt(
      [
        cast(cinder.scheduler.chooseBackend, "volume id, new size"),
        at(
          cinder.scheduler,
          decideOf("room", ({ books }, volume, cloud) => books.changes.chooseToExtend(volume, cloud.simulation.now)),
        ),
      ],
      { undo: [giveUp] },
    ),
    attempt(
      [
        at(cinder.scheduler, cast(cinder.volume.extendVolume, "volume id, new size")),
        at(
          cinder.volume,
          decideOf("extended", ({ books }, volume, cloud) => books.changes.extend(volume, cloud.simulation.now)),
        ),
      ],
      {
        undo: [
          actOf("error_extending", ({ books }, volume, cloud) => books.changes.giveUp(volume, cloud.simulation.now, "error_extending")),
        ],
      },
    ),
  ),
};

/** Its bytes go to the pool that was chosen, if it is another one. */
const bytesMove: readonly Step[] = [
  whenOf(
    "it goes to another pool of its back end",
    (block, volume) => block.moves(volume) === "within its back end",
    wait("copy", (cloud, request) => blockOf(cloud).copyMicros(targetOf(cloud, request))),
  ),
  whenOf(
    "it goes to another back end",
    (block, volume) => block.moves(volume) === "elsewhere",
    call(cinder.volume.migrateVolume, "volume id"),
    transfer("volume", (cloud, request) => blockOf(cloud).moveFlow(targetOf(cloud, request))),
  ),
  actOf("there", ({ books }, volume, cloud) => books.changes.finish(volume, cloud.simulation.now)),
];

export const volumeSetType: ApiOperation = {
  name: "volume set type",
  meaning: "Give a volume another type, and move it where that is to be had",
  service: volumev3,
  rule: "volume:retype",
  parameters: {
    volume: theVolume,
    type: { kind: { is: "name", of: "volume type" }, meaning: "Its new type" },
    retype_policy: {
      kind: { is: "word", words: ["never", "on-demand"] },
      meaning: "Whether the volume may move to another pool",
      absent: "never",
    },
  },
  workflow: apiRequest(
    "retype-volume",
    cinder.api.retypeVolume,
    "volume id, new type",
    findVolume,
    decideOf("retyping", ({ books }, volume, { requests, simulation }, request) =>
      books.changes.beginRetype(volume, requests.text(request, "type")!, simulation.now),
    ),
    answer(202),
    attempt(
      [
        cast(cinder.scheduler.chooseBackend, "new type"),
        at(
          cinder.scheduler,
          decideOf("pool", ({ books }, volume, { requests, simulation }, request) => {
            const policy = requests.text(request, "retype_policy") === "on-demand" ? "on-demand" : "never";
            return books.changes.chooseToRetype(volume, policy, simulation.now);
          }),
          cast(cinder.volume.retypeVolume, "volume id, new type"),
        ),
        at(cinder.volume, ...bytesMove),
      ],
      { undo: [giveUp] },
    ),
  ),
};

export const volumeMigrate: ApiOperation = {
  name: "volume migrate",
  meaning: "Move a volume to a pool of the operator's choice",
  service: volumev3,
  rule: "volume_extension:volume_admin_actions:migrate_volume",
  parameters: { volume: theVolume, host: { kind: { is: "text" }, meaning: "The pool, as host@backend#pool" } },
  workflow: apiRequest(
    "migrate-volume",
    cinder.api.migrateVolume,
    "volume id, host",
    findVolume,
    decideOf("migrating", ({ books }, volume, { requests, simulation }, request) =>
      books.changes.beginMigrate(volume, requests.text(request, "host")!, simulation.now),
    ),
    answer(202),
    attempt([cast(cinder.volume.migrateVolume, "volume id"), at(cinder.volume, ...bytesMove)], { undo: [giveUp] }),
  ),
};

export const volumeTransferRequestCreate: ApiOperation = {
  name: "volume transfer request create",
  meaning: "Offer a volume to another project",
  service: volumev3,
  rule: "volume:create_transfer",
  parameters: { volume: theVolume },
  workflow: apiRequest(
    "create-volume-transfer",
    cinder.api.createTransfer,
    "volume id",
    findVolume,
    decideOf("offered", ({ books }, volume) => books.changes.offer(volume)),
    answer(202),
  ),
};

export const volumeTransferRequestAccept: ApiOperation = {
  name: "volume transfer request accept",
  meaning: "Take a volume that another project offers",
  service: volumev3,
  rule: "volume:accept_transfer",
  parameters: { volume: theVolume },
  workflow: apiRequest(
    "accept-volume-transfer",
    cinder.api.acceptTransfer,
    "transfer id, auth key",
    decide("transfer", (cloud, request) => {
      const volume = named(cloud, request, "volume", "volume");
      cloud.requests.target[request] = volume;
      return blockOf(cloud).books.changes.accept(volume, cloud.requests.project(request), cloud.simulation.now);
    }),
    answer(202),
  ),
};

export const volumeTransferRequestDelete: ApiOperation = {
  name: "volume transfer request delete",
  meaning: "Offer a volume no more",
  service: volumev3,
  rule: "volume:delete_transfer",
  parameters: { volume: theVolume },
  workflow: apiRequest(
    "delete-volume-transfer",
    cinder.api.deleteTransfer,
    "transfer id",
    findVolume,
    decideOf("withdrawn", ({ books }, volume) => books.changes.withdraw(volume)),
    answer(202),
  ),
};
