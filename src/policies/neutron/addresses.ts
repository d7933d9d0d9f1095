// IP addresses and networks as numbers, IPv4 and IPv6, read and written as netaddr does.
// @source netaddr: IPAddress, IPNetwork; RFC 5952 for the text of IPv6
import { type Address, addressOf, prefixOf } from "../nova/ip-network.ts";

export { type Address, addressOf };

export interface Network {
  readonly bits: 32 | 128;
  readonly prefix: number;
  /** The address as it was written, which may have bits beyond the prefix. */
  readonly written: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

/** `10.0.0.0/24`, `fd00::/64`, an address alone (all of its bits), or an IPv4 network cut short: `10.1/16`. @throws PythonError AddrFormatError */
export function networkOf(text: string): Network {
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const whole = /^\d+(\.\d+){0,2}$/.test(host) ? [...host.split("."), "0", "0", "0"].slice(0, 4).join(".") : host;
  const base = addressOf(whole);
  const prefix = slash < 0 ? base.bits : prefixOf(text.slice(slash + 1), base);
  const size = 1n << BigInt(base.bits - prefix);
  const first = base.value - (base.value % size);
  return { bits: base.bits, prefix, written: base.value, first, last: first + size - 1n };
}

export function networkText({ bits, prefix, written }: Network): string {
  return `${addressText({ bits, value: written })}/${prefix}`;
}

export function contains({ bits, first, last }: Network, address: Address): boolean {
  return address.bits === bits && address.value >= first && address.value <= last;
}

export function addressText({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 65_535n).toString(16));
  const zeros = longestZeros(groups);
  if (zeros === null) return groups.join(":");
  return `${groups.slice(0, zeros.start).join(":")}::${groups.slice(zeros.start + zeros.length).join(":")}`;
}

/** The first of the longest runs of zeros; a single zero is written out. */
function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } | null {
  let best: { start: number; length: number } | null = null;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length >= 2 && length > (best?.length ?? 0)) best = { start, length };
  }
  return best;
}

/** The address that a machine with this MAC gives itself in a network that announces its prefix (EUI-64). @throws PythonError AddrFormatError */
export function slaacAddress(prefix: string, mac: string): string {
  const network = networkOf(prefix);
  const [a, b, c, d, e, f] = mac.split(":").map((part) => BigInt(`0x${part}`)) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const identifier = [a, b, c, 0xffn, 0xfen, d, e, f].reduce((value, byte) => (value << 8n) + byte, 0n);
  // The bit that says whether the MAC is of world-wide validity is turned round.
  return addressText({ bits: 128, value: (network.first + identifier) ^ (1n << 57n) });
}

/** A packet's source or destination in a prefix. */
export function isWithin(prefix: string, address: string): boolean {
  return contains(networkOf(prefix), addressOf(address));
}
