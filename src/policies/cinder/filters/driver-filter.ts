// Lets the driver decide with an expression of its own: `capabilities.total_volumes < 100 and volume.size < 500`.
import { isTrue, PythonError } from "../../python/python-values.ts";
import { driverFunction } from "../driver-function.ts";
import { defineFilter } from "../filter.ts";

export const driverFilter = defineFilter({
  name: "DriverFilter",
  source: "cinder/scheduler/filters/driver_filter.py",
  meaning: "The filter_function that the driver reports must be true; one that fails keeps the pool out.",
  passes: (request, around) => (pool) => {
    const runs = driverFunction("filter_function", pool, request, around.evaluator);
    return (
      runs === null ||
      runs.some((run) => {
        try {
          return isTrue(run());
        } catch (error) {
          if (error instanceof PythonError) return false;
          throw error;
        }
      })
    );
  },
});
