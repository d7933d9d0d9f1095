// The release of Nova that a cloud runs: it decides the defaults that changed, and which filters, weighers and options there are. A scenario
// that names none gets the defaults of the newest and may use whatever any release has.
import { suggestion } from "../kernel/did-you-mean.ts";
import type { Problem } from "../kernel/problem.ts";
import { describeKind, shorten } from "../kernel/units.ts";
import { missingIn, type NovaRelease, newestRelease, novaReleases, releaseNamed, releaseTitle } from "../policies/nova/releases.ts";
import { accept, reject, type ValueKind } from "./grammar.ts";
import { type Located, type LocatedMap, type Path, problemAt, valueAt } from "./located.ts";

const RELEASE_PATH: Path = ["cloud", "nova", "release"];
const words = novaReleases.flatMap(({ major, series, name }) => [series, name.toLowerCase(), String(major)]);

export const releaseKind: ValueKind<NovaRelease> = {
  expected: "a release of Nova such as zed, 2023.1 or 27",
  read: (written) => {
    if (typeof written !== "string" && typeof written !== "number") {
      return reject(`expected a release of Nova such as zed, 2023.1 or 27, got ${describeKind(written)}`);
    }
    const release = releaseNamed(String(written));
    if (release !== undefined) return accept(release);
    const first = novaReleases[0]!;
    const range = `Orrery knows ${first.series} (${first.major}) to ${newestRelease.series} (${newestRelease.major})`;
    return reject(`unknown release of Nova "${shorten(String(written))}"`, suggestion(String(written), words).replace(/^known: .*/, range));
  },
  print: releaseTitle,
  json: { type: ["string", "number"] },
};

/** Null: the scenario names none, or none that is known. */
export function writtenRelease(root: Located): NovaRelease | null {
  const written = valueAt(root, RELEASE_PATH);
  return written?.kind === "scalar" ? (releaseNamed(String(written.value)) ?? null) : null;
}

/** Filters, weighers and options that the scenario uses and its release does not have. */
export function releaseProblems(root: LocatedMap): Problem[] {
  const release = writtenRelease(root);
  if (release === null) return [];
  const problems: Problem[] = [];
  const check = (name: string, place: Located["place"], path: Path) => {
    const missing = missingIn(release, name);
    if (missing !== null) problems.push(problemAt(place, path, `${releaseTitle(release)} has no ${name}`, missing));
  };
  const nova = valueAt(root, ["cloud", "nova"]);
  if (nova?.kind === "map") for (const [key, { keyPlace }] of nova.entries) check(key, keyPlace, ["cloud", "nova", key]);
  const policies = valueAt(root, ["study", "policies"]);
  if (policies?.kind !== "list") return problems;
  policies.items.forEach((policy, index) => {
    if (policy.kind !== "map") return;
    for (const [key, { keyPlace, value }] of policy.entries) {
      const path: Path = ["study", "policies", index, key];
      check(key, keyPlace, path);
      if (value.kind !== "list") continue;
      for (const item of value.items) {
        if (item.kind === "scalar" && typeof item.value === "string") check(item.value.split(".").at(-1)!, item.place, path);
      }
    }
  });
  return problems;
}
