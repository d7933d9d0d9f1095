// The default rules of nine services, as they ship (Zed). A table reads from top to bottom: a line `allow` begins a group with the rule (nothing but
// "" for a rule that allows everybody), `scope` says which scopes of a token the operations are meant for (all if the line is missing), `formerly` gives
// the rule of earlier releases, which holds besides the new one until `enforce_new_defaults` is set; then come the names of the operations.
import type { RuleDefault, Scope } from "../enforcer.ts";
import { aodhRules } from "./aodh.ts";
import { cinderRules } from "./cinder.ts";
import { cloudkittyRules } from "./cloudkitty.ts";
import { heatRules } from "./heat.ts";
import { keystoneRules } from "./keystone.ts";
import { neutronRules } from "./neutron.ts";
import { novaRules } from "./nova.ts";
import { placementRules } from "./placement.ts";
import { watcherRules } from "./watcher.ts";

const tables = {
  nova: novaRules,
  placement: placementRules,
  cinder: cinderRules,
  keystone: keystoneRules,
  heat: heatRules,
  neutron: neutronRules,
  aodh: aodhRules,
  cloudkitty: cloudkittyRules,
  watcher: watcherRules,
};

export type PolicyService = keyof typeof tables;
export const policyServices = Object.keys(tables) as readonly PolicyService[];

/** The default rules of a service, in the order of its table. */
export function defaultRulesOf(service: PolicyService): readonly RuleDefault[] {
  const rules: RuleDefault[] = [];
  let group = { check: "", scopeTypes: [] as readonly Scope[], formerly: null as string | null };
  for (const line of tables[service].split("\n")) {
    const text = line.trim();
    if (line.startsWith("allow ")) group = { check: text === 'allow ""' ? "" : text.slice(6), scopeTypes: [], formerly: null };
    else if (line.startsWith("  scope ")) group = { ...group, scopeTypes: text.slice(6).split(" ") as readonly Scope[] };
    else if (line.startsWith("  formerly ")) group = { ...group, formerly: text === 'formerly ""' ? "" : text.slice(9) };
    else for (const name of text.split(" ")) if (name !== "") rules.push({ name, ...group });
  }
  return rules;
}
