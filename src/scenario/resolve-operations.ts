// Failures and timeline as the workflows work with them: presets turned into laws, names into components, profiles into steps.
import { failurePresets } from "../datacenter/failures/presets.ts";
import { NovaConfig } from "../policies/nova/config.ts";
import type { Confirmation } from "../workflows/cold-moves.ts";
import type { FailureProcess, OperationsSpec } from "../workflows/operations/operations.ts";
import type { Action, TimelineEntry, TimelineStep } from "../workflows/operations/timeline.ts";
import type { ReadDistribution } from "./distributions.ts";
import { wiringOfRead } from "./fabric-objects.ts";
import type { HostNames } from "./host-names.ts";
import { aggregateOf } from "./resolve-hosts.ts";
import { savingOf } from "./resolve-power.ts";
import type { ReadScenario } from "./schema.ts";
import { plainFailures, type ReadFailures } from "./schema-failures.ts";
import { type Verb, verbs } from "./schema-timeline.ts";
import { type NamedHosts, namedHosts, objectsOf, type Where } from "./timeline-objects.ts";

type ReadEntry = NonNullable<ReadScenario["timeline"]>[number];
type ReadStep = ReadScenario["profiles"][string][number];

/** Null: the scenario says nothing of failures or operators. */
export function operationsOf(read: ReadScenario, names: HostNames): OperationsSpec | null {
  const { timeline = [] } = read;
  const saving = savingOf(read.cloud);
  if (read.failures === undefined && timeline.length === 0 && saving === null) return null;
  const failures: ReadFailures = read.failures ?? plainFailures();
  const { instance_ha: ha } = failures;
  const hosts = namedHosts(
    names,
    read.cloud.hosts.map(({ name = null, count, racks }) => ({ name, count, racks })),
    read.cloud.aggregates.map((aggregate) => {
      const { name, hosts: rows, metadata } = aggregateOf(aggregate, names);
      return { name, hosts: rows, zone: metadata.get("availability_zone") };
    }),
    failures.racks_per_pdu,
    usualZone(),
    () => wiringOfRead(read.cloud, names),
  );
  const owners = failures.owners_start_after.distribution;
  return {
    processes: processesOf(failures),
    bursts:
      failures.bursts === undefined
        ? null
        : {
            between: failures.bursts.between.distribution,
            size: failures.bursts.size.distribution,
            repair: failures.bursts.repair.distribution,
            within: failures.bursts.within === "rack" ? "rack" : "cloud",
          },
    crews: failures.crews,
    racksPerPdu: failures.racks_per_pdu,
    disksPerHost: failures.disks_per_host,
    disksTolerated: failures.disks_tolerated,
    outages: {
      reportInterval: failures.report_interval,
      serviceDownTime: failures.service_down_time,
      resumeGuestsStateOnHostBoot: failures.resume_guests_state_on_host_boot,
      syncPowerStateInterval: failures.sync_power_state_interval,
      ownersStartAfter: owners.mean === Number.POSITIVE_INFINITY ? null : owners,
    },
    rebootTime: failures.reboot_time.distribution,
    ha:
      ha === undefined
        ? null
        : {
            monitoringInterval: ha.monitoring_interval,
            waitPeriodAfterServiceUpdate: ha.wait_period_after_service_update,
            hostFailureRecoveryThreads: ha.host_failure_recovery_threads,
            enablesReturnedHosts: ha.enable_returned_hosts,
          },
    timeline: timeline.map((entry) => entryOf(entry, read.profiles, hosts)),
    ...(saving === null ? {} : { saving }),
  };
}

/** The zone of hosts that no aggregate puts into one. */
export const usualZone = (): string => new NovaConfig(new Map()).text("default_availability_zone") ?? "nova";

function processesOf({ components = [] }: ReadFailures): readonly FailureProcess[] {
  const numbers = new Map<string, number>();
  return components.map((component) => {
    if (typeof component === "string") {
      const { name, kind, law } = failurePresets.find((preset) => preset.name === component)!;
      return { name, kind, law };
    }
    const kind = component.component as FailureProcess["kind"];
    const number = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, number);
    return {
      name: `${kind} ${number}`,
      kind,
      law: {
        between: component.between.distribution,
        repair: [{ weight: 1, time: component.repair.distribution, needsCrew: component.needs_crew }],
        startsNew: component.starts_new,
      },
    };
  });
}

export const verbOf = (entry: Readonly<Record<string, unknown>>): Verb | undefined => verbs.find((verb) => entry[verb] !== undefined);

function entryOf(entry: ReadEntry, profiles: ReadScenario["profiles"], hosts: NamedHosts): TimelineEntry {
  const verb = verbOf(entry)!;
  const said = entry[verb] as Where & { readonly fraction?: number; readonly count?: number; readonly name?: string };
  const named = objectsOf(said, verb === "fail" || verb === "repair", hosts);
  const objects = named.ok ? named.objects : [];
  const { fraction, count } = said;
  const drawn = count ?? (fraction === undefined ? null : Math.max(1, Math.round(fraction * objects.length)));
  return {
    at: entry.at,
    every: entry.every ?? null,
    times: entry.times ?? Number.POSITIVE_INFINITY,
    steps: verb === "profile" ? profiles[said.name!]!.map(stepOf) : [{ after: 0, action: actionOf(verb, entry[verb] as Said) }],
    objects,
    drawn,
    rolling:
      entry.rolling === undefined
        ? null
        : { by: entry.rolling.by === "rack" ? "rack" : "object", size: entry.rolling.size, wait: entry.rolling.wait },
  };
}

const stepOf = (step: ReadStep): TimelineStep => ({ after: step.after, action: actionOf(step.do as Verb, step) });

interface Said {
  readonly cpu_allocation_ratio?: number | undefined;
  readonly ram_allocation_ratio?: number | undefined;
  readonly disk_allocation_ratio?: number | undefined;
  readonly for?: number | undefined;
  readonly method?: string | undefined;
  readonly confirm_after?: ReadDistribution | undefined;
  readonly revert_probability?: number | undefined;
}

function confirmationOf({ confirm_after: after, revert_probability: revertProbability = 0 }: Said): Confirmation {
  return { after: after?.distribution ?? null, revertProbability };
}

function actionOf(verb: Verb, said: Said): Action {
  switch (verb) {
    case "fail":
      return { verb, time: said.for ?? null };
    case "drain":
      return { verb, method: said.method === "cold" ? "cold" : "live", confirmation: confirmationOf(said) };
    case "migrate":
      return { verb, confirmation: confirmationOf(said) };
    case "set": {
      const { cpu_allocation_ratio: cpu, ram_allocation_ratio: ram, disk_allocation_ratio: disk } = said;
      return {
        verb,
        ratios: { ...(cpu === undefined ? {} : { cpu }), ...(ram === undefined ? {} : { ram }), ...(disk === undefined ? {} : { disk }) },
      };
    }
    case "add_hosts":
    case "add_rack":
      return { verb: "add" };
    case "profile":
      throw new RangeError("a profile is steps, not an action");
    default:
      return { verb };
  }
}
