// Whether a server would be held by hosts that were empty, and what they would be too small in: what Placement counts, and then NUMA cells with
// their dedicated CPUs and pages and PCI devices, by the claim that nova-compute makes.
import type { Hosts } from "../datacenter/hosts.ts";
import type { Resource } from "../datacenter/shortage.ts";
import type { HostQuery } from "../policies/nova/request/placement-asks.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { EmptyHostLack } from "../workflows/last-word.ts";
import { allowedRows, columnsOf, queriesOf } from "./host-room.ts";

export interface SizeStory {
  /** Hosts that the request's demands allow, by any of its queries. */
  readonly allowed: number;
  /** Those among them that would hold it, if nothing else ran there. */
  readonly largeEnough: number;
  /** The others by all that they would have too little of, most hosts first. */
  readonly tooSmallIn: readonly { readonly what: readonly (Resource | EmptyHostLack)[]; readonly hosts: number }[];
}

export function tellSize({ hosts, scheduling }: Pick<Cloud, "hosts" | "scheduling">, request: RequestSpec): SizeStory {
  /** By host: what it has too little of for the first query that allows it; nothing, where it is large enough for any of them. */
  const lacks = new Map<number, readonly string[]>();
  for (const query of queriesOf(request, 0)) {
    for (const host of allowedRows(hosts, query)) {
      const before = lacks.get(host);
      if (before?.length === 0) continue;
      const lack = tooLittle(hosts, host, query);
      lacks.set(host, lack.length === 0 ? [] : (before ?? lack));
    }
  }
  const groups = new Map<string, { readonly what: readonly string[]; hosts: number }>();
  let largeEnough = 0;
  for (const [host, counted] of lacks) {
    const claim = scheduling.lastWord.onEmpty(request, host);
    const what = claim === null ? counted : [...counted, claim];
    if (what.length === 0) {
      largeEnough++;
      continue;
    }
    const group = groups.get(what.join()) ?? { what, hosts: 0 };
    group.hosts++;
    groups.set(what.join(), group);
  }
  return { allowed: lacks.size, largeEnough, tooSmallIn: [...groups.values()].sort((a, b) => b.hosts - a.hosts) };
}

/** Of what Placement counts. */
function tooLittle(hosts: Hosts, host: number, { amounts }: HostQuery): readonly Resource[] {
  return columnsOf(amounts).flatMap((column) => {
    const asked = column.asked(amounts);
    return asked > column.capacity(hosts, host) || asked > column.total(hosts, host) ? [column.resource] : [];
  });
}
