// What users can ask of Nova for servers that there are.
import type { ApiOperation } from "../api/api-operation.ts";
import { serverRestore } from "./deletions.ts";
import { serverLock, serverSetPassword, serverSetProperty, serverUnlock } from "./lock-server.ts";
import { serverList, serverShow } from "./look-at-servers.ts";
import {
  serverDelete,
  serverEvacuate,
  serverMigrate,
  serverMigrationAbort,
  serverMigrationForceComplete,
  serverResize,
  serverResizeConfirm,
  serverResizeRevert,
} from "./move-server.ts";
import { serverPause, serverResume, serverSuspend, serverUnpause } from "./pause-server.ts";
import { serverReboot, serverStart, serverStop } from "./power-server.ts";
import { serverRebuild } from "./rebuild-server.ts";
import { serverRescue, serverUnrescue } from "./rescue-server.ts";
import { serverShelve, serverShelveOffload, serverUnshelve } from "./shelve-server.ts";
import { serverImageCreate } from "./snapshot-server.ts";

export const novaOperations: readonly ApiOperation[] = [
  serverStart,
  serverStop,
  serverReboot,
  serverPause,
  serverUnpause,
  serverSuspend,
  serverResume,
  serverRescue,
  serverUnrescue,
  serverRebuild,
  serverImageCreate,
  serverShelve,
  serverShelveOffload,
  serverUnshelve,
  serverLock,
  serverUnlock,
  serverSetProperty,
  serverSetPassword,
  serverResize,
  serverResizeConfirm,
  serverResizeRevert,
  serverMigrate,
  serverMigrationAbort,
  serverMigrationForceComplete,
  serverEvacuate,
  serverDelete,
  serverRestore,
  serverShow,
  serverList,
];
