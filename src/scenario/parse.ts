// Reads a scenario file: text, imports, parameters, configuration files, host defaults, schema, checks across values, and finally the Scenario. Every problem
// that can be found is found before anything is thrown.
import { basename, isAbsolute, resolve } from "node:path";
import { InputError, type Problem } from "../kernel/problem.ts";
import { withBareMetal } from "./bare-metal.ts";
import { checkAcross, localNames } from "./checks.ts";
import { complaintsOf, inFileOrder } from "./complain.ts";
import { dataFiles } from "./data-files.ts";
import { explain } from "./explain.ts";
import { readWithImports, withHostDefaults } from "./imports.ts";
import { toPlain } from "./located.ts";
import { withConfiguration } from "./nova-conf/with-conf.ts";
import { withParameters } from "./parameters.ts";
import { readOwnPolicies } from "./plugins/read-plugins.ts";
import { policyRemarks } from "./policy-remarks.ts";
import { releaseProblems } from "./release.ts";
import { resolveScenario } from "./resolve.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioSchema } from "./schema.ts";
import { withPlainFailures } from "./schema-failures.ts";
import { anyNames, type Catalogue } from "./vocabulary.ts";

export interface ReadOptions {
  readonly catalogue: Catalogue;
  /** Parameters set from outside, as text; numbers, true and false are recognised. */
  readonly parameters?: ReadonlyMap<string, string>;
  /** Folder that `path`, and paths given as parameters, are relative to; by default the current one. */
  readonly cwd?: string;
}

/**
 * The scenario in the file at `path`, as the user wrote that path.
 * @throws InputError with every problem found, each with its place
 */
export function readScenario(path: string, { catalogue, parameters = new Map(), cwd = process.cwd() }: ReadOptions): Scenario {
  const problems: Problem[] = [];
  const name = basename(path).replace(/\.(ya?ml|json)$/i, "");
  const absolute = isAbsolute(path) ? path : resolve(cwd, path);
  const anySchema = scenarioSchema(catalogue, anyNames, name);
  const imported = readWithImports(path, absolute, anySchema, problems);
  if (imported === undefined) throw new InputError(inFileOrder(problems));

  const filled = withParameters(imported, parameters, cwd, problems);
  const configured = withConfiguration(filled, { schema: anySchema, catalogue, cwd }, problems);
  const root = withBareMetal(withHostDefaults(configured.root));
  const { own, catalogue: known, complete } = readOwnPolicies(root, catalogue, problems);
  const schema = scenarioSchema(known, localNames(root), name);
  // While the names of a broken plug-in are not known, nothing is said about those that policies use.
  const complaints = complaintsOf(schema, root).filter(({ path }) => complete || !path.startsWith("study.policies"));
  problems.push(...complaints, ...checkAcross(schema, root, known), ...releaseProblems(root));
  const data = dataFiles(root, problems);
  if (problems.length > 0) throw new InputError(inFileOrder(problems));

  const read = schema.parse(toPlain(root));
  const resolved = resolveScenario(read, known, data, explain(schema, withPlainFailures(root), read, known, own));
  const scenario = { ...resolved, policyRemarks: policyRemarks(root, resolved.study.policies, known) };
  const written = { ...(toPlain(root) as Record<string, unknown>), name: scenario.name };
  const { options: configuration } = configured;
  if (own.modules.length + own.formulas.length === 0) return { ...scenario, configuration, written };
  // A plug-in is small: its text goes with the scenario, so that a result can be run again without the file.
  const plugins = own.modules.map((module) => ({ file: module.name, source: module.source }));
  const study = { ...(written as { study?: object }).study, ...(plugins.length === 0 ? {} : { plugins }) };
  return { ...scenario, configuration, own, written: { ...written, study } };
}
