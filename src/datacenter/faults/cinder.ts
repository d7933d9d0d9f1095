// Errors of Cinder's API by the names of its exceptions, with the HTTP status of the answer.
// @source cinder/exception.py (Zed)
export const cinderFaults = {} as const satisfies Readonly<Record<string, number>>;
