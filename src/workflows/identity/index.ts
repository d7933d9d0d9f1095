// What users can ask of Keystone, and of Nova about their projects.
import type { ApiOperation } from "../api/api-operation.ts";
import { quotaSet, quotaShow } from "./quotas.ts";
import { impliedRoleCreate, roleAdd, roleCreate, roleRemove } from "./roles.ts";
import { endpointList, serviceList, serviceSet, tokenIssue, tokenRevoke } from "./tokens-and-catalogue.ts";
import {
  domainCreate,
  groupAddUser,
  groupCreate,
  projectCreate,
  projectDelete,
  projectSet,
  userCreate,
  userDelete,
  userSet,
  userSetPassword,
} from "./users-and-projects.ts";

/** These need a cloud with users. */
export const identityOperations: readonly ApiOperation[] = [
  tokenIssue,
  tokenRevoke,
  userCreate,
  userSet,
  userSetPassword,
  userDelete,
  projectCreate,
  projectSet,
  projectDelete,
  domainCreate,
  groupCreate,
  groupAddUser,
  roleCreate,
  roleAdd,
  roleRemove,
  impliedRoleCreate,
  serviceList,
  endpointList,
  serviceSet,
  quotaSet,
  quotaShow,
];
