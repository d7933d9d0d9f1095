// What a host draws when it is not simply on, and how long it takes to get there: off, booting, shutting down, suspended to RAM (S3). A host
// that boots draws power and does nothing, so switching off pays only if the host stays idle long enough.
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import { type Micros, microsFromSeconds, SECOND } from "../kernel/time.ts";

export const powerStates = ["on", "off", "booting", "shutting down", "suspending", "suspended", "resuming"] as const;
export type PowerState = (typeof powerStates)[number];

/** Of one host. A transition draws its watts all the time it takes. */
export interface PowerStateFigures {
  readonly offWatts: number;
  readonly suspendedWatts: number;
  readonly boot: PowerTransition;
  readonly shutdown: PowerTransition;
  readonly suspend: PowerTransition;
  readonly resume: PowerTransition;
}

export interface PowerTransition {
  readonly duration: Micros;
  readonly watts: number;
}

const platform = "SimGrid examples/platforms/energy_boot.xml";

/** The load at which a running host would draw what the transition draws, so that the figure fits machines of any size. */
function load(name: string, value: number, meaning: string, source: string, evidence: Parameter["evidence"]): Parameter {
  return parameter({ name: `power.${name}_load`, value, unit: "1", meaning, source, evidence });
}

function seconds(name: string, value: number, meaning: string, source: string, evidence: Parameter["evidence"]): Parameter {
  return parameter({ name: `power.${name}_time`, value, unit: "s", meaning, source, evidence });
}

export const powerStateDefaults = {
  offWatts: parameter({
    name: "power.off",
    value: 10,
    unit: "W",
    meaning: "What a host draws that is off: its management controller and the standby rail.",
    source: `${platform} (an educated guess by its authors)`,
    evidence: "verified",
  }),
  suspendedWatts: parameter({
    name: "power.suspended",
    value: 12,
    unit: "W",
    meaning: "What a host draws that is suspended to RAM (S3); many servers cannot be.",
    source: "middle of 8 to 15 W",
    evidence: "from memory",
  }),
  bootTime: seconds("boot", 180, "From switching on to a compute node that is up.", "self-test of a server, 180 to 300 s", "assumed"),
  bootLoad: load("boot", 0.3, "Load whose watts a booting host draws.", "no measurement carried over", "assumed"),
  shutdownTime: seconds("shutdown", 7, "From the order to shut down to a host that is off.", platform, "verified"),
  shutdownLoad: load(
    "shutdown",
    1 / 7,
    "Load whose watts a host draws that is shutting down.",
    `${platform}: 110 W of a machine of 95 to 200 W`,
    "derived",
  ),
  suspendTime: seconds("suspend", 10, "From the order to suspend to a suspended host.", "S3 of a server", "from memory"),
  suspendLoad: load("suspend", 0, "Load whose watts a host draws while it is being suspended.", "taken as idle", "assumed"),
  resumeTime: seconds("resume", 15, "From the order to resume to a host that is on.", "S3 of a server", "from memory"),
  resumeLoad: load("resume", 0.3, "Load whose watts a resuming host draws.", "as for booting", "assumed"),
} as const;

/** The defaults for a host with this power model. */
export function defaultFigures(wattsAtLoad: (load: number) => number): PowerStateFigures {
  const transition = (time: Parameter, atLoad: Parameter): PowerTransition => ({
    duration: microsFromSeconds(time.value),
    watts: wattsAtLoad(atLoad.value),
  });
  const d = powerStateDefaults;
  return {
    offWatts: d.offWatts.value,
    suspendedWatts: d.suspendedWatts.value,
    boot: transition(d.bootTime, d.bootLoad),
    shutdown: transition(d.shutdownTime, d.shutdownLoad),
    suspend: transition(d.suspendTime, d.suspendLoad),
    resume: transition(d.resumeTime, d.resumeLoad),
  };
}

export function wattsInState(figures: PowerStateFigures, state: Exclude<PowerState, "on">): number {
  switch (state) {
    case "off":
      return figures.offWatts;
    case "suspended":
      return figures.suspendedWatts;
    case "booting":
      return figures.boot.watts;
    case "shutting down":
      return figures.shutdown.watts;
    case "suspending":
      return figures.suspend.watts;
    case "resuming":
      return figures.resume.watts;
  }
}

/**
 * Seconds that a host must stay idle for switching it off and on again to cost no more energy than leaving it on: 0 when it always pays,
 * Infinity when a host that is off draws no less than an idle one.
 *
 *     T = (E_boot + E_shutdown - P_off (t_boot + t_shutdown)) / (P_idle - P_off)
 */
export function breakEvenIdleSeconds({ offWatts, boot, shutdown }: PowerStateFigures, idleWatts: number): number {
  if (!(idleWatts > offWatts)) return Number.POSITIVE_INFINITY;
  const extraJoules = ((boot.watts - offWatts) * boot.duration + (shutdown.watts - offWatts) * shutdown.duration) / SECOND;
  return Math.max(0, extraJoules / (idleWatts - offWatts));
}
