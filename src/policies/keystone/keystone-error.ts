// What Keystone answers when it refuses: an error of its own name, with the status of HTTP.
// @source keystone/exception.py (Zed)

const statuses = {
  ValidationError: 400,
  Unauthorized: 401,
  Forbidden: 403,
  DomainNotFound: 404,
  EndpointNotFound: 404,
  GroupNotFound: 404,
  ProjectNotFound: 404,
  RegionNotFound: 404,
  RoleAssignmentNotFound: 404,
  RoleNotFound: 404,
  ServiceNotFound: 404,
  TokenNotFound: 404,
  UserNotFound: 404,
  Conflict: 409,
} as const;

export type KeystoneErrorName = keyof typeof statuses;

export class KeystoneError extends Error {
  readonly type: KeystoneErrorName;
  readonly status: number;

  constructor(type: KeystoneErrorName, message: string) {
    super(message);
    this.name = "KeystoneError";
    this.type = type;
    this.status = statuses[type];
  }
}
