// Errors of Keystone's API, and of the middleware that asks it, by the names of the exceptions, with the HTTP status of the answer.
// @source keystone/exception.py, oslo_policy (Zed)
export const keystoneFaults = {} as const satisfies Readonly<Record<string, number>>;
