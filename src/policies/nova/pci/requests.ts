// The PCI devices a flavor asks for: `pci_passthrough:alias` is `gpu:2,nic:1`, each item a request of its own.
// @source nova/pci/request.py (get_pci_requests_from_flavor), nova/virt/hardware.py (get_pci_numa_policy_constraint)
import { readImage } from "../numa/image-properties.ts";
import { integerOf } from "../numa/integer-text.ts";
import { type PciNumaPolicy, pciNumaPolicies } from "../numa/pci-numa-policy.ts";
import { orRefused, Refusal, type Refused } from "../numa/refusal.ts";
import { type PciAlias, type PciSpec, parseAliases } from "./alias.ts";

export interface PciRequest {
  readonly count: number;
  /** A device must match one of these. */
  readonly specs: readonly PciSpec[];
  readonly numaPolicy: PciNumaPolicy;
}

export type PciRequests = { readonly outcome: "requests"; readonly requests: readonly PciRequest[] } | Refused;

/** The requests, in the flavor's order, or the name of Nova's refusal. */
export function pciRequests(
  extraSpecs: ReadonlyMap<string, string>,
  imageProperties: ReadonlyMap<string, string>,
  aliases: readonly PciAlias[],
): PciRequests {
  return orRefused((): PciRequests => {
    const override = policyOf(extraSpecs, readImage(imageProperties).pciNumaPolicy);
    const asked = extraSpecs.get("pci_passthrough:alias");
    if (asked === undefined) return { outcome: "requests", requests: [] };
    const known = parseAliases(aliases);
    const requests = asked.split(",").map((item): PciRequest => {
      const parts = item.split(":");
      if (parts.length !== 2) throw new Refusal("ValueError", `"${item}" in pci_passthrough:alias, expected name:count`);
      const name = parts[0]!.trim();
      const alias = known.get(name);
      if (alias === undefined) throw new Refusal("PciRequestAliasNotDefined", `PCI alias '${name}' is not defined`);
      return { count: integerOf("pci_passthrough:alias", parts[1]!), specs: alias.specs, numaPolicy: override ?? alias.numaPolicy };
    });
    return { outcome: "requests", requests };
  });
}

/** The policy of flavor or image goes before that of the aliases; null if neither says. */
function policyOf(extraSpecs: ReadonlyMap<string, string>, image: PciNumaPolicy | null): PciNumaPolicy | null {
  const text = extraSpecs.get("hw:pci_numa_affinity_policy") || null;
  if (text !== null && image !== null && text !== image) {
    throw new Refusal("ImagePCINUMAPolicyForbidden", `the image asks for PCI devices ${image}, the flavor ${text}`);
  }
  if (text === null) return image;
  const policy = pciNumaPolicies.find((policy) => policy === text);
  if (policy === undefined) throw new Refusal("InvalidPCINUMAAffinity", `"${text}", expected one of ${pciNumaPolicies.join(", ")}`);
  return policy;
}
