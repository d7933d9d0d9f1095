import { describe, expect, it } from "vitest";
import { filters } from "../../src/policies/nova/filters/index.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";

describe("the catalogue of policies", () => {
  it("offers no filter or weigher that could do nothing in a scenario", () => {
    const idle = [...filters, ...weighers].filter(({ needs }) => needs !== undefined).map(({ name }) => name);
    expect(idle).toContain("AggregateInstanceExtraSpecsFilter");
    expect(idle).toContain("PCIWeigher");
    for (const name of idle) expect([...catalogue.filters, ...catalogue.weighers]).not.toContain(name);
    expect(catalogue.filters).toEqual(expect.arrayContaining(["ComputeFilter", "NumInstancesFilter", "IoOpsFilter"]));
    expect(catalogue.options.has("pci_weight_multiplier")).toBe(false);
  });

  it("offers the options of what it offers, whole numbers where Nova wants them", () => {
    expect(catalogue.options.get("max_instances_per_host")).toMatchObject({ default: 50, minimum: 1, counts: "servers" });
    expect(catalogue.options.get("max_io_ops_per_host")).toMatchObject({ default: 8, minimum: 0 });
    expect(catalogue.options.get("ram_weight_multiplier")).toMatchObject({ default: 1 });
    for (const { minimum, default: usual } of catalogue.options.values())
      expect(minimum === undefined || Number(usual) >= minimum).toBe(true);
  });

  it("has presets that use only what it offers", () => {
    for (const { enabledFilters, weighers: used, options } of presets.values()) {
      expect(catalogue.filters).toEqual(expect.arrayContaining([...enabledFilters]));
      expect(catalogue.weighers).toEqual(expect.arrayContaining([...used]));
      expect([...catalogue.options.keys()]).toEqual(expect.arrayContaining([...options.keys()]));
    }
  });
});
