// Errors of Glance's API by the names of its exceptions, with the HTTP status of the answer.
// @source glance/common/exception.py (Zed)
export const glanceFaults = {
  ImageNotFound: 404,
} as const satisfies Readonly<Record<string, number>>;
