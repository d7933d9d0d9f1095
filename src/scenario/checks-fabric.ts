// What a network must get right across several values: links between things that are there, a way from every host to the image service, racks
// that fit a fat tree, and no key that would have no effect.
import { GLANCE } from "../datacenter/fabric/attach-points.ts";
import { fatTreeRacks } from "../datacenter/fabric/fat-tree.ts";
import { didYouMean } from "../kernel/did-you-mean.ts";
import { shorten } from "../kernel/units.ts";
import type { Across } from "./across.ts";
import { storageNamesIn } from "./checks-object-store.ts";
import type { HostNames } from "./host-names.ts";
import { type Path, valueAt } from "./located.ts";
import { counted } from "./value-kinds.ts";

const FABRIC = ["cloud", "fabric"] as const;
const HOSTS = ["cloud", "hosts"] as const;
/** As many disconnected hosts are named as help to find the mistake. */
const MOST_NAMED = 3;

export function checkFabric(across: Across, hosts: HostNames | null): void {
  const written = (path: Path) => valueAt(across.root, path) !== undefined;
  const [leafSpine, custom, mtu] = [
    [...FABRIC, "leaf_spine"],
    [...FABRIC, "custom"],
    [...FABRIC, "mtu"],
  ];
  if (written([...leafSpine, "uplink"]) && written([...leafSpine, "oversubscription"])) {
    across.complainOfKey([...leafSpine, "oversubscription"], "uplink says the bandwidth of uplinks already", "write one of the two");
  }
  if (written(mtu) && !written([...FABRIC, "encapsulation"])) {
    across.complainOfKey(mtu, "mtu has no effect without encapsulation", "encapsulation: plain counts the headers of Ethernet, IP and TCP");
  }
  for (let index = 0; index < across.length(HOSTS); index++) {
    const group: Path = [...HOSTS, index];
    if (written([...group, "bond"]) && across.number([...group, "nics"]) === 1)
      across.complainOfKey([...group, "bond"], "bond has no effect on hosts with one NIC", "write nics: 2");
    if (written([...group, "nics"]) && written(custom))
      across.complainOfKey(
        [...group, "nics"],
        "nics has no effect in a custom network",
        "every link of a host there is a NIC: list the links",
      );
  }
  checkFatTree(across);
  if (written(custom) && hosts !== null) checkCustom(across, custom, hosts);
}

function checkFatTree(across: Across): void {
  const path: Path = [...FABRIC, "fat_tree", "k"];
  const k = across.number(path);
  if (k === undefined) return;
  let racks = 0;
  for (let index = 0; index < across.length(HOSTS); index++) {
    const group = across.read([...HOSTS, index]) as { readonly count: number; readonly racks: number; readonly nics: number } | undefined;
    if (group === undefined) return;
    racks += group.racks;
    const inRack = Math.ceil(group.count / group.racks) * group.nics;
    if (inRack > k / 2) {
      const needed = Math.ceil(group.count / Math.max(1, Math.floor(k / 2 / group.nics)));
      const hint = group.nics > k / 2 ? "take a larger k" : `give these hosts ${counted(needed, "racks")}, or take a larger k`;
      across.complain(
        [...HOSTS, index, "racks"],
        `a rack would have ${counted(inRack, "NICs")}, but an edge switch of a fat tree with k = ${k} has ${counted(k / 2, "ports")} for hosts`,
        hint,
      );
    }
  }
  if (racks > fatTreeRacks(k))
    across.complain(
      path,
      `a fat tree with k = ${k} has room for ${counted(fatTreeRacks(k), "racks")}, but there are ${racks}`,
      "take a larger k",
    );
}

/** Which switches hang together: each points at another of its kind, the last one at itself. */
class Islands {
  private readonly above = new Map<string, string>();

  of(name: string): string {
    let at = name;
    for (let up = this.above.get(at); up !== undefined; up = this.above.get(at)) at = up;
    return at;
  }

  join(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)];
    if (one !== other) this.above.set(one, other);
  }
}

/** Hosts (null: the image service) with a link to a switch. */
interface Attached {
  readonly rows: readonly number[] | null;
  readonly to: string;
}

function checkCustom(across: Across, custom: Path, hosts: HostNames): void {
  const switches = across.read([...custom, "switches"]) as readonly string[] | undefined;
  if (switches === undefined) return;
  const storage = storageNamesIn(across);
  const before = across.problems.length;
  for (const [index, name] of switches.entries()) {
    const taken = storage.includes(name)
      ? "the object store has"
      : name === GLANCE
        ? "the image service is"
        : hosts.rowsOf(name).ok
          ? "hosts are"
          : null;
    if (taken !== null) across.complain([...custom, "switches", index], `"${shorten(name)}" is what ${taken} called`, "another name");
  }
  const islands = new Islands();
  const attached: Attached[] = [];
  const stored: { readonly name: string; readonly to: string }[] = [];
  for (let index = 0; index < across.length([...custom, "links"]); index++) {
    const path: Path = [...custom, "links", index];
    const link = across.read(path) as { readonly from: readonly string[]; readonly to: string; readonly bandwidth?: number } | undefined;
    if (link === undefined) return;
    const { from, to, bandwidth } = link;
    const known = switches.includes(to);
    if (!known) {
      const near = didYouMean(to, switches);
      const hint = near === null ? `switches: ${switches.slice(0, 8).join(", ")}` : `did you mean "${near}"?`;
      across.complain([...path, "to"], `there is no switch "${shorten(to)}"`, hint);
    }
    const list = valueAt(across.root, [...path, "from"])?.kind === "list";
    for (const [position, name] of from.entries()) {
      const at: Path = list ? [...path, "from", position] : [...path, "from"];
      if (switches.includes(name)) {
        if (name === to) across.complain(at, `switch "${shorten(name)}" cannot be joined to itself`);
        else if (bandwidth === undefined)
          across.complain(path, "bandwidth is missing: a link between switches has to say it", "bandwidth: 100 Gbit/s");
        if (known) islands.join(name, to);
      } else if (name === GLANCE) {
        if (known) attached.push({ rows: null, to });
      } else if (storage.includes(name)) {
        if (known) stored.push({ name, to });
      } else {
        const named = hosts.rowsOf(name);
        if (!named.ok) {
          const near = didYouMean(name, [...switches, GLANCE, ...storage]);
          across.complain(
            at,
            `there is no switch, host or service "${shorten(name)}"`,
            near === null ? named.hint : `did you mean "${near}"?`,
          );
          continue;
        }
        if (known) attached.push({ rows: named.rows, to });
      }
    }
  }
  if (across.problems.length > before) return;
  checkConnected(across, [...custom, "links"], hosts, islands, attached);
  const home = new Set(attached.flatMap(({ rows, to }) => (rows === null ? [islands.of(to)] : [])));
  const apart = storage.filter((name) => !stored.some((link) => link.name === name && home.has(islands.of(link.to))));
  if (home.size > 0 && apart.length > 0) {
    const [first] = apart;
    across.complain(
      [...custom, "links"],
      `${apart.slice(0, MOST_NAMED).join(", ")}${apart.length > MOST_NAMED ? ` and ${apart.length - MOST_NAMED} more` : ""} of the object store have no way to the image service`,
      `{from: ${first}, to: <a switch>}`,
    );
  }
}

function checkConnected(across: Across, path: Path, hosts: HostNames, islands: Islands, attached: readonly Attached[]): void {
  const homes = new Set(attached.flatMap(({ rows, to }) => (rows === null ? [islands.of(to)] : [])));
  if (homes.size === 0) {
    across.complain(path, "the image service has no link", "{from: glance, to: <a switch>}");
    return;
  }
  const linked = new Uint8Array(hosts.count);
  const reached = new Uint8Array(hosts.count);
  for (const { rows, to } of attached) {
    const home = homes.has(islands.of(to));
    for (const row of rows ?? []) {
      linked[row] = 1;
      if (home) reached[row] = 1;
    }
  }
  const all = Array.from(linked, (_, row) => row);
  const without = all.filter((row) => linked[row] === 0);
  const apart = all.filter((row) => linked[row] === 1 && reached[row] === 0);
  if (without.length > 0) across.complain(path, `${named(without, hosts)} no link`, "every host needs one, to a switch");
  if (apart.length > 0) across.complain(path, `${named(apart, hosts)} no way to the image service`, "join their switches to the others");
}

/** `compute-1, compute-2 and 7 more have` */
function named(rows: readonly number[], hosts: HostNames): string {
  const shown = rows.slice(0, MOST_NAMED).map((row) => hosts.nameOf(row));
  const rest = rows.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""} ${rows.length === 1 ? "has" : "have"}`;
}
