// The weighers, in the order in which their weighted values are added. To add one: write its file, and give it a line here.
import type { Weigher } from "../weigher.ts";
import { buildFailureWeigher } from "./build-failure-weigher.ts";
import { cpuWeigher } from "./cpu-weigher.ts";
import { diskWeigher } from "./disk-weigher.ts";
import { fitWeigher } from "./fit-weigher.ts";
import { ioOpsWeigher } from "./io-ops-weigher.ts";
import { ramWeigher } from "./ram-weigher.ts";

export const weighers: readonly Weigher[] = [
  ramWeigher, //
  cpuWeigher,
  diskWeigher,
  ioOpsWeigher,
  buildFailureWeigher,
  fitWeigher,
];
