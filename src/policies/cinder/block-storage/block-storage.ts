// Cinder's books: volumes in the pools of its back ends, what is done to them, who has attached them, and their copies.
import type { RandomStreams } from "../../../kernel/random.ts";
import { Attachments } from "./attachments.ts";
import { Copies } from "./copies.ts";
import { VolumeChanges } from "./volume-changes.ts";
import { type BlockStorageSettings, projectName, Volumes } from "./volumes.ts";

export class BlockStorage {
  readonly volumes: Volumes;
  readonly changes: VolumeChanges;
  readonly attachments: Attachments;
  readonly copies: Copies;

  /** @throws PythonError for filters or weighers that there are not, RangeError for options that hold what they cannot */
  constructor(settings: BlockStorageSettings, streams: RandomStreams) {
    this.volumes = new Volumes(settings, streams);
    this.changes = new VolumeChanges(this.volumes);
    this.attachments = new Attachments(this.volumes);
    this.copies = new Copies(this.volumes);
  }

  /** What is wrong with the books, null when nothing is: rooms, quotas, states and attachments have to agree. */
  check(): string | null {
    const { volumes, attachments, copies } = this;
    const room = new Float64Array(volumes.pools.usedGb.length);
    const gigabytes = new Map<number, number>();
    for (const [volume, row] of volumes.rows.entries()) {
      if (row.made) room[row.pool]! += row.sizeGb;
      if (row.change !== null && row.change.pool !== row.pool) room[row.change.pool]! += row.sizeGb;
      if (row.status !== "deleted") gigabytes.set(row.project, (gigabytes.get(row.project) ?? 0) + row.sizeGb);
      const attached = volumes.attachedTo(volume);
      if (row.status === "available" && attached > 0) return `volume ${row.name} is available and has ${attached} attachments`;
      if (row.status === "in-use" && attached === 0) return `volume ${row.name} is in-use and nobody has attached it`;
    }
    for (const [pool, used] of volumes.pools.usedGb.entries())
      if (used !== room[pool]) return `pool ${volumes.pools.nameOf(pool)} has given ${used} GB, and its volumes have ${room[pool]} GB`;
    if (!volumes.noSnapshotGbQuota)
      for (const { project, sizeGb, status } of volumes.snapshots)
        if (status !== "deleted") gigabytes.set(project, (gigabytes.get(project) ?? 0) + sizeGb);
    for (const [project, sum] of gigabytes) {
      const used = volumes.quotas.usedBy(projectName(project), "gigabytes");
      if (used !== sum) return `project ${project} counts ${used} GB and has ${sum} GB`;
    }
    const lost = copies.backups.find(
      ({ status, parent }) => status !== "deleted" && parent >= 0 && copies.backups[parent]!.status === "deleted",
    );
    if (lost !== undefined) return `backup ${lost.name} builds on one that is deleted`;
    return attachments.rows.some(({ status, volume }) => status !== "detached" && volumes.of(volume).status === "deleted")
      ? "a deleted volume is attached"
      : null;
  }
}
