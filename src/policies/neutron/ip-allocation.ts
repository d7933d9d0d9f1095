// Which address a port gets. Neutron's reference IPAM draws it from a window of the lowest free addresses, so that two servers that allocate at
// once seldom want the same; routers and DHCP get the lowest free one. A batch may take the rest of one pool and go on in the next.
// @source neutron/ipam/drivers/neutrondb_ipam/driver.py
import { parameter } from "../../kernel/parameter.ts";
import { addressOf, addressText, networkOf } from "./addresses.ts";
import { type AllocationPool, isSubnetAddress } from "./allocation-pools.ts";
import { FreeAddresses } from "./free-addresses.ts";
import { NeutronError } from "./neutron-error.ts";

export const allocationWindow = parameter({
  name: "neutron.ipam.window",
  value: 1000,
  unit: "1",
  meaning: "One address is drawn among so many of the lowest free ones.",
  source: "neutrondb_ipam/driver.py: MAX_WIN",
  evidence: "verified",
});
const WINDOW_PER_ADDRESS = 100;
const LARGEST_WINDOW = 100_000;

/** The lowest free addresses of one pool, of which `picks` are taken. */
export interface Window {
  readonly size: number;
  readonly first: string;
  readonly last: string;
  readonly picks: number;
}

/** Which of `size` places are taken: `picks` different numbers below `size`. */
export type Choose = (size: number, picks: number) => readonly number[];

export const lowest: Choose = (_size, picks) => Array.from({ length: picks }, (_, i) => i);

/** The addresses of one subnet: pools, and what is taken. */
export class SubnetAddresses {
  readonly cidr: string;
  readonly #bits: 32 | 128;
  readonly #pools: readonly FreeAddresses[];
  readonly #taken = new Set<bigint>();

  constructor(cidr: string, pools: readonly AllocationPool[]) {
    this.cidr = cidr;
    this.#bits = networkOf(cidr).bits;
    this.#pools = pools.map(([from, to]) => new FreeAddresses(addressOf(from).value, addressOf(to).value));
  }

  /** How many addresses are in use, pools or not. */
  get takenCount(): number {
    return this.#taken.size;
  }

  /** Free addresses in the pools. */
  get freeCount(): bigint {
    return this.#pools.reduce((sum, pool) => sum + pool.count, 0n);
  }

  isTaken(address: string): boolean {
    return this.#taken.has(addressOf(address).value);
  }

  /** In ascending order. */
  taken(): readonly string[] {
    return [...this.#taken].sort((a, b) => (a < b ? -1 : 1)).map((value) => this.#text(value));
  }

  /** Takes one certain address, whether or not a pool has it. @throws NeutronError IpAddressAlreadyAllocated, InvalidIpForSubnet */
  allocateSpecific(address: string, portOwner = ""): void {
    const { value, bits } = addressOf(address);
    if (bits === this.#bits && this.#taken.has(value))
      throw new NeutronError("IpAddressAlreadyAllocated", `IP address ${address} already allocated in subnet ${this.cidr}`);
    if (!isSubnetAddress(this.cidr, address, portOwner))
      throw new NeutronError("InvalidIpForSubnet", `IP address ${address} does not belong to subnet ${this.cidr}`);
    this.#take(value);
  }

  /** Takes the lowest free address, as routers and DHCP do. @throws NeutronError IpAddressGenerationFailure */
  allocateNext(): string {
    return this.#allocate(1, lowest, () => 1).addresses[0]!;
  }

  /**
   * Takes `count` addresses, out of windows of the lowest free ones.
   * @throws NeutronError IpAddressGenerationFailure if there are not so many; then none is taken
   */
  allocateAny(count: number, choose: Choose): { readonly addresses: readonly string[]; readonly windows: readonly Window[] } {
    return this.#allocate(count, choose, (picks) =>
      picks > 1 ? Math.min(picks * WINDOW_PER_ADDRESS, LARGEST_WINDOW) : allocationWindow.value,
    );
  }

  /** @throws Error for an address that is not taken */
  release(address: string): void {
    const { value } = addressOf(address);
    if (!this.#taken.delete(value)) throw new Error(`subnet ${this.cidr} cannot release ${address}: it is not allocated`);
    this.#pools.find((pool) => pool.contains(value))?.release(value);
  }

  #allocate(count: number, choose: Choose, windowFor: (picks: number) => number) {
    const found: bigint[] = [];
    const windows: Window[] = [];
    for (const pool of this.#pools) {
      const wanted = count - found.length;
      const picks = pool.count < BigInt(wanted) ? Number(pool.count) : wanted;
      if (picks === 0) continue;
      const { size, at } = pool.lowest(windowFor(picks));
      found.push(...choose(size, picks).map(at));
      windows.push({ size, first: this.#text(at(0)), last: this.#text(at(size - 1)), picks });
    }
    if (found.length < count)
      throw new NeutronError("IpAddressGenerationFailure", `No more IP addresses available for subnet ${this.cidr}.`);
    for (const value of found) this.#take(value);
    return { addresses: found.map((value) => this.#text(value)), windows };
  }

  #take(value: bigint): void {
    this.#taken.add(value);
    this.#pools.find((pool) => pool.contains(value))?.take(value);
  }

  #text(value: bigint): string {
    return addressText({ bits: this.#bits, value });
  }
}
