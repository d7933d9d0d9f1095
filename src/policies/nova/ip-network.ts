// Is an address in a network? IPv4 and IPv6, as text; bits of the network's address beyond its prefix are ignored.
// @source netaddr: IPNetwork, IPAddress
import { PythonError } from "../python/python-values.ts";

export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** The test of `network`, such as `10.0.0.7/24`, `fd00::5/64` or `10.0.0.7/255.255.255.0`. @throws PythonError AddrFormatError, as the test does */
export function inNetwork(network: string): (address: string) => boolean {
  const slash = network.indexOf("/");
  const base = addressOf(slash < 0 ? network : network.slice(0, slash));
  const prefix = slash < 0 ? base.bits : prefixOf(network.slice(slash + 1), base);
  const shift = BigInt(base.bits - prefix);
  return (text) => {
    const address = addressOf(text);
    return address.bits === base.bits && address.value >> shift === base.value >> shift;
  };
}

const fail = (text: string): never => {
  throw new PythonError("AddrFormatError", `"${text}" is no IP address or network`);
};

/** A number of bits, or a mask: ones then zeros (a netmask), or zeros then ones (a host mask). */
export function prefixOf(text: string, { bits }: Address): number {
  if (/^\d+$/.test(text)) return Number(text) <= bits ? Number(text) : fail(text);
  const mask = addressOf(text);
  const digits = mask.value.toString(2).padStart(bits, "0");
  if (mask.bits !== bits || !/^(1*0*|0*1*)$/.test(digits)) return fail(text);
  const first = digits.startsWith("1") ? digits.indexOf("0") : digits.indexOf("1");
  return first < 0 ? (digits.startsWith("1") ? bits : 0) : first;
}

/** The address as a number. @throws PythonError AddrFormatError */
export function addressOf(text: string): Address {
  return text.includes(":") ? { bits: 128, value: sixOf(text) } : { bits: 32, value: BigInt(fourOf(text)) };
}

function fourOf(text: string): number {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return fail(text);
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

function sixOf(text: string): bigint {
  let plain = text;
  // The last 32 bits may be written as IPv4.
  const four = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  if (four !== null) {
    const value = fourOf(four[2]!);
    plain = `${four[1]}${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`;
  }
  const halves = plain.split("::");
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const written = groups.flat();
  const gap = 8 - written.length;
  if (halves.length > 2 || (halves.length === 2 ? gap < 1 : gap !== 0) || !written.every((group) => /^[\da-fA-F]{1,4}$/.test(group)))
    return fail(text);
  const all = [...groups[0]!, ...new Array<string>(gap).fill("0"), ...(groups[1] ?? [])];
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}
