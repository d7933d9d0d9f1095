// Published failures of datacenters, as named parameter sets: how often a kind of component fails, how long that lasts, and who says so.
// Where a source counts failures of a cluster, the rate is divided over the components that it speaks of.
import {
  constant,
  type Distribution,
  exponential,
  lognormalFromMedian,
  lognormalFromMedianAndMean,
  uniform,
  weibullFromMean,
} from "../../kernel/distribution.ts";
import type { Evidence } from "../../kernel/parameter.ts";
import { DAY, HOUR, MINUTE, type Micros } from "../../kernel/time.ts";
import type { ComponentKind } from "./machine-room.ts";
import type { FailureLaw, RepairBranch } from "./renewal.ts";

const YEAR: Micros = 8760 * HOUR;

/** One number or law of a preset, as `explain` shows it. */
interface Said {
  readonly text: string;
  readonly source: string;
  readonly evidence: Evidence;
}

export interface FailurePreset {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly meaning: string;
  readonly law: FailureLaw;
  readonly between: Said;
  readonly repair: Said;
}

const withCrew = (time: Distribution): readonly RepairBranch[] => [{ weight: 1, time, needsCrew: true }];

/** Most crashes end with a reboot, the others need hands and parts. */
const rebootOrHardware: readonly RepairBranch[] = [
  { weight: 85, time: lognormalFromMedian(5 * MINUTE, 0.5), needsCrew: false },
  { weight: 15, time: lognormalFromMedian(4 * HOUR, 1.2), needsCrew: true },
];
const REBOOT_OR_HARDWARE: Said = {
  text: "85 %: reboot, lognormal(median 5 min, sigma 0.5); 15 %: hardware, lognormal(median 4 h, sigma 1.2)",
  source: "consistent with the published rates; a choice of Orrery",
  evidence: "assumed",
};
const HARDWARE: Said = { ...REBOOT_OR_HARDWARE, text: "hardware: lognormal(median 4 h, sigma 1.2)" };
const hardware = withCrew(lognormalFromMedian(4 * HOUR, 1.2));

const DEAN_2008 = "J. Dean, first year of a cluster of 1800 servers (Data Center Knowledge 2008; stanford-295-talk p. 4)";

/** An annual failure rate, as a share of the components that fail in a year. */
function byAnnualRate(
  name: string,
  kind: ComponentKind,
  perYear: number,
  meaning: string,
  said: Omit<Said, "text">,
  more: Partial<FailurePreset> = {},
): FailurePreset {
  return {
    name,
    kind,
    meaning,
    law: { between: exponential(YEAR / perYear), repair: hardware, startsNew: false },
    between: { text: `exponential, ${round(perYear)} a year (MTBF ${Math.round(YEAR / perYear / HOUR)} h)`, ...said },
    repair: HARDWARE,
    ...more,
  };
}

const round = (x: number) => Math.round(x * 10_000) / 10_000;

const disk = (name: string, perYear: number, meaning: string, source: string, evidence: Evidence, shape = 1): FailurePreset => ({
  name,
  kind: "disk",
  meaning,
  law: {
    between: shape === 1 ? exponential(YEAR / perYear) : weibullFromMean(shape, YEAR / perYear),
    repair: withCrew(constant(1 * DAY)),
    startsNew: false,
  },
  between: { text: `${shape === 1 ? "exponential" : `weibull(shape ${shape})`}, AFR ${round(perYear * 100)} %`, source, evidence },
  repair: { text: "1 d until it is replaced and rebuilt", source: "next-day replacement; a choice of Orrery", evidence: "assumed" },
});

export const failurePresets: readonly FailurePreset[] = [
  {
    name: "host-crash",
    kind: "host",
    meaning: "Crashes of software and hardware, once a year and host",
    law: { between: weibullFromMean(0.8, YEAR), repair: rebootOrHardware, startsNew: false },
    between: {
      text: "weibull(shape 0.8), MTBF 8760 h",
      source: "between Dean 2008 (15,800 h), Dean 2009 (4,380 h) and LANL's shape; a choice of Orrery",
      evidence: "assumed",
    },
    repair: REBOOT_OR_HARDWARE,
  },
  byAnnualRate(
    "dean-2008-server",
    "host",
    1000 / 1800,
    "About 1000 machine failures a year among 1800",
    { source: DEAN_2008, evidence: "derived" },
    {
      law: { between: exponential((YEAR * 1800) / 1000), repair: rebootOrHardware, startsNew: false },
      repair: REBOOT_OR_HARDWARE,
    },
  ),
  byAnnualRate(
    "dean-2009-server",
    "host",
    2,
    "Each machine crashes at least twice a year",
    { source: "J. Dean, LADIS 2009 keynote, as quoted (jjinux 2015)", evidence: "verified" },
    {
      law: { between: exponential(YEAR / 2), repair: rebootOrHardware, startsNew: false },
      repair: REBOOT_OR_HARDWARE,
    },
  ),
  {
    name: "lanl-node",
    kind: "host",
    meaning: "Nodes of LANL's clusters: hazard falls with age, repairs have a long tail",
    law: {
      between: weibullFromMean(0.75, YEAR),
      repair: withCrew(lognormalFromMedianAndMean(54 * MINUTE, 355 * MINUTE)),
      startsNew: false,
    },
    between: {
      text: "weibull(shape 0.75), MTBF 8760 h",
      source:
        "Schroeder and Gibson, DSN 2006: shape 0.7 to 0.8; the rate is given by system (20 to 1000 a year), the MTBF of a node is a choice",
      evidence: "assumed",
    },
    repair: {
      text: "lognormal(median 54 min, mean 355 min), sigma 1.94",
      source: "Schroeder and Gibson, DSN 2006, all causes",
      evidence: "from memory",
    },
  },
  {
    name: "google-2010-node",
    kind: "host",
    meaning: "Nodes of a storage cell, restarts included: down once in 4.3 months, rarely for long",
    law: {
      between: exponential((4.3 / 12) * YEAR),
      repair: [{ weight: 1, time: lognormalFromMedian(5 * MINUTE, 0.857), needsCrew: false }],
      startsNew: false,
    },
    between: { text: "exponential, MTTF 4.3 months", source: "Ford et al., OSDI 2010", evidence: "from memory" },
    repair: {
      text: "lognormal(median 5 min, sigma 0.857): 10 % last longer than 15 min",
      source: "Ford et al., OSDI 2010: fewer than 10 % exceed 15 min; the median is a choice",
      evidence: "assumed",
    },
  },
  byAnnualRate("hyrax-2023-server", "host", 0.048, "Hardware of a modern server with 16 DIMMs and 4 SSDs: 1.6 % + 0.8 % + 2.4 % a year", {
    source: "Hyrax, OSDI 2023, through GreenSKU's afr_data.yaml",
    evidence: "derived",
  }),
  byAnnualRate("microsoft-2010-server", "host", 0.0833816, "8 % of servers have a hardware incident in a year", {
    source: "Vishwanath and Nagappan, SoCC 2010: 1 - exp(-rate) = 0.08",
    evidence: "from memory",
  }),
  byAnnualRate(
    "dean-2008-rack",
    "rack",
    20 / 30,
    "About 20 rack failures a year among the 30 racks of 60 that 1800 servers fill",
    { source: `${DEAN_2008}; 40 to 80 machines a rack`, evidence: "derived" },
    {
      law: { between: exponential((YEAR * 30) / 20), repair: withCrew(uniform(HOUR, 6 * HOUR)), startsNew: false },
      repair: { text: "uniform(1 h to 6 h)", source: DEAN_2008, evidence: "verified" },
    },
  ),
  byAnnualRate(
    "google-2010-rack",
    "rack",
    1 / 10.2,
    "Racks of a storage cell: MTTF 10.2 years",
    { source: "Ford et al., OSDI 2010", evidence: "from memory" },
    {
      law: { between: exponential(10.2 * YEAR), repair: withCrew(uniform(HOUR, 6 * HOUR)), startsNew: false },
      repair: { text: "uniform(1 h to 6 h)", source: `repair as in ${DEAN_2008}`, evidence: "assumed" },
    },
  ),
  byAnnualRate(
    "tor-switch",
    "switch",
    0.2,
    "A top-of-rack switch every 5 years",
    { source: "a choice of Orrery", evidence: "assumed" },
    {
      law: { between: exponential(5 * YEAR), repair: withCrew(lognormalFromMedian(2 * HOUR, 0.5)), startsNew: false },
      repair: { text: "lognormal(median 2 h, sigma 0.5)", source: "a choice of Orrery", evidence: "assumed" },
    },
  ),
  byAnnualRate(
    "dean-2008-pdu",
    "pdu",
    750 / 1800,
    "One PDU of 500 to 1000 machines fails a year among 1800",
    { source: DEAN_2008, evidence: "derived" },
    {
      law: { between: exponential((YEAR * 1800) / 750), repair: withCrew(constant(6 * HOUR)), startsNew: false },
      repair: { text: "6 h", source: DEAN_2008, evidence: "verified" },
    },
  ),
  byAnnualRate(
    "dean-2008-overheating",
    "power",
    0.5,
    "Every other year the whole cluster goes down, by heat, within minutes",
    { source: DEAN_2008, evidence: "verified" },
    {
      law: { between: exponential(2 * YEAR), repair: withCrew(uniform(DAY, 2 * DAY)), startsNew: false },
      repair: { text: "uniform(1 d to 2 d)", source: DEAN_2008, evidence: "verified" },
    },
  ),
  byAnnualRate(
    "dean-2008-router-failure",
    "router",
    3,
    "About three router failures a year",
    { source: DEAN_2008, evidence: "verified" },
    {
      law: { between: exponential(YEAR / 3), repair: withCrew(constant(HOUR)), startsNew: false },
      repair: { text: "1 h", source: DEAN_2008, evidence: "verified" },
    },
  ),
  byAnnualRate(
    "dean-2008-router-reload",
    "router",
    12,
    "About a dozen router reloads a year",
    { source: DEAN_2008, evidence: "verified" },
    {
      law: { between: exponential(YEAR / 12), repair: [{ weight: 1, time: constant(2 * MINUTE), needsCrew: false }], startsNew: false },
      repair: { text: "2 min", source: DEAN_2008, evidence: "verified" },
    },
  ),
  disk("backblaze-2024", 0.0157, "Hard disks of Backblaze in 2024", "Backblaze drive stats 2024", "verified"),
  disk("backblaze-2024-q2", 0.0171, "Hard disks of Backblaze, second quarter of 2024", "Backblaze drive stats Q2 2024", "verified"),
  disk("backblaze-2025-q2", 0.0136, "Hard disks of Backblaze, second quarter of 2025", "Backblaze drive stats Q2 2025", "verified"),
  disk("backblaze-2025-q3", 0.0155, "Hard disks of Backblaze, third quarter of 2025", "Backblaze drive stats Q3 2025", "verified"),
  disk(
    "field-replacement-2007",
    0.03,
    "Field replacement of hard disks: typically 2 to 4 % a year, not exponential",
    "Schroeder and Gibson, FAST 2007; the shape is from memory",
    "from memory",
    0.75,
  ),
  disk("google-2007-third-year", 0.086, "Hard disks in their third year", "Pinheiro, Weber and Barroso, FAST 2007", "from memory"),
  disk("hyrax-2023-ssd", 0.002, "Solid-state disks of a modern server", "Hyrax, OSDI 2023, through GreenSKU's afr_data.yaml", "verified"),
];

export const presetsOf = (kind: ComponentKind): readonly FailurePreset[] => failurePresets.filter((preset) => preset.kind === kind);
