// Cinder in a run: its books, where its back ends hang on the network, and which servers have volume work under way.
import type { Fabric } from "../../datacenter/fabric/fabric.ts";
import type { Micros } from "../../kernel/time.ts";
import { SECOND } from "../../kernel/time.ts";
import type { BlockStorage } from "../../policies/cinder/block-storage/block-storage.ts";
import type { Volumes } from "../../policies/cinder/block-storage/volumes.ts";
import type { Flow } from "../vocabulary.ts";

/** Attach point of what backups are stored in. */
export const BACKUP_STORE = "backup store";
/** Attach point of a back end. */
export const backendPoint = (backend: string): string => `block storage ${backend}`;

const GIB = 2 ** 30;
const CEPH = "ceph";

/** The volume that a server boots from: one that there is, or one that is made of its image. */
export interface BootVolume {
  /** Name of a volume that there is; undefined: one is made of the server's image. */
  readonly volume?: string;
  readonly sizeGb: number;
  readonly type?: string;
  readonly deleteOnTermination: boolean;
}

export class BlockService {
  readonly books: BlockStorage;
  /** By server. */
  readonly bootVolumes: ReadonlyMap<number, BootVolume>;
  private readonly roots = new Map<number, number>();
  /** Lets the volumes of a server go, and calls back when they have gone; whoever deletes servers sets it. */
  release: (server: number, done: () => void) => void = (_server, done) => done();
  private readonly points: readonly number[];
  private readonly backupPoint: number;
  private readonly work = new Map<number, number>(); // by server
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(books: BlockStorage, fabric: Fabric, bootVolumes: ReadonlyMap<number, BootVolume> = new Map()) {
    this.books = books;
    this.bootVolumes = bootVolumes;
    this.points = books.volumes.pools.backends.map(({ name }) => fabric.wiring.serviceNamed(backendPoint(name)));
    this.backupPoint = fabric.wiring.serviceNamed(BACKUP_STORE);
  }

  get volumes(): Volumes {
    return this.books.volumes;
  }

  /** Attach point of the back end in which a volume is. */
  pointOf(volume: number): number {
    return this.points[this.volumes.pools.backend(this.volumes.of(volume).pool)]!;
  }

  /** Time that a back end takes to copy a whole volume within itself. */
  copyMicros(volume: number): Micros {
    const { pool, sizeGb } = this.volumes.of(volume);
    const { copyBytesPerSecond } = this.volumes.pools.backends[this.volumes.pools.backend(pool)]!;
    return ((sizeGb * GIB) / copyBytesPerSecond) * SECOND;
  }

  /** The volume with all its bytes on its way to the pool that it goes to. */
  moveFlow(volume: number): Flow {
    const { change, sizeGb } = this.volumes.of(volume);
    const to = this.points[this.volumes.pools.backend(change!.pool)]!;
    return { bytes: sizeGb * GIB, from: this.pointOf(volume), to, flow: volume };
  }

  /** Does a change take it to another pool, and to another back end? */
  moves(volume: number): "stays" | "within its back end" | "elsewhere" {
    const { change, pool } = this.volumes.of(volume);
    const { pools } = this.volumes;
    if (change === null || change.pool === pool) return "stays";
    return pools.backend(change.pool) === pools.backend(pool) ? "within its back end" : "elsewhere";
  }

  /** Is a volume in a Ceph, where images can be cloned? */
  isInCeph(volume: number): boolean {
    const { pools } = this.volumes;
    return pools.backends[pools.backend(this.volumes.of(volume).pool)]!.protocol === CEPH;
  }

  backupFlow(backup: number): Flow {
    const { volume, bytes } = this.books.copies.backups[backup]!;
    return { bytes, from: this.pointOf(volume), to: this.backupPoint, flow: volume };
  }

  restoreFlow(volume: number): Flow {
    const bytes = this.books.copies.bytesToRestore(this.volumes.of(volume).restoring);
    return { bytes, from: this.backupPoint, to: this.pointOf(volume), flow: volume };
  }

  swapFlow(from: number, to: number): Flow {
    return { bytes: this.volumes.of(from).sizeGb * GIB, from: this.pointOf(from), to: this.pointOf(to), flow: from };
  }

  /** A root volume is being made for the server. */
  madeFor(server: number, volume: number): void {
    this.roots.set(server, volume);
  }

  volumeMadeFor(server: number): number {
    return this.roots.get(server) ?? -1;
  }

  isAtWork(server: number): boolean {
    return this.work.has(server);
  }

  beginWork(server: number): void {
    this.work.set(server, (this.work.get(server) ?? 0) + 1);
  }

  endWork(server: number): void {
    const left = this.work.get(server)! - 1;
    if (left > 0) {
      this.work.set(server, left);
      return;
    }
    this.work.delete(server);
    const waiting = this.waiting.get(server) ?? [];
    this.waiting.delete(server);
    for (const then of waiting) then();
  }

  /** At once, or when no volume is being attached to the server or detached from it any more. */
  afterWork(server: number, then: () => void): void {
    if (!this.isAtWork(server)) then();
    else this.waiting.set(server, [...(this.waiting.get(server) ?? []), then]);
  }
}
