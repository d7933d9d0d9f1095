// Lets the driver say how well the volume would lie in a pool, from 0 to 100, with an expression of its own.

import { less, PythonError, type PythonValue } from "../../python/python-values.ts";
import { numberIn } from "../capacity-factors.ts";
import { driverFunction } from "../driver-function.ts";
import { defineWeigher } from "../weigher.ts";

export const goodnessWeigher = defineWeigher({
  name: "GoodnessWeigher",
  source: "cinder/scheduler/weights/goodness.py",
  meaning: "Prefers pools with a higher goodness_function; one that fails or leaves 0 to 100 counts 0.",
  multiplier: null,
  weigh: (request, around) => {
    const runsOf = driverFunction("goodness_function", request, around.evaluator);
    return (pool) => Math.max(...(runsOf(pool)?.map(rating) ?? [0]));
  },
});

function rating(run: () => PythonValue): number {
  let result: PythonValue;
  try {
    result = run();
  } catch (error) {
    if (error instanceof PythonError) return 0;
    throw error;
  }
  if (typeof result === "boolean") return result ? 100 : 0;
  // A text cannot be compared, and here nothing is caught any more.
  return less(result, 0, false) || less(100, result, false) ? 0 : numberIn(result);
}
