// Drivers spell protocols as they like; Cinder takes the spellings of one protocol for the same.
// @source cinder/common/constants.py (ISCSI_VARIANTS and its like); openstack-rules.md, 1.1
import type { PythonValue } from "../python/python-values.ts";

const families: readonly (readonly string[])[] = [
  ["iSCSI", "iscsi"],
  ["FC", "fibre_channel", "fc"],
  ["NFS", "nfs"],
  ["NVMe-oF", "NVMeOF", "nvmeof"],
];

/** All spellings, as a list; any other protocol as it is. */
export function protocolVariants(protocol: PythonValue): PythonValue {
  return families.find((family) => family.some((name) => name === protocol)) ?? protocol;
}
