// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of scenario files are written ${...}
// A scenario file as a whole. `cloud`, `workload` and `study` are separate parts, so that a file can import any of them from another.
import type { z } from "zod";
import { describeKind } from "../kernel/units.ts";
import { accept, type Default, defaulted, optional, reject, required, section, table, type ValueKind } from "./grammar.ts";
import { actionsSchema } from "./schema-actions.ts";
import { cloudSchema } from "./schema-cloud.ts";
import { failuresSchema } from "./schema-failures.ts";
import { identitySchema } from "./schema-identity.ts";
import { objectReadsSchema, objectStoreTimelineSchema } from "./schema-object-store.ts";
import { studySchema } from "./schema-study.ts";
import { profilesSchema, timelineSchema } from "./schema-timeline.ts";
import { workloadSchema } from "./schema-workload.ts";
import { fileName, text } from "./value-kinds.ts";
import type { Catalogue, LocalNames } from "./vocabulary.ts";

/** A path, or several. They are followed before the schema is applied, so here only their form matters. */
const importPaths: ValueKind<unknown> = {
  expected: "the path of a file, or a list of paths",
  read: accept,
  print: String,
  json: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
};

const parameterValue: ValueKind<string | number | boolean> = {
  expected: "a number, a text, true or false",
  read: (written) =>
    typeof written === "object"
      ? reject(`expected a number, a text, true or false, got ${describeKind(written)}`)
      : accept(written as string),
  print: String,
  json: { type: ["string", "number", "boolean"] },
};

const NO_PARAMETERS: Default = { default: {}, source: "none are declared", evidence: "assumed" };

export function scenarioSchema(catalogue: Catalogue, local: LocalNames, name: string) {
  return section("A scenario: one question about one cloud", {
    import: optional(importPaths, "Files whose parts are merged under this one, relative to this file", {
      absent: "none",
      source: "",
      evidence: "assumed",
    }),
    name: defaulted(fileName("a name"), "Name of the scenario", { default: name, source: "the name of the file", evidence: "assumed" }),
    question: defaulted(text("a question", 1000), "The question the scenario asks", {
      default: "none given",
      source: "not written",
      evidence: "assumed",
    }),
    parameters: table(
      "Values that expressions `${...}` in this file can use, and that can be set from outside",
      { noun: "parameter", names: null },
      required(parameterValue, "A parameter of the scenario"),
      NO_PARAMETERS,
    ),
    cloud: cloudSchema(catalogue, local),
    workload: workloadSchema(catalogue, local),
    actions: actionsSchema(),
    identity: identitySchema(),
    object_reads: objectReadsSchema(),
    object_store_timeline: objectStoreTimelineSchema(),
    failures: failuresSchema(),
    profiles: profilesSchema(),
    timeline: timelineSchema(),
    study: studySchema(catalogue),
  });
}

export type ScenarioSchema = ReturnType<typeof scenarioSchema>;
/** What the schema gives: units converted and defaults filled in, references still by name. */
export type ReadScenario = z.output<ScenarioSchema>;
