// Pools and requests for the stories about Cinder's scheduling.
import { RandomStreams } from "../../../src/kernel/random.ts";
import { BackendState } from "../../../src/policies/cinder/backend-state.ts";
import { CinderConfig, type CinderOptionValue } from "../../../src/policies/cinder/config.ts";
import { Evaluator } from "../../../src/policies/cinder/evaluator/evaluator.ts";
import type { Filter, Surroundings, VolumeRecords } from "../../../src/policies/cinder/filter.ts";
import type { Capabilities, PoolState } from "../../../src/policies/cinder/pool-state.ts";
import type { VolumeRequestSpec } from "../../../src/policies/cinder/volume-request-spec.ts";
import type { PythonValue } from "../../../src/policies/python/python-values.ts";

export const noVolumes: VolumeRecords = { isOn: () => false, countOn: () => 0 };

export function around(options: Readonly<Record<string, CinderOptionValue>> = {}, more: Partial<Surroundings> = {}): Surroundings {
  return {
    config: new CinderConfig(new Map(Object.entries(options))),
    evaluator: new Evaluator(),
    volumes: noVolumes,
    hostOfServer: () => null,
    chance: () => 0,
    ...more,
  };
}

export function capabilities(entries: Readonly<Record<string, PythonValue>>): Capabilities {
  return new Map(Object.entries(entries));
}

/** The pool `h1@lvm#p` of a back end that says this of it. */
export function poolOf(entries: Readonly<Record<string, PythonValue>>, ratio: PythonValue = "20.0", poolName = "p"): PoolState {
  const backend = new BackendState({ host: "h1@lvm", clusterName: null, availabilityZone: "nova" });
  backend.update(capabilities({ pools: [capabilities({ pool_name: poolName, ...entries })] }), 0, ratio);
  return backend.pools.get(poolName)!;
}

/** 100 GB of which 60 are free and 40 given away, thick. */
export const thick = { total_capacity_gb: 100, free_capacity_gb: 60, allocated_capacity_gb: 40 };
export const thin = { ...thick, thin_provisioning_support: true };

export function request(more: Partial<VolumeRequestSpec> = {}): VolumeRequestSpec {
  return { sizeGb: 10, extraSpecs: new Map(), qosSpecs: null, schedulerHints: new Map(), ...more };
}

export function passes(filter: Filter, pool: PoolState, of: VolumeRequestSpec = request(), surroundings = around()): boolean {
  return filter.passes(of, surroundings)(pool);
}

export const streamOf = (name: string) => new RandomStreams("seed", 0).stream(name);
