// What operators and users ask of servers that run: live migration, cold migration, resize, and what follows. Every request is refused at once,
// as Nova's API refuses it, or accepted; what was accepted ends in exactly one outcome, which its row of `cloud.moving.migrations` tells.
//
// A server is asked to move, to be confirmed or to be deleted one after another: a deletion that comes during a migration aborts it where that
// can be done, and waits for its end; a resize that nobody has confirmed is confirmed before the server is deleted.
// @source nova/compute/api.py (check_instance_state)
import type { MigrationType } from "../datacenter/migration/migrations.ts";
import type { Outcome, VmState } from "../datacenter/servers.ts";
import type { TimerKind } from "../kernel/simulation.ts";
import type { Cloud } from "./cloud.ts";
import { confirmResize } from "./confirm-resize.ts";
import type { WorkflowEngine } from "./engine.ts";
import { confirmInstantly, liveMigrateInstantly, resizeInstantly, revertInstantly } from "./instant-moves.ts";
import { liveMigrateServer } from "./live-migrate-server.ts";
import { resizeServer } from "./resize-server.ts";
import { revertResize } from "./revert-resize.ts";
import type { Workflow } from "./vocabulary.ts";

/** A migration's row in `cloud.moving.migrations`, or why the API refuses it. */
export type Answer =
  | { readonly accepted: true; readonly migration: number }
  | { readonly accepted: false; readonly outcome: Outcome; readonly why: string };

export class Moves {
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine | null;
  private readonly indexOf = new Map<Workflow, number>();
  /** Servers of which a workflow is under way that began here. */
  private readonly busy = new Set<number>();
  private readonly deletions = new Map<number, (server: number) => void>();
  /** Servers whose deletion has been asked for. */
  private readonly going = new Set<number>();
  /** Who waits for the end of a migration, by migration. */
  private readonly leaving = new Map<number, () => void>();
  private confirmTimer: TimerKind | null = null;

  /** `engine` null: everything happens at one instant. */
  constructor(cloud: Cloud, engine: WorkflowEngine | null) {
    this.cloud = cloud;
    this.engine = engine;
    cloud.moving.settledListeners.push((server) => this.settled(server));
    cloud.moving.endListeners.push((migration) => {
      this.settled(cloud.moving.migrations.row(migration).server);
      this.leaving.get(migration)?.();
      this.leaving.delete(migration);
    });
  }

  /** To a host, or wherever the scheduler says. */
  startLiveMigration(server: number, host = -1): Answer {
    return this.start(server, "live-migration", this.cloud.servers.flavor[server]!, host, liveMigrateServer, liveMigrateInstantly);
  }

  /** Live migration to wherever the scheduler says; `done` is called once, with true if the server has left its host. */
  leaveHost(server: number, done: (left: boolean) => void): void {
    const { servers, moving } = this.cloud;
    const from = servers.host[server]!;
    const answer = this.startLiveMigration(server);
    if (!answer.accepted) {
      done(false);
      return;
    }
    if (moving.migrations.row(answer.migration).endedAt >= 0) done(servers.host[server] !== from);
    else this.leaving.set(answer.migration, () => done(servers.host[server] !== from));
  }

  /** A cold migration: the server is shut down and started elsewhere, and waits to be confirmed. */
  startMigration(server: number, host = -1): Answer {
    return this.start(server, "migration", this.cloud.servers.flavor[server]!, host, resizeServer, resizeInstantly);
  }

  /** `flavor` is an index of the cloud's flavors. */
  startResize(server: number, flavor: number): Answer {
    const { cloud } = this;
    if (cloud.flavors[flavor] === undefined)
      return refused("FlavorNotFound", `there is no flavor ${flavor}: there are ${cloud.flavors.length}`);
    if (cloud.servers.flavor[server] === flavor)
      return refused("CannotResizeToSameFlavor", `it is of flavor ${cloud.flavors[flavor]!.name} already`);
    return this.start(server, "resize", flavor, -1, resizeServer, resizeInstantly);
  }

  confirmResize(server: number): Answer {
    return this.goOn(server, "confirming", confirmResize, confirmInstantly);
  }

  revertResize(server: number): Answer {
    return this.goOn(server, "reverting", revertResize, revertInstantly);
  }

  /** False: no live migration is under way, or it has gone too far. */
  abortLiveMigration(server: number): boolean {
    const { moving, notifications } = this.cloud;
    if (moving.of(server)?.type !== "live-migration") return false;
    notifications.emit("instance.live_migration_abort.start", server);
    const aborted = moving.abort(server);
    notifications.emit("instance.live_migration_abort.end", server);
    return aborted;
  }

  /** False: no live migration is copying memory, or its guest has stopped already. */
  forceComplete(server: number): boolean {
    const { moving, notifications } = this.cloud;
    if (moving.of(server)?.status !== "running" || !moving.copies.isUnderWay(server)) return false;
    notifications.emit("instance.live_migration_force_complete.start", server);
    const forced = moving.copies.forceComplete(server);
    notifications.emit("instance.live_migration_force_complete.end", server);
    return forced;
  }

  /** Live migrations from and to the host come to their end. What becomes of its servers is for whoever says that it has failed. */
  hostFails(host: number): void {
    this.cloud.moving.hostFails(host);
  }

  /** Deletes the server, once nothing else is under way with it. */
  delete(server: number, remove: (server: number) => void): void {
    this.going.add(server);
    if (this.cloud.moving.of(server) === null) {
      remove(server);
      return;
    }
    this.deletions.set(server, remove);
    if (this.busy.has(server)) this.abortLiveMigration(server);
    else this.settled(server);
  }

  private start(
    server: number,
    type: MigrationType,
    flavor: number,
    host: number,
    workflow: Workflow,
    instantly: (cloud: Cloud, server: number) => void,
  ): Answer {
    const { servers, hosts, moving } = this.cloud;
    const state = this.stateError(server, type === "live-migration" ? ["active"] : ["active", "stopped"]);
    if (state !== null) return state;
    if (host >= hosts.count || !Number.isInteger(host))
      return refused("ComputeHostNotFound", `there is no host ${host}: there are ${hosts.count}`);
    if (host >= 0 && host === servers.host[server]) return refused("UnableToMigrateToSelf", `it is on ${hosts.hostName(host)} already`);
    const word = type === "live-migration" ? "liveMigration" : "coldMigration";
    if (!moving.can(servers.host[server]!, word)) {
      const hypervisor = hosts.hypervisorType(servers.host[server]!);
      return refused("MigrationPreCheckError", `${servers.nameOf(server)} runs under ${hypervisor}, which has no ${type}`);
    }
    const migration = moving.begin(server, type, flavor, host);
    this.run(server, workflow, instantly);
    return { accepted: true, migration };
  }

  private goOn(
    server: number,
    status: "confirming" | "reverting",
    workflow: Workflow,
    instantly: (cloud: Cloud, server: number) => void,
  ): Answer {
    const { moving, simulation } = this.cloud;
    const state = this.stateError(server, ["resized"]);
    if (state !== null) return state;
    if (this.confirmTimer !== null) simulation.cancel(this.confirmTimer, server);
    moving.setStatus(server, status);
    const migration = moving.migrationOf(server);
    this.run(server, workflow, instantly);
    return { accepted: true, migration };
  }

  private stateError(server: number, wanted: readonly VmState[]): Answer | null {
    const { servers } = this.cloud;
    if (!(server >= 0 && server < servers.count))
      return refused("InstanceInvalidState", `there is no server ${server}: there are ${servers.count}`);
    const [vmState, taskState] = [servers.vmStateOf(server), servers.taskStateOf(server)];
    const attaching = this.cloud.block?.isAtWork(server) === true;
    if (wanted.includes(vmState) && taskState === "none" && !this.busy.has(server) && !this.going.has(server) && !attaching) return null;
    const doing = this.going.has(server)
      ? "being deleted"
      : this.busy.has(server)
        ? "on the move"
        : attaching
          ? "getting or losing a volume"
          : `in task state ${taskState}`;
    return refused(
      "InstanceInvalidState",
      `${servers.nameOf(server)} is ${vmState} and ${doing}; expected it to be ${wanted.join(" or ")} and idle`,
    );
  }

  private run(server: number, workflow: Workflow, instantly: (cloud: Cloud, server: number) => void): void {
    this.busy.add(server);
    const { engine } = this;
    if (engine === null) {
      instantly(this.cloud, server);
      return;
    }
    let index = this.indexOf.get(workflow);
    if (index === undefined) {
      index = engine.add(workflow);
      this.indexOf.set(workflow, index);
    }
    engine.start(index, server);
  }

  /** A workflow of the server is over: it waits to be confirmed, or its migration has ended. */
  private settled(server: number): void {
    const { cloud } = this;
    this.busy.delete(server);
    const remove = this.deletions.get(server);
    const waits = cloud.servers.vmStateOf(server) === "resized";
    if (remove !== undefined && waits) {
      cloud.moving.setStatus(server, "confirming");
      this.run(server, confirmResize, confirmInstantly);
    } else if (remove !== undefined) {
      this.deletions.delete(server);
      remove(server);
    } else if (waits && cloud.moving.settings.resizeConfirmWindow > 0) this.confirmLater(server);
  }

  private confirmLater(server: number): void {
    const { simulation, moving } = this.cloud;
    this.confirmTimer ??= simulation.timer("resize confirm window over", (waiting) => this.confirmResize(waiting));
    simulation.set(moving.settings.resizeConfirmWindow, this.confirmTimer, server);
  }
}

function refused(outcome: Outcome, why: string): Answer {
  return { accepted: false, outcome, why };
}
