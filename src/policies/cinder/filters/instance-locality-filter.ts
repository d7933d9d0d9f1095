// Puts a volume on the very host of a server, for back ends that are the hosts' own disks.
import { isTrue, PythonError, str } from "../../python/python-values.ts";
import { hostPart } from "../backend-name.ts";
import { defineFilter } from "../filter.ts";
import { isUuidLike } from "../volume-request-spec.ts";

export const instanceLocalityFilter = defineFilter({
  name: "InstanceLocalityFilter",
  source: "cinder/scheduler/filters/instance_locality_filter.py",
  meaning: "The back end must be on the host of the server in the hint local_to_instance.",
  passes: ({ schedulerHints }, around) => {
    const hint = schedulerHints.get("local_to_instance") ?? null;
    if (!isTrue(hint)) return () => true;
    return (pool) => {
      if (!isUuidLike(hint)) throw new PythonError("InvalidUUID", `expected a uuid but received ${str(hint)}`);
      const host = around.hostOfServer(str(hint));
      if (host === null) throw new PythonError("ServerNotFound", `instance ${str(hint)} could not be found`);
      return hostPart(pool.backendId) === host;
    };
  },
});
