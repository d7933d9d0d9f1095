// What Neutron answers when it refuses: an error of its own name and the status of the kind it belongs to.
// @source neutron_lib/exceptions/*.py, neutron/extensions/securitygroup.py, neutron/ipam/exceptions.py (Zed)
import { neutronFaults } from "../../datacenter/faults/neutron.ts";

/** What stops the server from starting; what its API answers is in the table of its faults. */
const statuses = {
  ...neutronFaults,
  NetworkTunnelRangeError: 500,
  NetworkVlanRangeError: 500,
  PhysicalNetworkNameError: 500,
} as const;

export type NeutronErrorName = keyof typeof statuses;

export class NeutronError extends Error {
  /** Neutron's class, spelt as Neutron spells it. */
  readonly type: NeutronErrorName;
  /** Of HTTP; 500 for what stops the server from starting. */
  readonly status: number;

  constructor(type: NeutronErrorName, message: string) {
    super(message);
    this.name = "NeutronError";
    this.type = type;
    this.status = statuses[type];
  }
}
