// Moves that users and operators ask for: resize and cold migration with their confirmation, live migration, and deletion. Each is carried out by
// the workflow of its own that `Moves` begins, with its own way through the API.
import { type ApiOperation, type Carry, type Parameter, theServer } from "../api/api-operation.ts";
import type { Cloud } from "../cloud.ts";
import type { Answer } from "../moves.ts";
import { compute } from "./compute-api.ts";
import { type GatedAction, gateRefuses } from "./gates.ts";

/** Asks `Moves`; what it refuses ends at once, what it accepts ends with the move. */
const moving =
  (action: GatedAction, ask: (cloud: Cloud, server: number, request: number) => Answer | "FlavorNotFound" | "ComputeHostNotFound"): Carry =>
  (cloud, request, done, client) => {
    const server = cloud.requests.server[request]!;
    const refusal = gateRefuses(cloud, server, action);
    if (refusal !== null) {
      done(refusal);
      return;
    }
    const answer = ask(cloud, server, request);
    if (typeof answer === "string") done(answer);
    else if (!answer.accepted) done(answer.outcome);
    else {
      cloud.requests.answer(request, 202, cloud.simulation.now);
      client.afterMove(server, answer.migration, done);
    }
  };

const host: Parameter = { kind: { is: "text" }, meaning: "Name of the host it must go to", absent: "wherever the scheduler says" };

/** -1 for any; null: there is no such host. */
function hostAsked(cloud: Cloud, request: number): number | null {
  const name = cloud.requests.text(request, "host");
  if (name === undefined) return -1;
  const row = cloud.hosts.descriptions.findIndex((description) => description.name === name);
  return row < 0 ? null : row;
}

export const serverResize: ApiOperation = {
  name: "server resize",
  meaning: "Move the server to another flavor; it waits to be confirmed or reverted",
  service: compute,
  rule: "os_compute_api:servers:resize",
  parameters: { server: theServer, flavor: { kind: { is: "name", of: "flavor" }, meaning: "The new flavor" } },
  carry: moving("resize", (cloud, server, request) => {
    const flavor = cloud.flavors.findIndex(({ name }) => name === cloud.requests.text(request, "flavor"));
    return flavor < 0 ? "FlavorNotFound" : cloud.moves!.startResize(server, flavor);
  }),
};

export const serverResizeConfirm: ApiOperation = {
  name: "server resize confirm",
  meaning: "Give up the server's old host after a resize or a cold migration",
  service: compute,
  rule: "os_compute_api:servers:confirm_resize",
  parameters: { server: theServer },
  carry: moving("confirmResize", (cloud, server) => cloud.moves!.confirmResize(server)),
};

export const serverResizeRevert: ApiOperation = {
  name: "server resize revert",
  meaning: "Bring the server back to its old host and flavor",
  service: compute,
  rule: "os_compute_api:servers:revert_resize",
  parameters: { server: theServer },
  carry: moving("revertResize", (cloud, server) => cloud.moves!.revertResize(server)),
};

export const serverMigrate: ApiOperation = {
  name: "server migrate",
  meaning: "Move the server to another host: shut down and started there, or live",
  service: compute,
  rule: "os_compute_api:os-migrate-server:migrate",
  parameters: { server: theServer, live: { kind: { is: "flag" }, meaning: "While it runs", absent: "false" }, host },
  carry: (cloud, request, done, client) => {
    const live = cloud.requests.flag(request, "live");
    moving(live ? "liveMigrate" : "resize", (_cloud, server) => {
      const to = hostAsked(cloud, request);
      if (to === null) return "ComputeHostNotFound";
      return live ? cloud.moves!.startLiveMigration(server, to) : cloud.moves!.startMigration(server, to);
    })(cloud, request, done, client);
  },
};

/** A migration that is under way: `live_migration_abort` and `live_migration_force_complete`. */
const ofMigration =
  (act: (cloud: Cloud, server: number) => boolean): Carry =>
  (cloud, request, done) => {
    const server = cloud.requests.server[request]!;
    const refusal = gateRefuses(cloud, server, "ofLiveMigration");
    done(refusal ?? (act(cloud, server) ? null : "InvalidMigrationState"));
  };

export const serverMigrationAbort: ApiOperation = {
  name: "server migration abort",
  meaning: "Stop a live migration; the guest stays where it is",
  service: compute,
  rule: "os_compute_api:servers:migrations:delete",
  parameters: { server: theServer },
  carry: ofMigration((cloud, server) => cloud.moves!.abortLiveMigration(server)),
};

export const serverMigrationForceComplete: ApiOperation = {
  name: "server migration force complete",
  meaning: "Have a live migration end now, at the guest's expense",
  service: compute,
  rule: "os_compute_api:servers:migrations:force_complete",
  parameters: { server: theServer },
  carry: ofMigration((cloud, server) => cloud.moves!.forceComplete(server)),
};

export const serverEvacuate: ApiOperation = {
  name: "server evacuate",
  meaning: "Build the server anew on another host while its own is down",
  service: compute,
  rule: "os_compute_api:os-evacuate",
  parameters: { server: theServer },
  carry: (cloud, request, done) => {
    const server = cloud.requests.server[request]!;
    const refusal = gateRefuses(cloud, server, "evacuate");
    if (refusal !== null) done(refusal);
    else if (cloud.evacuations === null)
      done("ComputeServiceInUse"); // hosts never fail
    else cloud.evacuations.start(server, (outcome) => done(outcome === "DONE" ? null : outcome));
  },
};

export const serverDelete: ApiOperation = {
  name: "server delete",
  meaning: "Delete the server: at once, or softly where reclaim_instance_interval says so",
  service: compute,
  rule: "os_compute_api:servers:delete",
  parameters: {
    server: theServer,
    force: { kind: { is: "flag" }, meaning: "At once, whatever reclaim_instance_interval says", absent: "false" },
  },
  carry: (cloud, request, done) => {
    const server = cloud.requests.server[request]!;
    const refusal = gateRefuses(cloud, server, "delete");
    if (refusal !== null) {
      done(refusal);
      return;
    }
    cloud.requests.answer(request, 204, cloud.simulation.now);
    cloud.askDeletion(server, cloud.requests.flag(request, "force"), () => done(null));
  },
};
