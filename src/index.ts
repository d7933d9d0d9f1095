// What Orrery offers as a library, one line a concept, from the ground floor up. Read it as the table of contents of the house: each line
// names the file to open next.
// biome-ignore-all assist/source/organizeImports: the lines stand in floor order

// kernel: time, events, chance; it knows nothing of clouds
export { DAY, formatTime, HOUR, type Micros, MILLISECOND, MINUTE, SECOND, WEEK } from "./kernel/time.ts";
export { type EventKind, type Handler, type Observer, Simulation, SimulationBug, type TimerKind } from "./kernel/simulation.ts";
export { type EventList, type EventListName, eventLists } from "./kernel/event-list/event-list.ts";
export { type Checkpoint, Fingerprint } from "./kernel/fingerprint.ts";
export { RandomStreams, type Stream } from "./kernel/random.ts";
export type { Distribution } from "./kernel/distribution.ts";
export * as distributions from "./kernel/distribution.ts";
export * as elementary from "./kernel/elementary.ts";
export { type Dimension, formatQuantity, parseQuantity } from "./kernel/units.ts";
export { type Evidence, type Parameter, parameter } from "./kernel/parameter.ts";
export { formatProblem, InputError, type Problem } from "./kernel/problem.ts";

// statistics: what samples say, and how sure they are
export { Tally } from "./statistics/tally.ts";
export { TimeWeighted } from "./statistics/time-weighted.ts";
export { Histogram } from "./statistics/histogram.ts";
export { LogSketch, quantile, quantileInterval, sortedSample } from "./statistics/quantiles.ts";
export { type Interval, meanInterval, pairedDifference } from "./statistics/interval.ts";
export { type BatchMeans, batchMeans, lagOneAutocorrelation } from "./statistics/batch-means.ts";

// queueing: who waits for whom
export { type Discipline, type StationId, type StationOptions, Stations, type StationStatistics } from "./queueing/station.ts";
export { SharedCapacity } from "./queueing/shared-capacity.ts";
export { SharedProcessors } from "./queueing/shared-processors.ts";

// datacenter: what there is, as columns
export { type HostDescription, type HostId, Hosts } from "./datacenter/hosts.ts";
export { type HostType, hostTypes } from "./datacenter/host-types.ts";
export { type Hypervisor, hypervisors } from "./datacenter/hypervisors.ts";
export { type Outcome, outcomes, Servers, type TaskState, type VmState } from "./datacenter/servers.ts";
export type { Flavor, Image } from "./datacenter/flavor.ts";
export { type GroupPolicy, ServerGroups } from "./datacenter/server-groups.ts";
export { StorageTiers } from "./datacenter/storage-tiers.ts";
export { LeafSpineFabric } from "./datacenter/fabric.ts";
export { HostPower, wattsAt } from "./datacenter/power.ts";
export { MachineRoom } from "./datacenter/failures/machine-room.ts";
export { type FailurePreset, failurePresets } from "./datacenter/failures/presets.ts";
export { availability, type FailureLaw } from "./datacenter/failures/renewal.ts";
export { type NotificationName, Notifications } from "./datacenter/notifications.ts";

// policies: one decision each
export { defineFilter, type Filter } from "./policies/nova/filter.ts";
export { filters } from "./policies/nova/filters/index.ts";
export { defineWeigher, type Weigher } from "./policies/nova/weigher.ts";
export { weighers } from "./policies/nova/weighers/index.ts";
export { type PolicySpec, presets } from "./policies/nova/policy.ts";
export { FilterScheduler, type SchedulingObserver } from "./policies/nova/filter-scheduler.ts";
export { type DecisionRecord, DecisionRecorder } from "./policies/nova/decision-record.ts";
export type { RequestSpec } from "./policies/nova/request-spec.ts";
export type { HostStates } from "./policies/nova/host-states.ts";
export { NovaConfig, novaOptions } from "./policies/nova/config.ts";
export { type NovaRelease, novaReleases, releaseNamed } from "./policies/nova/releases.ts";
export type {
  PluginConfig,
  PluginFilter,
  PluginFlavor,
  PluginHosts,
  PluginOption,
  PluginRequest,
  PluginWeigher,
} from "./policies/plugins/plugin-shape.ts";
export { PluginFault } from "./policies/plugins/plugin-fault.ts";
export { allocationCandidates } from "./policies/placement/allocation-candidates.ts";
export { answerCase, type ScheduleCase } from "./policies/cases/index.ts";
export { decide, type Question, type ServerDecision } from "./policies/cases/decisions.ts";
export { boundL1, boundL2 } from "./policies/packing/lower-bounds.ts";

// services: one declaration for each OpenStack service
export { type Component, defineService, type Operation, type Service } from "./services/service.ts";
export { components, operations } from "./services/index.ts";

// workflows: where services meet
export type { Step, Workflow } from "./workflows/vocabulary.ts";
export * as vocabulary from "./workflows/vocabulary.ts";
export { launchServer } from "./workflows/launch-server.ts";
export { deleteServer } from "./workflows/delete-server.ts";
export { evacuateServer } from "./workflows/evacuate-server.ts";
export { deleteInstantly, launchInstantly } from "./workflows/instant.ts";
export { WorkflowEngine } from "./workflows/engine.ts";
export { Cloud } from "./workflows/cloud.ts";
export { DecisionLog } from "./workflows/decision-log.ts";
export { Operations, type OperationsSpec } from "./workflows/operations/operations.ts";
export type { Happening } from "./workflows/operations/happenings.ts";
export type { Action, TimelineEntry } from "./workflows/operations/timeline.ts";

// telemetry: meters and who reads them
export { type Meter, meters } from "./telemetry/meters.ts";
export { Ceilometer } from "./telemetry/ceilometer.ts";

// workload: what users ask for
export type {
  ArrivalSpec,
  GeneratedWorkloadSpec,
  ListedRequest,
  ListedWorkloadSpec,
  RequestTable,
  SchedulingAsks,
  TraceWorkloadSpec,
  WorkloadSpec,
} from "./workload/workload.ts";
export { generateRequests } from "./workload/generate.ts";
export { listRequests } from "./workload/listed.ts";
export { batchSizeFits, lifetimeFits } from "./workload/lifetimes.ts";
export { readTrace } from "./workload/trace.ts";

// scenario: a question about a cloud, and the cloud built from it
export { readScenario } from "./scenario/parse.ts";
export { catalogue } from "./scenario/catalogue.ts";
export type { CloudSpec, ConfOption, ExplainedValue, Scenario, StudySpec } from "./scenario/scenario.ts";
export { readSchedule } from "./scenario/schedule-file.ts";
export { scenarioJsonSchema } from "./scenario/json-schema.ts";
export { type BuiltRun, buildRun, buildWorkload, type Workload } from "./scenario/build.ts";

// experiment: running, repeating, comparing
export { type RunOptions, type RunResult, runInSteps, runOnce } from "./experiment/run.ts";
export { type Metric, metrics } from "./experiment/metrics.ts";
export { HostsNeeded } from "./experiment/hosts-needed.ts";
export { type Comparison, compareInSteps, type Verdict } from "./experiment/compare.ts";
export { type Divergence, findDivergence } from "./experiment/diverge.ts";
export { type ServerStory, serverStoryInSteps } from "./experiment/server-story.ts";
export { type Remedy, remediesFor } from "./experiment/remedies.ts";
export { type PlacementOverview, placementOverview } from "./experiment/placement-overview.ts";
export { type CodeVersion, codeVersion } from "./experiment/code-version.ts";

// report: for people and for machines
export { runTable } from "./report/run-table.ts";
export { runFiles } from "./report/run-files.ts";
export { whyServer } from "./report/why-server.ts";
export { whyRun } from "./report/why-run.ts";
export { DecisionLines } from "./report/decision-lines.ts";
export { comparisonTable } from "./report/comparison-table.ts";
export { comparisonFiles } from "./report/comparison-files.ts";
export { decisionTable } from "./report/decision-table.ts";
export { policyEntries } from "./report/policy-entries.ts";
export { policyInFull, policyTables } from "./report/policy-tables.ts";
export { writeResult } from "./report/result-folder.ts";
