// Configuration files with the answers of the real oslo.config (9.0.0): is the file readable, and what is each option of a made-up service in
// it? An option whose value refers to one that no file sets counts as an error, because Orrery does not know the defaults of all options.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/kernel/problem.ts";
import { readOptions } from "../../src/scenario/nova-conf/option-text.ts";
import { type OptionType, readSetting } from "../../src/scenario/nova-conf/option-values.ts";
import { type OptionName, Settings, UnknownReference } from "../../src/scenario/nova-conf/settings.ts";

interface OptionRow {
  readonly group: string;
  readonly name: string;
  readonly type: OptionType;
  readonly least: number | null;
  readonly formerly: readonly OptionName[];
}
type Answer = { readonly value: unknown } | { readonly unset: true } | { readonly error: true };
interface Case {
  readonly id: string;
  readonly files: readonly string[];
  readonly readable: boolean;
  readonly reads?: readonly Answer[];
}

const path = fileURLToPath(new URL("oslo-config.jsonl.gz", import.meta.url));
const [head, ...cases] = gunzipSync(readFileSync(path))
  .toString("utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line)) as [{ options: readonly OptionRow[] }, ...Case[]];

function ours(files: readonly string[]): Pick<Case, "readable" | "reads"> {
  const problems: Problem[] = [];
  const settings = new Settings(files.flatMap((text, index) => readOptions(text, `${index}.conf`, problems)));
  if (problems.length > 0) return { readable: false };
  return { readable: true, reads: head.options.map((row) => answer(settings, row)) };
}

function answer(settings: Settings, { group, name, type, least, formerly }: OptionRow): Answer {
  const names: readonly OptionName[] = [[group, name], ...formerly];
  const holds = settings.last(names);
  if (holds === undefined) return { unset: true };
  try {
    if (type === "texts") return { value: settings.every(names).map((option) => settings.filledIn(option)) };
    const read = readSetting(settings.filledIn(holds), type, least ?? undefined);
    if (!read.ok) return { error: true };
    const { value } = read;
    if (typeof value === "number" && !Number.isFinite(value)) return { value: Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf" };
    return { value };
  } catch (error) {
    if (error instanceof UnknownReference) return { error: true };
    throw error;
  }
}

describe("configuration files are read as oslo.config reads them", () => {
  it(`in all ${cases.length} cases`, () => {
    const failures = cases.flatMap((one) => {
      const expected = one.readable ? { readable: true, reads: one.reads } : { readable: false };
      const got = ours(one.files);
      return JSON.stringify(got) === JSON.stringify(expected) ? [] : [{ id: one.id, files: one.files, expected, got }];
    });
    expect(failures).toEqual([]);
    expect(cases).toHaveLength(600);
    expect(cases.filter(({ readable }) => !readable).length).toBeGreaterThan(50);
  });
});
