// How guests share the memory of their hosts, and how much of it they use.
import { memoryRelief } from "../datacenter/memory-relief.ts";
import { memoryBoundShare } from "../datacenter/numa/remote-access.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { SECOND } from "../kernel/time.ts";
import { touchedShare } from "../workflows/migration-settings.ts";
import { lifecycleDelay } from "../workflows/oom-kills.ts";
import { distribution } from "./distributions.ts";
import { absentSection, type Default, defaulted } from "./grammar.ts";
import { memoryPattern } from "./schema-demand.ts";
import { count, flag, quantity, wholeMib } from "./value-kinds.ts";

const OWN_CHOICE = "a choice of Orrery";
const share = quantity("ratio", { most: 1 });
const shortTime = quantity("time", { above: 0, most: 3600 * SECOND });

/** The default of a parameter, written as a user would. */
const from = ({ source, evidence, value }: Parameter, written: unknown = value): Default => ({ default: written, source, evidence });

/** A key of the cloud. */
export function memorySharing() {
  const relief = memoryRelief;
  return absentSection(
    "How guests share the memory of a host: what they have touched is there, is merged, given back, in swap, or kills",
    { absent: "guests get the memory they ask for", source: OWN_CHOICE, evidence: "assumed" },
    {
      swap: defaulted(
        quantity("information", { most: 64 * 2 ** 40, step: wholeMib }),
        "Swap space of one host, where its hypervisor can put pages of guests there",
        { default: "0 B", source: OWN_CHOICE, evidence: "assumed" },
      ),
      swap_latency: defaulted(
        shortTime,
        relief.swapLatencySeconds.meaning,
        from(relief.swapLatencySeconds, `${Math.round(relief.swapLatencySeconds.value * SECOND)} us`),
      ),
      swap_accesses: defaulted(share, relief.swapAccesses.meaning, from(relief.swapAccesses)),
      ksm: defaulted(flag, "Whether identical pages of guests are merged, where the hypervisor can", {
        default: false,
        source: "Linux, admin-guide/mm/ksm.rst: run is 0 until somebody writes 1",
        evidence: "verified",
      }),
      ksm_pages_to_scan: defaulted(count("pages", 1, 1e9), relief.ksmPagesToScan.meaning, from(relief.ksmPagesToScan)),
      ksm_sleep: defaulted(shortTime, relief.ksmSleepMs.meaning, from(relief.ksmSleepMs, `${relief.ksmSleepMs.value} ms`)),
      ksm_duplicates: defaulted(share, relief.ksmDuplicates.meaning, from(relief.ksmDuplicates)),
      ksm_sharable: defaulted(share, relief.ksmSharable.meaning, from(relief.ksmSharable)),
      ksm_relaxation: defaulted(
        quantity("time", { least: SECOND, most: 86_400 * SECOND }),
        relief.ksmRelaxationSeconds.meaning,
        from(relief.ksmRelaxationSeconds, `${relief.ksmRelaxationSeconds.value} s`),
      ),
      ballooning: defaulted(flag, "Whether guests are asked for memory when their host is short of it, where the hypervisor can", {
        default: false,
        source: "nothing in Nova inflates the balloon that it gives every guest",
        evidence: "from memory",
      }),
      balloon_rate: defaulted(
        quantity("bandwidth", { above: 0, most: 1e13 }),
        relief.balloonMbPerSecond.meaning,
        from(relief.balloonMbPerSecond, `${relief.balloonMbPerSecond.value} MiB/s`),
      ),
      balloon_floor: defaulted(share, "Share of its memory that a guest is left with in any case", {
        default: 0.5,
        source: "what a guest can do without is not known",
        evidence: "assumed",
      }),
      mem_stats_period: defaulted(
        quantity("time", { least: SECOND, most: 3600 * SECOND }),
        "Time between two looks at a host whose relief is under way: the pace of its guests follows",
        { default: "10 s", source: "nova/conf/libvirt.py, mem_stats_period_seconds", evidence: "verified" },
      ),
    },
  );
}

/** Not keys: what holds whatever a scenario says. */
export const memoryParameters: readonly Parameter[] = [lifecycleDelay, memoryRelief.memoryLatencySeconds];

/** Keys of the workload. */
export const memoryShape = () => ({
  memory_utilisation: defaulted(
    distribution({ value: share, example: "0.6 or {uniform: {low: 40%, high: 80%}}" }),
    "Mean share of its memory that a server has touched, 0 to 1",
    { default: touchedShare.value, source: touchedShare.source, evidence: touchedShare.evidence },
  ),
  memory_pattern: memoryPattern(),
  memory_bound: defaulted(share, memoryBoundShare.meaning, {
    default: memoryBoundShare.value,
    source: memoryBoundShare.source,
    evidence: memoryBoundShare.evidence,
  }),
});
