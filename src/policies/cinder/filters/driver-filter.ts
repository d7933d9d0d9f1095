// Lets the driver decide with an expression of its own: `capabilities.total_volumes < 100 and volume.size < 500`.
import { isTrue, PythonError, type PythonValue } from "../../python/python-values.ts";
import { driverFunction } from "../driver-function.ts";
import { defineFilter } from "../filter.ts";

export const driverFilter = defineFilter({
  name: "DriverFilter",
  source: "cinder/scheduler/filters/driver_filter.py",
  meaning: "The filter_function that the driver reports must be true; one that fails keeps the pool out.",
  passes: (request, around) => {
    const runsOf = driverFunction("filter_function", request, around.evaluator);
    return (pool) => runsOf(pool)?.some(isMet) ?? true;
  },
});

function isMet(run: () => PythonValue): boolean {
  try {
    return isTrue(run());
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}
