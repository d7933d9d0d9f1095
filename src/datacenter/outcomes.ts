// How requests, launches and moves end: well, or with the exception of the service that refused or failed them.
import { cinderFaults } from "./faults/cinder.ts";
import { glanceFaults } from "./faults/glance.ts";
import { keystoneFaults } from "./faults/keystone.ts";
import { neutronFaults } from "./faults/neutron.ts";
import { novaFaults } from "./faults/nova.ts";
import { octaviaFaults } from "./faults/octavia.ts";
import { swiftFaults } from "./faults/swift.ts";

/**
 * How a launch or a move ended. `pending`: not yet. The failures carry the names of Nova's, Neutron's and Cinder's exceptions; SchedulingError stands
 * for any exception that a filter or a weigher raises, which Nova passes on as it is: the decision tells its name. HostUnreachable and ConnectionTimeout are what a
 * guest sees of a network that does not lead to the other end, or drops what it sends. `OperationAborted` is libvirt's
 * word for a live migration that was cancelled.
 */
const ways = [
  "pending",
  "ACTIVE",
  "NoValidHost",
  "MaxRetriesExceeded",
  "OverQuota",
  "VolumeNotCreated",
  "BuildTimeout",
  "RescheduledException",
  "AllocationConflict",
  "ServiceUnavailable",
  "InstanceInvalidState",
  "ComputeHostNotFound",
  "UnableToMigrateToSelf",
  "CannotResizeToSameFlavor",
  "FlavorNotFound",
  "MigrationPreCheckError",
  "MigrationError",
  "OperationAborted",
  "ResizeError",
  "ComputeServiceUnavailable",
  "SchedulingError",
  "MessagingTimeout",
  "HostUnreachable",
  "ConnectionTimeout",
] as const;

/** By service, each error with the status of the answer. */
const faultsOf = {
  nova: { ...novaFaults, OverQuota: 403, NoValidHost: 400 },
  cinder: cinderFaults,
  glance: glanceFaults,
  neutron: { ...neutronFaults, OverQuota: 409 },
  keystone: keystoneFaults,
  octavia: octaviaFaults,
  swift: swiftFaults,
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

type FaultsOf = typeof faultsOf;
export type Outcome = (typeof ways)[number] | { [S in keyof FaultsOf]: keyof FaultsOf[S] }[keyof FaultsOf];

const named = Object.values(faultsOf).flatMap((faults) => Object.keys(faults) as Outcome[]);
export const outcomes: readonly Outcome[] = [...new Set<Outcome>([...ways, ...named])];

/**
 * HTTP status of a service's answer that tells of the failure, where it finds out before it has answered. What it does not declare itself, Keystone
 * may have refused; anything else is an error of the server.
 */
export function statusOf(outcome: Outcome, service: string): number {
  if (outcome === "ServiceUnavailable") return 503;
  for (const declared of [faultsOf[service as keyof FaultsOf], keystoneFaults] as readonly (
    | Readonly<Record<string, number>>
    | undefined
  )[]) {
    const status = declared?.[outcome];
    if (status !== undefined) return status;
  }
  return 500;
}
