// The traces a scenario names: found relative to the file that names them, and recorded by their content, so that a result can be traced to them.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Problem } from "../kernel/problem.ts";
import { shorten } from "../kernel/units.ts";
import { type Located, type Path, problemAt, valueAt } from "./located.ts";
import type { DataFile } from "./scenario.ts";

const TRACE_PATH: Path = ["workload", "trace", "path"];
const CARBON_PATH: Path = ["cloud", "power", "carbon_intensity", "file", "path"];
const CHUNK_BYTES = 1 << 20;

/** The files named by the scenario, a trace of requests first, carbon intensities last. Problems are added for those that are not there. */
export function dataFiles(root: Located, problems: Problem[]): readonly DataFile[] {
  return [TRACE_PATH, ...patternPaths(root), CARBON_PATH].flatMap((place) => dataFile(root, place, problems));
}

/** Where patterns of CPU and memory use name their files. */
function patternPaths(root: Located): readonly Path[] {
  return (
    [
      ["workload", "cpu_pattern"],
      ["workload", "trace", "cpu_pattern"],
      ["workload", "memory_pattern"],
      ["workload", "network_pattern"],
      ["workload", "trace", "network_pattern"],
      ["workload", "trace", "memory_pattern"],
    ] as const
  ).flatMap((pattern): readonly Path[] => {
    const paths: Path = [...pattern, "bitbrains", "paths"];
    const list = valueAt(root, paths);
    return [[...pattern, "planetlab", "path"], ...(list?.kind === "list" ? list.items.map((_, index) => [...paths, index]) : [])];
  });
}

function dataFile(root: Located, place: Path, problems: Problem[]): readonly DataFile[] {
  const written = valueAt(root, place);
  if (written?.kind !== "scalar" || typeof written.value !== "string" || written.value.trim() === "") return [];
  const name = written.value.trim();
  const path = isAbsolute(name) ? name : resolve(written.folder, name);
  try {
    const status = statSync(path);
    if (status.isDirectory()) {
      problems.push(problemAt(written.place, place, `"${shorten(name)}" is a folder, expected a trace file`, howTo(root)));
      return [];
    }
    return [{ path, name, sha256: sha256Of(path) }];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT" || code === "ENOTDIR" ? "there is no trace file" : `cannot read (${code ?? "unknown reason"}) the trace file`;
    problems.push(problemAt(written.place, place, `${reason} "${shorten(name)}"`, howTo(root)));
    return [];
  }
}

/** When the scenario has a parameter for the trace, that is the way to give another path. */
function howTo(root: Located): string {
  const parameters = valueAt(root, ["parameters"]);
  const name = parameters?.kind === "map" && parameters.entries.has("trace") ? "trace" : null;
  if (name === null) return "the path is relative to the file that names it";
  return `give its path with --set ${name}=PATH, relative to the current folder`;
}

function sha256Of(path: string): string {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
