// What users can ask of Glance.
import type { ApiOperation } from "../api/api-operation.ts";
import { imageImport, imageSave, imageShow, imageStage, imageUpload } from "./image-data.ts";
import {
  imageAddProject,
  imageCreate,
  imageDeactivate,
  imageDelete,
  imageList,
  imageReactivate,
  imageRemoveProject,
  imageSet,
  imageSetMember,
} from "./image-records.ts";

export const glanceOperations: readonly ApiOperation[] = [
  imageCreate,
  imageUpload,
  imageSave,
  imageStage,
  imageImport,
  imageShow,
  imageList,
  imageSet,
  imageAddProject,
  imageRemoveProject,
  imageSetMember,
  imageDeactivate,
  imageReactivate,
  imageDelete,
];
