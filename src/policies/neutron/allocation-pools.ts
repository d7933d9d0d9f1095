// Which addresses of a subnet are handed out, and which are addresses of it at all.
// @source neutron/ipam/utils.py, neutron/db/ipam_backend_mixin.py
import { type Address, addressOf, addressText, contains, networkOf } from "./addresses.ts";
import { NeutronError } from "./neutron-error.ts";

/** From the first to the last address, both included, as text. */
export type AllocationPool = readonly [string, string];

/** The pools of a subnet that was made without any: all its addresses but the network's own, IPv4's broadcast and the gateway. */
export function generatedPools(cidr: string, gateway: string | null): readonly AllocationPool[] {
  const { bits, first, last } = networkOf(cidr);
  const pool = (from: bigint, to: bigint): AllocationPool => [addressText({ bits, value: from }), addressText({ bits, value: to })];
  if (first === last) return [pool(first, last)];
  // Of two IPv4 addresses both are hosts (RFC 3021).
  const pair = bits === 32 && last - first === 1n;
  const from = pair ? first : first + 1n;
  const to = pair || bits === 128 ? last : last - 1n;
  const gap = gateway === null ? null : addressOf(gateway);
  if (gap === null || gap.bits !== bits || gap.value < from || gap.value > to) return [pool(from, to)];
  const parts: readonly (readonly [bigint, bigint])[] = [
    [from, gap.value - 1n],
    [gap.value + 1n, to],
  ];
  return parts.filter(([start, end]) => start <= end).map(([start, end]) => pool(start, end));
}

/** Owners of ports that may have the network's own address in IPv6. */
const ROUTER_OWNERS: ReadonlySet<string> = new Set([
  "",
  "network:router_interface",
  "network:router_interface_distributed",
  "network:ha_router_replicated_interface",
  "network:router_centralized_snat",
  "network:router_gateway",
]);

/** May a port of that owner have this address? */
export function isSubnetAddress(cidr: string, address: string, portOwner = ""): boolean {
  const network = networkOf(cidr);
  const ip = addressOf(address);
  if (!contains(network, ip)) return false;
  if (network.bits === 128) return ROUTER_OWNERS.has(portOwner) || ip.value !== network.first;
  const broadcast = network.prefix < 31 ? network.last : null;
  return ip.value !== network.first && ip.value !== broadcast;
}

/** A gateway may lie outside of its subnet, but not be the first or last address of an IPv4 subnet. */
export function isInvalidGateway(cidr: string, gateway: string): boolean {
  const network = networkOf(cidr);
  const ip = addressOf(gateway);
  return contains(network, ip) && network.bits === 32 && (ip.value === network.first || ip.value === network.last);
}

/** @throws NeutronError InvalidAllocationPool, OutOfBoundsAllocationPool, OverlappingAllocationPools, GatewayConflictWithAllocationPools */
export function checkPools(pools: readonly AllocationPool[], cidr: string, gateway: string | null): void {
  const network = networkOf(cidr);
  const ranges = pools.map(([from, to]) => ({ from: addressOf(from), to: addressOf(to), text: `${from}-${to}` }));
  for (const { from, to, text } of ranges) {
    if (from.bits !== to.bits || from.value > to.value)
      throw new NeutronError("InvalidAllocationPool", `The allocation pool ${text} is not valid.`);
    const usable = (address: Address) => contains(network, address) && address.value !== network.first;
    const broadcast = network.bits === 32 && network.prefix < 31 && to.value === network.last;
    if (!(network.last - network.first <= 1n ? contains(network, from) && contains(network, to) : usable(from) && usable(to) && !broadcast))
      throw new NeutronError("OutOfBoundsAllocationPool", `The allocation pool ${text} spans beyond the subnet cidr ${cidr}.`);
  }
  const sorted = [...ranges].sort((a, b) => (a.from.value < b.from.value ? -1 : a.from.value > b.from.value ? 1 : 0));
  for (const [i, range] of sorted.entries()) {
    const next = sorted[i + 1];
    if (next !== undefined && next.from.value <= range.to.value)
      throw new NeutronError(
        "OverlappingAllocationPools",
        `Found overlapping allocation pools: ${range.text}, ${next.text} for subnet ${cidr}.`,
      );
  }
  if (gateway === null) return;
  const ip = addressOf(gateway);
  const taken = ranges.find(({ from, to }) => from.bits === ip.bits && from.value <= ip.value && ip.value <= to.value);
  if (taken !== undefined)
    throw new NeutronError("GatewayConflictWithAllocationPools", `Gateway ip ${gateway} conflicts with allocation pool ${taken.text}.`);
}
