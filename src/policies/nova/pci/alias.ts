// Names for PCI devices in `[pci] alias`. Entries of one name are alternatives and must agree in NUMA policy and device type.
// @source nova/pci/request.py (get_alias_from_config)
import { type PciNumaPolicy, pciNumaPolicies } from "../numa/pci-numa-policy.ts";
import { Refusal } from "../numa/refusal.ts";

/** One entry of the option: its JSON object. */
export type PciAlias = Readonly<Record<string, unknown>>;

/** Properties that a pool must have, all of them: `vendor_id`, `product_id`, `dev_type`. */
export type PciSpec = ReadonlyMap<string, string>;

export interface ParsedAlias {
  readonly numaPolicy: PciNumaPolicy;
  /** Any of these will do. */
  readonly specs: readonly PciSpec[];
}

const fourHexDigits = /^[\da-fA-F]{4}$/;
const expected: Readonly<Record<string, (text: string) => boolean>> = {
  name: (text) => text.length >= 1 && text.length <= 256,
  capability_type: (text) => text === "pci",
  product_id: (text) => fourHexDigits.test(text),
  vendor_id: (text) => fourHexDigits.test(text),
  device_type: (text) => text === "type-PCI" || text === "type-PF" || text === "type-VF",
  numa_policy: (text) => pciNumaPolicies.some((policy) => policy === text),
};

/** All aliases by name. Refuses with PciInvalidAlias, also for entries that no request uses. */
export function parseAliases(entries: readonly PciAlias[]): ReadonlyMap<string, ParsedAlias> {
  const aliases = new Map<string, ParsedAlias>();
  for (const entry of entries) {
    const texts = textsOf(entry);
    const name = texts.get("name")?.trim();
    if (name === undefined) throw new Refusal("PciInvalidAlias", "an alias without a name");
    const numaPolicy = pciNumaPolicies.find((policy) => policy === texts.get("numa_policy")) ?? "legacy";
    const spec = new Map([...texts].filter(([key]) => key !== "name" && key !== "numa_policy" && key !== "device_type"));
    const deviceType = texts.get("device_type");
    if (deviceType !== undefined) spec.set("dev_type", deviceType);
    const before = aliases.get(name);
    if (before !== undefined) {
      if (before.numaPolicy !== numaPolicy) throw new Refusal("PciInvalidAlias", `NUMA policy mismatch for alias '${name}'`);
      // Once a name has several entries, each must state its device type.
      if (deviceType === undefined || before.specs[0]!.get("dev_type") !== deviceType) {
        throw new Refusal("PciInvalidAlias", `device type missing or different for alias '${name}'`);
      }
    }
    aliases.set(name, { numaPolicy, specs: [...(before?.specs ?? []), spec] });
  }
  return aliases;
}

function textsOf(entry: PciAlias): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(entry).map(([key, value]) => {
      const allows = Object.hasOwn(expected, key) ? expected[key] : undefined;
      if (typeof value !== "string" || allows === undefined || !allows(value)) {
        throw new Refusal("PciInvalidAlias", `${key} ${JSON.stringify(value)} is not allowed in an alias`);
      }
      return [key, value];
    }),
  );
}
