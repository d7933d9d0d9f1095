// What Keystone refuses, as outcomes of requests: the names are the same.
import type { Outcome } from "../../datacenter/outcomes.ts";
import { KeystoneError, type KeystoneErrorName } from "../../policies/keystone/keystone-error.ts";

const outcomes = {
  ValidationError: "ValidationError",
  Unauthorized: "Unauthorized",
  Forbidden: "Forbidden",
  DomainNotFound: "DomainNotFound",
  EndpointNotFound: "EndpointNotFound",
  GroupNotFound: "GroupNotFound",
  ProjectNotFound: "ProjectNotFound",
  RoleAssignmentNotFound: "RoleAssignmentNotFound",
  RoleNotFound: "RoleNotFound",
  ServiceNotFound: "ServiceNotFound",
  TokenNotFound: "TokenNotFound",
  UserNotFound: "UserNotFound",
  Conflict: "Conflict",
  // No request names a region.
  RegionNotFound: "UnexpectedError",
} as const satisfies Readonly<Record<KeystoneErrorName, Outcome>>;

/** Null: Keystone has done it; otherwise what it refuses it with. */
export function answered(does: () => unknown): Outcome | null {
  try {
    does();
    return null;
  } catch (error) {
    if (error instanceof KeystoneError) return outcomes[error.type];
    throw error;
  }
}
