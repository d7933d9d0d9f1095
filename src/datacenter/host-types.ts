// Servers one can buy, with the power they draw. Each is one published SPECpower_ssj2008 result (tables in spec-power/): the machine as it
// was tested and its average watts at eleven load levels. The names are short keys for scenarios.
//
// Assumes that a share of SPEC's load (throughput relative to its maximum) costs what the same share of busy hardware threads costs. With
// turbo and hyper-threading an operating system shows somewhat less than 50 % at half load, so mid-range watts are slightly low.
// The tested machines carry little memory, one disk and no extra network cards: a fuller server draws more.
//
// @source SPECpower_ssj2008 published results, https://www.spec.org/power_ssj2008/results/ (see NOTICE)

import { dell } from "./spec-power/dell.ts";
import { fujitsu } from "./spec-power/fujitsu.ts";
import { hewlettPackard } from "./spec-power/hewlett-packard.ts";
import { ibm } from "./spec-power/ibm.ts";
import { lenovo } from "./spec-power/lenovo.ts";
import type { SpecPowerRow } from "./spec-power/row.ts";

export interface HostType {
  /** As a scenario writes it, e.g. `dell-r740-8280`. */
  readonly key: string;
  readonly vendor: string;
  readonly model: string;
  readonly cpu: string;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
  readonly cores: number;
  /** Hardware threads: the host's VCPU inventory before the allocation ratio. */
  readonly threads: number;
  /** Memory as tested; a scenario usually gives its own. */
  readonly ramMb: number;
  /** Average watts at active idle, 10 %, ... 100 % load: eleven values. */
  readonly wattsByLoad: readonly number[];
  /** ISO date of the test. */
  readonly testDate: string;
  readonly source: string;
}

const rows: readonly SpecPowerRow[] = [...hewlettPackard, ...ibm, ...fujitsu, ...dell, ...lenovo];

function hostType([
  key,
  vendor,
  model,
  cpu,
  sockets,
  coresPerSocket,
  threadsPerCore,
  ramGb,
  testDate,
  wattsByLoad,
]: SpecPowerRow): HostType {
  const cores = sockets * coresPerSocket;
  return {
    key,
    vendor,
    model,
    cpu,
    sockets,
    coresPerSocket,
    threadsPerCore,
    cores,
    threads: cores * threadsPerCore,
    ramMb: ramGb * 1024,
    wattsByLoad,
    testDate,
    source: `SPECpower_ssj2008 published result, ${testDate}`,
  };
}

/** By key, in the order of the tests. */
export const hostTypes: ReadonlyMap<string, HostType> = new Map(
  rows
    .map(hostType)
    .sort((a, b) => order(a.testDate, b.testDate) || order(a.key, b.key))
    .map((type) => [type.key, type]),
);

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
