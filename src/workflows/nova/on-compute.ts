// nova-compute at work on one server: it holds the server's lock from the API's word to the end, so that a deletion that comes meanwhile waits.
import type { VmState } from "../../datacenter/servers.ts";
import { nova } from "../../services/nova.ts";
import type { Operation } from "../../services/service.ts";
import { actOnServer } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { at, attempt, call, cast, type Step } from "../vocabulary.ts";

/**
 * `steps` are done by the host's nova-compute after a cast of `operation`; then the server is in `becomes` with nothing under way. When they fail
 * the server is what its guest is: Nova's own clean-up after a crash of nova-compute.
 * @source nova/compute/manager.py, _init_instance and the decorators errors_out_migration, reverts_task_state (Zed)
 */
export const onCompute = (
  operation: Operation,
  what: string,
  becomes: VmState | ((cloud: Cloud, server: number) => VmState),
  ...steps: readonly Step[]
): Step[] => [
  actOnServer("instance lock", (cloud, server) => cloud.lock(server)),
  attempt(
    [
      cast(operation, what),
      at(
        operation.of,
        ...steps,
        actOnServer("new state", (cloud, server) => cloud.setState(server, typeof becomes === "string" ? becomes : becomes(cloud, server))),
        call(nova.database.saveInstance, "vm state, task state"),
        actOnServer("unlock", (cloud, server) => cloud.unlock(server)),
      ),
    ],
    {
      undo: [
        actOnServer("as its guest is", (cloud, server) => {
          cloud.setState(server, cloud.running[server] === 1 ? "active" : stateAtRest(cloud, server));
          cloud.unlock(server);
        }),
      ],
    },
  ),
];

/** A server whose guest does not run keeps the state that says why. */
function stateAtRest(cloud: Cloud, server: number): VmState {
  const state = cloud.servers.vmStateOf(server);
  return state === "active" ? "stopped" : state;
}
