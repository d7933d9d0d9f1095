// The API's verbs for accounts and containers, and the databases behind them.
// @source OpenStack Object Storage API v1; swift/proxy/controllers/container.py, account.py (2.30)
import type { Authorization, Identity, Verdict } from "./authorization.ts";
import { type Container, Containers } from "./containers.ts";
import { compareCodePoints, type ListingRow, Listings, type UpdaterPass } from "./listings.ts";
import { quorumSize } from "./quorum.ts";
import { type Contact, type Reply, refusal } from "./replies.ts";
import { type HashPath, hashPath, type Ring, requireSameParts } from "./ring/ring.ts";
import type { StorageNodes } from "./storage-nodes.ts";
import { swiftParameters as swift } from "./swift-parameters.ts";

/** Who asks, and on which page. */
export interface Asking {
  readonly account: string;
  readonly identity: Identity | null;
  readonly referer?: string | null;
}

export interface AskingContainer extends Asking {
  readonly container: string;
}

export interface ContainerHeaders {
  /** Name of a storage policy. */
  readonly storagePolicy?: string;
  readonly read?: string;
  readonly write?: string;
}

export interface Listing extends Reply {
  readonly entries: readonly { readonly name: string; readonly bytes: number }[];
  /** All there are, also beyond the limit. */
  readonly count: number;
  readonly bytes: number;
}

const NO_ENTRIES = { entries: [], count: 0, bytes: 0 };
const utf8 = new TextEncoder();

/** Is a name longer than so many bytes of UTF-8? A unit of UTF-16 takes three at most. */
export function isTooLong(name: string, bytes: number): boolean {
  return name.length * 3 > bytes && utf8.encode(name).length > bytes;
}

export class ContainerServers {
  private ring: Ring;
  private readonly hashPath: HashPath;
  private readonly nodes: StorageNodes;
  private readonly policyNames: readonly string[];
  private readonly authorization: Authorization;
  private readonly known = new Containers();
  private readonly listings: Listings;

  constructor(ring: Ring, path: HashPath, nodes: StorageNodes, policyNames: readonly string[], authorization: Authorization) {
    this.ring = ring;
    this.hashPath = path;
    this.nodes = nodes;
    this.policyNames = policyNames;
    this.authorization = authorization;
    this.listings = new Listings(ring, nodes);
  }

  get(account: string, name: string): Container | undefined {
    return this.known.get(account, name);
  }

  /** 201 Created, 202 Accepted when it exists (its ACLs may change), 400, 401, 403, 409 for another storage policy, 503. */
  put(asking: AskingContainer, headers: ContainerHeaders = {}): Reply {
    if (isTooLong(asking.container, swift.maxContainerNameLength.value)) return refusal(400);
    const verdict = this.authorize("PUT", asking, null, null);
    if (!verdict.allowed) return refusal(verdict.status!);
    const acls = this.acls(headers);
    const wanted = this.policyNames.indexOf(headers.storagePolicy ?? "");
    if (acls === null || (headers.storagePolicy !== undefined && wanted < 0)) return refusal(400);
    const known = this.known.get(asking.account, asking.container);
    if (known !== undefined && wanted >= 0 && wanted !== known.policy) return refusal(409);
    const part = this.ring.partOf(hashPath(this.hashPath, asking.account, asking.container));
    const reply = this.servers(part, known === undefined ? 201 : 202);
    if (reply.status >= 300) return reply;
    const project = asking.identity?.tenant[0] ?? null;
    // Somebody else's token does not say which domain the account is in.
    const own = project !== null && asking.account.endsWith(project);
    const projectDomain = own ? asking.identity!.project_domain[0] : "_unknown";
    const container =
      known ??
      this.known.add(
        { account: asking.account, name: asking.container, policy: Math.max(wanted, 0), part, readAcl: null, writeAcl: null },
        projectDomain,
      );
    if (known === undefined) this.listings.create(container.id, part);
    if (verdict.swiftOwner) Object.assign(container, acls);
    return reply;
  }

  /** New ACLs; an empty text takes one away. 204, 400, 401, 403, 404, 503. */
  post(asking: AskingContainer, headers: Pick<ContainerHeaders, "read" | "write">): Reply {
    const verdict = this.authorize("POST", asking, null, null);
    if (!verdict.allowed) return refusal(verdict.status!);
    const acls = this.acls(headers);
    if (acls === null) return refusal(400);
    const container = this.known.get(asking.account, asking.container);
    if (container === undefined) return refusal(404);
    const reply = this.servers(container.part, 204);
    if (reply.status < 300 && verdict.swiftOwner) Object.assign(container, acls);
    return reply;
  }

  /** 204, 401, 403, 404, 409 while the listing is not empty, 503. */
  delete(asking: AskingContainer): Reply {
    const verdict = this.authorize("DELETE", asking, null, null);
    if (!verdict.allowed) return refusal(verdict.status!);
    const container = this.known.get(asking.account, asking.container);
    if (container === undefined) return refusal(404);
    const reply = this.servers(container.part, 204);
    if (reply.status >= 300) return reply;
    if ((this.listings.list(container.id)?.rows.length ?? 0) > 0) return { ...reply, status: 409 };
    this.known.remove(container);
    this.listings.remove(container.id);
    return reply;
  }

  /** The objects after `marker`, as the container's first database that answers has them. 200, 401, 403, 404, 503. */
  list(asking: AskingContainer, marker = "", prefix = ""): Listing {
    const container = this.known.get(asking.account, asking.container);
    const verdict = this.authorize("GET", asking, null, container?.readAcl ?? null);
    if (!verdict.allowed) return { ...refusal(verdict.status!), ...NO_ENTRIES };
    if (container === undefined) return { ...refusal(404), ...NO_ENTRIES };
    const found = this.listings.list(container.id);
    if (found === null) return { ...refusal(503), ...NO_ENTRIES };
    const { device, rows } = found;
    const entries = rows.filter(({ name }) => name.startsWith(prefix) && compareCodePoints(name, marker) > 0);
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    const asked = [...found.passed, device];
    const states = { up: 404, down: 0, unmounted: 507 } as const;
    const contacts = asked.map((one): Contact => {
      return {
        device: one,
        ip: this.nodes.ipOf(one),
        handoff: false,
        status: one === device ? 200 : states[this.nodes.state(one)],
        bytes: 0,
      };
    });
    return {
      status: 200,
      contacts,
      quorum: 1,
      entries: entries.slice(0, swift.containerListingLimit.value).map((row) => ({ name: row.name, bytes: row.bytes })),
      count: rows.length,
      bytes,
    };
  }

  /** The containers of an account with the bytes in each. 200, 401, 403. */
  listAccount(asking: Asking): Listing {
    const verdict = this.authorize("GET", { ...asking, container: null }, null, null);
    if (!verdict.allowed) return { ...refusal(verdict.status!), ...NO_ENTRIES };
    const sized = this.known.of(asking.account).map(({ id, name }) => {
      const rows = this.listings.list(id)?.rows ?? [];
      return { name, bytes: rows.reduce((sum, row) => sum + row.bytes, 0) };
    });
    const entries = sized.sort((a, b) => compareCodePoints(a.name, b.name)).slice(0, swift.containerListingLimit.value);
    const bytes = sized.reduce((sum, one) => sum + one.bytes, 0);
    return { status: 200, contacts: [], quorum: 0, entries, count: sized.length, bytes };
  }

  /** Object servers report what has become of an object. Returns how many updates wait on their devices. */
  update(container: Container, row: ListingRow, devices: readonly number[], needed: number): number {
    return this.listings.update(container.id, row, devices, needed);
  }

  /** The device has failed: its databases are gone, and the updates that waited on it. */
  fail(device: number): void {
    this.listings.fail(device);
  }

  /** A rebalanced ring has been given to all nodes. Throws a RangeError when it has other parts than the one before. */
  setRing(ring: Ring): void {
    requireSameParts(this.ring, ring);
    this.ring = ring;
    this.listings.setRing(ring);
    this.nodes.changes++;
  }

  /** A server that is too busy does not take updates of listings in time. */
  setServerBusy(device: number, busy: boolean): void {
    this.listings.setBusy(device, busy);
  }

  /** Updates that wait on a device. */
  asyncPending(device: number): number {
    return this.listings.asyncPending(device);
  }

  /** A pass of a device's object updater. */
  runUpdater(device: number): UpdaterPass {
    return this.listings.runUpdater(device);
  }

  /** A pass of the container replicators for all containers, in the order in which they were made. Returns rows sent. */
  replicateAll(): number {
    return this.known.all().reduce((sent, { id }) => sent + this.listings.replicate(id), 0);
  }

  /** Containers of all accounts. */
  get count(): number {
    return this.known.all().length;
  }

  /** The devices that hold a container's databases, those that are in order. */
  databasesOf(account: string, name: string): readonly number[] {
    const container = this.known.get(account, name);
    const devices = container === undefined ? [] : this.ring.primaries(container.part);
    return devices.filter((device) => this.nodes.state(device) === "up");
  }

  /** A pass of the container replicators for one container. Returns rows sent. */
  replicate(account: string, name: string): number {
    const container = this.known.get(account, name);
    return container === undefined ? 0 : this.listings.replicate(container.id);
  }

  /** With the account's domain, for ACLs with names in them. */
  authorize(
    method: string,
    { account, identity, referer = null, container }: Asking & { readonly container: string | null },
    object: string | null,
    acl: string | null,
  ): Verdict {
    const accountProjectDomain = this.known.projectDomain(account);
    return this.authorization.authorize(
      { method, account, container, object, acl, referer, identity, accountProjectDomain },
      identity !== null,
    );
  }

  /** What the container servers of a part answer, handoffs in place of those that do not. */
  private servers(part: number, status: number): Reply {
    const contacts: Contact[] = [];
    let good = 0;
    const ask = (device: number, handoff: boolean) => {
      const state = this.nodes.state(device);
      if (state === "up") good++;
      const answer = state === "up" ? status : state === "down" ? 0 : 507;
      contacts.push({ device, ip: this.nodes.ipOf(device), handoff, status: answer, bytes: 0 });
    };
    const primaries = this.ring.primaries(part);
    for (const device of primaries) ask(device, false);
    for (const device of this.ring.handoffs(part)) {
      if (good >= primaries.length || contacts.length >= swift.requestNodeCount.value * primaries.length) break;
      ask(device, true);
    }
    const quorum = quorumSize(primaries.length);
    return { status: good >= quorum ? status : 503, contacts, quorum };
  }

  /** ACLs as they are stored, those that the headers name; null when one of them is none. */
  private acls({ read, write }: ContainerHeaders): Partial<Pick<Container, "readAcl" | "writeAcl">> | null {
    const clean = (header: string, value: string | undefined) =>
      value === undefined ? undefined : this.authorization.cleanAcl(header, value);
    const [readAcl, writeAcl] = [clean("X-Container-Read", read), clean("X-Container-Write", write)];
    if (readAcl === null || writeAcl === null) return null;
    return {
      ...(readAcl === undefined ? {} : { readAcl: readAcl || null }),
      ...(writeAcl === undefined ? {} : { writeAcl: writeAcl || null }),
    };
  }
}
