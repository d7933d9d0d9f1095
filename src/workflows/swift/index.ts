// What users can ask of Swift.
import type { ApiOperation } from "../api/api-operation.ts";
import { accountShow, containerCreate, containerDelete, containerList, containerSet, objectList } from "./containers.ts";
import { objectCreate, objectDelete, objectSave, objectSet, objectShow } from "./objects.ts";

export const swiftOperations: readonly ApiOperation[] = [
  containerCreate,
  containerSet,
  containerList,
  containerDelete,
  objectCreate,
  objectSave,
  objectShow,
  objectSet,
  objectList,
  objectDelete,
  accountShow,
];
