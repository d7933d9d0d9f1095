// The JSON Schema (draft 2020-12) of a scenario file, for editors: completion, the meaning of each key on hover, and its default. Made from
// the same declarations that the reader uses.
import { z } from "zod";
import { newestRelease } from "../policies/nova/releases.ts";
import { factsOf } from "./grammar.ts";
import { scenarioSchema } from "./schema.ts";
import type { Catalogue } from "./vocabulary.ts";

type Json = Record<string, unknown>;

/** Reference it from a scenario with `# yaml-language-server: $schema=...`. */
export function scenarioJsonSchema(catalogue: Catalogue): Readonly<Json> {
  const schema = scenarioSchema(
    catalogue,
    { flavors: null, images: null, storageTiers: null, release: newestRelease },
    "the name of the file",
  );
  const json = convert(schema);
  // Any of the three parts may come from an import.
  const { required: _required, ...rest } = json;
  return {
    ...rest,
    title: "Orrery scenario",
    anyOf: [{ required: ["cloud", "workload", "study"] }, { required: ["import"] }],
  };
}

function convert(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema as unknown as z.ZodType, jsonSchema as Json),
  }) as Json;
}

/** Only declared parts are described; what zod wraps around inside them is left as it is. */
function describe(schema: z.ZodType, json: Json): void {
  const facts = factsOrNone(schema);
  if (facts === undefined) return;
  if (facts.kind === "value") Object.assign(json, facts.valueKind.json);
  if (facts.kind === "table" && facts.names === null) json.propertyNames = { type: "string" };
  if (facts.kind === "choice") json.anyOf = Object.values(facts.options).map((option) => withoutDialect(convert(option)));
  const { fallback } = facts;
  const provenance =
    fallback === null || ("default" in fallback && fallback.source === "")
      ? ""
      : "absent" in fallback
        ? ` When not written: ${fallback.absent}.`
        : ` Default from: ${fallback.source} (${fallback.evidence}).`;
  json.description = `${facts.meaning}.${provenance}`;
  if (fallback !== null && "default" in fallback && fallback.source !== "") json.default = fallback.default;
}

function factsOrNone(schema: z.ZodType) {
  try {
    return factsOf(schema);
  } catch {
    return undefined;
  }
}

function withoutDialect({ $schema: _dialect, ...json }: Json): Json {
  return json;
}
