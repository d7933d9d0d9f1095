// Swift's rings, quorums, ACLs and Keystone authorisation, held against the answers of the real Swift 2.30.1 (Zed). Rings are compared whole:
// the same seed gives the same device for every replica of every part.
import { describe, expect } from "vitest";
import type { Identity } from "../../src/datacenter/object-store/authorization.ts";
import { quorumSize } from "../../src/datacenter/object-store/quorum.ts";
import { maxReplicas, weightOfOnePart } from "../../src/datacenter/object-store/ring/replica-plan.ts";
import { hashPath, Ring } from "../../src/datacenter/object-store/ring/ring.ts";
import { RingBuilder } from "../../src/datacenter/object-store/ring/ring-builder.ts";
import { type RingDevice, RingError } from "../../src/datacenter/object-store/ring/ring-device.ts";
import { hexDigest, md5 } from "../../src/kernel/md5.ts";
import { PythonError } from "../../src/policies/python/python-values.ts";
import { cleanAcl, parseAcl, referrerAllowed } from "../../src/policies/swift/acl.ts";
import { KeystoneAuth } from "../../src/policies/swift/keystoneauth.ts";
import { holdsForAll, type OracleCase } from "./oracle-files.ts";

interface Case<I, E> extends OracleCase {
  readonly input: I;
  readonly expect: E;
}

/** `{ error }` of Python's class where the answer is an exception. */
function answer(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RingError || error instanceof PythonError) return { error: error.type };
    throw error;
  }
}

/** Numbers within a relative 1e-9, the rest exactly. */
function expectClose(got: unknown, wanted: unknown, path: string): void {
  if (typeof wanted === "number" && !Number.isInteger(wanted)) {
    const off = Math.abs((got as number) - wanted);
    if (!(off <= 1e-9 * Math.max(1e-9, Math.abs(wanted)))) throw new Error(`${path}: ${got} instead of ${wanted}`);
  } else if (typeof wanted === "object" && wanted !== null) {
    expect(Object.keys(got as object).sort(), path).toEqual(Object.keys(wanted).sort());
    for (const key of Object.keys(wanted)) expectClose(Reflect.get(got as object, key), Reflect.get(wanted, key), `${path}.${key}`);
  } else expect(typeof got === "number" && typeof wanted === "number" ? got + 0 : got, path).toBe(wanted);
}

interface RingInput {
  readonly part_power: number;
  readonly replicas: number;
  readonly min_part_hours?: number;
  readonly overload: number;
  readonly devices: readonly RingDevice[];
}

function builderOf({ part_power, replicas, min_part_hours = 1, overload, devices }: RingInput): RingBuilder {
  const builder = new RingBuilder({ partPower: part_power, replicas, minPartHours: min_part_hours, overload });
  for (const device of devices) builder.addDevice(device);
  return builder;
}

function planOf(input: RingInput): unknown {
  const builder = builderOf(input);
  const { tiers, weighted, wanted, target, min, max, requiredOverload, partsWanted } = builder.plan();
  const byTier = <T>(value: (tier: number) => T) =>
    Object.fromEntries(tiers.keys.flatMap((key, tier) => (tiers.hasWeight(tier) ? [[key, value(tier)]] : [])));
  const most = maxReplicas(tiers, input.replicas, Math.ceil);
  return {
    weight_of_one_part: weightOfOnePart(builder.devices, builder.parts, input.replicas),
    max_replicas_by_tier: byTier((tier) => most[tier]),
    weighted: byTier((tier) => weighted[tier]),
    wanted: byTier((tier) => wanted[tier]),
    required_overload: requiredOverload,
    plan: byTier((tier) => ({ min: min[tier], target: target[tier], max: max[tier] })),
    parts_wanted: Object.fromEntries(partsWanted.map(({ id, parts }) => [id, parts])),
  };
}

type RingStep =
  | { readonly op: "rebalance"; readonly seed: number; readonly hours: number }
  | { readonly op: "add_dev"; readonly device: RingDevice }
  | { readonly op: "remove_dev"; readonly id: number }
  | { readonly op: "set_weight"; readonly id: number; readonly weight: number }
  | { readonly op: "set_replicas"; readonly replicas: number }
  | { readonly op: "set_overload"; readonly overload: number };

interface StepsInput extends RingInput {
  readonly start_seconds: number;
  readonly steps: readonly RingStep[];
}

function rebalanced(builder: RingBuilder, seed: number, nowSeconds: number, withTable: boolean): unknown {
  const { changed, balance, removed } = builder.rebalance(seed, nowSeconds);
  const ids = builder.devices.map(({ id }) => id);
  const ring = builder.ring();
  const rows = Math.ceil(builder.replicas);
  const table = Array.from({ length: rows }, () => [] as number[]);
  for (let part = 0; part < ring.parts; part++)
    for (const [replica, device] of ring.devicesOf(part).entries()) table[replica]!.push(device);
  const off = builder.balancePerDevice();
  const { maxDispersion, worstTier } = builder.dispersionReport();
  return {
    changed,
    removed,
    balance,
    dispersion: builder.dispersion,
    parts: Object.fromEntries(ids.map((id) => [id, builder.partsOn(id)])),
    version: builder.version,
    balance_per_dev: Object.fromEntries(ids.map((id, i) => [id, off[i]])),
    max_dispersion: maxDispersion,
    worst_tier: worstTier,
    dispersion_graph: Object.fromEntries(builder.dispersionGraph),
    table_md5: hexDigest(md5(JSON.stringify(table))),
    ...(withTable ? { table } : {}),
  };
}

function stepsOf(input: StepsInput, wanted: readonly object[]): unknown {
  const builder = builderOf(input);
  const results: unknown[] = [];
  for (const step of input.steps) {
    if (step.op === "add_dev") builder.addDevice(step.device);
    else if (step.op === "remove_dev") builder.removeDevice(step.id);
    else if (step.op === "set_weight") builder.setWeight(step.id, step.weight);
    else if (step.op === "set_replicas") builder.setReplicas(step.replicas);
    else if (step.op === "set_overload") builder.setOverload(step.overload);
    else {
      const withTable = "table" in (wanted[results.length] ?? {});
      results.push(answer(() => rebalanced(builder, step.seed, input.start_seconds + step.hours * 3600, withTable)));
    }
  }
  return { results };
}

interface Tabled {
  readonly part_power: number;
  readonly devices: readonly RingDevice[];
  readonly table: readonly (readonly number[])[];
  readonly parts: readonly number[];
}

interface AuthInput {
  readonly config: Readonly<Record<string, string>>;
  readonly method: string;
  readonly path: string;
  readonly acl: string | null;
  readonly referer: string | null;
  readonly account_project_domain: string | null;
  readonly identity: Identity | null;
}

function authorized({ config, method, path, acl, referer, account_project_domain, identity }: AuthInput): unknown {
  const [, , account = "", container = null, object = null] = path.split("/");
  const request = { method, account, container, object, acl, referer, identity, accountProjectDomain: account_project_domain };
  const { allowed, status, swiftOwner } = new KeystoneAuth(config).authorize(request, false);
  return { allowed, status, swift_owner: swiftOwner };
}

describe("Swift decides as Swift does", () => {
  const holds = <I, E>(kind: string, count: number, ask: (input: I, wanted: E) => unknown) =>
    describe(kind, () => {
      holdsForAll<Case<I, E>>("swift.jsonl.gz", [kind], count, ({ input, expect: wanted }) =>
        expectClose(
          answer(() => ask(input, wanted)),
          wanted,
          kind,
        ),
      );
    });

  holds("quorum", 1, (_: object, { quorum }: { quorum: Record<string, number> }) => ({
    quorum: Object.fromEntries(Object.keys(quorum).map((replicas) => [replicas, quorumSize(Number(replicas))])),
  }));
  holds(
    "hash_partition",
    60,
    (input: Record<"account" | "container" | "object" | "hash_path_prefix" | "hash_path_suffix", string> & { part_power: number }) => {
      const hash = hashPath(
        { prefix: input.hash_path_prefix, suffix: input.hash_path_suffix },
        input.account,
        input.container,
        input.object,
      );
      return { hash: hexDigest(hash), partition: new Ring(input.part_power, [], []).partOf(hash) };
    },
  );
  holds("ring_plan", 50, planOf);
  holds("ring_rebalance", 40, (input: StepsInput, { results }: { results: readonly object[] }) => stepsOf(input, results ?? []));
  holds("handoffs", 30, ({ part_power, devices, table, parts }: Tabled) => {
    const ring = new Ring(part_power, devices, table);
    return {
      replica_count: ring.replicas,
      by_part: parts.map((part) => ({ part, primaries: ring.primaries(part), handoffs: [...ring.handoffs(part)] })),
    };
  });
  holds("clean_acl", 38, ({ header, value }: { header: string; value: string }) => {
    const cleaned = cleanAcl(header, value);
    return { cleaned, ...parseAcl(cleaned) };
  });
  holds("referrer_allowed", 38, ({ referrer, acl }: { referrer: string | null; acl: string }) => {
    const { referrers, groups } = parseAcl(acl);
    return { referrers, groups, allowed: referrerAllowed(referrer, referrers) };
  });
  holds("keystoneauth", 80, authorized);
});
