// A role brings others with it: admin implies member, member implies reader. What is meant is everything that can be reached.
// @source Keystone 22.0.2: assignment/core.py; keystone/cmd/bootstrap.py

/** As `keystone-manage bootstrap` sets it up. */
export const bootstrapImplications: ReadonlyMap<string, readonly string[]> = new Map([
  ["admin", ["member"]],
  ["member", ["reader"]],
]);

/** The roles and all they imply, in the order of their finding; circles do no harm. */
export function withImplied(roles: Iterable<string>, implies: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set(roles);
  // A set that grows while it is walked hands out what was added.
  for (const role of found) for (const implied of implies.get(role) ?? []) found.add(implied);
  return [...found];
}
