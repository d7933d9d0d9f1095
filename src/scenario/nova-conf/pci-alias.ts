// `[pci] alias`: each time it is given, a JSON object that names devices; an entry of `cloud.nova.pci_alias` is the same object.
// @source nova/pci/request.py, _ALIAS_SCHEMA and _get_alias_from_config
import { suggestion } from "../../kernel/did-you-mean.ts";
import { shorten } from "../../kernel/units.ts";
import { parseJson } from "../../policies/python/python-json.ts";
import { PythonError, type PythonValue } from "../../policies/python/python-values.ts";
import type { Place } from "../located.ts";
import type { ItemReading } from "./modelled-options.ts";
import { mapOf } from "./placed.ts";

const KEYS: readonly string[] = ["name", "vendor_id", "product_id", "device_type", "numa_policy", "capability_type"];
/** Keys of newer releases, for PCI devices in Placement and for live migration (from memory). */
const OTHERS: readonly string[] = ["resource_class", "traits", "live_migratable"];
const EXAMPLE = '{"vendor_id": "10de", "product_id": "1db6", "device_type": "type-PCI", "name": "gpu"}';

/** The kinds and formats of the values are the scenario's affair. */
export function readAlias(text: string, place: Place): ItemReading {
  const refuse = (message: string, hint = `e.g. ${EXAMPLE}`): ItemReading => ({ ok: false, message, hint });
  const alias = parsed(text);
  if (alias === null) return refuse(`expected a JSON object, got "${shorten(text.replace(/\s+/g, " "))}"`);
  if (Array.isArray(alias)) return refuse("expected one JSON object, got a list", "write alias once for each");
  if (!(alias instanceof Map)) return refuse("expected a JSON object");
  const kept = new Map<string, string>();
  const left: string[] = [];
  for (const [key, value] of alias as ReadonlyMap<string, PythonValue>) {
    if (OTHERS.includes(key)) left.push(key);
    else if (!KEYS.includes(key)) return refuse(`an alias has no key "${shorten(key)}"`, suggestion(key, KEYS));
    else if (typeof value !== "string") return refuse(`${key} is not a text`, `write "${key}": "..."`);
    else kept.set(key, value);
  }
  const reason = "left out: Orrery has neither PCI devices in Placement nor live migration";
  return { ok: true, located: mapOf(kept, place), left: left.length === 0 ? null : { part: left.join(", "), reason } };
}

function parsed(text: string): PythonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof PythonError) return null;
    throw error;
  }
}
