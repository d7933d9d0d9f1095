import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { scenarioJsonSchema } from "../../src/scenario/json-schema.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "./folder.ts";
import { smallCatalogue } from "./small-catalogue.ts";

type Json = Readonly<Record<string, unknown>>;
const schema = scenarioJsonSchema(smallCatalogue);

function typeOf(value: unknown): string[] {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  if (typeof value === "number") return Number.isInteger(value) ? ["integer", "number"] : ["number"];
  return [typeof value];
}

/** The keywords of JSON Schema that the scenario schema uses; an unknown keyword fails, so that the check cannot pass by ignorance. */
function faults(json: Json, value: unknown, at: string): string[] {
  const found: string[] = [];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const object = (isObject ? value : {}) as Json;
  for (const [keyword, rule] of Object.entries(json)) {
    switch (keyword) {
      case "$schema":
      case "title":
      case "description":
      case "default":
        break;
      case "type":
        if (![rule].flat().some((type) => typeOf(value).includes(type as string))) found.push(`${at}: not of type ${rule}`);
        break;
      case "enum":
        if (!(rule as unknown[]).includes(value)) found.push(`${at}: ${value} is not in the list`);
        break;
      case "anyOf":
        if (!(rule as Json[]).some((option) => faults(option, value, at).length === 0)) {
          found.push(`${at}: no alternative fits: ${(rule as Json[]).map((option) => faults(option, value, at)[0]).join(" / ")}`);
        }
        break;
      case "required":
        for (const key of rule as string[]) if (!Object.hasOwn(object, key)) found.push(`${at}: ${key} is missing`);
        break;
      case "properties":
        for (const [key, inside] of Object.entries(rule as Json))
          if (Object.hasOwn(object, key)) found.push(...faults(inside as Json, object[key], `${at}.${key}`));
        break;
      case "additionalProperties":
        for (const key of Object.keys(object)) {
          if (Object.hasOwn((json.properties ?? {}) as object, key)) continue;
          if (rule === false) found.push(`${at}: unknown key ${key}`);
          else found.push(...faults(rule as Json, object[key], `${at}.${key}`));
        }
        break;
      case "propertyNames":
        for (const key of Object.keys(object)) found.push(...faults(rule as Json, key, `${at}.${key}`));
        break;
      case "items":
        if (Array.isArray(value)) for (const [index, item] of value.entries()) found.push(...faults(rule as Json, item, `${at}.${index}`));
        break;
      case "maxItems":
        if (Array.isArray(value) && value.length > (rule as number)) found.push(`${at}: too many entries`);
        break;
      case "minimum":
        if (typeof value === "number" && value < (rule as number)) found.push(`${at}: below ${rule}`);
        break;
      case "exclusiveMinimum":
        if (typeof value === "number" && value <= (rule as number)) found.push(`${at}: not above ${rule}`);
        break;
      case "maximum":
        if (typeof value === "number" && value > (rule as number)) found.push(`${at}: above ${rule}`);
        break;
      case "maxLength":
        if (typeof value === "string" && value.length > (rule as number)) found.push(`${at}: too long`);
        break;
      case "pattern":
        if (typeof value === "string" && !new RegExp(rule as string).test(value)) found.push(`${at}: does not match ${rule}`);
        break;
      case "minProperties":
      case "maxProperties":
        if (
          isObject &&
          (keyword === "minProperties") === Object.keys(object).length < (rule as number) &&
          Object.keys(object).length !== rule
        )
          found.push(`${at}: ${keyword} ${rule}`);
        break;
      default:
        found.push(`the schema uses the keyword ${keyword}, which this check does not know`);
    }
  }
  return found;
}

describe("the JSON Schema", () => {
  it("is draft 2020-12 and plain JSON", () => {
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  for (const name of readdirSync("scenarios").filter((file) => file.endsWith(".yaml"))) {
    it(`accepts ${name}`, () => {
      expect(faults(schema, parse(readFileSync(join("scenarios", name), "utf8")), "")).toEqual([]);
    });
  }

  it("accepts every word about scheduling, as the reader does", () => {
    const text = `cloud:
  host_defaults: {traits: [HW_CPU_X86_AVX2]}
  hosts:
    - name: gpu
      type: hpe-dl380-gen10
      count: 4
      resources: {CUSTOM_FPGA: 2, VGPU: 8}
      disabled: false
      numa_cells: 2
      cpu_shared_set: "0-3"
      cpu_dedicated_set: "4-55"
      huge_pages: {1 GiB: 16}
      pci_devices: [{vendor_id: 8086, product_id: "1572", dev_type: type-VF, count: 4, numa_cell: 1, physical_network: net0}]
  aggregates:
    - {name: fast, hosts: [gpu-1..gpu-2], availability_zone: az1, metadata: {ssd: true, copies: 2}}
  images: [{name: ubuntu, id: 5f1c, size: 1 GiB, disk_format: raw}]
  flavors: [{name: small, vcpus: 1, ram: 2 GiB}]
  nova:
    enable_isolated_aggregate_filtering: true
    packing_host_numa_cells_allocation_strategy: true
    pci_alias: [{name: nic, vendor_id: 8086, product_id: "1572", device_type: type-VF, numa_policy: socket}]
study: {duration: 1 h, policies: [nova-default, {name: mine, isolated_images: [5f1c], metrics.weight_setting: [cpu.percent=1]}]}
`;
    const drawn = `workload:
  arrivals: {poisson: {rate: 40 /h}}
  lifetime: 2 h
  server_group: {policy: anti-affinity, max_server_per_host: 2}
  availability_zones: {az1: 2, nova: 1}
  multi_create: true
  scheduler_hints: {different_host: [server-1], query: '["=", "$num_instances", 0]'}
`;
    const listed = `workload:
  server_groups: [{name: web, policy: anti-affinity, max_server_per_host: 2}]
  requests:
    - {name: db, at: 5 s, count: 2, flavor: small, image: ubuntu, project: 2, lifetime: 2 h, availability_zone: az1, server_group: web}
    - {flavor: small, lifetime: never, host: gpu-3, scheduler_hints: {same_host: db-2}}
`;
    const real = scenarioJsonSchema(catalogue);
    for (const workload of [drawn, listed]) {
      expect(() => readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text + workload }) })).not.toThrow();
      expect(faults(real, parse(text + workload), "")).toEqual([]);
      expect(faults(real, parse((text + workload).replace("HW_CPU", "hw_cpu")), "").length).toBeGreaterThan(0);
    }
  });

  it("accepts every topology of the network, and refuses an unknown one", () => {
    const real = scenarioJsonSchema(catalogue);
    const cloud = (fabric: unknown) => ({
      ...parse(readFileSync("scenarios/boot-storm.yaml", "utf8")),
      cloud: { hosts: [{ type: "dell-r7525", count: 4, nics: 2, bond: "none" }], fabric },
    });
    const links = [
      { from: "a", to: "b", bandwidth: "1 Gbit/s" },
      { from: ["glance", "compute-1..compute-4"], to: "a" },
    ];
    for (const fabric of [
      ...[{}, { star: {} }, { leaf_spine: { spines: 2, oversubscription: 3 } }, { fat_tree: { k: 4, link: "40 Gbit/s" } }],
      { custom: { switches: ["a", "b"], links }, encapsulation: "vxlan", mtu: 9000, hop_latency: { switch: "2 us" }, hash_seed: 3 },
    ])
      expect(faults(real, cloud(fabric), "")).toEqual([]);
    for (const fabric of [{ ring: {} }, { fat_tree: {} }, { star: {}, fat_tree: { k: 4 } }, { custom: { switches: ["a"] } }])
      expect(faults(real, cloud(fabric), "")).not.toEqual([]);
  });

  it("refuses unknown keys and host types, and a cloud without hosts", () => {
    const good = parse(readFileSync("scenarios/boot-storm.yaml", "utf8"));
    expect(faults(schema, { ...good, wrkload: 1 }, "")).toEqual([": unknown key wrkload"]);
    expect(faults(schema, { ...good, cloud: {} }, "")).toEqual([".cloud: hosts is missing"]);
    expect(faults(schema, { ...good, cloud: { ...good.cloud, hosts: [{ type: "vax", count: 1 }] } }, "")).toHaveLength(1);
  });

  it("tells an editor the meaning and default of every key", () => {
    const undescribed: string[] = [];
    const visit = (json: unknown, path: string): void => {
      const { properties = {}, items, anyOf = [], additionalProperties } = (json ?? {}) as Record<string, never>;
      for (const [key, inside] of Object.entries(properties as Record<string, Json>)) {
        if (typeof inside.description !== "string") undescribed.push(`${path}.${key}`);
        visit(inside, `${path}.${key}`);
      }
      for (const inside of [items, additionalProperties, ...(anyOf as unknown[])]) if (typeof inside === "object") visit(inside, path);
    };
    visit(schema, "");
    expect(undescribed).toEqual([]);
    const cloud = (schema.properties as Record<string, { properties: Record<string, { properties: Record<string, Json> }> }>).cloud!;
    expect(cloud.properties.nova!.properties.max_attempts).toMatchObject({
      default: 3,
      description: expect.stringContaining("verified"),
    });
  });
});
