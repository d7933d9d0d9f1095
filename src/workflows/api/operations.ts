// All that users can ask of the APIs, service by service.
import { cinderOperations } from "../cinder/index.ts";
import { glanceOperations } from "../glance/index.ts";
import { identityOperations } from "../identity/index.ts";
import { neutronOperations } from "../neutron/index.ts";
import { novaOperations } from "../nova/index.ts";
import { swiftOperations } from "../swift/index.ts";
import type { ApiOperation } from "./api-operation.ts";

export const apiOperations: readonly ApiOperation[] = [
  ...novaOperations,
  ...cinderOperations,
  ...glanceOperations,
  ...neutronOperations,
  ...identityOperations,
  ...swiftOperations,
];
