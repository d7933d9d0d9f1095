// Errors of Nova's API by the names of its exceptions, with the HTTP status of the answer.
// @source nova/exception.py, nova/api/openstack/compute (Zed)
export const novaFaults = {
  InstanceNotFound: 404,
  InstanceInvalidState: 409,
  ImageNotFound: 400,
  InstanceIsLocked: 409,
  InstanceNotReady: 409,
  InvalidMigrationState: 400,
  ComputeServiceInUse: 400,
  ComputeHostNotFound: 404,
  UnableToMigrateToSelf: 400,
  CannotResizeToSameFlavor: 400,
  FlavorNotFound: 400,
  VolumeNotFound: 404,
  VolumeBDMNotFound: 404,
  InvalidVolume: 400,
  NetworkNotFound: 400,
  PortNotFound: 400,
  PortInUse: 409,
  PortLimitExceeded: 403,
  NoMoreFixedIps: 400,
  SecurityGroupNotFound: 404,
} as const;
