// The IP protocols that Neutron knows by name.
// @source neutron_lib/constants.py IP_PROTOCOL_MAP

export const protocolNumbers: ReadonlyMap<string, number> = new Map([
  ["ah", 51],
  ["dccp", 33],
  ["egp", 8],
  ["esp", 50],
  ["gre", 47],
  ["icmp", 1],
  ["icmpv6", 58],
  ["igmp", 2],
  ["ipip", 4],
  ["ipv6-encap", 41],
  ["ipv6-frag", 44],
  ["ipv6-icmp", 58],
  ["ipv6-nonxt", 59],
  ["ipv6-opts", 60],
  ["ipv6-route", 43],
  ["ospf", 89],
  ["pgm", 113],
  ["rsvp", 46],
  ["sctp", 132],
  ["tcp", 6],
  ["udp", 17],
  ["udplite", 136],
  ["vrrp", 112],
]);

/** Protocols with ports: dccp, sctp, tcp, udp, udplite. */
export const portProtocols: ReadonlySet<number> = new Set([33, 132, 6, 17, 136]);

export const ICMP = 1;
export const ICMP_V6 = 58;

/** Protocols that only IPv6 has; `ipv6-encap` and the rest by name or number. */
export const ipv6Only: ReadonlySet<string> = new Set(
  ["ipv6-encap", "ipv6-frag", "ipv6-icmp", "icmpv6", "ipv6-nonxt", "ipv6-opts", "ipv6-route"].flatMap((name) => [
    name,
    String(protocolNumbers.get(name)),
  ]),
);

/** The number of a name or of a number as text. */
export function protocolNumber(protocol: string): number {
  return protocolNumbers.get(protocol) ?? Number(protocol);
}
