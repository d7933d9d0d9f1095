// Errors of Keystone's API, and of the middleware that asks it, by the names of the exceptions, with the HTTP status of the answer. Every service may
// answer with those of the middleware and of its policy. `EndpointNotFound` is keystoneauth's: the client finds no service to send to.
// @source keystone/exception.py, keystonemiddleware/auth_token, oslo_policy, keystoneauth1/exceptions/catalog.py (Zed)
export const keystoneFaults = {
  ValidationError: 400,
  Unauthorized: 401,
  Forbidden: 403,
  PolicyNotAuthorized: 403,
  DomainNotFound: 404,
  EndpointNotFound: 404,
  GroupNotFound: 404,
  ProjectNotFound: 404,
  RoleAssignmentNotFound: 404,
  RoleNotFound: 404,
  ServiceNotFound: 404,
  TokenNotFound: 404,
  UserNotFound: 404,
  Conflict: 409,
  UnexpectedError: 500,
} as const satisfies Readonly<Record<string, number>>;
