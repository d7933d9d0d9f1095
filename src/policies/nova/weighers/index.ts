// The weighers, in the order in which their weighted values are added. To add one: write its file, and give it a line here.
import type { Weigher } from "../weigher.ts";
import { buildFailureWeigher } from "./build-failure-weigher.ts";
import { cpuWeigher } from "./cpu-weigher.ts";
import { crossCellWeigher } from "./cross-cell-weigher.ts";
import { diskWeigher } from "./disk-weigher.ts";
import { dotProductWeigher } from "./dot-product-weigher.ts";
import { fitWeigher } from "./fit-weigher.ts";
import { fragmentationWeigher } from "./fragmentation-weigher.ts";
import { hypervisorVersionWeigher } from "./hypervisor-version-weigher.ts";
import { ioOpsWeigher } from "./io-ops-weigher.ts";
import { metricsWeigher } from "./metrics-weigher.ts";
import { normWeigher } from "./norm-weigher.ts";
import { numInstancesWeigher } from "./num-instances-weigher.ts";
import { pciWeigher } from "./pci-weigher.ts";
import { powerWeigher } from "./power-weigher.ts";
import { ramWeigher } from "./ram-weigher.ts";
import { serverGroupSoftAffinityWeigher } from "./server-group-soft-affinity-weigher.ts";
import { serverGroupSoftAntiAffinityWeigher } from "./server-group-soft-anti-affinity-weigher.ts";

export const weighers: readonly Weigher[] = [
  ramWeigher, //
  cpuWeigher,
  diskWeigher,
  ioOpsWeigher,
  metricsWeigher,
  pciWeigher,
  serverGroupSoftAffinityWeigher,
  serverGroupSoftAntiAffinityWeigher,
  buildFailureWeigher,
  crossCellWeigher,
  hypervisorVersionWeigher,
  numInstancesWeigher,
  fitWeigher,
  dotProductWeigher,
  normWeigher,
  fragmentationWeigher,
  powerWeigher,
];
