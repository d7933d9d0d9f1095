// Cinder's cases put to the policies: back ends as they were reported, and what is asked of them.
import { BackendState } from "../../src/policies/cinder/backend-state.ts";
import { capacityFactors, maxOverSubscriptionRatio } from "../../src/policies/cinder/capacity-factors.ts";
import { CinderConfig, type CinderOptionValue, STOCHASTIC_HANDLER } from "../../src/policies/cinder/config.ts";
import { Evaluator } from "../../src/policies/cinder/evaluator/evaluator.ts";
import { matchesExtraSpec } from "../../src/policies/cinder/extra-spec-match.ts";
import type { Surroundings } from "../../src/policies/cinder/filter.ts";
import { enabledPolicies, filterPools, giveBack, nextAttempt, weighedCandidates } from "../../src/policies/cinder/filter-scheduler.ts";
import type { PoolState } from "../../src/policies/cinder/pool-state.ts";
import type { Retry, VolumeRequestSpec } from "../../src/policies/cinder/volume-request-spec.ts";
import { orderedPools, rawWeights, type WeighedPool } from "../../src/policies/cinder/weigh-pools.ts";
import { PythonError, PythonFloat } from "../../src/policies/python/python-values.ts";
import { mapOf, numberOf, pythonOf, pythonOfTyped, type Typed, typed } from "./cinder-values.ts";

type Json = Readonly<Record<string, unknown>>;

interface RequestInput {
  readonly size: number;
  readonly new_size?: number;
  readonly vol_exists_on?: string;
  readonly operation?: string;
  readonly attach_status?: string;
  readonly availability_zone?: string | null;
  readonly availability_zones?: readonly string[] | null;
  readonly extra_specs: Json;
  readonly qos_specs: Json | null;
  readonly scheduler_hints: Json;
  readonly retry?: { readonly num_attempts: number; readonly backends?: readonly string[]; readonly hosts?: readonly string[] } | null;
  readonly resource_backend?: string;
}

interface CloudInput {
  readonly backends: readonly {
    readonly host: string;
    readonly cluster_name: string | null;
    readonly availability_zone: string;
    readonly capabilities: Json;
  }[];
  readonly config?: Readonly<Record<string, CinderOptionValue>>;
  readonly volumes?: readonly { readonly id: string; readonly host: string; readonly cluster_name: string | null }[];
  readonly servers?: Readonly<Record<string, { readonly host: string }>>;
}

export interface CinderCase {
  readonly id: string;
  readonly kind: "filter" | "weigh" | "schedule" | "capacity_factors" | "max_over_subscription_ratio" | "extra_spec_match" | "stochastic";
  readonly input: Json;
  readonly expect: unknown;
}

/** The error's class stands for what raises. */
export function answered(decide: () => unknown): unknown {
  try {
    return decide();
  } catch (error) {
    if (error instanceof PythonError) return { error: error.type };
    throw error;
  }
}

export const answerCinder: Readonly<Record<CinderCase["kind"], (input: never) => unknown>> = {
  filter: (input: CloudInput & { readonly filter: string; readonly request: RequestInput }) => {
    const { pools, around } = cloudOf(input, { scheduler_default_filters: [input.filter] });
    const { filters } = enabledPolicies(around.config);
    return { passed: filterPools(filters, pools, requestOf(input.request), around).map(({ backendId }) => backendId) };
  },
  weigh: (input: CloudInput & { readonly weighers: readonly string[]; readonly request: RequestInput }) => {
    const { pools, around } = cloudOf(input, { scheduler_default_weighers: input.weighers });
    const { weighers } = enabledPolicies(around.config);
    const request = requestOf(input.request);
    const raw = weighers.map((weigher) => {
      const values = rawWeights(weigher, pools, request, around);
      return [weigher.name, Object.fromEntries(pools.map(({ backendId }, i) => [backendId, values[i]]))];
    });
    return { raw: Object.fromEntries(raw), order: orderOf(orderedPools(weighers, pools, request, around)) };
  },
  schedule: (
    input: CloudInput & {
      readonly enabled_filters: readonly string[];
      readonly weighers: readonly string[];
      readonly max_attempts: number;
      readonly requests: readonly RequestInput[];
    },
  ) => {
    const { pools, around } = cloudOf(input, {
      scheduler_default_filters: input.enabled_filters,
      scheduler_default_weighers: input.weighers,
      scheduler_max_attempts: input.max_attempts,
    });
    const initial = pools.map(described);
    const results = input.requests.map((one) =>
      answered(() => {
        const request = requestOf(one);
        const retry = nextAttempt(request.retry, around.config);
        giveBack(pools, retry, request.sizeGb);
        const order = weighedCandidates(pools, { ...request, retry }, around, () => 0);
        order[0]?.pool.consume(request.sizeGb, 0);
        return { order: orderOf(order), chosen: order[0]?.pool.backendId ?? null };
      }),
    );
    return { initial_pools: initial, results, final_pools: pools.map(described) };
  },
  capacity_factors: (input: Json) => {
    const factors = capacityFactors(
      {
        total: pythonOf(input.total_capacity),
        free: pythonOf(input.free_capacity),
        provisioned: pythonOf(input.provisioned_capacity),
        thinProvisioningSupport: pythonOf(input.thin_provisioning_support),
        maxOverSubscriptionRatio: pythonOf(input.max_over_subscription_ratio),
        reservedPercentage: pythonOf(input.reserved_percentage),
      },
      input.thin as boolean,
    );
    return {
      result: {
        total_capacity: factors.totalCapacity,
        free_capacity: typed(factors.freeCapacity).value,
        reserved_capacity: factors.reservedCapacity,
        total_reserved_available_capacity: factors.totalReservedAvailableCapacity,
        max_over_subscription_ratio: typed(factors.maxOverSubscriptionRatio).value,
        total_available_capacity: factors.totalAvailableCapacity,
        provisioned_capacity: typed(factors.provisionedCapacity).value,
        calculated_free_capacity: factors.calculatedFreeCapacity,
        virtual_free_capacity: factors.virtualFreeCapacity,
        free_percent: factors.freePercent,
        provisioned_ratio: factors.provisionedRatio,
        provisioned_type: factors.provisionedType,
      },
    };
  },
  max_over_subscription_ratio: (input: { readonly capability: Json; readonly global: unknown }) => ({
    result: typed(maxOverSubscriptionRatio(mapOf(input.capability), pythonOf(input.global))).value,
  }),
  extra_spec_match: (input: { readonly value: Typed; readonly requirement: unknown }) => ({
    match: matchesExtraSpec(pythonOfTyped(input.value), pythonOf(input.requirement)),
  }),
  stochastic: (input: CloudInput & { readonly random: number; readonly weighers: readonly string[]; readonly request: RequestInput }) => {
    const { pools, around } = cloudOf(input, {
      scheduler_default_filters: [],
      scheduler_default_weighers: input.weighers,
      scheduler_weight_handler: STOCHASTIC_HANDLER,
    });
    return { order: orderOf(weighedCandidates(pools, requestOf(input.request), around, () => input.random)) };
  },
};

function cloudOf(input: CloudInput, more: Readonly<Record<string, CinderOptionValue>>) {
  const config = new CinderConfig(new Map(Object.entries({ ...input.config, ...more })));
  const pools: PoolState[] = [];
  for (const { host, cluster_name, availability_zone, capabilities } of input.backends) {
    const backend = new BackendState({ host, clusterName: cluster_name, availabilityZone: availability_zone });
    backend.update(mapOf(capabilities), 0, config.text("max_over_subscription_ratio"));
    pools.push(...backend.pools.values());
  }
  const volumes = input.volumes ?? [];
  const around: Surroundings = {
    config,
    evaluator: new Evaluator(),
    volumes: {
      isOn: (id, pool) =>
        volumes.some(
          (one) => one.id === id && (pool.clusterName === null ? one.host === pool.host : one.cluster_name === pool.clusterName),
        ),
      countOn: (host) => volumes.filter((one) => one.host === host).length,
    },
    hostOfServer: (uuid) => input.servers?.[uuid]?.host ?? null,
    chance: () => 0,
  };
  return { pools, around };
}

function requestOf(input: RequestInput): VolumeRequestSpec {
  return {
    sizeGb: input.size,
    ...(input.new_size === undefined ? {} : { newSizeGb: input.new_size }),
    ...(input.vol_exists_on === undefined ? {} : { volExistsOn: input.vol_exists_on }),
    ...(input.operation === undefined ? {} : { operation: input.operation }),
    ...(input.attach_status === undefined ? {} : { attachStatus: input.attach_status }),
    availabilityZone: input.availability_zone ?? null,
    availabilityZones: input.availability_zones ?? [],
    extraSpecs: mapOf(input.extra_specs),
    qosSpecs: input.qos_specs === null ? null : mapOf(input.qos_specs),
    schedulerHints: mapOf(input.scheduler_hints),
    retry: retryOf(input.retry),
    resourceBackend: input.resource_backend ?? null,
  };
}

function retryOf(retry: RequestInput["retry"]): Retry | null {
  if (!retry || Object.keys(retry).length === 0) return null;
  const { num_attempts, ...tried } = retry;
  return { numAttempts: num_attempts, ...tried };
}

function orderOf(weighed: readonly WeighedPool[]) {
  return weighed.map(({ pool, weight }) => ({ backend_id: pool.backendId, weight: weight === 0 ? 0 : weight }));
}

function described(pool: PoolState) {
  return Object.fromEntries(
    [
      ...["backend_id", "total_capacity_gb", "free_capacity_gb", "allocated_capacity_gb", "provisioned_capacity_gb"],
      ...["max_over_subscription_ratio", "thin_provisioning_support", "reserved_percentage", "storage_protocol"],
    ].map((name) => {
      const value = pool.attribute(name);
      return [name, value instanceof PythonFloat ? numberOf(value.value) : value];
    }),
  );
}
