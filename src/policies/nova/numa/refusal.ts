// A request that contradicts itself never reaches a host: Nova's API refuses it, with one of these classes.
// @source nova/exception.py, nova/virt/hardware.py

export type RefusalName =
  | "BadRequirementEmulatorThreadsPolicy"
  | "CPUThreadPolicyConfigurationInvalid"
  | "FlavorImageLockedMemoryConflict"
  | "ImageCPUPinningForbidden"
  | "ImageCPUThreadPolicyForbidden"
  | "ImageNUMATopologyAsymmetric"
  | "ImageNUMATopologyCPUDuplicates"
  | "ImageNUMATopologyCPUOutOfRange"
  | "ImageNUMATopologyCPUsUnassigned"
  | "ImageNUMATopologyForbidden"
  | "ImageNUMATopologyIncomplete"
  | "ImageNUMATopologyMemoryOutOfRange"
  | "ImagePCINUMAPolicyForbidden"
  | "Invalid"
  | "InvalidCPUAllocationPolicy"
  | "InvalidCPUThreadAllocationPolicy"
  | "InvalidEmulatorThreadsPolicy"
  | "InvalidMixedInstanceDedicatedMask"
  | "InvalidNUMANodesNumber"
  | "InvalidPCINUMAAffinity"
  | "InvalidRequest"
  | "LockMemoryForbidden"
  | "MemoryPageSizeForbidden"
  | "MemoryPageSizeInvalid"
  | "PciInvalidAlias"
  | "PciRequestAliasNotDefined"
  | "RealtimeConfigurationInvalid"
  | "RealtimeMaskNotFoundOrInvalid"
  | "RequiredMixedInstancePolicy"
  | "RequiredMixedOrRealtimeCPUMask"
  | "ValueError";

/** Thrown by the rules of one property; `numaConstraints` and `pciRequests` hand it on as a value. */
export class Refusal extends Error {
  readonly refusal: RefusalName;

  constructor(refusal: RefusalName, why: string) {
    super(`${refusal}: ${why}`);
    this.refusal = refusal;
  }
}

/** A refusal as a value. `error` is the name of Nova's class, `why` a sentence for people. */
export interface Refused {
  readonly outcome: "error";
  readonly error: RefusalName;
  readonly why: string;
}

/** Runs rules that may refuse; any other exception is a bug and flies on. */
export function orRefused<Answer>(rules: () => Answer): Answer | Refused {
  try {
    return rules();
  } catch (error) {
    if (error instanceof Refusal) return { outcome: "error", error: error.refusal, why: error.message };
    throw error;
  }
}
