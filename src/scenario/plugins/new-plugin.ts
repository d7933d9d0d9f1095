// The start of a plug-in: a filter and a weigher that work, with comments that say what hosts and requests offer. What it lists is read from the
// tables that the views are made from.
import { defaultFilters } from "../../policies/nova/filters/index.ts";
import { hostFacts, requestFacts } from "../../policies/plugins/facts.ts";
import { EXACT_MATH, MAX_DEPTH, MAX_STEPS, OWN_MATH, withCommas } from "./language.ts";
import { multiplierName } from "./shape.ts";

export interface PluginNames {
  /** `quiet-hosts.ts` */
  readonly file: string;
  /** `QuietHostsFilter` */
  readonly filter: string;
  readonly weigher: string;
}

const NAME = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/;

/** Names for a plug-in called `quiet-hosts`, `quiet_hosts` or `QuietHosts`; null where the name is none of these. */
export function pluginNames(name: string): PluginNames | null {
  if (!NAME.test(name) || name.length > 40) return null;
  const parts = name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").split(/[-_]/);
  const stem = parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join("");
  return { file: `${parts.join("-").toLowerCase()}.ts`, filter: `${stem}Filter`, weigher: `${stem}Weigher` };
}

/** @param file as a scenario beside it would name it */
export function newPlugin({ filter, weigher }: PluginNames, file: string): string {
  const multiplier = multiplierName(weigher);
  const words = multiplier.replace(/_weight_multiplier$/, "");
  const most = `${words}_most_builds`;
  const variable = (name: string) => name[0]!.toLowerCase() + name.slice(1);
  const steps = withCommas(MAX_STEPS);
  const rows = (facts: readonly (readonly [what: string, meaning: string])[]) => {
    const width = Math.max(...facts.map(([what]) => what.length));
    return facts.map(([what, meaning]) => `//     ${what.padEnd(width)}  ${meaning}`).join("\n");
  };
  const unit = (one: { readonly unit: string; readonly meaning: string }) =>
    one.unit === "1" || one.meaning.includes(one.unit) ? one.meaning : `${one.meaning} (${one.unit})`;

  return `// A filter and a weigher of your own for Orrery. A scenario names this file, and its policies name what it exports:
//
//     study:
//       plugins: [${file}]
//       policies:
//         - nova-default
//         - name: ${words.replaceAll("_", "-")}
//           enabled_filters: [${[...defaultFilters.map(({ name }) => name), filter].join(", ")}]
//           weight_classes: [RAMWeigher, ${weigher}]
//           ${multiplier}: 2
//           ${most}: 3
//
// orrery validate FILE says whether the scenario and this file are right; orrery compare FILE says what your policy changes.
//
// passes and weigh are called once for each request. What they return is called for each host that is still in, by the host's number. A filter
// says true to keep a host; a weigher gives a finite number, and more is better. Orrery scales the numbers of all hosts to between 0 and 1,
// multiplies them by the weigher's multiplier and adds them to those of the other weighers, as Nova does.
//
// Of a host you can ask hosts...
//
${rows([
  ...hostFacts.map((fact) => [`${fact.method}(host)`, unit(fact)] as const),
  ["hostName(host)", "its name"],
  ["hypervisorType(host)", "QEMU, Xen, ... as Nova says it"],
  ["count", "how many hosts there are"],
])}
//
// and of the request, request...
//
${rows([
  ...requestFacts.map((fact) => [`flavor.${fact.member}`, unit(fact)] as const),
  ["flavor.name", "name of the flavor"],
  ["flavor.extraSpecs", "its extra specs, by name"],
  ["image", "name and properties, by name; null = none"],
  ["group", "policy, and membersOn(host), of its server group; null = none"],
  ["server", "number of the server, from 0"],
])}
//
// config.number(name) is the value that the policy gives an option which your filter or weigher declares.
//
// The same question must have the same answer on every machine, so there is no clock, no chance, no file and no network, nothing can be
// imported but types, and all of this is read-only. Do not remember anything between two questions. Of Math there are
// ${[...EXACT_MATH, ...OWN_MATH].join(", ")}.
// A call may make ${steps} steps (passes through loops, calls of functions), ${MAX_DEPTH} of them within each other.
import type { PluginFilter, PluginWeigher } from "orrery-cloud";

export const ${variable(filter)}: PluginFilter = {
  name: "${filter}",
  meaning: "A host must be building fewer servers than ${most}.",
  options: {
    ${most}: { default: 2, minimum: 1, unit: "servers", meaning: "A host that builds this many takes no more." },
  },
  passes: (hosts, _request, config) => {
    const most = config.number("${most}");
    return (host) => hosts.numIoOps(host) < most;
  },
};

export const ${variable(weigher)}: PluginWeigher = {
  name: "${weigher}",
  meaning: "Prefers hosts where the server leaves much RAM free and few others are being built.",
  // The option's name follows from the weigher's: ${multiplier}.
  multiplier: { default: 1, meaning: "Weight in the sum; negative turns the preference around." },
  weigh: (hosts, request) => (host) => {
    const left = (hosts.freeRamMb(host) - request.flavor.ramMb) / hosts.totalRamMb(host);
    return left - 0.1 * hosts.numIoOps(host);
  },
};
`;
}
