// What wrapping packets costs: the bytes that each frame spends on headers, what is left for the payload, and the MTU that an instance gets
// when its packets travel inside others.
import { type Parameter, parameter } from "../../kernel/parameter.ts";

export const encapsulations = ["plain", "vlan", "vxlan", "vxlan-ipv6", "geneve", "gre", "ipsec", "ipsec-nat-t"] as const;
export type Encapsulation = (typeof encapsulations)[number];

const bytes = (name: string, value: number, meaning: string, source: string, evidence: Parameter["evidence"] = "verified") =>
  parameter({ name: `fabric.bytes.${name}`, value, unit: "B", meaning, source, evidence });

const neutron = "neutron-lib, overhead constants, which leave out the outer IP header";

/** Bytes by which each packet on the wire is longer than its IP packet. */
export const frameBytes = bytes(
  "frame",
  38,
  "Preamble 8, Ethernet header 14, frame check sequence 4 and gap 12 around each IP packet",
  "IEEE 802.3",
  "derived",
);
export const vlanBytes = bytes("vlan", 4, "Tag of 802.1Q in the Ethernet header", "IEEE 802.1Q");
export const ipv4Bytes = bytes("ipv4", 20, "IPv4 header without options", "RFC 791");
export const ipv6Bytes = bytes("ipv6", 40, "IPv6 header", "RFC 8200");
export const tcpBytes = bytes("tcp", 20, "TCP header without options", "RFC 9293");
export const tcpTimestampBytes = bytes("tcp_timestamps", 12, "TCP timestamps, padded", "RFC 7323, appendix A");
export const vxlanBytes = bytes("vxlan", 30, "Inner Ethernet header 14, UDP 8 and VXLAN 8", neutron);
export const geneveBytes = bytes(
  "geneve",
  38,
  "Inner Ethernet header 14, UDP 8, Geneve 8 and options 8, as Neutron counts for OVN",
  neutron,
);
export const greBytes = bytes("gre", 22, "Inner Ethernet header 14 and GRE with key 8", neutron);
export const espBytes = bytes(
  "esp",
  32,
  "ESP header 8, initialisation vector 8 and check value 16 of AES-GCM",
  "RFC 4303, RFC 4106",
  "derived",
);
export const espTrailerBytes = bytes(
  "esp_trailer",
  2,
  "Pad length and next header, which are encrypted with the packet",
  "RFC 4303",
  "derived",
);
export const udpBytes = bytes("udp", 8, "UDP header that carries ESP through address translation", "RFC 3948", "derived");

export const ethernetMtu = bytes("mtu", 1500, "Largest IP packet on the wire", "IEEE 802.3: Ethernet without jumbo frames");

/** Packet and trailer are padded to this. */
const ESP_ALIGNMENT = 4;
const LEAST_MTU = 576;
const MOST_MTU = 65_535;

export interface Framing {
  readonly encapsulation: Encapsulation;
  /** Largest IP packet on the wire, in bytes. */
  readonly mtu: number;
}

/** The largest IP packet that fits inside, in bytes: the MTU that Neutron gives to instances. */
export function instanceMtu({ encapsulation, mtu }: Framing): number {
  if (!(Number.isInteger(mtu) && mtu >= LEAST_MTU && mtu <= MOST_MTU))
    throw new RangeError(`MTU: expected a whole number of bytes from ${LEAST_MTU} to ${MOST_MTU}, got ${mtu}`);
  switch (encapsulation) {
    case "plain":
    case "vlan":
      return mtu;
    case "vxlan":
      return mtu - vxlanBytes.value - ipv4Bytes.value;
    case "vxlan-ipv6":
      return mtu - vxlanBytes.value - ipv6Bytes.value;
    case "geneve":
      return mtu - geneveBytes.value - ipv4Bytes.value;
    case "gre":
      return mtu - greBytes.value - ipv4Bytes.value;
    case "ipsec":
      return insideEsp(mtu);
    case "ipsec-nat-t":
      return insideEsp(mtu - udpBytes.value);
  }
}

function insideEsp(mtu: number): number {
  const encrypted = mtu - ipv4Bytes.value - espBytes.value;
  return encrypted - (encrypted % ESP_ALIGNMENT) - espTrailerBytes.value;
}

/** Share of the line rate that TCP's payload gets, all packets being full; `timestamps`: with that option of TCP. */
export function goodputFraction(framing: Framing, timestamps = false): number {
  const payload = instanceMtu(framing) - ipv4Bytes.value - tcpBytes.value - (timestamps ? tcpTimestampBytes.value : 0);
  const tag = framing.encapsulation === "vlan" ? vlanBytes.value : 0;
  return payload / (framing.mtu + frameBytes.value + tag);
}
