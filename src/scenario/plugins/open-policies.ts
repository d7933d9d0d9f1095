// Opens a scenario's own filters and weighers for one run: modules run in a sandbox of their own, formulas become functions,
// and every answer of both is checked.
import type { Filter } from "../../policies/nova/filter.ts";
import type { PolicySpec } from "../../policies/nova/policy.ts";
import type { Weigher } from "../../policies/nova/weigher.ts";
import { checkedFilter, checkedWeigher, type OpenPolicy, type ServerName } from "../../policies/plugins/checked-policy.ts";
import { openFormula } from "./formula-weigher.ts";
import { type OwnPolicies, type PluginModule, placeIn } from "./own-policies.ts";
import { Sandbox } from "./sandbox.ts";
import { exportedPolicies } from "./shape.ts";

type Opened = NonNullable<PolicySpec["own"]>;

/** The policy with what it names of the scenario's own. */
export function withOpened(policy: PolicySpec, own: OwnPolicies, serverName: ServerName): PolicySpec {
  const names = new Set([...policy.enabledFilters, ...policy.weighers]);
  const modules = own.modules.filter(({ policies }) => policies.some(({ name }) => names.has(name)));
  const formulas = own.formulas.filter(({ name }) => names.has(name));
  const opened = modules.map((module) => openModule(module, serverName));
  return {
    ...policy,
    own: {
      filters: opened.flatMap(({ filters }) => filters),
      weighers: [...opened.flatMap(({ weighers }) => weighers), ...formulas.map((formula) => openFormula(formula, serverName))],
    },
  };
}

function openModule({ file, guarded }: PluginModule, serverName: ServerName): Opened {
  const sandbox = new Sandbox(guarded);
  const filters: Filter[] = [];
  const weighers: Weigher[] = [];
  for (const { declared, object } of exportedPolicies(sandbox.load(), guarded, [])) {
    const { kind, name, meaning, options, at, multiplier, minval } = declared;
    const place = { file, line: at?.line ?? null, column: at?.column ?? null };
    const open: OpenPolicy = {
      name,
      meaning,
      source: declared.source ?? placeIn(file, declared),
      options: options.map((option) => option.name),
      place,
      look: sandbox.look(object, kind === "filter" ? "passes" : "weigh", new Map(options.map((option) => [option.name, option.default]))),
      explain: (thrown) => {
        const { what, hint, at: where } = sandbox.mishap(thrown);
        return { what, hint, place: where === null ? place : { file, ...where } };
      },
    };
    if (kind === "filter") filters.push(checkedFilter(open, serverName));
    else weighers.push(checkedWeigher({ ...open, multiplier: { ...multiplier!, unit: "1" }, minval }, serverName));
  }
  return { filters, weighers };
}
