// What users can ask of Nova for servers that there are.
import type { ApiOperation } from "../api/api-operation.ts";
import { serverStart, serverStop } from "./power-server.ts";

export const novaOperations: readonly ApiOperation[] = [serverStart, serverStop];
