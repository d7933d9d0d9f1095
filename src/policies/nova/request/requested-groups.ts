// The groups of resources that a request asks Placement for: from extra specs, image traits, CPU policy, ports and devices, and what
// the flavor itself says wherever nothing else has been said.
// @source nova/scheduler/utils.py, ResourceRequest.from_request_spec (nova 26.2.2)
import { isResourceClass } from "../../placement/resource-class.ts";
import { integerIn } from "../../python/text-values.ts";
import { cpuNeeds } from "./cpu-policy.ts";
import { deviceNeeds } from "./device-needs.ts";
import { type OutsideGroup, RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

/** A group in the making; "" is the suffix of the unnamed one. */
export interface GroupDraft {
  readonly resources: Map<string, number>;
  readonly required: Set<string>;
  readonly forbidden: Set<string>;
  readonly memberOf: readonly (readonly string[])[];
  readonly forbiddenAggregates: ReadonlySet<string>;
}

export interface RequestedGroups {
  readonly groups: Map<string, GroupDraft>;
  readonly groupPolicy: "none" | "isolate" | null;
  /** Named groups in the extra specs, those included that turned out to be empty. */
  readonly namedByFlavor: number;
  readonly dedicatedCpus: boolean;
  /** The groups of ports and devices as they are left: their zeros are gone for good, which the next query built from them will see. */
  readonly outsideGroups: readonly OutsideGroup[];
}

/** `translatePinning` false: as if there were no CPU policy. Throws `RequestRefused`. */
export function requestedGroups(request: SchedulingRequest, translatePinning: boolean): RequestedGroups {
  const groups = new Map<string, GroupDraft>();
  const groupPolicy = addExtraSpecs(groups, request.flavor.extraSpecs);
  const namedByFlavor = namedCount(groups);
  for (const [property, value] of request.image?.properties ?? []) {
    if (property.startsWith("trait:") && value === "required") groupOf(groups, "").required.add(property.slice("trait:".length));
  }
  const dedicatedCpus = translatePinning && addCpuNeeds(groups, request);
  for (const group of request.outsideGroups) addOutsideGroup(groups, group);
  addFlavorAmounts(groups, request);
  const { resources, required } = deviceNeeds(request);
  for (const [resourceClass, amount] of resources) groupOf(groups, "").resources.set(resourceClass, amount);
  for (const trait of required) groupOf(groups, "").required.add(trait);

  for (const [suffix, group] of groups) {
    for (const [resourceClass, amount] of group.resources) if (amount === 0) group.resources.delete(resourceClass);
    if (isEmpty(group)) groups.delete(suffix);
  }
  const outsideGroups = request.outsideGroups.map((group) => ({ ...group, resources: withoutZeros(group.resources) }));
  return { groups, groupPolicy, namedByFlavor, dedicatedCpus, outsideGroups };
}

export function namedCount(groups: ReadonlyMap<string, unknown>): number {
  return groups.size - (groups.has("") ? 1 : 0);
}

/** The group of this suffix, made if there is none. */
export function groupOf(groups: Map<string, GroupDraft>, suffix: string): GroupDraft {
  const found = groups.get(suffix);
  if (found !== undefined) return found;
  const made = {
    resources: new Map(),
    required: new Set<string>(),
    forbidden: new Set<string>(),
    memberOf: [],
    forbiddenAggregates: new Set<string>(),
  };
  groups.set(suffix, made);
  return made;
}

/** `resources1:VGPU: "2"`, `trait1:HW_GPU: required`. A key makes its group, even if its value is ignored. */
function addExtraSpecs(groups: Map<string, GroupDraft>, extraSpecs: ReadonlyMap<string, string>): "none" | "isolate" | null {
  let groupPolicy: "none" | "isolate" | null = null;
  for (const [key, value] of extraSpecs) {
    if (key === "group_policy" && (value === "none" || value === "isolate")) groupPolicy = value;
    const match = /^(resources|trait)([a-zA-Z0-9_-]{1,64})?:(.*)$/.exec(key);
    if (match === null) continue;
    const [, prefix, suffix = "", name = ""] = match;
    const group = groupOf(groups, suffix);
    if (prefix === "resources") {
      const amount = integerIn(value);
      if (isResourceClass(name) && amount !== null && amount >= 0) group.resources.set(name, amount);
    } else if (value === "required") group.required.add(name);
    else if (value === "forbidden") group.forbidden.add(name);
  }
  return groupPolicy;
}

/** True when all CPUs are pinned. */
function addCpuNeeds(groups: Map<string, GroupDraft>, request: SchedulingRequest): boolean {
  const { vcpus, pcpus, hyperthreading, dedicated } = cpuNeeds(request);
  if (vcpus !== null) groupOf(groups, "").resources.set("VCPU", vcpus);
  if (pcpus !== null) groupOf(groups, "").resources.set("PCPU", pcpus);
  if (hyperthreading !== null) groupOf(groups, "")[hyperthreading].add("HW_CPU_HYPERTHREADING");
  return dedicated;
}

function addOutsideGroup(groups: Map<string, GroupDraft>, group: OutsideGroup): void {
  const { requesterId } = group;
  if (!requesterId) throw new RequestRefused("ValueError", "a requested group of resources needs a requester id");
  const draft: GroupDraft = {
    resources: new Map(group.resources),
    required: new Set(group.required),
    forbidden: new Set(group.forbidden),
    memberOf: group.memberOf,
    forbiddenAggregates: new Set(group.forbiddenAggregates),
  };
  if (isEmpty(draft)) throw new RequestRefused("ValueError", `the requested group ${requesterId} asks for nothing`);
  if (groups.has(requesterId)) throw new RequestRefused("RequestGroupSuffixConflict", `there are two requested groups ${requesterId}`);
  groups.set(requesterId, draft);
}

/** The flavor's own amounts, of the classes that no group mentions. Zero is a mention. */
function addFlavorAmounts(groups: Map<string, GroupDraft>, { flavor, isBfv }: SchedulingRequest): void {
  const mentioned = new Set([...groups.values()].flatMap(({ resources }) => [...resources.keys()]));
  const add = (resourceClass: string, amount: number): void => void groupOf(groups, "").resources.set(resourceClass, amount);
  if (!mentioned.has("VCPU") && !mentioned.has("PCPU")) add("VCPU", flavor.vcpus);
  if (!mentioned.has("MEMORY_MB")) add("MEMORY_MB", flavor.memoryMb);
  const diskGb = flavor.ephemeralGb + Math.ceil(flavor.swapMb / 1024) + (isBfv ? 0 : flavor.rootGb);
  if (!mentioned.has("DISK_GB") && diskGb > 0) add("DISK_GB", diskGb);
}

function isEmpty({ resources, required, forbidden, memberOf, forbiddenAggregates }: GroupDraft): boolean {
  return resources.size + required.size + forbidden.size + memberOf.length + forbiddenAggregates.size === 0;
}

function withoutZeros(resources: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...resources].filter(([, amount]) => amount !== 0));
}
