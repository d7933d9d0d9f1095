// What the books of a service refuse, as the outcome of the request.
import type { Outcome } from "../../datacenter/outcomes.ts";
import { NeutronError } from "../../policies/neutron/neutron-error.ts";
import { PythonError } from "../../policies/python/python-values.ts";
import { OverQuota } from "../../policies/quotas/quotas.ts";

/** Null: it was done. @throws whatever is no refusal */
export function attempted(does: () => void): Outcome | null {
  try {
    does();
    return null;
  } catch (error) {
    // The books have been opened: errors of their configuration cannot come any more.
    if (error instanceof NeutronError) return error.type as Outcome;
    if (error instanceof OverQuota) return "OverQuota";
    // An address or a network that cannot be read.
    if (error instanceof PythonError) return "InvalidInput";
    throw error;
  }
}
