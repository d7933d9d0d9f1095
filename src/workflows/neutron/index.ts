// What users can ask of Neutron and Octavia, and what guests do with the networks that they make.
import type { ApiOperation } from "../api/api-operation.ts";
import { agentOperations } from "./agents.ts";
import { loadBalancerOperations } from "./balancing.ts";
import { guestOperations } from "./guests.ts";
import { networkOperations } from "./networks.ts";
import { routerOperations } from "./routers.ts";
import { securityGroupOperations } from "./security-groups.ts";
import { interfaceOperations } from "./server-interfaces.ts";

export const neutronOperations: readonly ApiOperation[] = [
  ...networkOperations,
  ...routerOperations,
  ...securityGroupOperations,
  ...interfaceOperations,
  ...agentOperations,
  ...loadBalancerOperations,
  ...guestOperations,
];
