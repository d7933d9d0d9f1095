// A weigher that a scenario writes as a formula: the facts of hosts and requests are its variables.
import type { HostStates } from "../../policies/nova/host-states.ts";
import type { Weigher } from "../../policies/nova/weigher.ts";
import { checkedWeigher, type ServerName } from "../../policies/plugins/checked-policy.ts";
import { hostFacts, requestFacts } from "../../policies/plugins/facts.ts";
import { Refusal } from "../expression.ts";
import { compileFormula, type Formula } from "../formula.ts";
import { type FormulaWeigher, formulaMultiplier } from "./own-policies.ts";

/** What a formula is calculated over: one host and one request at a time. */
interface Row {
  host: number;
  facts: readonly ((host: number) => number)[];
  readonly request: number[];
}

const variables: ReadonlyMap<string, (row: Row) => number> = new Map([
  ...hostFacts.map(({ variable }, i) => [variable, (row: Row) => row.facts[i]!(row.host)] as const),
  ...requestFacts.map(({ variable }, i) => [variable, (row: Row) => row.request[i]!] as const),
]);

/** The words that formulas may use. */
export function readFormula(text: string): Formula<Row> {
  return compileFormula(text, variables);
}

export function openFormula(formula: FormulaWeigher, serverName: ServerName): Weigher {
  const { name, expression, place, minval } = formula;
  const compiled = readFormula(expression);
  if (!compiled.ok) throw new RangeError(`${name}: ${compiled.message}`); // it was read before
  const row: Row = { host: 0, facts: [], request: requestFacts.map(() => 0) };
  let bound: HostStates | null = null;
  return checkedWeigher(
    {
      name,
      source: `${place.file}:${place.line}:${place.column}`,
      meaning: expression,
      options: [],
      place,
      multiplier: { ...formulaMultiplier(formula), unit: "1" },
      minval,
      look: (hosts, request) => {
        if (bound !== hosts) row.facts = hostFacts.map(({ of }) => of(hosts));
        bound = hosts;
        for (const [i, { of }] of requestFacts.entries()) row.request[i] = of(request);
        return (host: number) => {
          row.host = host;
          return compiled.value(row);
        };
      },
      explain: (thrown) => {
        if (thrown instanceof Refusal) return { what: thrown.message, hint: thrown.hint, place };
        throw thrown;
      },
    },
    serverName,
  );
}
