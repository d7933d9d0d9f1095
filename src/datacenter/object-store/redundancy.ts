// How far an object store is from having as many copies of everything as it should: what a rebuild after a failure has before it.
import { partKey, partOfKey, type StorageNodes } from "./storage-nodes.ts";
import { fragmentIn, type StoragePolicy } from "./storage-policy.ts";

/**
 * Copies or fragments that no device in order has. Those of a primary that is unmounted count where a handoff has them in its place; those of a node
 * that does not answer do not, for nothing is copied anew for it.
 */
export function missingFiles(nodes: StorageNodes, policies: readonly StoragePolicy[]): number {
  let missing = 0;
  for (const [index, policy] of policies.entries()) {
    for (const part of partsHeld(nodes, index)) {
      const key = partKey(index, part);
      const slots = policy.ring.devicesOf(part);
      const newest = new Map<number, number>();
      /** By object and version: how often each fragment is there. */
      const held = new Map<string, number>();
      const tombstones = new Set<number>();
      for (const device of nodes.ids) {
        if (nodes.state(device) !== "up") continue;
        for (const { object, version, tombstone, fragment } of nodes.filesIn(device, key)) {
          if (version >= (newest.get(object) ?? 0)) {
            newest.set(object, version);
            if (tombstone) tombstones.add(object);
            else tombstones.delete(object);
          }
          const name = `${object}/${version}/${fragment}`;
          held.set(name, (held.get(name) ?? 0) + 1);
        }
      }
      const wanted = new Map<number, number>();
      for (const slot of slots.keys()) wanted.set(fragmentIn(policy, slot), (wanted.get(fragmentIn(policy, slot)) ?? 0) + 1);
      for (const [object, version] of newest) {
        if (tombstones.has(object)) continue;
        for (const [fragment, count] of wanted) missing += Math.max(0, count - (held.get(`${object}/${version}/${fragment}`) ?? 0));
      }
    }
  }
  return missing;
}

/** Parts of a policy of which any device in order holds files, ascending. */
function partsHeld(nodes: StorageNodes, policy: number): readonly number[] {
  const parts = new Set<number>();
  for (const device of nodes.ids) {
    if (nodes.state(device) !== "up") continue;
    for (const key of nodes.partsOn(device)) {
      const of = partOfKey(key);
      if (of.policy === policy) parts.add(of.part);
    }
  }
  return [...parts].sort((a, b) => a - b);
}

/** Objects that devices in order hold in their newest version, and the bytes of all files on them. */
export function storedIn(nodes: StorageNodes): { readonly objects: number; readonly bytes: number } {
  const newest = new Map<number, { readonly version: number; readonly tombstone: boolean }>();
  let bytes = 0;
  for (const device of nodes.ids) {
    if (nodes.state(device) !== "up") continue;
    for (const key of nodes.partsOn(device)) {
      for (const { object, version, tombstone, bytes: of } of nodes.filesIn(device, key)) {
        bytes += of;
        if (version > (newest.get(object)?.version ?? 0)) newest.set(object, { version, tombstone });
      }
    }
  }
  let objects = 0;
  for (const { tombstone } of newest.values()) if (!tombstone) objects++;
  return { objects, bytes };
}
