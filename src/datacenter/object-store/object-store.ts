// Swift: accounts, containers and objects on the devices of storage nodes, where rings put them. The verbs are those of its API and answer at once
// with the status that a client sees and the nodes that a proxy has turned to for it; what passes between, and how long it takes, is a workflow's.
// What clients do not see goes on in the background (updaters, replicators), also a step at a time.
// @source OpenStack Object Storage API v1; swift/proxy/controllers (2.30)
import type { Authorization } from "./authorization.ts";
import { type AskingContainer, ContainerServers, isTooLong } from "./container-servers.ts";
import type { Container } from "./containers.ts";
import { type Found, type ObjectPlace, ObjectServers, type Written } from "./object-servers.ts";
import { missingFiles } from "./redundancy.ts";
import { type PartMove, Replicator } from "./replicator.ts";
import { refusal } from "./replies.ts";
import { type HashPath, hashPath, type Ring, requireSameParts } from "./ring/ring.ts";
import { type StorageDevice, StorageNodes } from "./storage-nodes.ts";
import { requirePolicy, type StoragePolicy, writeQuorum } from "./storage-policy.ts";
import { swiftParameters as swift } from "./swift-parameters.ts";
import { heardOf, type Upload } from "./uploads.ts";

export interface ObjectStoreDescription {
  readonly hashPath: HashPath;
  /** All devices of all rings. */
  readonly devices: readonly StorageDevice[];
  readonly containerRing: Ring;
  /** The first is the default. */
  readonly policies: readonly StoragePolicy[];
  readonly authorization: Authorization;
}

export interface AskingObject extends AskingContainer {
  readonly object: string;
}

export interface ObjectWritten extends Written {
  /** Updates of the listing that wait on the objects' devices, because container servers did not take them. */
  readonly asyncPending: number;
}

export interface ReplicatorPass {
  readonly moves: readonly PartMove[];
  readonly bytes: number;
  /** Files that went home, or tombstones that went for good. */
  readonly dropped: number;
}

export class ObjectStore {
  readonly nodes: StorageNodes;
  /** Verbs of accounts and containers. */
  readonly containers: ContainerServers;
  readonly replicator: Replicator;
  private readonly hashPath: HashPath;
  private readonly policies: StoragePolicy[];
  private readonly servers: ObjectServers;
  /** Rows of objects by container and name. */
  private readonly rows = new Map<string, number>();
  private version = 0;

  /** Throws a RangeError when a ring does not fit its storage policy, or names devices that are not there. */
  constructor({ hashPath: path, devices, containerRing, policies, authorization }: ObjectStoreDescription) {
    if (policies.length === 0) throw new RangeError("an object store without storage policies: expected at least one");
    this.nodes = new StorageNodes(devices);
    for (const ring of [containerRing, ...policies.map((policy) => policy.ring)]) for (const { id } of ring.devices) this.nodes.ipOf(id);
    this.hashPath = path;
    this.policies = policies.map(requirePolicy);
    const policyAt = (index: number) => this.policies[index]!;
    this.containers = new ContainerServers(
      containerRing,
      path,
      this.nodes,
      policies.map(({ name }) => name),
      authorization,
    );
    this.servers = new ObjectServers(this.nodes, policyAt);
    this.replicator = new Replicator(this.nodes, policyAt);
  }

  /** 201, 400, 401, 403, 404 without the container, 413 when too large, 503 when no quorum of devices takes it. */
  putObject(asking: AskingObject, bytes: number, nowSeconds: number): ObjectWritten {
    const upload = this.beginPut(asking, bytes);
    if (!("place" in upload)) return upload;
    if (upload.status === 201) for (const index of upload.contacts.keys()) this.commit(upload, index, nowSeconds);
    return this.endPut(asking, upload);
  }

  /** The same in steps, for whoever puts time between them: where the bytes go, or the refusal. Newer requests win over it from now on. */
  beginPut(asking: AskingObject, bytes: number): Upload | ObjectWritten {
    if (!(Number.isSafeInteger(bytes) && bytes >= 0))
      throw new RangeError(`an object of ${bytes} bytes: expected a whole number of 0 or more`);
    const opened = this.open("PUT", asking);
    if ("refused" in opened) return refusedWrite(opened.refused);
    if (bytes > swift.maxFileSizeBytes.value) return refusedWrite(413);
    return this.servers.beginPut(opened.place, ++this.version, bytes);
  }

  /** The bytes for one of the contacts are there. False: its device could not store them. */
  commit(upload: Upload, contact: number, nowSeconds: number): boolean {
    return this.servers.commit(upload, contact, nowSeconds);
  }

  /** All that could be stored is: 201, or 503 when it is less than a quorum; it stays where it is then. 404 when the container is gone. */
  endPut(asking: AskingObject, upload: Upload): ObjectWritten {
    const { slots, quorum, place, version, objectBytes: bytes } = upload;
    const contacts = heardOf(upload);
    const stored = upload.stored.reduce((sum, one) => sum + one, 0);
    const written = { status: stored >= quorum ? 201 : 503, contacts, slots, quorum };
    if (upload.status !== 201) return { ...written, asyncPending: 0 };
    const container = this.containers.get(asking.account, asking.container);
    if (container === undefined) return { ...written, status: 404, asyncPending: 0 };
    return this.listed({ container, place }, asking, written, { version, bytes, deleted: false }, stored > 0);
  }

  /** 204, 401, 403, 404, 503. Tombstones are left in any case, so that the object goes where it could not be reached. */
  deleteObject(asking: AskingObject, nowSeconds: number): ObjectWritten {
    const opened = this.open("DELETE", asking);
    if ("refused" in opened) return refusedWrite(opened.refused);
    const version = ++this.version;
    const written = this.servers.delete(opened.place, version, nowSeconds);
    return this.listed(opened, asking, written, { version, bytes: 0, deleted: true }, true);
  }

  /** New metadata. 202, 401, 403, 404, 503. */
  postObject(asking: AskingObject): Written {
    const opened = this.open("POST", asking);
    return "refused" in opened ? refusedWrite(opened.refused) : this.servers.post(opened.place, ++this.version);
  }

  /** 200, 401, 403, 404, 503. `first`: which primary is asked first, drawn by the caller. */
  getObject(asking: AskingObject, first = 0): Found {
    const opened = this.open("GET", asking);
    return "refused" in opened ? { ...refusal(opened.refused), file: null } : this.servers.read(opened.place, first, true);
  }

  headObject(asking: AskingObject, first = 0): Found {
    const opened = this.open("HEAD", asking);
    return "refused" in opened ? { ...refusal(opened.refused), file: null } : this.servers.read(opened.place, first, false);
  }

  /** The device has failed, and all that was on it is gone. */
  failDevice(device: number): void {
    this.nodes.fail(device);
    this.containers.fail(device);
  }

  /** A rebalanced ring has been given to all nodes. Throws a RangeError when it has other parts than the one before. */
  setRing(policyName: string, ring: Ring): void {
    const index = this.policies.findIndex(({ name }) => name === policyName);
    const policy = this.policies[index];
    if (policy === undefined)
      throw new RangeError(`no storage policy ${policyName}: expected one of ${this.policies.map(({ name }) => name).join(", ")}`);
    requireSameParts(policy.ring, ring);
    this.policies[index] = requirePolicy({ ...policy, ring });
    this.nodes.changes++;
  }

  /** Devices from which the fragments of a move are rebuilt. */
  sourcesOf(move: PartMove): readonly number[] {
    return this.replicator.sourcesOf(move);
  }

  /** Files that are not where they should be: see `missingFiles`. */
  get missing(): number {
    return missingFiles(this.nodes, this.policies);
  }

  /** A whole pass of a device's replicator (reconstructor) at once, every transfer of it done. */
  runReplicator(device: number, nowSeconds: number): ReplicatorPass {
    const reclaimed = this.replicator.reclaim(device, nowSeconds);
    const moves = this.replicator.plan(device);
    let bytes = 0;
    for (const move of moves) {
      this.replicator.apply(move);
      bytes += move.bytes;
    }
    return { moves, bytes, dropped: reclaimed + this.replicator.letGo(device) };
  }

  /** Where an object is kept, or would be. */
  placeOf(
    account: string,
    container: string,
    object: string,
  ): { readonly policy: string; readonly part: number; readonly primaries: readonly number[] } {
    const known = this.containers.get(account, container);
    if (known === undefined) throw new RangeError(`no container ${container} of account ${account}`);
    const { policy, part } = this.place(known, object);
    const { name, ring } = this.policies[policy]!;
    return { policy: name, part, primaries: ring.primaries(part) };
  }

  /** The way to an object: names, container, authorisation. */
  private open(
    method: string,
    asking: AskingObject,
  ): { readonly refused: number } | { readonly container: Container; readonly place: ObjectPlace } {
    if (isTooLong(asking.object, swift.maxObjectNameLength.value)) return { refused: 400 };
    const container = this.containers.get(asking.account, asking.container);
    const reads = method === "GET" || method === "HEAD";
    const acl = (reads ? container?.readAcl : container?.writeAcl) ?? null;
    const verdict = this.containers.authorize(method, asking, asking.object, acl);
    if (!verdict.allowed) return { refused: verdict.status! };
    if (container === undefined) return { refused: 404 };
    return { container, place: this.place(container, asking.object) };
  }

  private place(container: Container, name: string): ObjectPlace {
    const path = `${container.id}/${name}`;
    const object = this.rows.get(path) ?? this.rows.size;
    this.rows.set(path, object);
    const { ring } = this.policies[container.policy]!;
    return { object, policy: container.policy, part: ring.partOf(hashPath(this.hashPath, container.account, container.name, name)) };
  }

  /** Tells the container what has become of an object. */
  private listed(
    { container, place }: { readonly container: Container; readonly place: ObjectPlace },
    { object: name }: AskingObject,
    written: Written,
    row: { readonly version: number; readonly bytes: number; readonly deleted: boolean },
    tells: boolean,
  ): ObjectWritten {
    const devices = written.contacts.filter(({ status }) => status >= 200 && status < 500).map(({ device }) => device);
    if (!tells || devices.length === 0) return { ...written, asyncPending: 0 };
    const needed = writeQuorum(this.policies[place.policy]!, place.part) + 1;
    return { ...written, asyncPending: this.containers.update(container, { name, ...row }, devices, needed) };
  }
}

function refusedWrite(status: number): ObjectWritten {
  return { ...refusal(status), slots: [], asyncPending: 0 };
}
