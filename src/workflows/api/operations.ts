// All that users can ask of the APIs, service by service.
import { neutronOperations } from "../neutron/index.ts";
import { novaOperations } from "../nova/index.ts";
import type { ApiOperation } from "./api-operation.ts";

export const apiOperations: readonly ApiOperation[] = [...novaOperations, ...neutronOperations];
