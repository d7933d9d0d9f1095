// The states that a server can be in, what the API calls them, and how it can get from one to another. Everything that happens to a server is a path
// written down here; a run that checks itself stops at a step that is not.
// @source nova/compute/{vm_states,task_states,manager,api}.py, nova/api/openstack/common.py (_STATE_MAP) (Zed)
import { type TaskState, type VmState, vmStates } from "./servers.ts";

/** What users see as the status of a server. */
export function apiStatus(vmState: VmState, taskState: TaskState): string {
  const of = statuses[vmState];
  return of?.[taskState] ?? of?.none ?? "UNKNOWN";
}

const rebuilding = { rebuilding: "REBUILD", rebuild_block_device_mapping: "REBUILD", rebuild_spawning: "REBUILD" } as const;
const resizing = { resize_prep: "RESIZE", resize_migrating: "RESIZE", resize_migrated: "RESIZE", resize_finish: "RESIZE" } as const;

const statuses: Readonly<Partial<Record<VmState, Readonly<Partial<Record<TaskState, string>>>>>> = {
  building: { none: "BUILD" },
  active: {
    none: "ACTIVE",
    rebooting: "REBOOT",
    reboot_pending: "REBOOT",
    reboot_started: "REBOOT",
    rebooting_hard: "HARD_REBOOT",
    reboot_pending_hard: "HARD_REBOOT",
    reboot_started_hard: "HARD_REBOOT",
    updating_password: "PASSWORD",
    migrating: "MIGRATING",
    ...rebuilding,
    ...resizing,
  },
  stopped: { none: "SHUTOFF", ...rebuilding, ...resizing },
  resized: { none: "VERIFY_RESIZE", resize_reverting: "REVERT_RESIZE" },
  paused: { none: "PAUSED", migrating: "MIGRATING" },
  suspended: { none: "SUSPENDED" },
  rescued: { none: "RESCUE" },
  shelved: { none: "SHELVED" },
  shelved_offloaded: { none: "SHELVED_OFFLOADED" },
  "soft-delete": { none: "SOFT_DELETED" },
  deleted: { none: "DELETED" },
  error: { none: "ERROR", ...rebuilding },
};

interface Path {
  /** From each of these, with nothing under way, ... */
  readonly from: readonly VmState[];
  /** ... through these task states, in this order, some of which may be passed over, ... */
  readonly tasks: readonly TaskState[];
  /** ... to one of these, with nothing under way; `same`: where it came from. */
  readonly to: readonly (VmState | "same")[];
}

const image = ["image_snapshot_pending", "image_snapshot", "image_pending_upload", "image_uploading"] as const;
const shelving = ["shelving", "shelving_image_pending_upload", "shelving_image_uploading", "shelving_offloading"] as const;
const rebuild = ["rebuilding", "rebuild_block_device_mapping", "rebuild_spawning"] as const;
const resize = ["resize_prep", "resize_migrating", "resize_migrated", "resize_finish"] as const;

const paths: readonly Path[] = [
  { from: ["building"], tasks: ["scheduling", "networking", "block_device_mapping", "spawning"], to: ["active", "error"] },
  { from: ["active", "error"], tasks: ["powering-off"], to: ["stopped", "same"] },
  { from: ["stopped"], tasks: ["powering-on"], to: ["active", "same"] },
  { from: ["active"], tasks: ["rebooting", "reboot_pending", "reboot_started"], to: ["active", "stopped"] },
  {
    from: ["active", "stopped", "paused", "suspended", "error"],
    tasks: ["rebooting_hard", "reboot_pending_hard", "reboot_started_hard"],
    to: ["active", "stopped", "same"],
  },
  { from: ["active"], tasks: ["pausing"], to: ["paused", "same", "stopped"] },
  { from: ["paused"], tasks: ["unpausing"], to: ["active", "same"] },
  { from: ["active"], tasks: ["suspending"], to: ["suspended", "same", "stopped"] },
  { from: ["suspended"], tasks: ["resuming"], to: ["active", "same"] },
  { from: ["active", "stopped", "error"], tasks: ["rescuing"], to: ["rescued", "same", "stopped"] },
  { from: ["rescued"], tasks: ["unrescuing"], to: ["active", "same"] },
  { from: ["active", "stopped", "error"], tasks: rebuild, to: ["active", "stopped", "error", "same"] },
  { from: ["active", "stopped", "paused", "suspended"], tasks: image, to: ["same", "active", "stopped"] },
  {
    from: ["active", "stopped", "paused", "suspended"],
    tasks: shelving,
    to: ["shelved", "shelved_offloaded", "same", "active", "stopped"],
  },
  { from: ["shelved"], tasks: ["shelving_offloading"], to: ["shelved_offloaded", "same"] },
  { from: ["shelved"], tasks: ["unshelving"], to: ["active", "same"] },
  { from: ["shelved_offloaded"], tasks: ["unshelving", "spawning"], to: ["active", "same"] },
  { from: ["active"], tasks: ["updating_password"], to: ["active", "stopped"] },
  { from: ["active", "paused"], tasks: ["migrating"], to: ["same", "error", "stopped"] },
  { from: ["active", "stopped"], tasks: resize, to: ["resized", "same", "error"] },
  { from: ["resized"], tasks: ["resize_reverting"], to: ["active", "stopped", "error", "same"] },
  { from: ["active", "stopped", "paused", "suspended"], tasks: ["soft-deleting"], to: ["soft-delete"] },
  { from: ["soft-delete"], tasks: ["restoring"], to: ["active", "same"] },
  { from: vmStates.filter((state) => state !== "requested" && state !== "deleted"), tasks: ["deleting"], to: ["deleted"] },
];

/** Steps without a task of their own. */
const steps: readonly (readonly [VmState, TaskState, VmState, TaskState])[] = [
  // The API takes the request; where the control plane is not modelled, that and the rest come at once.
  ["requested", "none", "building", "scheduling"],
  ["requested", "none", "error", "none"],
  // A failed build is tried on another host.
  ["building", "networking", "building", "scheduling"],
  ["building", "block_device_mapping", "building", "scheduling"],
  ["building", "spawning", "building", "scheduling"],
  ["building", "scheduling", "building", "none"],
  ["building", "none", "building", "scheduling"],
  // The build has come to nothing, or taken too long.
  ["building", "none", "error", "none"],
  ["building", "none", "active", "none"],
  // What nova-compute finds: a guest that died, one that its host brought back.
  ["active", "none", "stopped", "none"],
  ["stopped", "none", "active", "none"],
  // The user is content with a resize.
  ["resized", "none", "active", "none"],
  ["resized", "none", "stopped", "none"],
  ["active", "none", "error", "none"],
  ["error", "none", "active", "none"],
  // A cold migration without a control plane.
  ["active", "none", "resized", "none"],
  ["stopped", "none", "resized", "none"],
];

/** A hard reboot may come over these, and whichever ends last says what the server is. */
const overtaken = ["rebooting", "reboot_pending", "reboot_started", "resuming", "pausing", "unpausing", "suspending"] as const;
const hard = ["rebooting_hard", "reboot_pending_hard", "reboot_started_hard"] as const;
const overtaking = (["active", "stopped", "paused", "suspended"] as const).flatMap((vm) => [
  ...hard.flatMap((task) => overtaken.map((other) => [vm, other, vm, task] as const)),
  ...hard.flatMap((task) => overtaken.map((other) => [vm, task, vm, other] as const)),
  ...hard.map((task) => [vm, "none", vm, task] as const),
  ...hard.flatMap((task) => (["active", "stopped", "paused", "suspended"] as const).map((end) => [vm, task, end, "none"] as const)),
  ...(["active", "stopped", "paused", "suspended"] as const).map((end) => [vm, "none", end, "none"] as const),
]);

/** Without a control plane a server is deleted at one instant. */
const instantly = vmStates
  .filter((state) => state !== "requested" && state !== "deleted")
  .map((state) => [state, "none", "deleted", "none"] as const);

const key = (fromVm: VmState, fromTask: TaskState, toVm: VmState, toTask: TaskState) => `${fromVm}/${fromTask} ${toVm}/${toTask}`;

function declared(): ReadonlySet<string> {
  const all = new Set<string>();
  for (const { from, tasks, to } of paths) {
    for (const vm of from) {
      for (const [i, task] of tasks.entries()) {
        all.add(key(vm, "none", vm, task));
        for (const next of tasks.slice(i + 1)) all.add(key(vm, task, vm, next));
        for (const end of to) all.add(key(vm, task, end === "same" ? vm : end, "none"));
        // A server can be deleted whatever is under way with it.
        if (task !== "deleting") all.add(key(vm, task, vm, "deleting"));
      }
    }
  }
  for (const step of [...steps, ...instantly, ...overtaking]) all.add(key(...step));
  return all;
}

const transitions = declared();

/** May a server go from the first state to the second? */
export function mayBecome(before: readonly [VmState, TaskState], after: readonly [VmState, TaskState]): boolean {
  return transitions.has(key(...before, ...after));
}
