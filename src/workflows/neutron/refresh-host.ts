// A host takes up that the members of a security group, or its rules, have changed.
import { neutron } from "../../services/neutron.ts";
import { at, cast, type Workflow } from "../vocabulary.ts";
import type { Mechanism } from "./mechanisms.ts";

/** Agents are told by RPC, each of them; with OVN northd changes an address set once, which the hosts then read. */
export function refreshHost(mechanism: Mechanism): Workflow {
  return {
    name: "refresh-host",
    subject: "host",
    whenHostReturns: "goes on",
    steps: [at(mechanism.hasAgents ? neutron.server : neutron.ovnNorthd, cast(mechanism.refreshSecurityGroups, "members, rules"))],
    ended() {},
  };
}
