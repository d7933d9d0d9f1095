// Which memory pages back the server: small, large, any, or an exact size such as `2MB` or `2048` (KiB). Huge pages also lock memory.
// @source nova/virt/hardware.py (_get_numa_pagesize_constraint, get_locked_memory_constraint), oslo_utils/strutils.py (string_to_bytes)
import { booleanIn } from "../../python/text-values.ts";
import type { ImageNumaProperties } from "./image-properties.ts";
import { anyPages, largePages, smallPages } from "./instance-topology.ts";
import { Refusal } from "./refusal.ts";

type ExtraSpecs = ReadonlyMap<string, string>;

const kibiPowers: Readonly<Record<string, number>> = { K: 1024, M: 1024 * 1024, G: 1024 * 1024 * 1024, T: 1024 * 1024 * 1024 * 1024 };

/** KiB, not necessarily whole; or one of the kinds. */
function parsePageSize(text: string): number {
  if (text === "small") return smallPages;
  if (text === "large") return largePages;
  if (text === "any") return anyPages;
  if (/^\d+$/.test(text)) return Number(text);
  const parts = /^([-+]?\d*\.?\d+)(?:([KMGT])i?)?(b|bit|B)$/.exec(text);
  if (parts === null) {
    throw new Refusal("MemoryPageSizeInvalid", `page size "${text}": expected small, large, any, KiB as "2048", or a unit as in "2MB"`);
  }
  const amount = parts[3] === "B" ? Number(parts[1]) : Number(parts[1]) / 8;
  return Math.ceil(amount * (kibiPowers[parts[2] ?? ""] ?? 1)) / 1024;
}

/** The page size asked for, null if none. The image may choose only where the flavor leaves a choice. */
export function pageSizeOf(specs: ExtraSpecs, image: ImageNumaProperties): number | null {
  const flavorText = specs.get("hw:mem_page_size") || null;
  const imageText = image.pageSize || null;
  const forbidden = () => new Refusal("MemoryPageSizeForbidden", `the image asks for "${imageText}", the flavor for "${flavorText ?? ""}"`);
  if (flavorText === null) {
    if (imageText !== null) throw forbidden();
    return null;
  }
  const flavor = parsePageSize(flavorText);
  if (imageText === null) return flavor;
  if (flavor !== anyPages && flavor !== largePages) throw forbidden();
  return parsePageSize(imageText);
}

/** Locked memory must be asked for alike by flavor and image, and needs a page size. */
export function checkLockedMemory(specs: ExtraSpecs, image: ImageNumaProperties): void {
  const text = specs.get("hw:locked_memory");
  const flavor = text === undefined ? null : booleanIn(text);
  if (flavor !== null && image.lockedMemory !== null && flavor !== image.lockedMemory) {
    throw new Refusal("FlavorImageLockedMemoryConflict", `hw:locked_memory is ${flavor}, hw_locked_memory ${image.lockedMemory}`);
  }
  if ((flavor ?? image.lockedMemory) && !specs.get("hw:mem_page_size") && !image.pageSize) {
    throw new Refusal("LockMemoryForbidden", "locked memory needs a page size");
  }
}
