// Migrations, as columns: one row for each live migration, cold migration and resize that was accepted, kept to the end of the run.
// @source nova/objects/migration.py, nova/db/main/models.py (Migration)
import type { Micros } from "../../kernel/time.ts";
import type { Outcome } from "../servers.ts";
import type { CopyFigures } from "./live-copies.ts";

export type MigrationType = "live-migration" | "migration" | "resize";

/** Nova's. A live migration ends in `completed`, `cancelled`, `failed` or `error`; the others in `confirmed`, `reverted` or `error`. */
export const migrationStatuses = [
  "accepted",
  "queued",
  "preparing",
  "running",
  "completed",
  "failed",
  "cancelled",
  "error",
  "pre-migrating",
  "migrating",
  "post-migrating",
  "finished",
  "confirming",
  "confirmed",
  "reverting",
  "reverted",
] as const;
export type MigrationStatus = (typeof migrationStatuses)[number];

export interface Migration {
  readonly server: number;
  readonly type: MigrationType;
  readonly source: number;
  /** -1 before there is one, and where none was found. */
  readonly destination: number;
  readonly oldFlavor: number;
  readonly newFlavor: number;
  readonly status: MigrationStatus;
  readonly createdAt: Micros;
  /** -1 while it goes on; a resize ends when it is confirmed or reverted. */
  readonly endedAt: Micros;
  /** Why it ended without the server being where it was to go; null: it is there, or it is not known yet. */
  readonly outcome: Outcome | null;
  /** Of a live migration whose copying has begun. */
  readonly copy: CopyFigures | null;
}

type Mutable = { -readonly [K in keyof Migration]: Migration[K] };

export class Migrations {
  private readonly rows: Mutable[] = [];

  get count(): number {
    return this.rows.length;
  }

  add(begun: Pick<Migration, "server" | "type" | "source" | "oldFlavor" | "newFlavor" | "createdAt">): number {
    this.rows.push({ ...begun, destination: -1, status: "accepted", endedAt: -1, outcome: null, copy: null });
    return this.rows.length - 1;
  }

  row(migration: number): Migration {
    const row = this.rows[migration];
    if (row === undefined) throw new RangeError(`no migration ${migration}: there are ${this.rows.length}, counted from 0`);
    return row;
  }

  goesTo(migration: number, host: number): void {
    this.rows[migration]!.destination = host;
  }

  setStatus(migration: number, status: MigrationStatus): void {
    this.rows[migration]!.status = status;
  }

  copied(migration: number, copy: CopyFigures): void {
    this.rows[migration]!.copy = copy;
  }

  /** A migration ends once. */
  end(migration: number, at: Micros, status: MigrationStatus, outcome: Outcome | null): void {
    const row = this.rows[migration]!;
    if (row.endedAt >= 0) throw new RangeError(`migration ${migration} cannot end as ${status}: it is ${row.status} already`);
    row.endedAt = at;
    row.status = status;
    row.outcome = outcome;
  }
}
