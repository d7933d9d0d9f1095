// Orrery as its users run it: the built command line in a process of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

export const ROOT = resolve(".");
export const AZURE_TRACE = resolve("..", "shared", "data", "azure-packing-cospot", "vms_1pct_bernoulli_0.csv.gz");
export const noAzureTrace = !existsSync(AZURE_TRACE);
export const scenario = (name: string) => join("scenarios", `${name}.yaml`);

const MAIN = join(ROOT, ".build", "src", "cli", "main.js");
let built = false;

/** The build is made fresh once: `vitest` alone does not do what `npm test` does before it. */
function build(): void {
  if (built) return;
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, ".ci", "prepare.mjs")], { encoding: "utf8" });
  if (status !== 0) throw new Error(`.ci/prepare.mjs failed:\n${stderr}`);
  built = true;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  /** Exit code; null when a signal ended the process. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `orrery` with these arguments; `ended` settles when it is over. */
export function start(
  args: readonly string[],
  { cwd = ROOT, env = {} }: Surroundings = {},
): { child: ChildProcess; ended: Promise<Outcome> } {
  build();
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((settle, fail) => {
    child.on("error", fail);
    child.on("close", (status) => settle({ status, stdout, stderr }));
  });
  return { child, ended };
}

export function orrery(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  return start(args, surroundings).ended;
}

/** As `orrery`, for a command that has to succeed. */
export async function done(args: readonly string[], surroundings: Surroundings = {}): Promise<string> {
  const { status, stdout, stderr } = await orrery(args, surroundings);
  if (status !== 0) throw new Error(`orrery ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}

/** Runs a line of shell in which `orrery` stands for the command. */
export function shell(line: string): { status: number | null; stdout: string; stderr: string } {
  build();
  const script = `orrery() { "${process.execPath}" "${MAIN}" "$@"; }\n${line}`;
  return spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: ROOT });
}

/** An empty folder, removed after the file's tests. */
export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "orrery-cli-")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** The files of a result, by name. */
export function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  return new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
}

/** What is in a folder, half-written results included. */
export const namesIn = (folder: string): string[] => readdirSync(folder).sort();

/** A small, quick scenario with parts to replace, for tests that do not need a shipped one. */
export function smallScenario(parts: Partial<Record<"cloud" | "workload" | "study", string>> = {}): string {
  const cloud = [
    "cloud:",
    "  hosts: [{type: dell-r7525, count: 6, ram: 64 GiB, disk: 2 TiB, nic: 10 Gbit/s}]",
    "  images: [{name: ubuntu-22.04, size: 650 MiB}]",
    "  flavors: [{name: m1.small, vcpus: 1, ram: 4 GiB, disk: 20 GiB}, {name: m1.large, vcpus: 4, ram: 16 GiB, disk: 80 GiB}]",
  ].join("\n");
  return [
    "question: What do six hosts take?",
    parts.cloud ?? cloud,
    parts.workload ?? "workload: {arrivals: {poisson: {rate: 60 /h}}, lifetime: 90 min, projects: 3}",
    parts.study ?? "study: {duration: 6 h, replications: 3, policies: [nova-default, nova-pack]}",
    "",
  ].join("\n");
}
