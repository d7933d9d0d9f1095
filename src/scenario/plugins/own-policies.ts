// The filters and weighers that a scenario brings with it: modules of code, and weighers written as a formula. All of this is data; every run
// opens it anew.
import type { PluginPlace } from "../../policies/plugins/plugin-fault.ts";
import type { Catalogue, OptionFacts } from "../vocabulary.ts";
import type { GuardedModule } from "./guard.ts";
import { type DeclaredOption, type DeclaredPolicy, multiplierName } from "./shape.ts";

export interface PluginModule {
  /** As the user named it. */
  readonly file: string;
  /** Its last part, which stands in results. */
  readonly name: string;
  readonly source: string;
  readonly sha256: string;
  readonly guarded: GuardedModule;
  readonly policies: readonly DeclaredPolicy[];
}

export interface FormulaWeigher {
  readonly name: string;
  readonly expression: string;
  readonly multiplier: number;
  readonly minval: number | null;
  readonly place: PluginPlace;
}

export interface OwnPolicies {
  readonly modules: readonly PluginModule[];
  readonly formulas: readonly FormulaWeigher[];
}

export const formulaMultiplier = ({ name, multiplier }: Pick<FormulaWeigher, "name" | "multiplier">): DeclaredOption => ({
  name: multiplierName(name),
  default: multiplier,
  meaning: `Weight of ${name} in the sum`,
});

/** `policies.ts:12:5`, the source of what a file declares. */
export function placeIn(file: string, { at }: Pick<DeclaredPolicy, "at">): string {
  return at === null ? file : `${file}:${at.line}:${at.column}`;
}

/** The catalogue with the scenario's own names in it. */
export function withOwnPolicies(catalogue: Catalogue, { modules, formulas }: OwnPolicies): Catalogue {
  const facts = ({ name, default: value, minimum, meaning }: DeclaredOption, source: string): [string, OptionFacts] => [
    name,
    { default: value, meaning, source, evidence: "scenario", ...(minimum === undefined ? {} : { minimum }) },
  ];
  const declared = modules.flatMap(({ file, policies }) => policies.map((policy) => ({ file, policy })));
  const named = (kind: DeclaredPolicy["kind"]) => declared.filter(({ policy }) => policy.kind === kind).map(({ policy }) => policy.name);
  return {
    ...catalogue,
    filters: [...catalogue.filters, ...named("filter")],
    weighers: [...catalogue.weighers, ...named("weigher"), ...formulas.map(({ name }) => name)],
    options: new Map([
      ...catalogue.options,
      ...declared.flatMap(({ file, policy }) =>
        [...(policy.multiplier === null ? [] : [policy.multiplier]), ...policy.options].map((option) =>
          facts(option, policy.source ?? placeIn(file, policy)),
        ),
      ),
      ...formulas.map((formula) =>
        facts(formulaMultiplier(formula), `${formula.place.file}:${formula.place.line}:${formula.place.column}`),
      ),
    ]),
  };
}
