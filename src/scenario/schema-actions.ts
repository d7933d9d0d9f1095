// What users ask of the APIs at given times, in the words of the OpenStack client: `do: volume create`, with the parameters of that operation.
import type { z } from "zod";
import { didYouMean } from "../kernel/did-you-mean.ts";
import { shorten } from "../kernel/units.ts";
import type { ApiOperation, Parameter, ParameterKind } from "../workflows/api/api-operation.ts";
import { apiOperations } from "../workflows/api/operations.ts";
import { absentList, accept, choice, defaulted, looseSection, optional, reject, required, section, type ValueKind } from "./grammar.ts";
import { nameOf } from "./hardware-kinds.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, flag, quantity, text, texts, word } from "./value-kinds.ts";

const MAX_ACTIONS = 1_000_000;

/** Any JSON value: templates and the like. */
const anything: ValueKind<unknown> = {
  expected: "a value",
  read: (written) => (written === undefined || written === null ? reject("is empty: expected a value") : accept(written)),
  print: (value) => JSON.stringify(value),
  json: {},
};

/** What is read is looked at again, parameter by parameter, when the request is carried out. */
function kindOf(kind: ParameterKind, operation: string, name: string): ValueKind<unknown> {
  return rawKindOf(kind, operation, name) as ValueKind<unknown>;
}

function rawKindOf(kind: ParameterKind, operation: string, name: string) {
  switch (kind.is) {
    case "server":
      return text("the name of a server");
    case "name":
      return text(`the name of a ${kind.of}`);
    case "names":
      return texts(`the name of a ${kind.of}`);
    case "new name":
      // Objects are called whatever their users like: a/b.jpg.
      return kind.of === "object" ? text("a name for objects", 1024) : nameOf(`${kind.of}s`);
    case "text":
      return text(`a text for ${name}`, 100_000);
    case "texts":
      return texts(`a text for ${name}`);
    case "flag":
      return flag;
    case "count":
      return count(name, 0, 1_000_000_000);
    case "size":
      return quantity("information", { most: 1e18 });
    case "time":
      return quantity("time", { most: MAX_DURATION });
    case "ratio":
      return quantity("ratio", { most: 1e12 });
    case "json":
      return anything;
    case "word":
      return word(`${name} of ${operation}`, kind.words);
  }
}

function parameterOf(operation: ApiOperation, name: string, { kind, meaning, absent }: Parameter) {
  const value = kindOf(kind, operation.name, name);
  if (absent === undefined) return required(value, meaning);
  return optional(value, meaning, { absent, source: `the API of ${operation.service.name}`, evidence: "verified" });
}

const instant = () => ({ at: required(quantity("time", { most: MAX_DURATION }), "Instant of the request") });

function actionOf(operation: ApiOperation, timed: boolean) {
  return section(`${operation.meaning} (${operation.service.name})`, {
    ...(timed ? instant() : {}),
    do: required(word("operation", [operation.name]), "What is asked for, in the words of the OpenStack client"),
    project: defaulted(
      {
        ...count("projects", 1, 1_000_000),
        expected: "the number of a project, counted from 1",
        print: (project: number) => `project-${project}`,
      },
      "Number of the project that asks: 2 is project-2",
      { default: 1, source: "a choice of Orrery", evidence: "assumed" },
    ),
    as: optional(text("the name of a user"), "The user who asks", {
      absent: "a member of the project",
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    ...Object.fromEntries(Object.entries(operation.parameters).map(([name, parameter]) => [name, parameterOf(operation, name, parameter)])),
  });
}

/** What stands for an entry whose operation nobody knows: it is never right. */
function unknownOperation(names: readonly string[], timed: boolean) {
  const operation: ValueKind<string> = {
    expected: "an operation such as server stop",
    read: (written) => {
      const near = typeof written === "string" ? didYouMean(written, names) : null;
      const hint = near === null ? "orrery explain actions lists them" : `did you mean "${near}"?`;
      return reject(`unknown operation "${shorten(String(written))}"`, hint);
    },
    print: String,
    json: { enum: names },
  };
  return looseSection("A request of a user", {
    ...(timed ? instant() : {}),
    do: required(operation, "What is asked for"),
  });
}

/** @param timed it says when */
export function requestSchema(timed: boolean, operations: readonly ApiOperation[] = apiOperations) {
  const forms: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
    operations.map((operation) => [operation.name, actionOf(operation, timed)]),
  );
  const unknown = unknownOperation(
    operations.map(({ name }) => name),
    timed,
  );
  return choice(
    "A request of a user",
    { ...forms, "?": unknown } as Readonly<Record<string, z.ZodType>>,
    `a map with ${timed ? "at, " : ""}do and the parameters of the operation, such as {${timed ? "at: 5 min, " : ""}do: server stop, server: web}`,
    (written) => {
      if (typeof written !== "object" || written === null || Array.isArray(written)) return null;
      const name = (written as { readonly do?: unknown }).do;
      return typeof name === "string" && Object.hasOwn(forms, name.trim()) ? name.trim() : "?";
    },
  );
}

export function actionsSchema() {
  return absentList("What users ask of the APIs at given times", MAX_ACTIONS, requestSchema(true), {
    absent: "nobody asks for anything but servers",
    source: "a choice of Orrery",
    evidence: "assumed",
  });
}

export interface ReadAction extends ReadRequest {
  readonly at: number;
}

export interface ReadRequest {
  readonly do: string;
  readonly project: number;
  readonly as?: string;
  readonly [parameter: string]: unknown;
}
