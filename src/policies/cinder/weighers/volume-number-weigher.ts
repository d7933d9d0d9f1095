// Prefers pools with few volumes, whatever their sizes.
import { defineWeigher } from "../weigher.ts";

export const volumeNumberWeigher = defineWeigher({
  name: "VolumeNumberWeigher",
  source: "cinder/scheduler/weights/volume_number.py",
  meaning: "Prefers pools with fewer volumes.",
  multiplier: "volume_number_multiplier",
  weigh: (_request, around) => (pool) => around.volumes.countOn(pool.host),
});
