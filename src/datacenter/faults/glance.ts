// Errors of Glance's API by the names of its exceptions, with the HTTP status of the answer.
// @source glance/common/exception.py, glance/api/v2/images.py, glance/api/v2/image_members.py (Zed)
export const glanceFaults = {
  ImageNotFound: 404,
  MemberNotFound: 404,
  Forbidden: 403,
  ProtectedImageDelete: 403,
  InUseByStore: 409,
  InvalidImageStatusTransition: 409,
  Duplicate: 409,
  Invalid: 400,
  ImageSizeLimitExceeded: 413,
  StorageQuotaFull: 413,
} as const satisfies Readonly<Record<string, number>>;
