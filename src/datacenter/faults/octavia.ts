// Errors of Octavia's API by the names of its exceptions, with the HTTP status of the answer.
// @source octavia/common/exceptions.py (Zed)
export const octaviaFaults = {
  /** No load balancer, listener or pool of that name. */
  NotFound: 404,
  /** The load balancer is being changed already. */
  ImmutableObject: 409,
  DuplicateListenerEntry: 409,
  ValidationException: 400,
} as const;
