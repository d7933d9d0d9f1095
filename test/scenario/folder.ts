// A folder of small files for one test, removed afterwards.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { InputError, type Problem } from "../../src/kernel/problem.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { smallCatalogue } from "./small-catalogue.ts";

/** Writes the files and gives the folder that holds them. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = mkdtempSync(join(tmpdir(), "orrery-scenario-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

/** Reads `name` as a user who stands in the folder would. */
export function readIn(cwd: string, name: string, parameters: Readonly<Record<string, string>> = {}): Scenario {
  return readScenario(name, { catalogue: smallCatalogue, parameters: new Map(Object.entries(parameters)), cwd });
}

/** The problems of reading; none when it went well. */
export function problemsOf(read: () => unknown): readonly Problem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** The smallest scenario, with parts to replace. */
export function scenarioText(parts: Partial<Record<"cloud" | "workload" | "study", string>> = {}): string {
  return [
    parts.cloud ?? "cloud: {hosts: [{type: dell-r7525, count: 4}], flavors: [{name: m1.small, vcpus: 1, ram: 2 GiB, disk: 20 GiB}]}",
    parts.workload ?? "workload: {arrivals: {poisson: {rate: 40 /h}}, lifetime: 2 h}",
    parts.study ?? "study: {duration: 1 d}",
    "",
  ].join("\n");
}
