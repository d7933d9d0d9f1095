import { describe, expect } from "vitest";
import { alternatesWanted, claimHosts } from "../../src/policies/nova/claim-loop.ts";
import { holdsForAll } from "./oracle-files.ts";

interface AlternatesCase {
  readonly id: string;
  readonly kind: "alternates";
  readonly input: {
    readonly hosts: readonly { readonly node: string; readonly cell: string; readonly has_candidate: boolean }[];
    readonly num_instances: number;
    readonly max_attempts: number;
    readonly return_alternates: boolean;
    readonly orders: readonly (readonly string[])[];
    readonly claim_failures: readonly (readonly [number, string])[];
  };
  readonly expected: {
    readonly outcome: "selected" | "no_valid_host";
    readonly selections: readonly (readonly string[])[] | null;
    readonly sort_calls: number;
    readonly claims: readonly (readonly [number, string, boolean])[];
    readonly undone: readonly number[];
  };
}

describe("Nova's own claims and alternates", () => {
  holdsForAll<AlternatesCase>("alternates.jsonl.gz", ["alternates"], 20, ({ input, expected }) => {
    const hosts = new Map(input.hosts.map((host) => [host.node, host]));
    const claims: [number, string, boolean][] = [];
    const undone: number[] = [];
    const consumed: [number, string][] = [];
    let sorts = 0;
    const selections = claimHosts<string>(
      {
        sort: () => input.orders[sorts++]!,
        hasCandidate: (node) => hosts.get(node)!.has_candidate,
        claim: (instance, node) => {
          const granted = !input.claim_failures.some(([i, refused]) => i === instance && refused === node);
          claims.push([instance, node, granted]);
          return granted;
        },
        consume: (instance, node) => void consumed.push([instance, node]),
        undo: (instance) => void undone.push(instance),
        cellOf: (node) => hosts.get(node)!.cell,
      },
      input.num_instances,
      alternatesWanted(input.max_attempts, input.return_alternates),
    );
    expect({
      outcome: selections === null ? "no_valid_host" : "selected",
      selections: selections?.map(({ host, alternates }) => [host, ...alternates]) ?? null,
      sort_calls: sorts,
      claims,
      undone,
    }).toEqual(expected);
    expect(consumed).toEqual(claims.filter(([, , granted]) => granted).map(([instance, node]) => [instance, node]));
  });
});
