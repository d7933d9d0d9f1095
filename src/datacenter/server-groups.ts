// Server groups: the rule of each, and which hosts hold how many of its members. Nova's affinity filters and weighers read it.

export const groupPolicies = ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"] as const;
export type GroupPolicy = (typeof groupPolicies)[number];

export interface ServerGroupRule {
  readonly policy: GroupPolicy;
  /** rules.max_server_per_host: members a host may hold under anti-affinity; 1 where nothing is said. */
  readonly maxServerPerHost: number;
}

export class ServerGroups {
  private readonly ruleOf: (group: number) => ServerGroupRule | null;
  private readonly hosts: number;
  private readonly membersOn = new Map<number, number>(); // by group * hosts + host
  private readonly placed = new Map<number, number>(); // members with a host, by group

  constructor(ruleOf: (group: number) => ServerGroupRule | null, hosts: number) {
    this.ruleOf = ruleOf;
    this.hosts = hosts;
  }

  join(group: number, host: number): void {
    this.change(group, host, 1);
  }

  leave(group: number, host: number): void {
    this.change(group, host, -1);
  }

  countOn(group: number, host: number): number {
    return this.membersOn.get(group * this.hosts + host) ?? 0;
  }

  /** False while no member has a host. */
  hasHosts(group: number): boolean {
    return (this.placed.get(group) ?? 0) > 0;
  }

  /** Does the host hold a member? */
  holdsHost(group: number, host: number): boolean {
    return this.countOn(group, host) > 0;
  }

  policyOf(group: number): GroupPolicy | null {
    return this.ruleOf(group)?.policy ?? null;
  }

  maxServerPerHost(group: number): number {
    return this.ruleOf(group)?.maxServerPerHost ?? 1;
  }

  private change(group: number, host: number, by: number): void {
    const key = group * this.hosts + host;
    const on = this.countOn(group, host) + by;
    if (on === 0) this.membersOn.delete(key);
    else this.membersOn.set(key, on);
    const placed = (this.placed.get(group) ?? 0) + by;
    if (placed === 0) this.placed.delete(group);
    else this.placed.set(group, placed);
  }
}
