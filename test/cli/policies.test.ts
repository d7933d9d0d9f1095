// What `orrery policies` says of the policies, filters, weighers and options, held against their declarations.
import { describe, expect, it } from "vitest";
import { type NovaOption, novaOptions } from "../../src/policies/nova/config.ts";
import { filters } from "../../src/policies/nova/filters/index.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { policyEntries } from "../../src/report/policy-entries.ts";
import { policyInFull, policyTables } from "../../src/report/policy-tables.ts";
import { done, orrery } from "./orrery.ts";

/** A table's words, put together again over the lines and cells that they were broken into. */
const unwrapped = (text: string) => text.replaceAll(/[│┌┬┐├┼┤└┴┘─\s]+/g, " ");
const printed = (value: NovaOption["default"]) => (value === null || (Array.isArray(value) && value.length === 0) ? "none" : String(value));

describe("orrery policies", () => {
  const tables = unwrapped(policyTables());

  it("lists every policy, filter and weigher with its sentence and its source", () => {
    for (const { name, meaning, source } of [...presets.values(), ...filters, ...weighers]) {
      expect(tables, name).toContain(` ${name} ${meaning} `);
      expect(tables.slice(tables.indexOf(` ${name} ${meaning}`)), name).toContain(`Source: ${source}`);
    }
  });

  it("lists every option with its default, its unit, its least value, its sentence and its source", () => {
    for (const { name, default: value, unit, minimum, meaning, source } of novaOptions) {
      expect(policyEntries.options).toContainEqual(expect.objectContaining({ name, default: value, unit, meaning, source }));
      expect(tables, name).toContain(
        ` default ${printed(value)}${unit === "1" ? "" : ` ${unit}`}${minimum === undefined ? "" : `, at least ${minimum}`} `,
      );
      // Cells stand side by side, so that a sentence that is broken has nothing between its halves; its first words are those of the first line.
      expect(tables, name).toContain(` ${name} ${meaning.split(" ").slice(0, 3).join(" ")}`);
    }
    for (const { name, multiplier, source } of weighers) {
      const option = multiplier.option ?? multiplier.name;
      expect(policyEntries.options).toContainEqual(
        expect.objectContaining({
          ...{ name: option, default: multiplier.default, unit: "1", minimum: multiplier.minimum ?? null },
          ...{ meaning: multiplier.meaning, source, read_by: [name] },
        }),
      );
    }
  });

  it("names with each filter and weigher the options it reads, and their defaults", () => {
    for (const { name, options = [] } of [...filters, ...weighers]) {
      const entry = [...policyEntries.filters, ...policyEntries.weighers].find((one) => one.name === name)!;
      expect(entry.options.map((option) => option.name).sort()).toEqual([...options].sort());
      for (const option of entry.options) expect(option.read_by).toContain(name);
    }
    expect(tables).toContain("max_io_ops_per_host (8 servers)");
    expect(tables).toContain("io_ops_weight_multiplier (-1)");
  });

  it("says no sentence twice", () => {
    const { policies, filters, weighers, options } = policyEntries;
    const sentences = [...policies, ...filters, ...weighers, ...options].map(({ meaning }) => meaning);
    expect(sentences.filter((sentence, i) => sentences.indexOf(sentence) !== i)).toEqual([]);
    const names = [...policies, ...filters, ...weighers, ...options].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("keeps to 120 columns, and cuts nothing off", () => {
    const { policies, filters, weighers, options } = policyEntries;
    const texts = [policyTables(), ...[...policies, ...filters, ...weighers, ...options].map(policyInFull)];
    for (const text of texts) {
      expect(text).not.toContain("…");
      for (const line of text.split("\n")) expect([...line].length, line).toBeLessThanOrEqual(120);
    }
  });

  it("says all about one of them: what a policy sets, what a weigher reads and who uses it", async () => {
    const pack = unwrapped(await done(["policies", "nova-pack"]));
    expect(pack).toContain("nova-pack (policy) Nova told to pack");
    expect(pack).toContain("RAMWeigher Prefers hosts with more free RAM. ram_weight_multiplier: -1");
    expect(pack).toContain("IoOpsWeigher Avoids hosts that are building servers. io_ops_weight_multiplier: -1");
    expect(pack).toContain("ComputeFilter The host's compute service must be enabled and up. service_down_time: 60");
    const weigher = unwrapped(await done(["policies", "nova.scheduler.weights.ram.RAMWeigher"]));
    expect(weigher).toContain("RAMWeigher (weigher) Prefers hosts with more free RAM. Source: nova/scheduler/weights/ram.py");
    expect(weigher).toContain("from 0 to the largest");
    expect(weigher).toContain("Policies that use it: nova-default, nova-pack.");
    expect(JSON.parse(await done(["policies", "host_subset_size", "--json"]))).toMatchObject({ kind: "option", default: 1, minimum: 1 });
  });

  it("knows what was meant by a name that is not there", async () => {
    const { status, stderr } = await orrery(["policies", "RamWeiger"]);
    expect([status, stderr]).toEqual([2, 'unknown policy, filter, weigher or option "RamWeiger" (did you mean "RAMWeigher"?)\n']);
  });
});
