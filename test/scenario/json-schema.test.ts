import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { scenarioJsonSchema } from "../../src/scenario/json-schema.ts";
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
