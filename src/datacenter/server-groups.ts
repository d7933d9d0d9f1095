// Server groups: which hosts hold how many members of each. Nova's affinity and anti-affinity filters read it.

export type GroupPolicy = "affinity" | "anti-affinity";

export class ServerGroups {
  readonly policy: GroupPolicy | null;
  private readonly hosts: number;
  private readonly membersOn = new Map<number, number>(); // by group * hosts + host
  private readonly placed = new Map<number, number>(); // members with a host, by group

  /** All groups of a run have one policy; null = there are no groups. */
  constructor(policy: GroupPolicy | null, hosts: number) {
    this.policy = policy;
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

  /** Groups have no rules: one member a host where they keep apart. */
  maxServerPerHost(_group: number): number {
    return 1;
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
