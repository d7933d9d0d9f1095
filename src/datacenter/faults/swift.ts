// Errors of Swift's proxy, by the names of its answers, with the HTTP status.
// @source swift/common/swob.py, swift/proxy/controllers (2.30)
export const swiftFaults = {
  HTTPBadRequest: 400,
  HTTPUnauthorized: 401,
  HTTPForbidden: 403,
  HTTPNotFound: 404,
  HTTPConflict: 409,
  HTTPRequestEntityTooLarge: 413,
  HTTPClientDisconnect: 499,
  HTTPServiceUnavailable: 503,
  HTTPInsufficientStorage: 507,
} as const satisfies Readonly<Record<string, number>>;
