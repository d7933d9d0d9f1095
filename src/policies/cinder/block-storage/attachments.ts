// Who has attached which volume: an attachment is made before anything is connected, and keeps the volume from everybody else from then on.
// @source cinder/volume/api.py (attachment_create, attachment_update, attachment_deletion, begin_detaching), Zed
import type { Outcome } from "../../../datacenter/outcomes.ts";
import type { Attachment } from "./rows.ts";
import type { RowOr, Volumes } from "./volumes.ts";

export class Attachments {
  readonly rows: Attachment[] = [];
  private readonly volumes: Volumes;

  constructor(volumes: Volumes) {
    this.volumes = volumes;
    volumes.attachedTo = (volume) => this.live((row) => row.volume === volume).length;
  }

  of(attachment: number): Attachment {
    const row = this.rows[attachment];
    if (row === undefined) throw new RangeError(`no attachment ${attachment}: there are ${this.rows.length}`);
    return row;
  }

  /** POST /attachments: the volume is reserved for the server. Only a volume of a type with multiattach may be in use already. */
  reserve(volume: number, server: number, deleteOnTermination: boolean): RowOr {
    const row = this.volumes.of(volume);
    const shared = row.status === "in-use" && this.volumes.types.get(row.type)?.multiattach === true;
    if (!(row.status === "available" || shared) || this.volumes.isBusy(volume)) return "InvalidVolume";
    if (this.between(volume, server) >= 0) return "InvalidVolume";
    if (!shared) row.status = "reserved";
    return this.rows.push({ volume, server, deleteOnTermination, status: "reserved" }) - 1;
  }

  /** PUT /attachments/{id}: false where it is gone. */
  connect(attachment: number): boolean {
    return this.become(attachment, "attaching");
  }

  /** os-complete: false where it is gone. */
  complete(attachment: number): boolean {
    if (!this.become(attachment, "attached")) return false;
    this.settle(this.of(attachment).volume);
    return true;
  }

  beginDetach(attachment: number): Outcome | null {
    const row = this.of(attachment);
    const { status } = this.volumes.of(row.volume);
    if (row.status !== "attached" || status !== "in-use" || this.volumes.isBusy(row.volume)) return "InvalidVolume";
    this.become(attachment, "detaching");
    return null;
  }

  /** What was detaching stays attached. */
  rollDetaching(attachment: number): void {
    if (this.of(attachment).status === "detaching") this.complete(attachment);
  }

  /** DELETE /attachments/{id}; nothing happens if it is gone. */
  delete(attachment: number): void {
    const row = this.of(attachment);
    if (row.status === "detached") return;
    row.status = "detached";
    this.settle(row.volume);
  }

  /** Of a volume and a server, -1 for none. */
  between(volume: number, server: number): number {
    return this.live((row) => row.volume === volume && row.server === server)[0] ?? -1;
  }

  /** Of a server, in the order in which they were made. */
  ofServer(server: number): readonly number[] {
    return this.live((row) => row.server === server);
  }

  private live(holds: (row: Attachment) => boolean): number[] {
    const found: number[] = [];
    for (const [attachment, row] of this.rows.entries()) if (row.status !== "detached" && holds(row)) found.push(attachment);
    return found;
  }

  private become(attachment: number, status: "attaching" | "attached" | "detaching"): boolean {
    const row = this.of(attachment);
    if (row.status === "detached") return false;
    row.status = status;
    const volume = this.volumes.of(row.volume);
    const others = this.volumes.attachedTo(row.volume) > 1;
    if (volume.change === null && status !== "attached" && !others) volume.status = status;
    return true;
  }

  /** A volume that is being changed, backed up or deleted says so until that is over. */
  private settle(volume: number): void {
    const { status, change } = this.volumes.of(volume);
    const ours = ["reserved", "attaching", "detaching", "in-use", "available"].includes(status);
    if (ours && change === null) this.volumes.settle(volume);
  }
}
