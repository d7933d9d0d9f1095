// Objects on devices: where a proxy writes them, where it looks for them, and what it makes of the answers.
//
// A write goes to all primaries of the part at once; for each that does not answer, is unmounted or full, to the next handoff. A read goes to one
// after the other until one has it (or as many as there must be fragments). A proxy gives up after `request_node_count` nodes.
// @source swift/proxy/controllers/obj.py, swift/proxy/controllers/base.py (2.30)

import { quorumSize } from "./quorum.ts";
import { bestResponse, type Contact, type Reply } from "./replies.ts";
import { partKey, type StorageNodes, type StoredFile } from "./storage-nodes.ts";
import { fileBytes, filesToRead, fragmentIn, type StoragePolicy, writeQuorum } from "./storage-policy.ts";
import { swiftParameters } from "./swift-parameters.ts";
import type { Upload } from "./uploads.ts";

/** Where an object belongs. */
export interface ObjectPlace {
  readonly object: number;
  readonly policy: number;
  readonly part: number;
}

/** A write; `slots` says for each contact in whose place it stands. */
export interface Written extends Reply {
  readonly slots: readonly number[];
}

export interface Found extends Reply {
  /** What was found; null unless the status is 200. */
  readonly file: StoredFile | null;
}

export class ObjectServers {
  private readonly nodes: StorageNodes;
  private readonly policyAt: (index: number) => StoragePolicy;

  constructor(nodes: StorageNodes, policyAt: (index: number) => StoragePolicy) {
    this.nodes = nodes;
    this.policyAt = policyAt;
  }

  /** Where it goes: 201; 503 when too few devices take it, and then nothing is to be stored. */
  beginPut(place: ObjectPlace, version: number, objectBytes: number): Upload {
    const policy = this.policyAt(place.policy);
    const reached = this.reach(place, fileBytes(policy, objectBytes));
    const quorum = writeQuorum(policy, place.part);
    const taken = reached.contacts.filter(({ status }) => status === 201).length >= quorum;
    const contacts = taken ? reached.contacts : reached.contacts.map((contact) => ({ ...contact, bytes: 0 }));
    const stored = new Uint8Array(contacts.length);
    return { status: taken ? 201 : 503, contacts, slots: reached.slots, quorum, place, version, objectBytes, stored };
  }

  /** The bytes for a contact have arrived. False: its device does not answer any more, has failed, or has become full. */
  commit({ contacts, slots, place, version, objectBytes, stored }: Upload, index: number, nowSeconds: number): boolean {
    const { device, status, bytes } = contacts[index]!;
    if (status !== 201 || this.nodes.state(device) !== "up" || !this.nodes.hasRoom(device, bytes)) return false;
    const { object } = place;
    const fragment = fragmentIn(this.policyAt(place.policy), slots[index]!);
    const file = { object, fragment, version, metadataVersion: version, atSeconds: nowSeconds, bytes, objectBytes, tombstone: false };
    this.replaceAll(device, place, file);
    stored[index] = 1;
    return true;
  }

  /** Leaves tombstones. 204, or 404 when a quorum has no such object; 503 when too few answer. */
  delete(place: ObjectPlace, version: number, nowSeconds: number): Written {
    const policy = this.policyAt(place.policy);
    const reached = this.reach(place, 0);
    const contacts = reached.contacts.map((contact, i): Contact => {
      if (contact.status !== 201) return contact;
      const live = this.filesOf(contact.device, place).some(({ tombstone }) => !tombstone);
      const fragment = fragmentIn(policy, reached.slots[i]!);
      this.replaceAll(contact.device, place, {
        object: place.object,
        fragment,
        version,
        metadataVersion: version,
        atSeconds: nowSeconds,
        bytes: 0,
        objectBytes: 0,
        tombstone: true,
      });
      return { ...contact, status: live ? 204 : 404 };
    });
    return this.judged(contacts, reached.slots, place, { 404: 204 });
  }

  /** New metadata where the object is. 202; 404 when a quorum has no such object; 503 when too few answer. */
  post(place: ObjectPlace, version: number): Written {
    const reached = this.reach(place, 0);
    const contacts = reached.contacts.map((contact): Contact => {
      if (contact.status !== 201) return contact;
      const live = this.filesOf(contact.device, place).filter(({ tombstone }) => !tombstone);
      const key = partKey(place.policy, place.part);
      for (const file of live) this.nodes.store(contact.device, key, { ...file, metadataVersion: version });
      return { ...contact, status: live.length > 0 ? 202 : 404 };
    });
    return this.judged(contacts, reached.slots, place);
  }

  /**
   * 200 with what was found, which may be an older version while the newest is out of reach; 404; 503 when too few primaries answer to say that
   * there is none. `first`: which primary is asked first; a proxy chooses by chance.
   */
  read(place: ObjectPlace, first: number, withBody: boolean): Found {
    const policy = this.policyAt(place.policy);
    const needed = filesToRead(policy);
    const contacts: Contact[] = [];
    /** By version: fragments that have been found. */
    const found = new Map<number, StoredFile[]>();
    let deletedAt = 0;
    let absent = 0;
    for (const { device, handoff } of this.readers(place, first)) {
      const state = this.nodes.state(device);
      const files = state === "up" ? this.filesOf(device, place) : [];
      for (const { tombstone, version } of files) if (tombstone) deletedAt = Math.max(deletedAt, version);
      const live = files.filter(({ tombstone, version }) => !tombstone && version > deletedAt);
      for (const file of live) {
        const alike = found.get(file.version) ?? [];
        found.set(file.version, alike);
        if (!alike.some(({ fragment }) => fragment === file.fragment)) alike.push(file);
      }
      const status = state === "up" ? (live.length > 0 ? 200 : 404) : state === "unmounted" ? 507 : 0;
      if (status === 404 && !handoff) absent++;
      contacts.push({ device, ip: this.nodes.ipOf(device), handoff, status, bytes: withBody && live[0] ? live[0].bytes : 0 });
      const complete = live.map(({ version }) => found.get(version)!).find((alike) => alike.length >= needed);
      if (complete !== undefined) return { status: 200, contacts, quorum: needed, file: complete[0]! };
    }
    const known = absent >= quorumSize(policy.ring.replicasOf(place.part));
    return { status: known ? 404 : 503, contacts: contacts.map((contact) => ({ ...contact, bytes: 0 })), quorum: needed, file: null };
  }

  /** Files of the object on a device, whatever their fragments. */
  private filesOf(device: number, { object, policy, part }: ObjectPlace): readonly StoredFile[] {
    return this.nodes.filesOf(device, partKey(policy, part), object);
  }

  /** The new file takes the place of all older ones of the object on the device; what is newer stays. */
  private replaceAll(device: number, { policy, part }: ObjectPlace, file: StoredFile): void {
    const key = partKey(policy, part);
    for (const old of this.nodes.filesOf(device, key, file.object))
      if (old.fragment !== file.fragment && old.version < file.version) this.nodes.drop(device, key, old);
    this.nodes.store(device, key, file);
  }

  /** Devices for every slot of a part that take so many bytes (201), and on the way to them those that do not. */
  private reach(
    { policy: index, part }: ObjectPlace,
    bytes: number,
  ): { readonly contacts: readonly Contact[]; readonly slots: readonly number[] } {
    const { ring } = this.policyAt(index);
    const primaries = ring.devicesOf(part);
    const handoffs = ring.handoffs(part);
    let left = Math.ceil(swiftParameters.requestNodeCount.value * primaries.length) - primaries.length;
    const contacts: Contact[] = [];
    const slots: number[] = [];
    const ask = (device: number, slot: number, handoff: boolean): boolean => {
      const state = this.nodes.state(device);
      const takes = state === "up" && this.nodes.hasRoom(device, bytes);
      const status = takes ? 201 : state === "down" ? 0 : 507;
      contacts.push({ device, ip: this.nodes.ipOf(device), handoff, status, bytes: takes ? bytes : 0 });
      slots.push(slot);
      return takes;
    };
    const open = [...primaries.keys()].filter((slot) => !ask(primaries[slot]!, slot, false));
    for (const slot of open) {
      for (let placed = false; !placed && left > 0; left--) {
        const next = handoffs.next();
        if (next.done) break;
        placed = ask(next.value, slot, true);
      }
    }
    return { contacts, slots };
  }

  private *readers({ policy: index, part }: ObjectPlace, first: number): Generator<{ readonly device: number; readonly handoff: boolean }> {
    const { ring } = this.policyAt(index);
    const primaries = ring.primaries(part);
    for (let i = 0; i < primaries.length; i++) yield { device: primaries[(first + i) % primaries.length]!, handoff: false };
    let left = Math.ceil(swiftParameters.requestNodeCount.value * primaries.length) - primaries.length;
    for (const device of ring.handoffs(part)) {
      if (left-- <= 0) return;
      yield { device, handoff: true };
    }
  }

  /** Of the last contact for each slot. */
  private judged(
    contacts: readonly Contact[],
    slots: readonly number[],
    { policy, part }: ObjectPlace,
    override: Readonly<Record<number, number>> = {},
  ): Written {
    const last = new Map(contacts.map(({ status }, i) => [slots[i]!, status === 0 ? 503 : status]));
    const quorum = quorumSize(this.policyAt(policy).ring.replicasOf(part));
    return { status: bestResponse([...last.values()], quorum, override), contacts, slots, quorum };
  }
}
