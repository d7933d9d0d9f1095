// The query for allocation candidates as it goes over the wire: parameters sorted by name and value, form-encoded.
// @source nova/scheduler/utils.py, ResourceRequest.to_querystring (nova 26.2.2); Placement API 1.39
import type { CandidatesRequest, RequestGroup } from "../../placement/candidates-request.ts";

export type Parameter = readonly [name: string, value: string];

/** `limit=1000&resources=MEMORY_MB%3A512%2CVCPU%3A1` */
export function queryString(query: CandidatesRequest): string {
  return queryParameters(query)
    .map((pair) => pair.map(formEncoded).join("="))
    .join("&");
}

/** The same before encoding. A group keeps its `resources` parameter even if that is empty. */
export function queryParameters(query: CandidatesRequest): readonly Parameter[] {
  const { groups, groupPolicy, limit, rootRequired, rootForbidden, sameSubtree } = query;
  const parameters: Parameter[] = [...groups].flatMap(([suffix, group]) => groupParameters(suffix, group));
  if (limit !== null) parameters.push(["limit", `${limit}`]);
  if (groupPolicy !== null) parameters.push(["group_policy", groupPolicy]);
  const root = traitList(rootRequired, rootForbidden);
  if (root !== "") parameters.push(["root_required", root]);
  for (const suffixes of sameSubtree) parameters.push(["same_subtree", sorted(suffixes).join()]);
  return parameters.sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue));
}

function groupParameters(suffix: string, group: RequestGroup): readonly Parameter[] {
  const { resources, required, forbidden, memberOf, forbiddenAggregates, inTree } = group;
  const parameters: Parameter[] = [[`resources${suffix}`, sorted([...resources].map(([name, amount]) => `${name}:${amount}`)).join()]];
  const single = required.filter((any) => any.length === 1).flat();
  const traits = traitList(single, forbidden);
  if (traits !== "") parameters.push([`required${suffix}`, traits]);
  for (const any of required) if (any.length !== 1) parameters.push([`required${suffix}`, `in:${sorted(any).join()}`]);
  for (const any of memberOf) parameters.push([`member_of${suffix}`, `in:${sorted(any).join()}`]);
  if (forbiddenAggregates.length > 0) parameters.push([`member_of${suffix}`, `!in:${sorted(forbiddenAggregates).join()}`]);
  if (inTree !== null) parameters.push([`in_tree${suffix}`, inTree]);
  return parameters;
}

/** `A,B,!C` */
function traitList(required: readonly string[], forbidden: readonly string[]): string {
  return [...sorted(required), ...sorted(forbidden).map((trait) => `!${trait}`)].join();
}

function formEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort(compare);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
