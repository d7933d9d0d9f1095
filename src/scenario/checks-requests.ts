// What listed requests, server groups and policies must get right across several values: servers and hosts that hints and requests name, and
// policies that can serve the groups of the workload.
import type { GroupPolicy, ServerGroupRule } from "../datacenter/server-groups.ts";
import { didYouMean, suggestion } from "../kernel/did-you-mean.ts";
import { formatQuantity, shorten } from "../kernel/units.ts";
import type { NovaRelease } from "../policies/nova/releases.ts";
import type { Across } from "./across.ts";
import { type Hints, isServerName, NAMING_SERVERS } from "./hints.ts";
import type { HostNames } from "./host-names.ts";
import type { Path } from "./located.ts";
import { policyOf } from "./resolve.ts";
import type { ReadScenario } from "./schema.ts";
import { MAX_SERVERS } from "./schema-requests.ts";
import { ONLY_ANTI_AFFINITY } from "./server-group-rule.ts";
import { serverNames } from "./server-names.ts";
import type { Catalogue } from "./vocabulary.ts";

const REQUESTS = ["workload", "requests"] as const;
const GROUPS = ["workload", "server_groups"] as const;
const POLICIES = ["study", "policies"] as const;
type ReadRequest = Extract<ReadScenario["workload"], { requests: unknown }>["requests"][number];
type ReadGroup = { readonly name: string; readonly policy: GroupPolicy; readonly max_server_per_host?: number };

export function checkRequests(across: Across, hosts: HostNames | null): void {
  const read = Array.from({ length: across.length(REQUESTS) }, (_, index) => across.read([...REQUESTS, index]) as ReadRequest | undefined);
  for (let index = 0; index < across.length(GROUPS); index++) {
    const group = across.read([...GROUPS, index]) as ReadGroup | undefined;
    if (group?.max_server_per_host === undefined || group.policy === "anti-affinity") continue;
    across.complainOfKey([...GROUPS, index, "max_server_per_host"], ONLY_ANTI_AFFINITY.message, ONLY_ANTI_AFFINITY.hint);
  }
  const projects = across.number(["workload", "projects"]);
  read.forEach((request, index) => {
    if (request === undefined) return;
    const path: Path = [...REQUESTS, index];
    if (projects !== undefined && request.project > projects) {
      across.complain(
        [...path, "project"],
        `there is no project ${request.project}`,
        `projects: 1 to ${projects}; more with projects: ${request.project}`,
      );
    }
    if (request.host !== undefined && hosts !== null && hosts.rowOf(request.host) === null) {
      across.complain([...path, "host"], `there is no host "${shorten(request.host)}"`, hosts.hintFor(request.host));
    }
  });
  checkServerNames(across, read);
  const asked = read.reduce((sum, request) => sum + (request?.count ?? 0), 0);
  if (asked > MAX_SERVERS) across.complain(REQUESTS, `${asked} servers are asked for, at most ${MAX_SERVERS} can be simulated`);
  const duration = across.number(["study", "duration"]);
  if (duration !== undefined && read.length > 0 && read.every((request) => request !== undefined && request.at >= duration)) {
    across.complain(REQUESTS, `nothing arrives: the run ends after ${formatQuantity(duration, "time")}`);
  }
}

/** Names that requests give to servers, and the names that hints use. */
function checkServerNames(across: Across, read: readonly (ReadRequest | undefined)[]): void {
  const taken = new Map<string, number>();
  let broken = false;
  read.forEach((request, index) => {
    if (request === undefined) broken = true;
    if (request?.name === undefined) return;
    const path: Path = [...REQUESTS, index, "name"];
    for (const name of namesOf(request.name, request.count)) {
      const other = taken.get(name);
      if (isServerName(name)) {
        across.complain(path, `"${shorten(name)}" is what Orrery calls a server by its number`, "choose another name");
        return;
      }
      if (other !== undefined) {
        across.complain(path, `two requests would give the name "${shorten(name)}"`, "give each a name of its own");
        return;
      }
      taken.set(name, index);
    }
  });
  // While a request is wrong by itself, nobody knows the numbers of the servers.
  if (broken) return;
  const requests = read as readonly ReadRequest[];
  const names = serverNames(requests);
  const asked = requests.reduce((sum, { count }) => sum + count, 0);
  for (const [index, { scheduler_hints: hints }] of requests.entries()) {
    checkServerHints(across, [...REQUESTS, index, "scheduler_hints"], hints, names, asked);
  }
}

function namesOf(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : [name, ...Array.from({ length: count }, (_, member) => `${name}-${member + 1}`)];
}

/** Hints of drawn workloads can name servers by number only. @param asked servers in all; Infinity where that is drawn */
export function checkServerHints(across: Across, path: Path, hints: Hints, names: ReadonlyMap<string, unknown>, asked: number): void {
  for (const hint of NAMING_SERVERS) {
    for (const text of hints.get(hint) ?? []) {
      if (names.has(text) || (isServerName(text) && Number(text.slice("server-".length)) <= asked)) continue;
      const near = didYouMean(text, names.keys());
      const known = Number.isFinite(asked)
        ? `servers: server-1 to server-${asked}, or the name of a request`
        : "servers: server-1, server-2, ... as they are asked for";
      across.complain([...path, hint], `there is no server "${shorten(text)}"`, near === null ? known : `did you mean "${near}"?`);
    }
  }
}

/** What a policy needs for the groups of each kind: Nova refuses their servers otherwise. */
const NEEDS: Readonly<Record<GroupPolicy, readonly [key: "enabled_filters" | "weight_classes", name: string]>> = {
  affinity: ["enabled_filters", "ServerGroupAffinityFilter"],
  "anti-affinity": ["enabled_filters", "ServerGroupAntiAffinityFilter"],
  "soft-affinity": ["weight_classes", "ServerGroupSoftAffinityWeigher"],
  "soft-anti-affinity": ["weight_classes", "ServerGroupSoftAntiAffinityWeigher"],
};

export function checkPolicies(across: Across, hosts: HostNames | null, catalogue: Catalogue): void {
  const policies = across.read(POLICIES) as ReadScenario["study"]["policies"] | undefined;
  const groups = groupPoliciesOf(across);
  const imageIds = imageIdsOf(across);
  policies?.forEach((policy, index) => {
    const path: Path = [...POLICIES, index];
    const { name, enabledFilters, weighers, options } = policyOf(
      policy,
      catalogue,
      (across.read(["cloud", "nova", "release"]) as NovaRelease | undefined) ?? null,
    );
    for (const group of groups) {
      const [key, needed] = NEEDS[group];
      const named = key === "enabled_filters" ? enabledFilters : weighers;
      // A filter or weigher of the user's own may do the same.
      if (named.includes(needed) || named.some((each) => catalogue.taken !== undefined && !catalogue.taken.includes(each))) continue;
      const message = `policy ${name} lacks ${needed}, and Nova refuses servers of ${group} groups without (UnsupportedPolicyException)`;
      across.complain(
        typeof policy === "string" ? path : [...path, key],
        message,
        `add ${needed} to ${key} of a policy described by a map`,
      );
    }
    if (typeof policy === "string") return;
    for (const host of listOf(options.get("isolated_hosts"))) {
      if (hosts === null || hosts.rowOf(host) !== null) continue;
      across.complain([...path, "isolated_hosts"], `there is no host "${shorten(host)}"`, hosts.hintFor(host));
    }
    for (const id of listOf(options.get("isolated_images"))) {
      if (imageIds === null || imageIds.includes(id)) continue;
      across.complain([...path, "isolated_images"], `there is no image with the id "${shorten(id)}"`, suggestion(id, imageIds));
    }
  });
}

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

function groupPoliciesOf(across: Across): readonly GroupPolicy[] {
  const drawn = across.read(["workload", "server_group"]) as ServerGroupRule | null | undefined;
  const listed = Array.from(
    { length: across.length(GROUPS) },
    (_, index) => (across.read([...GROUPS, index]) as ReadGroup | undefined)?.policy,
  );
  return [...new Set([drawn?.policy, ...listed])].filter((policy) => policy !== undefined);
}

function imageIdsOf(across: Across): readonly string[] | null {
  const images = across.read(["cloud", "images"]) as ReadScenario["cloud"]["images"] | undefined;
  return images?.map(({ name, id = name }) => id) ?? null;
}
