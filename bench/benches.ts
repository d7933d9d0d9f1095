// Every bench, in the order in which they run.
import type { Bench } from "./bench.ts";
import { cloud } from "./cloud.bench.ts";
import { datacenter } from "./datacenter.bench.ts";
import { decisions } from "./decisions.bench.ts";
import { demand } from "./demand.bench.ts";
import { fabric } from "./fabric.bench.ts";
import { failures } from "./failures.bench.ts";
import { fingerprint } from "./fingerprint.bench.ts";
import { hold } from "./hold.bench.ts";
import { hostCpu } from "./host-cpu.bench.ts";
import { kernel } from "./kernel.bench.ts";
import { memory } from "./memory.bench.ts";
import { micro } from "./micro.bench.ts";
import { network } from "./network.bench.ts";
import { planetlab } from "./planetlab.bench.ts";
import { rally } from "./rally.bench.ts";
import { storage } from "./storage.bench.ts";
import { surfPower } from "./surf-power.bench.ts";

export const benches: readonly Bench[] = [
  hold,
  kernel,
  datacenter,
  hostCpu,
  cloud,
  decisions,
  fabric,
  memory,
  storage,
  failures,
  fingerprint,
  network,
  micro,
  demand,
  planetlab,
  rally,
  surfPower,
];
