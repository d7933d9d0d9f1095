// The filters and weighers that nova.conf names, by Python's class paths. Where nova-scheduler would refuse to start, the reading fails too;
// what Nova has and scenarios cannot use is left out and said so.
// @source nova/scheduler/host_manager.py HostManager.__init__ and _choose_host_filters, nova/loadables.py (nova 26.2.2)
import { suggestion } from "../../kernel/did-you-mean.ts";
import { novaWeighers } from "../../policies/nova/policy.ts";
import {
  ALL_FILTERS,
  ALL_WEIGHERS,
  FILTER_PACKAGE,
  formerFilters,
  missingIn,
  type NovaRelease,
  novaFilterClasses,
  novaReleases,
  novaWeigherClasses,
  releaseTitle,
  type SchedulerClass,
  WEIGHER_PACKAGE,
} from "../../policies/nova/releases.ts";
import type { Catalogue } from "../vocabulary.ts";

export interface ClassChoice {
  /** In the order given. */
  readonly names: readonly string[];
  /** Of Nova, but of no use in a scenario. */
  readonly left: readonly string[];
  readonly faults: readonly { readonly message: string; readonly hint: string }[];
}

/** What a conf may name: in the scenario's release, or in any where it names none. */
export interface ClassSource {
  readonly catalogue: Catalogue;
  readonly release: NovaRelease | null;
}

/** `enabled_filters`: names of classes that `available_filters` bring. */
export function chosenFilters(enabled: readonly string[], available: readonly string[], { catalogue, release }: ClassSource): ClassChoice {
  const names: string[] = [];
  const left: string[] = [];
  const faults: { message: string; hint: string }[] = [];
  const brought = new Set(available.map((path) => path.split(".").at(-1)!));
  const known = novaFilterClasses.map(({ name }) => name);
  for (const name of enabled) {
    const refuse = (message: string, hint: string) => faults.push({ message, hint });
    if (name.includes(".")) {
      refuse(`"${name}" is a path, and Nova looks filters up by the name of their class`, `write ${name.split(".").at(-1)}`);
    } else if (formerFilters.has(name)) {
      refuse(`${name} was gone before ${releaseTitle(novaReleases[0]!)}`, formerFilters.get(name)!);
    } else if (release !== null && missingIn(release, name) !== null) {
      refuse(`${releaseTitle(release)} has no ${name}`, missingIn(release, name)!);
    } else if (!available.includes(ALL_FILTERS) && !brought.has(name)) {
      refuse(`${name} is not among available_filters`, `available_filters = ${pathOf(FILTER_PACKAGE, novaFilterClasses, name)}`);
    } else if (catalogue.filters.includes(name)) {
      if (!names.includes(name)) names.push(name); // a filter that is applied again keeps no other host out
    } else if (known.includes(name)) {
      left.push(name);
    } else if (brought.has(name)) {
      refuse(`${name} is a filter of your own, which Orrery does not have`, "give enabled_filters in a policy based on nova.conf");
    } else {
      refuse(`unknown filter "${name}"`, suggestion(name, [...catalogue.filters, ...known]));
    }
  }
  return { names, left, faults };
}

/** `weight_classes`: paths of classes, or of the function that gives all. */
export function chosenWeighers(paths: readonly string[], source: ClassSource): ClassChoice {
  const names: string[] = [];
  const left: string[] = [];
  const faults: { message: string; hint: string }[] = [];
  const { catalogue, release } = source;
  for (const path of paths) {
    if (path === ALL_WEIGHERS) {
      const all = allWeighers(source);
      names.push(...all.names);
      left.push(...all.left);
      continue;
    }
    const refuse = (message: string, hint: string) => faults.push({ message, hint });
    const name = path.split(".").at(-1)!;
    const found = novaWeigherClasses.find((entry) => entry.name === name);
    const full = pathOf(WEIGHER_PACKAGE, novaWeigherClasses, name);
    if (found === undefined && !path.includes(".")) {
      refuse(`unknown weigher "${path}"`, suggestion(name, [ALL_WEIGHERS, ...novaWeigherClasses.map((entry) => entry.name)]));
    } else if (found !== undefined && path !== full) {
      refuse(`"${path}" is not the path of a weigher`, `write ${full}`);
    } else if (release !== null && missingIn(release, name) !== null) {
      refuse(`${releaseTitle(release)} has no ${name}`, missingIn(release, name)!);
    } else if (catalogue.weighers.includes(name)) {
      names.push(name);
    } else if (found !== undefined) {
      left.push(name);
    } else {
      refuse(
        `${name} is not a weigher that Orrery has`,
        suggestion(path, [ALL_WEIGHERS, ...novaWeigherClasses.map((entry) => pathOf(WEIGHER_PACKAGE, novaWeigherClasses, entry.name))]),
      );
    }
  }
  return { names, left, faults };
}

/** Nova's own weighers, of the release or, where none is named, of any. */
export function allWeighers({ catalogue, release }: ClassSource): Pick<ClassChoice, "names" | "left"> {
  const inRelease = (name: string) => release === null || missingIn(release, name) === null;
  const names = novaWeighers.filter((name) => inRelease(name) && catalogue.weighers.includes(name));
  const left = novaWeigherClasses.map(({ name }) => name).filter((name) => inRelease(name) && !names.includes(name));
  return { names, left };
}

function pathOf(packageName: string, classes: readonly SchedulerClass[], name: string): string {
  const found = classes.find((entry) => entry.name === name);
  return found === undefined ? name : `${packageName}.${found.module}.${name}`;
}
