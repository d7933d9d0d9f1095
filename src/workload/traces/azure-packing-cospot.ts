// Fourteen days of server creations in one Azure zone, with concrete sizes. Fractions of a core are common, which is why vCPUs are counted
// in thousandths. Servers that were running when the collection began arrive at time 0, in file order.
//
// Columns: `cores` in hundredths of a core, `ram` in quarters of a GiB, `starttime` and `endtime` in days since the collection began
// (negative: before; `inf`: still running when it was capped at day 90). The units are inferred from well-known sizes: the authors of the
// trace only say that they were scaled. Disks are not in the trace and taken as empty.
//
// @source CoSpot (Iqbal et al., SoCC 2022), derived from the Azure packing trace 2020 (Hadary et al., Protean, OSDI 2020); CC-BY 4.0
import type { Micros } from "../../kernel/time.ts";
import { DAY } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";
import type { Flavor } from "../workload.ts";
import type { TraceReader } from "./trace-servers.ts";

const MILLI_VCPU_PER_UNIT = 10;
const MB_PER_UNIT = 256;

export const readAzurePackingCospot: TraceReader = (path) => {
  const csv = new TraceCsv(path, ["tenantId", "cores", "ram", "starttime", "endtime"]);
  const tenants = csv.column("tenantId");
  const cores = csv.column("cores");
  const ram = csv.column("ram");
  const starts = csv.column("starttime");
  const ends = csv.column("endtime");

  const flavors: Flavor[] = [];
  const flavorBySize = new Map<string, number>();
  const arrival: Micros[] = [];
  const lifetime: Micros[] = [];
  const flavor: number[] = [];
  const owner: number[] = [];

  for (let row = 0; row < csv.count; row++) {
    const tenant = csv.integer(row, tenants, 0);
    const vcpuMilli = wholeMultiple(csv, row, cores, MILLI_VCPU_PER_UNIT);
    const ramMb = wholeMultiple(csv, row, ram, MB_PER_UNIT);
    const start = instant(csv.number(row, starts));
    const end = csv.string(row, ends) === "inf" ? Number.POSITIVE_INFINITY : instant(csv.number(row, ends));
    if (end < start) csv.fault(row, ends, "the server ends before it starts");
    if (!(end > 0)) continue; // gone before the collection began
    const size = `${vcpuMilli}/${ramMb}`;
    let known = flavorBySize.get(size);
    if (known === undefined) {
      known = flavors.push(sized(vcpuMilli, ramMb)) - 1;
      flavorBySize.set(size, known);
    }
    const from = Math.max(0, start);
    arrival.push(from);
    lifetime.push(end - from);
    flavor.push(known);
    owner.push(tenant);
  }
  csv.throwFaults();
  return { flavors, arrival, lifetime, flavor, owner };
};

function instant(days: number): Micros {
  return Math.round(days * DAY);
}

function wholeMultiple(csv: TraceCsv, row: number, column: number, perUnit: number): number {
  const units = csv.number(row, column);
  const whole = units * perUnit;
  if (!Number.isNaN(units) && !(Number.isInteger(whole) && whole > 0)) {
    csv.fault(row, column, `expected a positive multiple of ${1 / perUnit}, got ${units}`);
  }
  return whole;
}

function sized(vcpuMilli: number, ramMb: number): Flavor {
  return {
    name: `c${vcpuMilli / 1000}-r${ramMb / 1024}`,
    vcpuMilli,
    ramMb,
    diskGb: 0,
    volumeGb: 0,
    volumeType: null,
    extraSpecs: new Map(),
  };
}
