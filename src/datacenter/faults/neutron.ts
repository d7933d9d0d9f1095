// Errors of Neutron's API by the names of its exceptions, with the HTTP status of the answer.
// @source neutron_lib/exceptions (Zed)
export const neutronFaults = {} as const satisfies Readonly<Record<string, number>>;
