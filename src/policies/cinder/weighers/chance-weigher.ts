// Prefers no pool: every decision is a draw.
import { defineWeigher } from "../weigher.ts";

export const chanceWeigher = defineWeigher({
  name: "ChanceWeigher",
  source: "cinder/scheduler/weights/chance.py",
  meaning: "Prefers pools by chance.",
  multiplier: null,
  weigh: (_request, around) => (_pool, place) => around.chance(place),
});
