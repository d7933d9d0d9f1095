// Nova as the operations of users name it.
export const compute = { name: "nova", type: "compute" } as const;
