// Security groups: what may reach a port and leave it. Everything is denied but what a rule of one of the port's groups allows; answers to what was
// allowed come back by themselves.
// @source neutron/db/securitygroups_db.py, neutron/agent/firewall.py (Zed)
import { isWithin } from "../addresses.ts";
import { NeutronError } from "../neutron-error.ts";
import { protocolNumber } from "../protocols.ts";
import { normalisedRule, type RuleRequest, type SecurityGroupRule } from "../security-group-rule.ts";

export interface SecurityGroup {
  readonly id: number;
  readonly name: string;
  readonly project: string;
  /** By number, in the order of adding. */
  readonly rules: ReadonlyMap<number, SecurityGroupRule>;
}

/** A packet as a port's filter sees it. */
export interface Packet {
  readonly ethertype: "IPv4" | "IPv6";
  /** A name or a number as text. */
  readonly protocol: string;
  /** Of the destination; the type, for ICMP. */
  readonly port?: number;
  /** Of ICMP. */
  readonly code?: number;
  /** It answers a connection that was allowed when it was opened. */
  readonly established?: boolean;
}

export class SecurityGroups {
  readonly #groups = new Map<number, SecurityGroup & { readonly rules: Map<number, SecurityGroupRule> }>();
  readonly #addressGroups = new Map<string, readonly string[]>();
  #numbers = 0;

  get(id: number): SecurityGroup {
    return this.#group(id);
  }

  /** A new group lets everything out and nothing in; a project's `default` group lets its own members in too. */
  create(project: string, name: string): SecurityGroup {
    this.defaultOf(project);
    return this.#create(project, name);
  }

  /** The group that ports of a project get unless others are named, made when it is first needed. */
  defaultOf(project: string): SecurityGroup {
    for (const group of this.#groups.values()) if (group.project === project && group.name === "default") return group;
    const group = this.#create(project, "default");
    for (const ethertype of ["IPv4", "IPv6"]) this.addRule(group.id, { direction: "ingress", ethertype, remoteGroupId: String(group.id) });
    return group;
  }

  /** Addresses that rules can refer to by one name. */
  putAddressGroup(id: string, prefixes: readonly string[]): void {
    this.#addressGroups.set(id, prefixes);
  }

  /** @returns the rule's number. @throws NeutronError of whatever is wrong with the rule; SecurityGroupRuleExists, SecurityGroupNotFound */
  addRule(id: number, request: RuleRequest): number {
    const group = this.#group(id);
    const rule = normalisedRule(request);
    if (rule.remoteGroupId !== null) this.#group(Number(rule.remoteGroupId));
    const key = ruleKey(rule);
    for (const [number, other] of group.rules)
      if (ruleKey(other) === key)
        throw new NeutronError("SecurityGroupRuleExists", `Security group rule already exists. Rule id is ${number}.`);
    group.rules.set(++this.#numbers, rule);
    return this.#numbers;
  }

  /** @throws NeutronError SecurityGroupRuleNotFound */
  groupOfRule(rule: number): SecurityGroup {
    for (const group of this.#groups.values()) if (group.rules.has(rule)) return group;
    throw new NeutronError("SecurityGroupRuleNotFound", `Security group rule ${rule} does not exist`);
  }

  /** @throws NeutronError SecurityGroupRuleNotFound */
  deleteRule(rule: number): void {
    for (const group of this.#groups.values()) if (group.rules.delete(rule)) return;
    throw new NeutronError("SecurityGroupRuleNotFound", `Security group rule ${rule} does not exist`);
  }

  /** @param inUse does a port have the group? @throws NeutronError SecurityGroupInUse, SecurityGroupCannotRemoveDefault */
  delete(id: number, inUse: boolean): void {
    const { name } = this.#group(id);
    if (name === "default")
      throw new NeutronError("SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.");
    if (inUse) throw new NeutronError("SecurityGroupInUse", `Security Group ${id} in use.`);
    this.#groups.delete(id);
    for (const group of this.#groups.values())
      for (const [number, rule] of group.rules) if (rule.remoteGroupId === String(id)) group.rules.delete(number);
  }

  /**
   * Does a packet pass the filter of a port with these groups?
   * @param remote the address at the other end
   * @param remoteGroups groups of the port at the other end, if it is one
   */
  passes(
    groups: readonly number[],
    direction: "ingress" | "egress",
    packet: Packet,
    remote: string,
    remoteGroups: readonly number[],
  ): boolean {
    if (packet.established === true) return true;
    return groups.some((id) =>
      [...this.#group(id).rules.values()].some((rule) => rule.direction === direction && this.#matches(rule, packet, remote, remoteGroups)),
    );
  }

  #matches(rule: SecurityGroupRule, packet: Packet, remote: string, remoteGroups: readonly number[]): boolean {
    if (rule.ethertype !== packet.ethertype) return false;
    if (rule.protocol !== null && protocolNumber(rule.protocol) !== protocolNumber(packet.protocol)) return false;
    if (!matchesPorts(rule, packet)) return false;
    if (rule.remoteIpPrefix !== null) return isWithin(rule.remoteIpPrefix, remote);
    if (rule.remoteGroupId !== null) return remoteGroups.includes(Number(rule.remoteGroupId));
    if (rule.remoteAddressGroupId === null) return true;
    return (this.#addressGroups.get(rule.remoteAddressGroupId) ?? []).some((prefix) => isWithin(prefix, remote));
  }

  #create(project: string, name: string): SecurityGroup {
    const group = { id: ++this.#numbers, name, project, rules: new Map<number, SecurityGroupRule>() };
    this.#groups.set(group.id, group);
    for (const ethertype of ["IPv4", "IPv6"]) this.addRule(group.id, { direction: "egress", ethertype });
    return group;
  }

  #group(id: number) {
    const group = this.#groups.get(id);
    if (group === undefined) throw new NeutronError("SecurityGroupNotFound", `Security group ${id} does not exist`);
    return group;
  }
}

function matchesPorts({ protocol, portRangeMin, portRangeMax }: SecurityGroupRule, { port, code }: Packet): boolean {
  if (portRangeMin === null && portRangeMax === null) return true;
  const number = protocolNumber(protocol!);
  // For ICMP the two are type and code, of which the code may be left open.
  if (number === 1 || number === 58) return port === portRangeMin && (portRangeMax === null || code === portRangeMax);
  return port !== undefined && port >= portRangeMin! && port <= portRangeMax!;
}

/** Two rules are one if they differ only in how a protocol or "everywhere" is written. */
function ruleKey(rule: SecurityGroupRule): string {
  const prefix = rule.remoteIpPrefix === "0.0.0.0/0" || rule.remoteIpPrefix === "::/0" ? null : rule.remoteIpPrefix;
  const protocol = rule.protocol === null ? null : protocolNumber(rule.protocol);
  const { direction, ethertype, portRangeMin, portRangeMax, remoteGroupId, remoteAddressGroupId } = rule;
  return JSON.stringify([direction, ethertype, portRangeMax, portRangeMin, protocol, remoteGroupId, remoteAddressGroupId, prefix]);
}
