// Servers, as columns: one row for each request of the workload, kept to the end of the run so that the results can tell every life.

import { type Outcome, outcomes } from "./outcomes.ts";

export { type Outcome, outcomes } from "./outcomes.ts";

export type ServerId = number & { readonly brand: "server" };

/** Nova's vm states, as far as launching, moving and deleting reach them. `requested` is before the API has accepted the request. */
export const vmStates = [
  "requested",
  "building",
  "active",
  "error",
  "deleted",
  "resized",
  "stopped",
  "paused",
  "suspended",
  "rescued",
  "shelved",
  "shelved_offloaded",
  "soft-delete",
] as const;
export type VmState = (typeof vmStates)[number];

/** Nova's task states; `none` is Nova's null. */
export const taskStates = [
  "none",
  "scheduling",
  "networking",
  "block_device_mapping",
  "spawning",
  "deleting",
  "migrating",
  "resize_prep",
  "resize_migrating",
  "resize_migrated",
  "resize_finish",
  "resize_reverting",
  "rebuilding",
  "rebuild_block_device_mapping",
  "rebuild_spawning",
  "powering-off",
  "powering-on",
  "rebooting",
  "reboot_pending",
  "reboot_started",
  "rebooting_hard",
  "reboot_pending_hard",
  "reboot_started_hard",
  "pausing",
  "unpausing",
  "suspending",
  "resuming",
  "rescuing",
  "unrescuing",
  "image_snapshot_pending",
  "image_snapshot",
  "image_pending_upload",
  "image_uploading",
  "shelving",
  "shelving_image_pending_upload",
  "shelving_image_uploading",
  "shelving_offloading",
  "unshelving",
  "updating_password",
  "soft-deleting",
  "restoring",
] as const;
export type TaskState = (typeof taskStates)[number];

/** What Nova has recorded of the guest: after a crash of the host it is wrong until nova-compute looks again. */
export const powerStates = ["NOSTATE", "RUNNING", "SHUTDOWN", "PAUSED", "SUSPENDED"] as const;
export type PowerState = (typeof powerStates)[number];

const NEVER = -1;

export class Servers {
  readonly count: number;
  readonly vmState: Uint8Array;
  readonly taskState: Uint8Array;
  readonly outcome: Uint16Array;
  readonly powerState: Uint8Array;
  /** The host that holds the claim, -1 for none. */
  readonly host: Int32Array;
  /** The host it was on last, -1 if it never had one. */
  readonly lastHost: Int32Array;
  readonly flavor: Int32Array;
  readonly image: Int32Array;
  readonly project: Int32Array;
  readonly group: Int32Array;
  readonly cpuUtilisation: Float64Array;
  /** Instants in microseconds, -1 until they come. */
  readonly requestedAt: Float64Array;
  readonly launchedAt: Float64Array;
  readonly deletedAt: Float64Array;
  /** Builds begun, on one host after another. */
  readonly attempts: Uint16Array;
  // Servers of one host, linked; +1, 0 = end.
  private readonly firstOnHost: Int32Array;
  private readonly nextOnHost: Int32Array;
  private readonly previousOnHost: Int32Array;

  constructor(count: number, hosts: number) {
    this.count = count;
    this.vmState = new Uint8Array(count);
    this.taskState = new Uint8Array(count);
    this.outcome = new Uint16Array(count);
    this.powerState = new Uint8Array(count);
    this.host = new Int32Array(count).fill(-1);
    this.lastHost = new Int32Array(count).fill(-1);
    this.flavor = new Int32Array(count);
    this.image = new Int32Array(count);
    this.project = new Int32Array(count);
    this.group = new Int32Array(count).fill(-1);
    this.cpuUtilisation = new Float64Array(count);
    this.requestedAt = new Float64Array(count).fill(NEVER);
    this.launchedAt = new Float64Array(count).fill(NEVER);
    this.deletedAt = new Float64Array(count).fill(NEVER);
    this.attempts = new Uint16Array(count);
    this.firstOnHost = new Int32Array(hosts);
    this.nextOnHost = new Int32Array(count);
    this.previousOnHost = new Int32Array(count);
  }

  /** `server-1` is the first one asked for. */
  nameOf(server: number): string {
    return `server-${server + 1}`;
  }

  /** The number in a name; NaN for a name that no server has. */
  numberOf(name: string): number {
    const number = /^server-([1-9]\d*)$/.exec(name);
    return number === null ? Number.NaN : Number(number[1]) - 1;
  }

  /** Called at every change of a server's states; null: nobody looks. */
  stateListener: ((server: number, before: readonly [VmState, TaskState], after: readonly [VmState, TaskState]) => void) | null = null;

  /** `vmState` null: it stays. */
  enter(server: number, vmState: VmState | null, taskState: TaskState): void {
    const before = this.stateListener === null ? null : ([this.vmStateOf(server), this.taskStateOf(server)] as const);
    if (vmState !== null) this.vmState[server] = vmStates.indexOf(vmState);
    this.taskState[server] = taskStates.indexOf(taskState);
    if (before === null) return;
    const after = [this.vmStateOf(server), this.taskStateOf(server)] as const;
    if (before[0] !== after[0] || before[1] !== after[1]) this.stateListener?.(server, before, after);
  }

  vmStateOf(server: number): VmState {
    return vmStates[this.vmState[server]!]!;
  }

  taskStateOf(server: number): TaskState {
    return taskStates[this.taskState[server]!]!;
  }

  powerStateOf(server: number): PowerState {
    return powerStates[this.powerState[server]!]!;
  }

  outcomeOf(server: number): Outcome {
    return outcomes[this.outcome[server]!]!;
  }

  /** Puts the server on a host's list; the host's room is claimed by `Hosts.claim`. */
  place(server: number, host: number): void {
    this.host[server] = host;
    this.lastHost[server] = host;
    const head = this.firstOnHost[host]!;
    this.nextOnHost[server] = head;
    this.previousOnHost[server] = 0;
    if (head !== 0) this.previousOnHost[head - 1] = server + 1;
    this.firstOnHost[host] = server + 1;
  }

  remove(server: number): void {
    const host = this.host[server]!;
    const next = this.nextOnHost[server]!;
    const previous = this.previousOnHost[server]!;
    if (next !== 0) this.previousOnHost[next - 1] = previous;
    if (previous !== 0) this.nextOnHost[previous - 1] = next;
    else this.firstOnHost[host] = next;
    this.host[server] = -1;
  }

  /** Calls `visit` for each server on the host, the latest placed first. */
  forEachOn(host: number, visit: (server: number) => void): void {
    for (let at = this.firstOnHost[host]!; at !== 0; ) {
      const server = at - 1;
      at = this.nextOnHost[server]!;
      visit(server);
    }
  }
}
