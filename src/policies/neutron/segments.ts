// The segment of each network: its VLAN, or the id of its tunnels. One is drawn among the free ones of the ranges unless it is named; one that is
// named by an operator may lie outside of them.
// @source neutron/plugins/ml2/drivers/type_vlan.py, type_flat.py, type_tunnel.py
import type { NetworkType } from "./mtu.ts";
import { NeutronError } from "./neutron-error.ts";
import { LARGEST_TUNNEL_ID, type SegmentRange, VLAN_RANGE } from "./segment-ranges.ts";

export interface Segment {
  readonly type: NetworkType;
  /** For flat and VLAN networks. */
  readonly physicalNetwork: string | null;
  readonly id: number | null;
}

export interface SegmentConfig {
  /** Physical networks that flat networks may use; "*" for any. */
  readonly flatNetworks: readonly string[];
  readonly vlanRanges: ReadonlyMap<string, readonly SegmentRange[]>;
  readonly vxlanRanges: readonly SegmentRange[];
  readonly geneveRanges: readonly SegmentRange[];
  readonly greRanges: readonly SegmentRange[];
}

/** Which segments are in use. */
export class Segments {
  readonly #config: SegmentConfig;
  /** By type and physical network: ids in ascending order. */
  readonly #taken = new Map<string, number[]>();

  constructor(config: SegmentConfig) {
    this.#config = config;
  }

  /**
   * A segment of that type; `draw` is in [0, 1) and picks among the free ids.
   * @throws NeutronError NoNetworkAvailable, VlanIdInUse, TunnelIdInUse, FlatNetworkInUse, InvalidInput
   */
  allocate(type: NetworkType, wanted: { readonly physicalNetwork?: string; readonly id?: number }, draw: number): Segment {
    if (type === "local") return { type, physicalNetwork: null, id: null };
    if (type === "flat") return this.#flat(wanted.physicalNetwork);
    if (wanted.id !== undefined) return this.#named(type, wanted.physicalNetwork ?? null, wanted.id);
    const pools: readonly (readonly [string | null, readonly SegmentRange[]])[] =
      type === "vlan" ? this.#vlanPools(wanted.physicalNetwork) : [[null, this.#tunnelRanges(type)]];
    for (const [physicalNetwork, ranges] of pools) {
      const id = this.#freeId(this.#key(type, physicalNetwork), ranges, draw);
      if (id !== null) return this.#take({ type, physicalNetwork, id });
    }
    throw new NeutronError("NoNetworkAvailable", `Unable to create the network. No ${type} segment is available.`);
  }

  release({ type, physicalNetwork, id }: Segment): void {
    const ids = this.#idsOf(this.#key(type, physicalNetwork));
    const place = placeOf(ids, id ?? 0);
    if (ids[place] === (id ?? 0)) ids.splice(place, 1);
  }

  #flat(physicalNetwork: string | undefined): Segment {
    if (physicalNetwork === undefined) throw new NeutronError("InvalidInput", "physical_network required for flat provider network");
    const { flatNetworks } = this.#config;
    if (!flatNetworks.includes("*") && !flatNetworks.includes(physicalNetwork))
      throw new NeutronError("InvalidInput", `physical_network '${physicalNetwork}' unknown for flat provider network`);
    if (this.#isTaken(this.#key("flat", physicalNetwork), 0))
      throw new NeutronError("FlatNetworkInUse", `Unable to create the flat network. Physical network ${physicalNetwork} is in use.`);
    return this.#take({ type: "flat", physicalNetwork, id: null });
  }

  #named(type: Exclude<NetworkType, "flat" | "local">, physicalNetwork: string | null, id: number): Segment {
    if (type === "vlan") {
      if (physicalNetwork === null)
        throw new NeutronError("InvalidInput", "segmentation_id requires physical_network for VLAN provider network");
      if (!this.#config.vlanRanges.has(physicalNetwork))
        throw new NeutronError("InvalidInput", `physical_network '${physicalNetwork}' unknown for VLAN provider network`);
    }
    const most = type === "vlan" ? VLAN_RANGE[1] : LARGEST_TUNNEL_ID[type];
    if (id < 1 || id > most) throw new NeutronError("InvalidInput", `segmentation_id out of range (1 through ${most})`);
    const segment = { type, physicalNetwork: type === "vlan" ? physicalNetwork : null, id };
    if (this.#isTaken(this.#key(type, segment.physicalNetwork), id)) {
      if (type === "vlan")
        throw new NeutronError(
          "VlanIdInUse",
          `Unable to create the network. The VLAN ${id} on physical network ${physicalNetwork} is in use.`,
        );
      throw new NeutronError("TunnelIdInUse", `Unable to create the network. The tunnel ID ${id} is in use.`);
    }
    return this.#take(segment);
  }

  #vlanPools(physicalNetwork: string | undefined): readonly (readonly [string, readonly SegmentRange[]])[] {
    const { vlanRanges } = this.#config;
    if (physicalNetwork === undefined) return [...vlanRanges];
    const ranges = vlanRanges.get(physicalNetwork);
    if (ranges === undefined)
      throw new NeutronError("InvalidInput", `physical_network '${physicalNetwork}' unknown for VLAN provider network`);
    return [[physicalNetwork, ranges]];
  }

  #tunnelRanges(type: "vxlan" | "gre" | "geneve"): readonly SegmentRange[] {
    const { vxlanRanges, geneveRanges, greRanges } = this.#config;
    return type === "vxlan" ? vxlanRanges : type === "geneve" ? geneveRanges : greRanges;
  }

  /** The id that `draw` points at among the free ones in ascending order, without listing sixteen million of them. */
  #freeId(key: string, written: readonly SegmentRange[], draw: number): number | null {
    const ranges = united(written);
    const taken = this.#idsOf(key).filter((id) => ranges.some(([from, to]) => id >= from && id <= to));
    const free = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0) - taken.length;
    if (free <= 0) return null;
    let place = Math.min(Math.floor(draw * free), free - 1);
    for (const [from, to] of ranges) {
      let next = from;
      for (const id of [...taken.filter((one) => one >= from && one <= to), to + 1]) {
        if (place < id - next) return next + place;
        place -= id - next;
        next = id + 1;
      }
    }
    return null;
  }

  #key(type: NetworkType, physicalNetwork: string | null): string {
    return `${type}/${physicalNetwork ?? ""}`;
  }

  #isTaken(key: string, id: number): boolean {
    const ids = this.#idsOf(key);
    return ids[placeOf(ids, id)] === id;
  }

  #take(segment: Segment): Segment {
    const ids = this.#idsOf(this.#key(segment.type, segment.physicalNetwork));
    ids.splice(placeOf(ids, segment.id ?? 0), 0, segment.id ?? 0);
    return segment;
  }

  #idsOf(key: string): number[] {
    let ids = this.#taken.get(key);
    if (ids === undefined) {
      ids = [];
      this.#taken.set(key, ids);
    }
    return ids;
  }
}

/** Where an id stands in the ascending list, or would. */
function placeOf(ids: readonly number[], id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same ids in ranges that do not overlap, ascending. */
function united(ranges: readonly SegmentRange[]): readonly SegmentRange[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
