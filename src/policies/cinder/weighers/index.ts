// The weighers: Cinder's default first, then the others by name. To add one: write its file, and give it a line here.
import type { Weigher } from "../weigher.ts";
import { allocatedCapacityWeigher } from "./allocated-capacity-weigher.ts";
import { capacityWeigher } from "./capacity-weigher.ts";
import { chanceWeigher } from "./chance-weigher.ts";
import { goodnessWeigher } from "./goodness-weigher.ts";
import { volumeNumberWeigher } from "./volume-number-weigher.ts";

export const cinderWeighers: readonly Weigher[] = [
  capacityWeigher,
  allocatedCapacityWeigher,
  chanceWeigher,
  goodnessWeigher,
  volumeNumberWeigher,
];
