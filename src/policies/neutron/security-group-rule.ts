// A security group rule as a user writes it, and as Neutron keeps it: names in lower case, numbers as text, an address with its prefix. What
// is wrong with a rule is found in Neutron's own order, one thing at a time.
// @source neutron/extensions/securitygroup.py (conversions), neutron/db/securitygroups_db.py (checks), Zed
import { PythonError, toInt } from "../python/python-values.ts";
import { type Network, networkOf, networkText } from "./addresses.ts";
import { NeutronError } from "./neutron-error.ts";
import { ICMP, ICMP_V6, ipv6Only, portProtocols, protocolNumber, protocolNumbers } from "./protocols.ts";

export interface RuleRequest {
  readonly direction: "ingress" | "egress";
  readonly ethertype?: string | null;
  readonly protocol?: string | number | null;
  /** The type, for ICMP. */
  readonly portRangeMin?: string | number | null;
  /** The code, for ICMP. */
  readonly portRangeMax?: string | number | null;
  readonly remoteIpPrefix?: string | null;
  readonly remoteGroupId?: string | null;
  readonly remoteAddressGroupId?: string | null;
}

export interface SecurityGroupRule {
  readonly direction: "ingress" | "egress";
  readonly ethertype: "IPv4" | "IPv6";
  /** A name or a number as text; null for every protocol. */
  readonly protocol: string | null;
  readonly portRangeMin: number | null;
  readonly portRangeMax: number | null;
  readonly remoteIpPrefix: string | null;
  readonly remoteGroupId: string | null;
  readonly remoteAddressGroupId: string | null;
}

/** @throws NeutronError of the first thing that is wrong */
export function normalisedRule(request: RuleRequest): SecurityGroupRule {
  const written = convertedProtocol(request.protocol ?? null);
  const ethertype = convertedEthertype(request.ethertype === undefined ? "IPv4" : request.ethertype);
  let portRangeMin = convertedPort(request.portRangeMin ?? null);
  let portRangeMax = convertedPort(request.portRangeMax ?? null);
  const prefix = convertedPrefix(request.remoteIpPrefix ?? null);
  const protocol = ethertype === "IPv6" ? modernIcmp(written) : written;
  // All ports are as good as none named, and cheaper to match.
  if (portRangeMin === 1 && portRangeMax === 65_535) portRangeMin = portRangeMax = null;
  checkPorts(protocol, portRangeMin, portRangeMax);
  if (prefix !== null && (prefix.bits === 32) !== (ethertype === "IPv4"))
    throw new NeutronError(
      "SecurityGroupRuleParameterConflict",
      `Conflicting value ethertype ${ethertype} for CIDR ${request.remoteIpPrefix}`,
    );
  if (protocol !== null && ethertype === "IPv4" && ipv6Only.has(protocol))
    throw new NeutronError("SecurityGroupEthertypeConflictWithProtocol", `Invalid ethertype ${ethertype} for protocol ${protocol}.`);
  const { remoteGroupId = null, remoteAddressGroupId = null } = request;
  if ([prefix, remoteGroupId, remoteAddressGroupId].filter((remote) => remote !== null && remote !== "").length > 1)
    throw new NeutronError(
      "SecurityGroupMultipleRemoteEntites",
      "Only remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.",
    );
  const remoteIpPrefix = prefix === null ? null : networkText(prefix);
  return {
    direction: request.direction,
    ethertype,
    protocol,
    portRangeMin,
    portRangeMax,
    remoteIpPrefix,
    remoteGroupId,
    remoteAddressGroupId,
  };
}

function integerOf(value: string | number): number | null {
  if (typeof value === "number") return Math.trunc(value);
  try {
    return toInt(value);
  } catch (error) {
    if (error instanceof PythonError) return null;
    throw error;
  }
}

function convertedProtocol(protocol: string | number | null): string | null {
  if (protocol === null) return null;
  const number = integerOf(protocol);
  if (number !== null && number >= 0 && number <= 255) return String(protocol);
  const name = String(protocol).toLowerCase();
  if (number === null && protocolNumbers.has(name)) return name;
  const known = [...protocolNumbers.keys()].join(", ");
  throw new NeutronError(
    "SecurityGroupRuleInvalidProtocol",
    `Security group rule protocol ${protocol} not supported. Only protocol values ${known} and integer representations [0 to 255] are supported.`,
  );
}

function convertedEthertype(ethertype: string | null): "IPv4" | "IPv6" {
  const lower = ethertype?.toLowerCase();
  if (lower === "ipv4") return "IPv4";
  if (lower === "ipv6") return "IPv6";
  throw new NeutronError(
    "SecurityGroupRuleInvalidEtherType",
    `Security group rule for ethertype '${ethertype}' not supported. Allowed values are IPv4, IPv6.`,
  );
}

function convertedPort(port: string | number | null): number | null {
  if (port === null) return null;
  const number = integerOf(port);
  if (number !== null && number >= 0 && number <= 65_535) return number;
  throw new NeutronError("SecurityGroupInvalidPortValue", `Invalid value for port ${port}`);
}

function convertedPrefix(prefix: string | null): Network | null {
  if (prefix === null || prefix === "") return null;
  try {
    return networkOf(prefix);
  } catch (error) {
    if (error instanceof PythonError) throw new NeutronError("InvalidCIDR", `Invalid CIDR ${prefix} given as IP prefix.`);
    throw error;
  }
}

/** The names and the number that ICMP for IPv6 used to go by. */
function modernIcmp(protocol: string | null): string | null {
  if (protocol === "icmp" || protocol === "icmpv6") return "ipv6-icmp";
  return protocol === String(ICMP) ? String(ICMP_V6) : protocol;
}

function checkPorts(protocol: string | null, least: number | null, most: number | null): void {
  if (least === null && most === null) return;
  if (protocol === null || protocol === "")
    throw new NeutronError("SecurityGroupProtocolRequiredWithPorts", "Must also specify protocol if port range is given.");
  const number = protocolNumber(protocol);
  if (portProtocols.has(number)) {
    if (least === 0 || most === 0) throw new NeutronError("SecurityGroupInvalidPortValue", "Invalid value for port 0");
    if (least === null || most === null || least > most)
      throw new NeutronError("SecurityGroupInvalidPortRange", "For TCP/UDP protocols, port_range_min must be <= port_range_max");
  } else if (number === ICMP || number === ICMP_V6) {
    for (const [attribute, field, value] of [
      ["port_range_min", "type", least],
      ["port_range_max", "code", most],
    ] as const)
      if (value !== null && value > 255)
        throw new NeutronError(
          "SecurityGroupInvalidIcmpValue",
          `Invalid value for ICMP ${field} (${attribute}) ${value}. It must be 0 to 255.`,
        );
    if (least === null)
      throw new NeutronError("SecurityGroupMissingIcmpType", `ICMP code (port-range-max) ${most} is provided but ICMP type is missing.`);
  } else
    throw new NeutronError(
      "SecurityGroupInvalidProtocolForPort",
      `Invalid protocol ${number} for port range, only supported for DCCP, SCTP, TCP, UDP, UDPLITE.`,
    );
}
