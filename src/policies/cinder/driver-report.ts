// What a driver tells the schedulers each minute: what its pools hold now, and how its section of cinder.conf says they are to be filled.
// @source cinder/volume/driver.py (_update_volume_stats, options of a back end), cinder/volume/manager.py (_append_volume_stats)
import type { Evidence } from "../../kernel/parameter.ts";
import { PythonFloat, type PythonValue } from "../python/python-values.ts";
import { isRatio } from "./config.ts";
import type { Capabilities } from "./pool-state.ts";

interface BackendOption {
  readonly name: string;
  readonly default: number | string | null;
  readonly unit: string;
  readonly meaning: string;
  readonly source: string;
  readonly evidence: Evidence;
}

const driver = "cinder/volume/driver.py";

/** Options of a back end's own section. */
export const backendOptions: readonly BackendOption[] = [
  {
    name: "volume_backend_name",
    default: null,
    unit: "text",
    meaning: "Name by which volume types ask for the back end.",
    source: driver,
    evidence: "from memory",
  },
  {
    name: "reserved_percentage",
    default: 0,
    unit: "%",
    meaning: "Part of the total capacity that no volume is put into.",
    source: driver,
    evidence: "from memory",
  },
  {
    name: "max_over_subscription_ratio",
    default: null,
    unit: "1",
    meaning: "Times its capacity that a pool with thin provisioning may give away, or auto; none: as Cinder's own option says.",
    source: "openstack-rules.md, 1.1",
    evidence: "verified",
  },
  {
    name: "filter_function",
    default: null,
    unit: "text",
    meaning: "Expression that a volume must meet (DriverFilter).",
    source: driver,
    evidence: "from memory",
  },
  {
    name: "goodness_function",
    default: null,
    unit: "text",
    meaning: "Expression that says from 0 to 100 how well a volume would lie here (GoodnessWeigher).",
    source: driver,
    evidence: "from memory",
  },
];

/** What a pool holds at the moment of a report; GB. Assumes that it is either thin or thick; some drivers offer both. */
export interface PoolContents {
  readonly poolName: string;
  readonly totalGb: number | "infinite" | "unknown";
  readonly freeGb: number | "infinite" | "unknown";
  /** Sizes of Cinder's volumes in it. */
  readonly allocatedGb: number;
  /** Sizes of all volumes in it; absent: as Cinder's. */
  readonly provisionedGb?: number;
  readonly thin: boolean;
  /** What it is capable of besides: `tier`, `iops`. */
  readonly capabilities?: Capabilities;
}

/** @param options of the back end's section. @throws RangeError naming every option that is unknown or holds what it cannot */
export function driverReport(
  options: ReadonlyMap<string, number | string>,
  storageProtocol: string,
  pools: readonly PoolContents[],
): Capabilities {
  const wrong = [...options].flatMap(([name, value]) => complaint(name, value));
  if (wrong.length > 0) throw new RangeError(wrong.join("; "));
  const set = new Map(backendOptions.map((option) => [option.name, options.get(option.name) ?? option.default]));
  const ofPools: readonly (readonly [string, PythonValue])[] = ["reserved_percentage", "max_over_subscription_ratio"]
    .map((name) => [name, set.get(name) ?? null] as const)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, python(value)]);
  return new Map<string, PythonValue>([
    ["volume_backend_name", set.get("volume_backend_name") ?? null],
    ["storage_protocol", storageProtocol],
    ["filter_function", set.get("filter_function") ?? null],
    ["goodness_function", set.get("goodness_function") ?? null],
    ["pools", pools.map((pool) => new Map([...ofPools, ...contents(pool)]))],
  ]);
}

function contents(pool: PoolContents): readonly (readonly [string, PythonValue])[] {
  return [
    ["pool_name", pool.poolName],
    ["total_capacity_gb", python(pool.totalGb)],
    ["free_capacity_gb", python(pool.freeGb)],
    ["allocated_capacity_gb", python(pool.allocatedGb)],
    ["provisioned_capacity_gb", python(pool.provisionedGb ?? pool.allocatedGb)],
    ["thin_provisioning_support", pool.thin],
    ["thick_provisioning_support", !pool.thin],
    ...(pool.capabilities ?? []),
  ];
}

function python(value: number | string | null): PythonValue {
  return typeof value === "number" && !Number.isInteger(value) ? new PythonFloat(value) : value;
}

function complaint(name: string, value: number | string): readonly string[] {
  const found = `option ${name} is ${JSON.stringify(value)}`;
  switch (name) {
    case "volume_backend_name":
    case "filter_function":
      return typeof value === "string" ? [] : [`${found}; a text was expected`];
    case "goodness_function":
      return []; // a number is an expression too
    case "reserved_percentage":
      return typeof value === "number" && value >= 0 && value <= 100 ? [] : [`${found}; a percentage from 0 to 100 was expected`];
    case "max_over_subscription_ratio":
      return isRatio(value) ? [] : [`${found}; a ratio (20.0) or auto was expected`];
    default:
      return [`there is no option ${name} of a back end: there are ${backendOptions.map((option) => option.name).join(", ")}`];
  }
}
