// How hints of listed requests name servers: `server-3` is the third one asked for in the run; a request that has a name lends it to its
// servers, `web` to the only one, `web-1`, `web-2` and so on to several, and `web` to all of them together.

export interface NamedRequest {
  readonly name?: string | undefined;
  readonly at: number;
  readonly count: number;
}

/** Positions in the file by arrival; equal arrivals keep the order of the file. */
export function byArrival(requests: readonly NamedRequest[]): readonly number[] {
  return requests.map((_, index) => index).sort((a, b) => requests[a]!.at - requests[b]!.at || a - b);
}

/** Servers, as `server-<number>`, by every name that the requests give them. */
export function serverNames(requests: readonly NamedRequest[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  let asked = 0;
  for (const index of byArrival(requests)) {
    const { name, count } = requests[index]!;
    if (name !== undefined) {
      const servers = Array.from({ length: count }, (_, member) => `server-${asked + member + 1}`);
      names.set(name, servers);
      if (count > 1) for (const [member, server] of servers.entries()) names.set(`${name}-${member + 1}`, [server]);
    }
    asked += count;
  }
  return names;
}
