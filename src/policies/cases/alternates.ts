// The claims of a request with several servers, and the hosts to fall back on, where the order of the hosts is given.
import { alternatesWanted, claimHosts } from "../nova/claim-loop.ts";

export interface AlternatesCase {
  readonly input: {
    readonly hosts: readonly { readonly node: string; readonly cell: string; readonly has_candidate: boolean }[];
    readonly num_instances: number;
    readonly max_attempts: number;
    readonly return_alternates: boolean;
    /** What each filtering and weighing gives, in turn. */
    readonly orders: readonly (readonly string[])[];
    /** Claims that are refused: index of the server, node. */
    readonly claim_failures: readonly (readonly [number, string])[];
  };
}

export interface AlternatesAnswer {
  readonly outcome: "selected" | "no_valid_host";
  /** By server: its node, then the alternates. */
  readonly selections: readonly (readonly string[])[] | null;
  readonly sort_calls: number;
  readonly claims: readonly (readonly [index: number, node: string, granted: boolean])[];
  readonly undone: readonly number[];
}

export function answerAlternates({ input }: AlternatesCase): AlternatesAnswer {
  const hosts = new Map(input.hosts.map((host) => [host.node, host]));
  const claims: (readonly [number, string, boolean])[] = [];
  const undone: number[] = [];
  let sortCalls = 0;
  const placed = claimHosts<string>(
    {
      sort: () => input.orders[sortCalls++] ?? [],
      hasCandidate: (node) => hosts.get(node)?.has_candidate === true,
      cellOf: (node) => hosts.get(node)!.cell,
      claim: (index, node) => {
        const granted = !input.claim_failures.some(([server, refused]) => server === index && refused === node);
        claims.push([index, node, granted]);
        return granted;
      },
      undo: (index) => undone.push(index),
      consume: () => {},
    },
    input.num_instances,
    alternatesWanted(input.max_attempts, input.return_alternates),
  );
  const selections = placed?.map(({ host, alternates }) => [host, ...alternates]) ?? null;
  return { outcome: placed === null ? "no_valid_host" : "selected", selections, sort_calls: sortCalls, claims, undone };
}
