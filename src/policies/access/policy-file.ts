// A policy.yaml (or policy.json): a mapping of names to rules, which stand in place of a service's defaults. JSON is read as the YAML it is.
// @source oslo.policy 4.0.0: policy.py parse_file_contents
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Range } from "yaml";
import type { Problem } from "../../kernel/problem.ts";
import { isReadable, type RuleText } from "./parse-rule.ts";

/** The rules of the file's text; what is wrong with it is added to `problems`, all at once. */
export function readPolicyFile(text: string, file: string, problems: Problem[]): ReadonlyMap<string, RuleText> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const report = (range: Range | [number, number] | null | undefined, path: string, message: string, hint: string): void => {
    const place = range ? lines.linePos(range[0]) : undefined;
    problems.push({ file, line: place?.line ?? null, column: place?.col ?? null, path, message, hint });
  };
  for (const error of document.errors) report(error.pos, "", `not readable as YAML: ${error.message}`, "a policy file is YAML or JSON");
  const rules = new Map<string, RuleText>();
  const top = document.contents;
  if (document.errors.length > 0 || top === null || (isScalar(top) && top.value === null)) return rules;
  if (!isMap(top)) {
    report(top.range, "", "expected a mapping of names to rules", 'for example "os_compute_api:servers:create": "role:member"');
    return rules;
  }
  for (const { key, value } of top.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const place = isScalar(value) || isSeq(value) || isMap(value) ? value.range : isScalar(key) ? key.range : null;
    const rule = ruleOf(isScalar(value) || isSeq(value) ? value.toJSON() : undefined);
    if (name === "") report(place, "", "expected the name of a rule", 'for example "compute:create"');
    else if (rule === undefined)
      report(place, name, "expected a rule as text, or lists of checks", 'for example "role:admin"; "" allows everybody');
    else {
      if (!isReadable(rule)) report(place, name, "this rule cannot be read, so that it denies everybody", 'write "!" if that is meant');
      rules.set(name, rule);
    }
  }
  return rules;
}

function ruleOf(value: unknown): RuleText | undefined {
  if (typeof value === "string") return value;
  const isText = (one: unknown): one is string => typeof one === "string";
  if (!Array.isArray(value)) return undefined;
  return value.every((one) => isText(one) || (Array.isArray(one) && one.every(isText))) ? value : undefined;
}
