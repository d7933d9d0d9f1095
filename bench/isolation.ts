// Two kinds of isolation. V8 optimises a function for the kinds of objects it has met so far, so a loop that has driven one event list is
// slower with the next; and memory, once touched, stays with its process. So a loop may be loaded as a copy of its own, and a measurement
// may run in a process of its own.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Size } from "./bench.ts";

const here = import.meta.url.split("?")[0]!;
/** `.js` when compiled; the tests load the sources. */
const extension = here.slice(here.lastIndexOf("."));

/** Loads `path` (relative to this folder, without extension) as a module that shares no code and no type feedback with its other copies. */
export async function ownCopy<Module>(path: string, copy: string): Promise<Module> {
  const url = `${new URL(path + extension, here).href}?copy=${copy}`;
  return (await import(/* @vite-ignore */ url)) as Module;
}

/**
 * Calls `measure`, which the module at `url` must export under its own name and whose argument and result are JSON. A large measurement
 * gets a process of its own (`--expose-gc`): nothing compiled or allocated before can help or harm it. A small one runs right here.
 */
export async function isolated<Argument, Result>(
  size: Size,
  url: string,
  measure: (argument: Argument) => Result | Promise<Result>,
  argument: Argument,
): Promise<Result> {
  if (size === "small") return measure(argument);
  const child = spawnSync(
    process.execPath,
    ["--expose-gc", fileURLToPath(new URL(`./isolated-process${extension}`, here)), url, measure.name, JSON.stringify(argument)],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  if (child.status !== 0)
    throw new Error(`${measure.name}(${JSON.stringify(argument)}) ended with ${child.signal ?? `status ${child.status}`}`);
  return JSON.parse(child.stdout) as Result;
}
