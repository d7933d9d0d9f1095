// Stranded capacity: what is free and yet of no use, by cause. Every host is counted once, so the causes add up to all that is free. For each
// flavor: how many more servers fit host by host, how many the free amounts would hold if they were in one place, and the difference, which is
// fragmentation.
import type { Flavor } from "../datacenter/flavor.ts";
import type { Amounts, Hosts } from "../datacenter/hosts.ts";
import { resourcesOf, shortageOf } from "../datacenter/shortage.ts";
import type { Filter } from "../policies/nova/filter.ts";
import type { HostQuery } from "../policies/nova/request/placement-asks.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import { PythonError } from "../policies/python/python-values.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { allows, queriesOf } from "./host-room.ts";

/** Free amounts, in vCPUs, MiB and GiB. */
export interface FreeAmounts {
  readonly hosts: number;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
}

/**
 * `usable`: some flavor fits, and the filters let it pass. `no VCPU` and the like: no flavor fits, and every one that may be there lacks this.
 * `no flavor fits`: every flavor lacks something, but not all the same. `no flavor allowed`: traits and aggregates keep all of them away. The
 * name of a filter: flavors fit, but it is the first that refuses them all.
 */
export interface StrandedCause extends FreeAmounts {
  readonly cause: string;
}

export interface FlavorRoom {
  readonly flavor: string;
  /** More servers of it that could be started, on hosts that the filters let pass. */
  readonly fits: number;
  /** Hosts that its traits and aggregates keep it from; absent: none. */
  readonly notAllowed?: number;
  /** Those that hosts have room for and filters refuse, by the first filter that does. */
  readonly refused: readonly { readonly filter: string; readonly hosts: number; readonly servers: number }[];
  /** What the free amounts of all hosts that it may be on would hold if they were one host's. */
  readonly fitsInSum: number;
  /** fitsInSum less what fits host by host, refused or not. */
  readonly fragmented: number;
}

export interface Stranded {
  readonly causes: readonly StrandedCause[];
  readonly flavors: readonly FlavorRoom[];
}

export const USABLE = "usable";

/** A flavor as a plain request for it asks. */
interface Offer {
  readonly flavor: Flavor;
  readonly queries: readonly HostQuery[];
  /** The first filter that refuses the host; null where none does. */
  readonly refuses: (host: number) => string | null;
  /** Of servers that its amounts leave room for, those that find NUMA cells and devices. */
  readonly takes: (host: number, most: number) => number;
}

/**
 * The state of the cloud at this instant. Filters are asked about a plain request for each flavor: without server group or zone, and with an
 * image that says nothing. One that raises, or wants something else of the request, refuses nothing here.
 */
export function strandedNow(cloud: Cloud): Stranded {
  const { scheduling, hosts } = cloud;
  const offers = plainOffers(cloud).map(({ request, ...offer }) => ({
    ...offer,
    refuses: filtersFor(cloud, request),
    takes: (host: number, most: number) => scheduling.lastWord.servers(request, host, most),
  }));
  return strandedOn(hosts, offers);
}

/** What the hosts given would have had room for; filters, cells and devices are not asked. */
export function strandedByRoom(cloud: Cloud, hosts: Hosts): Stranded {
  const offers = plainOffers(cloud).map(({ flavor, queries }) => ({
    ...{ flavor, queries, refuses: () => null, takes: (_: number, most: number) => most },
  }));
  return strandedOn(hosts, offers);
}

/** A flavor that Nova refuses to ask for without more words is taken by its amounts. */
function plainOffers({ flavors, scheduling, groups }: Cloud) {
  return flavors.map((flavor) => {
    const request: RequestSpec = scheduling.plainRequest(flavor) ?? { server: 0, flavor, image: null, group: -1, groups };
    return { flavor, request, queries: queriesOf(request, 0) };
  });
}

interface Room {
  vcpuMilli: number;
  ramMb: number;
  diskGb: number;
  readonly others: Map<string, number>;
}

const noRoom = (): Room => ({ vcpuMilli: 0, ramMb: 0, diskGb: 0, others: new Map() });

function add(sum: Room, room: Room): void {
  sum.vcpuMilli += room.vcpuMilli;
  sum.ramMb += room.ramMb;
  sum.diskGb += room.diskGb;
  for (const [name, amount] of room.others) sum.others.set(name, (sum.others.get(name) ?? 0) + amount);
}

function strandedOn(hosts: Hosts, offers: readonly Offer[]): Stranded {
  const names = [...new Set(offers.flatMap(({ queries }) => queries.flatMap(({ amounts }) => [...(amounts.others?.keys() ?? [])])))];
  const causes = new Map<string, { hosts: number; readonly room: Room }>();
  const free = noRoom();
  const rooms = offers.map(({ queries }) => ({
    ...{ fits: 0, byHost: 0, notAllowed: 0, free: queries.every(({ allowed }) => allowed === null) ? free : noRoom() },
    refused: new Map<string, { hosts: number; servers: number }>(),
  }));
  for (let host = 0; host < hosts.count; host++) {
    const here = roomOn(hosts, host, names);
    let usable = false;
    let refusedBy: string | null = null;
    let lacking: readonly string[] | null = null; // of all flavors that may be here
    for (const [i, offer] of offers.entries()) {
      const room = rooms[i]!;
      const allowed = offer.queries.filter((query) => allows(query, host));
      if (allowed.length === 0) {
        room.notAllowed++;
        continue;
      }
      if (room.free !== free) add(room.free, here);
      const fitting = allowed.find(({ amounts }) => hosts.fits(host, amounts));
      if (fitting === undefined) {
        const { amounts } = allowed[0]!;
        const short = resourcesOf(shortageOf(hosts, host, amounts), amounts);
        lacking = lacking === null ? short : lacking.filter((name) => short.includes(name));
        continue;
      }
      lacking = [];
      const filter = offer.refuses(host);
      const most = holds(here, fitting.amounts);
      const servers = filter === null ? offer.takes(host, most) : most;
      room.byHost += servers;
      if (filter === null) {
        usable ||= servers > 0;
        room.fits += servers;
        continue;
      }
      refusedBy ??= filter;
      const refused = room.refused.get(filter) ?? { hosts: 0, servers: 0 };
      room.refused.set(filter, { hosts: refused.hosts + 1, servers: refused.servers + servers });
    }
    const short = lacking === null ? "no flavor allowed" : lacking.length === 0 ? "no flavor fits" : `no ${lacking.join(", no ")}`;
    const cause = usable ? USABLE : (refusedBy ?? short);
    const sum = causes.get(cause) ?? { hosts: 0, room: noRoom() };
    sum.hosts++;
    add(sum.room, here);
    add(free, here);
    causes.set(cause, sum);
  }
  return {
    causes: [...causes]
      .map(([cause, { hosts: count, room }]) => {
        return { cause, hosts: count, vcpus: room.vcpuMilli / 1000, ramMb: room.ramMb, diskGb: room.diskGb };
      })
      .sort((a, b) => Number(b.cause === USABLE) - Number(a.cause === USABLE) || b.hosts - a.hosts || (a.cause < b.cause ? -1 : 1)),
    flavors: offers.map(({ flavor, queries }, i) => {
      const { fits, byHost, notAllowed, refused, free: allowedFree } = rooms[i]!;
      const fitsInSum = queries.reduce((most, { amounts }) => Math.max(most, holds(allowedFree, amounts)), 0);
      return {
        flavor: flavor.name,
        fits,
        ...(notAllowed === 0 ? {} : { notAllowed }),
        refused: [...refused].map(([filter, counts]) => ({ filter, ...counts })),
        fitsInSum,
        fragmented: fitsInSum - byHost,
      };
    }),
  };
}

function roomOn(hosts: Hosts, host: number, names: readonly string[]): Room {
  const others = new Map<string, number>();
  for (const name of names) {
    const resource = hosts.furtherResource(name);
    if (resource !== null) others.set(name, resource.total[host]! - resource.used[host]!);
  }
  return {
    vcpuMilli: hosts.capacityVcpuMilli[host]! - hosts.usedVcpuMilli[host]!,
    ramMb: hosts.capacityRamMb[host]! - hosts.usedRamMb[host]!,
    diskGb: hosts.capacityDiskGb[host]! - hosts.usedDiskGb[host]!,
    others,
  };
}

/** Servers that so much room holds; one that asks for nothing counts once. */
function holds(room: Room, { vcpuMilli, ramMb, diskGb, others }: Amounts): number {
  let most = Number.POSITIVE_INFINITY;
  if (vcpuMilli > 0) most = Math.min(most, Math.floor(room.vcpuMilli / vcpuMilli));
  if (ramMb > 0) most = Math.min(most, Math.floor(room.ramMb / ramMb));
  if (diskGb > 0) most = Math.min(most, Math.floor(room.diskGb / diskGb));
  for (const [name, amount] of others ?? []) if (amount > 0) most = Math.min(most, Math.floor((room.others.get(name) ?? 0) / amount));
  return most === Number.POSITIVE_INFINITY ? 1 : Math.max(0, most);
}

/** The name of the first filter that refuses a host for a plain request of the flavor; null where all let it pass. */
function filtersFor({ scheduler }: Cloud, request: RequestSpec): (host: number) => string | null {
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
