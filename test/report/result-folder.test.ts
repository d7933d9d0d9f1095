import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkPlace, sameBytes, UnusablePlace, writeResult } from "../../src/report/result-folder.ts";
import { json, type ResultFile, withManifest } from "../../src/report/run-files.ts";

function empty(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "orrery-result-")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const result = (text: string, ...more: ResultFile[]) =>
  withManifest({ orrery: "0.0.0" }, [{ name: "summary.json", text: [json({ text })] }, ...more]);

/** A process id that is not in use: no system numbers so high. */
const NOBODY = 2 ** 30;

describe("a result is written whole or not at all", () => {
  it("into a folder that is made for it, with a manifest that lists the files", async () => {
    const folder = join(empty(), "a", "b", "c");
    expect(await writeResult(folder, result("first"))).toBe("written");
    expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")).files).toEqual(["manifest.json", "summary.json"]);
    expect(readdirSync(join(folder, "..")).sort()).toEqual(["c"]);
  });

  it("a second time it is compared, and replaced when it is another", async () => {
    const folder = join(empty(), "result");
    await writeResult(folder, result("first"));
    expect(await writeResult(folder, result("first"))).toBe("the same bytes as before");
    expect(await writeResult(folder, result("second"))).toBe("replaced");
    expect(readFileSync(join(folder, "summary.json"), "utf8")).toContain("second");
    expect(await writeResult(folder, result("second", { name: "more.csv", text: ["a\n"] }))).toBe("replaced");
  });

  it("and when something goes wrong on the way, nothing is left and what was there stays", async () => {
    const parent = empty();
    const folder = join(parent, "result");
    await writeResult(folder, result("first"));
    const broken = function* () {
      yield "some rows\n";
      throw new Error("a row that cannot be made");
    };
    await expect(writeResult(folder, result("second", { name: "rows.csv", text: broken() }))).rejects.toThrow("a row that cannot be made");
    await expect(writeResult(join(parent, "other"), result("x", { name: "no/such/place", text: [""] }))).rejects.toThrow(UnusablePlace);
    expect(readdirSync(parent)).toEqual(["result"]);
    expect(readFileSync(join(folder, "summary.json"), "utf8")).toContain("first");
  });

  it("the manifest comes last, so that no half-written folder has one", async () => {
    const parent = empty();
    const seen: string[][] = [];
    const watching = function* () {
      for (const name of readdirSync(parent)) seen.push(readdirSync(join(parent, name)));
      yield "row\n";
    };
    await writeResult(join(parent, "result"), result("x", { name: "rows.csv", text: watching() }));
    expect(seen.flat()).toEqual(["rows.csv", "summary.json"].sort());
  });

  it("through a link, to where the link leads", async () => {
    const parent = empty();
    mkdirSync(join(parent, "real"));
    symlinkSync(join(parent, "real"), join(parent, "link"));
    await writeResult(join(parent, "link"), result("x"));
    expect(readdirSync(join(parent, "real"))).toContain("manifest.json");
    expect(await writeResult(join(parent, "link"), result("x"))).toBe("the same bytes as before");
  });
});

describe("a folder is taken only if it is empty, not there, or a result and nothing else", () => {
  const refused = (make: (folder: string) => void, message: string) => {
    const folder = empty();
    make(folder);
    const before = readdirSync(folder);
    expect(() => checkPlace(folder)).toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
  };

  it("not with other things in it, not even under a manifest of something else", () => {
    refused((folder) => writeFileSync(join(folder, "x.txt"), ""), "it has no manifest.json of Orrery");
    refused((folder) => writeFileSync(join(folder, "manifest.json"), "{}"), "it has no manifest.json of Orrery");
    refused((folder) => writeFileSync(join(folder, "manifest.json"), "null"), "it has no manifest.json of Orrery");
    refused((folder) => {
      writeFileSync(join(folder, "manifest.json"), '{"orrery": "0.1.0", "files": ["manifest.json"]}');
      writeFileSync(join(folder, "thesis.tex"), "");
    }, "it also holds thesis.tex");
  });

  it("and not where a file is, or no name is given", () => {
    const folder = empty();
    writeFileSync(join(folder, "file"), "");
    expect(() => checkPlace(join(folder, "file"))).toThrow("cannot be a folder: it is a file");
    expect(() => checkPlace(join(folder, "file", "below"))).toThrow("is a file");
    expect(() => checkPlace("")).toThrow("has no name");
    expect(() => checkPlace(join(folder, "not", "there", "yet"))).not.toThrow();
  });
});

describe("what is left half-written is cleared away only when nobody is writing it", () => {
  it("of this machine, by a process that is gone", async () => {
    const parent = empty();
    const names = {
      gone: `.partial-${hostname()}-${NOBODY}-0`,
      goneWhileReplacing: `.partial-${hostname()}-${NOBODY}-0-old`,
      living: `.partial-${hostname()}-${process.ppid}-0`,
      elsewhere: `.partial-another-machine-${NOBODY}-0`,
      mine: ".partial-thoughts",
    };
    for (const name of Object.values(names)) mkdirSync(join(parent, name));
    await writeResult(join(parent, "result"), result("x"));
    expect(readdirSync(parent).sort()).toEqual([names.living, names.elsewhere, names.mine, "result"].sort());
  });
});

describe("two results are the same bytes", () => {
  it("only with the same files, to the last byte, however long", async () => {
    const [a, b] = [empty(), empty()];
    const long = Buffer.alloc(9_000_000, "x");
    for (const folder of [a, b]) writeFileSync(join(folder, "long"), long);
    expect(await sameBytes(a, b)).toBe(true);
    long[8_999_999] = 121;
    writeFileSync(join(b, "long"), long);
    expect(await sameBytes(a, b)).toBe(false);
    writeFileSync(join(b, "long"), long.subarray(1));
    expect(await sameBytes(a, b)).toBe(false);
    rmSync(join(b, "long"));
    expect(existsSync(join(b, "long"))).toBe(false);
    expect(await sameBytes(a, b)).toBe(false);
  });
});
