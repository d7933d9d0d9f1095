// Writes a result so that it is either complete or not there at all: into a hidden folder beside its place, which is then given its name in
// one step. A result that is there already is compared byte by byte. What a killed process has left behind, the next one clears away.
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { ResultFile } from "./run-files.ts";

export type WriteOutcome = "written" | "the same bytes as before" | "replaced";

/** A place that cannot take a result: it holds something else, is a file, or cannot be written. */
export class UnusablePlace extends Error {}

/** Name of the file that makes a folder a result. It is written last, and lists all files of the result. */
export const MANIFEST = "manifest.json";

const CHUNK_BYTES = 1 << 22;
const partial = new Set<string>();
process.on("exit", () => {
  for (const folder of partial) rmSync(folder, { recursive: true, force: true });
});

/**
 * To be asked before the work is done that fills the folder.
 * @throws UnusablePlace when `folder` holds something that is not a result, or cannot be made
 */
export function checkPlace(folder: string): void {
  if (folder.trim() === "") throw new UnusablePlace("the folder for the result has no name; give one with --out");
  const path = resolve(folder);
  let above = path;
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  if (!statSync(above).isDirectory()) throw new UnusablePlace(`${folder} cannot be a folder: ${above === path ? "it" : above} is a file`);
  if (above === path) {
    const foreign = notOfAResult(path);
    if (foreign !== null) throw new UnusablePlace(`${folder} is there already and is not a result (${foreign}); choose another folder`);
    above = dirname(path);
  }
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/**
 * Files are taken one after another, each when the one before is written, so that a run may go on while its first file is. The manifest comes last.
 * @throws UnusablePlace as `checkPlace` does, and when writing fails: then nothing is left of it
 */
export async function writeResult(folder: string, files: Iterable<ResultFile>): Promise<WriteOutcome> {
  checkPlace(folder);
  const place = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  const parent = dirname(place);
  const hidden = join(parent, `.partial-${hostname()}-${process.pid}-${partial.size}`);
  try {
    makeFolders(parent);
    clearAway(parent);
    partial.add(hidden);
    mkdirSync(hidden);
    let manifest: ResultFile | null = null;
    for (const file of files) {
      if (file.name === MANIFEST) manifest = file;
      else await writePieces(join(hidden, file.name), file.text);
    }
    if (manifest !== null) await writePieces(join(hidden, MANIFEST), manifest.text);
    return await settle(hidden, place);
  } catch (error) {
    throw error instanceof Error && "syscall" in error ? unwritable(folder, error) : error;
  } finally {
    rmSync(hidden, { recursive: true, force: true });
    partial.delete(hidden);
  }
}

async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  const file = openSync(path, "wx");
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      await setImmediate(); // an interrupt is heard here
    }
  } finally {
    closeSync(file);
  }
}

/** Gives the finished folder its name, unless the same is there already. */
async function settle(hidden: string, place: string): Promise<WriteOutcome> {
  if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place);
  if (!existsSync(place)) {
    try {
      renameSync(hidden, place);
      return "written";
    } catch (error) {
      if (!existsSync(place)) throw error; // otherwise another process was faster
    }
  }
  if (await sameBytes(place, hidden)) return "the same bytes as before";
  checkPlace(place);
  const old = `${hidden}-old`;
  renameSync(place, old);
  renameSync(hidden, place);
  rmSync(old, { recursive: true });
  return "replaced";
}

/** Whether two results have the same files with the same bytes; read piece by piece, as one file may be larger than memory. */
export async function sameBytes(a: string, b: string): Promise<boolean> {
  const names = readdirSync(a).sort();
  if (names.join("\n") !== readdirSync(b).sort().join("\n")) return false;
  for (const name of names) if (!(await sameFile(join(a, name), join(b, name)))) return false;
  return true;
}

export async function sameFile(a: string, b: string): Promise<boolean> {
  if (!statSync(a).isFile() || !statSync(b).isFile() || statSync(a).size !== statSync(b).size) return false;
  const files = [openSync(a, "r"), openSync(b, "r")] as const;
  try {
    const first = Buffer.allocUnsafe(CHUNK_BYTES);
    const second = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const read = readSync(files[0], first);
      if (read !== readSync(files[1], second) || first.compare(second, 0, read, 0, read) !== 0) return false;
      if (read === 0) return true;
      await setImmediate();
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** Why the folder is neither empty nor a result; null when it is. A result holds nothing but the files its manifest lists. */
function notOfAResult(folder: string): string | null {
  const names = readdirSync(folder);
  if (names.length === 0) return null;
  let listed: unknown;
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8"));
    listed = typeof manifest.orrery === "string" ? manifest.files : null;
  } catch {
    // said below
  }
  if (!Array.isArray(listed)) return `it has no ${MANIFEST} of Orrery`;
  const foreign = names.find((name) => !listed.includes(name));
  return foreign === undefined ? null : `it also holds ${foreign}`;
}

/** Removes what processes of this machine have left half-written that are not there any more. */
function clearAway(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, host, pid] = /^\.partial-(.+)-(\d+)-\d+(?:-old)?$/.exec(name) ?? [];
    if (host !== hostname() || partial.has(join(parent, name))) continue;
    if (Number(pid) !== process.pid && isRunning(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's: it is theirs to clear away.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Folder by folder: Node's own recursive way does not end where the file system refuses with ENOENT, as /proc does. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function unwritable(folder: string, error: unknown): UnusablePlace {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "no space is left",
    ENAMETOOLONG: "the name is too long",
  };
  return new UnusablePlace(`cannot write the result to ${folder}: ${reasons[code ?? ""] ?? message}`);
}
