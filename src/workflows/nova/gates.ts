// In which states Nova lets users act on a server; everything else is refused with 409.
// @source nova/compute/api.py, check_instance_state and check_instance_lock (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { TaskState, VmState } from "../../datacenter/servers.ts";
import { decideOfServer } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import type { Step } from "../vocabulary.ts";

interface Gate {
  readonly vm: readonly VmState[] | "any";
  /** Task states that allow it; absent: none may be under way. */
  readonly task?: readonly TaskState[] | "any";
  /** A server that a user has locked may all the same be asked. */
  readonly passesLock?: boolean;
  /** It goes on beside volumes that come and go. */
  readonly besideVolumes?: boolean;
}

/** By action. */
export const gates = {
  start: { vm: ["stopped"] },
  stop: { vm: ["active", "error"] },
  reboot: { vm: ["active"] },
  hardReboot: {
    vm: ["active", "stopped", "paused", "suspended", "error"],
    task: [
      "none",
      "rebooting",
      "reboot_pending",
      "reboot_started",
      "rebooting_hard",
      "reboot_pending_hard",
      "reboot_started_hard",
      "resuming",
      "pausing",
      "unpausing",
      "suspending",
    ],
  },
  pause: { vm: ["active"] },
  unpause: { vm: ["paused"] },
  suspend: { vm: ["active"] },
  resume: { vm: ["suspended"] },
  rescue: { vm: ["active", "stopped", "error"] },
  unrescue: { vm: ["rescued"] },
  rebuild: { vm: ["active", "stopped", "error"] },
  snapshot: { vm: ["active", "stopped", "paused", "suspended"] },
  shelve: { vm: ["active", "stopped", "paused", "suspended"] },
  shelveOffload: { vm: ["shelved"] },
  unshelve: { vm: ["shelved", "shelved_offloaded"] },
  setPassword: { vm: ["active"] },
  updateMetadata: { vm: ["active", "paused", "suspended", "stopped"] },
  attachVolume: {
    vm: ["active", "paused", "stopped", "resized", "soft-delete", "shelved", "shelved_offloaded"],
    besideVolumes: true,
  },
  detachVolume: {
    vm: ["active", "paused", "stopped", "resized", "soft-delete", "shelved", "shelved_offloaded"],
    besideVolumes: true,
  },
  swapVolume: { vm: ["active", "paused", "resized"], besideVolumes: true },
  attachInterface: { vm: ["active", "paused", "stopped"] },
  detachInterface: { vm: ["active", "paused", "stopped"] },
  lock: { vm: "any", task: "any", passesLock: true },
  unlock: { vm: "any", task: "any", passesLock: true },
  resize: { vm: ["active", "stopped"] },
  confirmResize: { vm: ["resized"] },
  revertResize: { vm: ["resized"] },
  liveMigrate: { vm: ["active", "paused"] },
  ofLiveMigration: { vm: "any", task: ["migrating"] },
  evacuate: { vm: ["active", "stopped", "error"], task: "any" },
  restore: { vm: ["soft-delete"] },
  delete: { vm: "any", task: "any" },
} as const satisfies Readonly<Record<string, Gate>>;

export type GatedAction = keyof typeof gates;

const HOSTLESS: readonly GatedAction[] = ["lock", "unlock", "delete"];

/** Null: Nova's API lets the action begin. */
export function gateRefuses(cloud: Cloud, server: number, action: GatedAction): Outcome | null {
  const { servers } = cloud;
  // What the API has not accepted yet, and what is deleted, is not there for it.
  if (server >= servers.count || servers.requestedAt[server]! < 0) return "InstanceNotFound";
  const state = servers.vmStateOf(server);
  if (state === "requested" || state === "deleted") return "InstanceNotFound";
  const { vm, task = ["none"], passesLock = false, besideVolumes = false }: Gate = gates[action];
  if (!passesLock && cloud.lockedByUser.has(server)) return "InstanceIsLocked";
  // Nova's instance lock would have it wait; here it is refused while a volume is attached or detached.
  if (task !== "any" && !besideVolumes && cloud.block?.isAtWork(server) === true) return "InstanceInvalidState";
  const allowed = (vm === "any" || vm.includes(state)) && (task === "any" || task.includes(servers.taskStateOf(server)));
  if (!allowed) return "InstanceInvalidState";
  // check_instance_host: a server in ERROR may never have had one.
  return state === "error" && servers.host[server]! < 0 && !HOSTLESS.includes(action) ? "InstanceNotReady" : null;
}

/** Refuses a server that is not there, that a user has locked, or that is in the wrong state. */
export const gate = (action: GatedAction): Step =>
  decideOfServer(`state allows ${action}`, (cloud, server) => gateRefuses(cloud, server, action));
