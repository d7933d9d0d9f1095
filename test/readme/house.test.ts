// src/README.md is the map of the house: the floors it draws are the folders there are, and the imports keep to them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const src = fileURLToPath(new URL("../../src/", import.meta.url));
const map = readFileSync(join(src, "README.md"), "utf8");
/** From the ground up, as drawn. */
const floors = [...map.matchAll(/^ {4}(\w+)\/ /gm)].map(([, name]) => name!);
const floorOf = (path: string) => floors.indexOf(relative(src, path).split(sep)[0]!);

const sources = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/^(?:import|export|\}) .*?from "(\.[^"]+)";$/gm)].map(([, target]) => join(src, dirname(file), target!));
}

describe("the house", () => {
  it("has the floors that its map draws, and no others", () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(new Set(floors)).toEqual(new Set(folders.map((folder) => folder.name)));
  });

  it("has no file that imports from a higher floor", () => {
    const upward = sources
      .filter((file) => file !== "index.ts")
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => floorOf(target) > floorOf(join(src, file)))
          .map((target) => `${file} imports ${relative(src, target)}`),
      );
    expect(upward).toEqual([]);
  });

  it("shows its public API in the order of the floors", () => {
    const order = importsOf("index.ts").map(floorOf);
    expect(order.length).toBeGreaterThan(floors.length);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it("has every file that the map names", () => {
    const named = [...map.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    expect(named.filter((target) => !existsSync(join(src, target)))).toEqual([]);
  });
});
