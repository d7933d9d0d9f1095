// Errors of Cinder's API by the names of its exceptions, with the HTTP status of the answer; 500 is for what fails after the answer and is never
// seen in one.
// @source cinder/exception.py (Zed)
export const cinderFaults = {
  VolumeNotFound: 404,
  SnapshotNotFound: 404,
  BackupNotFound: 404,
  VolumeTypeNotFound: 404,
  TransferNotFound: 404,
  InvalidVolume: 400,
  InvalidSnapshot: 400,
  InvalidBackup: 400,
  InvalidInput: 400,
  InvalidHost: 400,
  ImageNotFound: 400,
  ImageUnacceptable: 400,
  VolumeTypeExists: 409,
  VolumeTypeInUse: 400,
  VolumeLimitExceeded: 413,
  VolumeSizeExceedsAvailableQuota: 413,
  VolumeSizeExceedsLimit: 413,
  SnapshotLimitExceeded: 413,
  BackupLimitExceeded: 413,
  VolumeBackupSizeExceedsAvailableQuota: 413,
  NoValidBackend: 500,
  VolumeBackendAPIException: 500,
} as const satisfies Readonly<Record<string, number>>;
