// Errors of Swift's proxy, by the reason phrases of its answers, with the HTTP status.
// @source swift/common/swob.py, swift/proxy/controllers (2.30)
export const swiftFaults = {} as const satisfies Readonly<Record<string, number>>;
