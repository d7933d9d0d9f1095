// Stranded capacity: what is free and yet of no use, by cause. Every host is counted once, so the causes add up to all that is free. For each
// flavor: how many more servers fit host by host, how many the free amounts would hold if they were in one place, and the difference, which is
// fragmentation.
import type { Flavor } from "../datacenter/flavor.ts";
import type { Hosts } from "../datacenter/hosts.ts";
import { ALL_SHORT, resourcesOf, shortageOf } from "../datacenter/shortage.ts";
import type { Filter } from "../policies/nova/filter.ts";
import { PythonError } from "../policies/nova/python-values.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";

/** Free amounts, in vCPUs, MiB and GiB. */
export interface FreeAmounts {
  readonly hosts: number;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
}

/**
 * `usable`: some flavor fits, and the filters let it pass. `no VCPU` and the like: no flavor fits, and every one lacks this. `no flavor fits`:
 * every flavor lacks something, but not all the same. The name of a filter: flavors fit, but it is the first that refuses them all.
 */
export interface StrandedCause extends FreeAmounts {
  readonly cause: string;
}

export interface FlavorRoom {
  readonly flavor: string;
  /** More servers of it that could be started, on hosts that the filters let pass. */
  readonly fits: number;
  /** Those that hosts have room for and filters refuse, by the first filter that does. */
  readonly refused: readonly { readonly filter: string; readonly hosts: number; readonly servers: number }[];
  /** What the free amounts of all hosts would hold if they were one host's. */
  readonly fitsInSum: number;
  /** fitsInSum less what fits host by host, refused or not. */
  readonly fragmented: number;
}

export interface Stranded {
  readonly causes: readonly StrandedCause[];
  readonly flavors: readonly FlavorRoom[];
}

export const USABLE = "usable";

/**
 * The state of the cloud at this instant. Filters are asked about a plain request for each flavor: without image, server group or zone. One that
 * raises, or wants something else of the request, refuses nothing here.
 */
export function strandedNow(cloud: Cloud): Stranded {
  return strandedOn(cloud.hosts, cloud.flavors, (flavor) => filtersFor(cloud, flavor));
}

/** Names the first filter that refuses a host for the flavor; null where none does. */
type Refusals = (flavor: Flavor) => (host: number) => string | null;

/** By room alone, unless `refusals` says what filters do. */
export function strandedOn(hosts: Hosts, flavors: readonly Flavor[], refusals: Refusals = () => () => null): Stranded {
  const offers = flavors.map((flavor) => ({ flavor, refuses: refusals(flavor) }));
  const causes = new Map<string, { hosts: number; vcpuMilli: number; ramMb: number; diskGb: number }>();
  const rooms = offers.map(() => ({ fits: 0, byHost: 0, refused: new Map<string, { hosts: number; servers: number }>() }));
  const free = { vcpuMilli: 0, ramMb: 0, diskGb: 0 };
  for (let host = 0; host < hosts.count; host++) {
    const here = {
      vcpuMilli: hosts.capacityVcpuMilli[host]! - hosts.usedVcpuMilli[host]!,
      ramMb: hosts.capacityRamMb[host]! - hosts.usedRamMb[host]!,
      diskGb: hosts.capacityDiskGb[host]! - hosts.usedDiskGb[host]!,
    };
    let usable = false;
    let refusedBy: string | null = null;
    let lacking = ALL_SHORT;
    for (const [i, { flavor, refuses }] of offers.entries()) {
      const shortage = shortageOf(hosts, host, flavor);
      lacking &= shortage;
      if (shortage !== 0) continue;
      const servers = holds(here, flavor);
      const room = rooms[i]!;
      room.byHost += servers;
      const filter = refuses(host);
      if (filter === null) {
        usable = true;
        room.fits += servers;
        continue;
      }
      refusedBy ??= filter;
      const refused = room.refused.get(filter) ?? { hosts: 0, servers: 0 };
      room.refused.set(filter, { hosts: refused.hosts + 1, servers: refused.servers + servers });
    }
    const short = lacking === 0 ? "no flavor fits" : `no ${resourcesOf(lacking).join(", no ")}`;
    const cause = usable ? USABLE : (refusedBy ?? short);
    const sum = causes.get(cause) ?? { hosts: 0, vcpuMilli: 0, ramMb: 0, diskGb: 0 };
    sum.hosts++;
    for (const amounts of [sum, free]) {
      amounts.vcpuMilli += here.vcpuMilli;
      amounts.ramMb += here.ramMb;
      amounts.diskGb += here.diskGb;
    }
    causes.set(cause, sum);
  }
  return {
    causes: [...causes]
      .map(([cause, { hosts: count, vcpuMilli, ramMb, diskGb }]) => ({ cause, hosts: count, vcpus: vcpuMilli / 1000, ramMb, diskGb }))
      .sort((a, b) => Number(b.cause === USABLE) - Number(a.cause === USABLE) || b.hosts - a.hosts || (a.cause < b.cause ? -1 : 1)),
    flavors: offers.map(({ flavor }, i) => {
      const { fits, byHost, refused } = rooms[i]!;
      const fitsInSum = holds(free, flavor);
      return {
        flavor: flavor.name,
        fits,
        refused: [...refused].map(([filter, counts]) => ({ filter, ...counts })),
        fitsInSum,
        fragmented: fitsInSum - byHost,
      };
    }),
  };
}

/** Servers of the flavor that so much room holds; a flavor that asks for nothing counts once. */
function holds(room: Pick<Flavor, "vcpuMilli" | "ramMb" | "diskGb">, { vcpuMilli, ramMb, diskGb }: Flavor): number {
  let most = Number.POSITIVE_INFINITY;
  if (vcpuMilli > 0) most = Math.min(most, Math.floor(room.vcpuMilli / vcpuMilli));
  if (ramMb > 0) most = Math.min(most, Math.floor(room.ramMb / ramMb));
  if (diskGb > 0) most = Math.min(most, Math.floor(room.diskGb / diskGb));
  return most === Number.POSITIVE_INFINITY ? 1 : most;
}

/** The name of the first filter that refuses a host for a plain request of the flavor; null where all let it pass. */
function filtersFor({ scheduler, groups }: Cloud, flavor: Flavor): (host: number) => string | null {
  const request: RequestSpec = { server: 0, flavor, image: null, group: -1, groups };
  const tests = scheduler.filters.flatMap((filter) => {
    const refuses = refusalBy(filter, scheduler, request);
    return refuses === null ? [] : [{ name: filter.name, refuses }];
  });
  return (host) => tests.find(({ refuses }) => refuses(host))?.name ?? null;
}

function refusalBy(filter: Filter, { hosts, config }: Cloud["scheduler"], request: RequestSpec): ((host: number) => boolean) | null {
  const unlessRaised = <T>(ask: () => T, otherwise: T): T => {
    try {
      return ask();
    } catch (error) {
      if (error instanceof PythonError) return otherwise;
      throw error;
    }
  };
  const passes = unlessRaised(() => filter.passes(hosts, request, config), null);
  return passes === null ? null : (host) => !unlessRaised(() => passes(host), true);
}
