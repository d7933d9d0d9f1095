import { describe, expect, it } from "vitest";
import { novaOptions, optionKind } from "../../src/policies/nova/config.ts";
import { filters } from "../../src/policies/nova/filters/index.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";

describe("the catalogue of policies", () => {
  it("offers every filter and weigher of Nova but those that compare cells, of which a cloud has one", () => {
    const missing = [...filters, ...weighers]
      .map(({ name }) => name)
      .filter((name) => ![...catalogue.filters, ...catalogue.weighers].includes(name));
    expect(missing).toEqual(["CrossCellWeigher"]);
    expect(catalogue.options.has("cross_cell_move_weight_multiplier")).toBe(false);
  });

  it("offers the options of what it offers, each of the kind of its default, with whole numbers where Nova wants them", () => {
    expect(catalogue.options.get("max_instances_per_host")).toMatchObject({ default: 50, minimum: 1, counts: "servers" });
    expect(catalogue.options.get("max_io_ops_per_host")).toMatchObject({ default: 8, minimum: 0 });
    expect(catalogue.options.get("ram_weight_multiplier")).toMatchObject({ default: 1 });
    expect(catalogue.options.get("metrics.weight_multiplier")).toMatchObject({ default: 1 });
    const kinds = new Map([...catalogue.options].map(([name, option]) => [name, optionKind(option.default)]));
    expect(kinds.get("isolated_images")).toBe("list");
    expect(kinds.get("restrict_isolated_hosts_to_isolated_images")).toBe("flag");
    expect(kinds.get("image_properties_default_architecture")).toBe("text");
    expect(kinds.get("metrics.weight_of_unavailable")).toBe("number");
    for (const { minimum, default: usual } of catalogue.options.values()) {
      if (minimum !== undefined) expect(usual).toBeGreaterThanOrEqual(minimum);
    }
  });

  const PACKING = "compute.packing_host_numa_cells_allocation_strategy";

  it("leaves no option unread but those that scenarios write elsewhere, or that depend on hearing of services", () => {
    const elsewhere = ["scheduler.max_attempts", "host_subset_size", "shuffle_best_same_weighed_hosts", "service_down_time", PACKING];
    expect(novaOptions.map(({ name }) => name).filter((name) => !catalogue.options.has(name) && !elsewhere.includes(name))).toEqual([]);
  });

  it("has presets that use only what it offers", () => {
    for (const { enabledFilters, weighers: used, options } of presets.values()) {
      expect(catalogue.filters).toEqual(expect.arrayContaining([...enabledFilters]));
      expect(catalogue.weighers).toEqual(expect.arrayContaining([...used]));
      expect([...catalogue.options.keys()]).toEqual(expect.arrayContaining([...options.keys()]));
    }
  });
});
