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
export { StepFunction } from "./kernel/step-function.ts";
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
export { TokenBucket } from "./queueing/token-bucket.ts";
export { type LinkOptions, SharedCapacity, type TransferOptions } from "./queueing/shared-capacity.ts";
export { FlowNetwork } from "./queueing/max-min/flow-network.ts";
export { SharedProcessors } from "./queueing/shared-processors.ts";
export { SharedDevices } from "./queueing/shared-devices.ts";
export { WaterLevel } from "./queueing/water-level.ts";

// datacenter: what there is, as columns
export { type HostDescription, type HostId, Hosts } from "./datacenter/hosts.ts";
export { type HostType, hostTypes } from "./datacenter/host-types.ts";
export { cpuOverheadShare, guestMemoryOverheadMb, type Hypervisor, hypervisors } from "./datacenter/hypervisors.ts";
export { HostCpu, type ServerCpu } from "./datacenter/host-cpu.ts";
export type { HostCpuDescription } from "./datacenter/host-cpu-description.ts";
export { type CpuTune, cpuTune } from "./datacenter/cputune.ts";
export { smtBusyThreads, smtCapacity } from "./datacenter/smt.ts";
export { HostMemory, type HostMemoryDescription, type ServerMemory } from "./datacenter/host-memory.ts";
export { swapSlowdown } from "./datacenter/memory-relief.ts";
export { type LocalDisk, LocalDisks } from "./datacenter/local-disks.ts";
export { remoteAccessRate, remoteShareOf } from "./datacenter/numa/remote-access.ts";
export { type Outcome, outcomes, Servers, type TaskState, type VmState } from "./datacenter/servers.ts";
export type { Flavor, Image } from "./datacenter/flavor.ts";
export { type GroupPolicy, ServerGroups } from "./datacenter/server-groups.ts";
export { type StorageTier, StorageTiers, type VolumeId } from "./datacenter/storage-tiers.ts";
export { bytesPerSecondOf, type DeviceModel, type Io, type IoMix, iopsOf, latencySecondsOf } from "./datacenter/storage/device.ts";
export { type StorageDevice, storageDevices } from "./datacenter/storage/devices.ts";
export { type DeviceId, DeviceQueues } from "./datacenter/storage/device-queues.ts";
export { effectiveIops, meanTimeToDataLoss, type RaidLevel } from "./datacenter/storage/raid.ts";
export { RaidArray } from "./datacenter/storage/raid-array.ts";
export { RaidRebuilds } from "./datacenter/storage/raid-rebuilds.ts";
export { type IoPlan, type Transfer, transfersOf } from "./datacenter/storage/io-plan.ts";
export { VolumeIo } from "./datacenter/storage/volume-io.ts";
export type { IoRefusal, StorageBackend, VolumeRequest } from "./datacenter/storage/backend.ts";
export { LocalBackend } from "./datacenter/storage/local-backend.ts";
export { NfsBackend } from "./datacenter/storage/nfs-backend.ts";
export { CephPool } from "./datacenter/storage/ceph-pool.ts";
export { type CephEvent, CephRecovery } from "./datacenter/storage/ceph-recovery.ts";
export { type ThinEvent, ThinPool } from "./datacenter/storage/thin-pool.ts";
export { type QosSpec, TokenLimits } from "./datacenter/storage/qos.ts";
export { type AttachPoints, type Bond, bonds } from "./datacenter/fabric/attach-points.ts";
export { Wiring } from "./datacenter/fabric/wiring.ts";
export { star } from "./datacenter/fabric/star.ts";
export { type LeafSpine, leafSpine } from "./datacenter/fabric/leaf-spine.ts";
export { type FatTree, fatTree } from "./datacenter/fabric/fat-tree.ts";
export { type CustomNetwork, custom } from "./datacenter/fabric/custom.ts";
export { Fabric } from "./datacenter/fabric/fabric.ts";
export { Traffic } from "./datacenter/fabric/traffic.ts";
export { type Encapsulation, goodputFraction, instanceMtu } from "./datacenter/fabric/encapsulation.ts";
export { HostPower, type PowerModel, wattsAt } from "./datacenter/power.ts";
export { PowerPeaks } from "./datacenter/power-peaks.ts";
export { type PowerModelKind, powerModel, powerModels } from "./datacenter/power-models.ts";
export { breakEvenIdleSeconds, type PowerState, type PowerStateFigures } from "./datacenter/power-states.ts";
export { type PowerOrder, PowerSwitch } from "./datacenter/power-switch.ts";
export { cubePStates, type Governor, governedPower, type PState } from "./datacenter/dvfs.ts";
export { affineFacility, constantPue, type FacilityModel, quadraticFacility, weatherPue } from "./datacenter/facility.ts";
export { FacilityBooks, type FacilityInterval, type FacilityOptions } from "./datacenter/facility-books.ts";
export { carbonIntensities, embodiedCarbon, embodiedGramsPerSecond } from "./datacenter/carbon.ts";
export { MachineRoom } from "./datacenter/failures/machine-room.ts";
export { type FailurePreset, failurePresets } from "./datacenter/failures/presets.ts";
export { availability, type FailureLaw } from "./datacenter/failures/renewal.ts";
export { type NotificationName, Notifications } from "./datacenter/notifications.ts";
export { foretell } from "./datacenter/migration/foretell.ts";
export { ObjectStore, type ObjectStoreDescription } from "./datacenter/object-store/object-store.ts";
export { hoursToDataLoss, meanHoursToDataLoss, quorumAvailability } from "./datacenter/object-store/durability.ts";
export { missingFiles, storedIn } from "./datacenter/object-store/redundancy.ts";
export { hashPath, Ring } from "./datacenter/object-store/ring/ring.ts";
export { RingBuilder } from "./datacenter/object-store/ring/ring-builder.ts";
export { LiveCopies } from "./datacenter/migration/live-copies.ts";
export { type Migration, Migrations } from "./datacenter/migration/migrations.ts";

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
export { Enforcer, type PolicyDecision, type RuleDefault } from "./policies/access/enforcer.ts";
export { defaultRulesOf, policyServices } from "./policies/access/default-rules/index.ts";
export { readPolicyFile } from "./policies/access/policy-file.ts";
export { Directory } from "./policies/keystone/directory.ts";
export { RoleAssignments } from "./policies/keystone/role-assignments.ts";
export { type Token, Tokens } from "./policies/keystone/tokens.ts";
export { TokenCache } from "./policies/keystone/token-cache.ts";
export { bootstrap } from "./policies/keystone/bootstrap.ts";
export { Catalogue } from "./policies/keystone/catalogue.ts";
export { OverQuota, Quotas } from "./policies/quotas/quotas.ts";
export { Networks } from "./policies/neutron/networks/networks.ts";
export { Routers } from "./policies/neutron/networks/routers.ts";
export { pathOf } from "./policies/neutron/networks/paths.ts";
export { answerCase, type ScheduleCase } from "./policies/cases/index.ts";
export { decide, type Question, type ServerDecision } from "./policies/cases/decisions.ts";
export { cleanAcl, parseAcl, referrerAllowed } from "./policies/swift/acl.ts";
export { KeystoneAuth, keystoneauthOptions } from "./policies/swift/keystoneauth.ts";
export { boundL1, boundL2 } from "./policies/packing/lower-bounds.ts";
export { type SavingEnergySettings, savingEnergy } from "./policies/watcher/saving-energy.ts";

// services: one declaration for each OpenStack service
export { type Component, defineService, type Operation, type Service } from "./services/service.ts";
export { components, operations } from "./services/index.ts";

// workflows: where services meet
export type { Step, Workflow } from "./workflows/vocabulary.ts";
export * as vocabulary from "./workflows/vocabulary.ts";
export { launchServer } from "./workflows/launch-server.ts";
export { deleteServer } from "./workflows/delete-server.ts";
export { liveMigrateServer } from "./workflows/live-migrate-server.ts";
export { resizeServer } from "./workflows/resize-server.ts";
export { ColdMoves, type Confirmation } from "./workflows/cold-moves.ts";
export { type ResizesSpec, UserResizes } from "./workflows/user-resizes.ts";
export { confirmResize } from "./workflows/confirm-resize.ts";
export { revertResize } from "./workflows/revert-resize.ts";
export { type Answer, Moves } from "./workflows/moves.ts";
export { evacuateServer } from "./workflows/evacuate-server.ts";
export { deleteInstantly, launchInstantly } from "./workflows/instant.ts";
export { Identity } from "./workflows/identity/identity.ts";
export { CloudNetwork } from "./workflows/neutron/cloud-network.ts";
export { type Mechanism, mechanisms } from "./workflows/neutron/mechanisms.ts";
export { WorkflowEngine } from "./workflows/engine.ts";
export { Cloud } from "./workflows/cloud.ts";
export { DecisionLog } from "./workflows/decision-log.ts";
export { ObjectCloud } from "./workflows/swift/object-cloud.ts";
export { fetchObject, removeObject, storeObject } from "./workflows/swift/store-object.ts";
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
export type { UtilisationSeries } from "./workload/utilisation/utilisation-series.ts";
export { constantSeries } from "./workload/utilisation/constant-series.ts";
export { diurnalSeries } from "./workload/utilisation/diurnal-series.ts";
export { burstySeries } from "./workload/utilisation/bursty-series.ts";
export { autocorrelatedSeries } from "./workload/utilisation/autocorrelated-series.ts";
export { RecordedSeries } from "./workload/utilisation/recorded-series.ts";
export { readPlanetLabDay } from "./workload/traces/planetlab.ts";
export { type GuestDemand, readBitbrains } from "./workload/traces/bitbrains.ts";
export { cpuSeries, type FragmentTrace, readFragmentTrace } from "./workload/traces/opendc-fragments.ts";
export { readCarbonIntensity } from "./workload/traces/carbon-intensity.ts";

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
export { type PlanetLabOutcome, runPlanetLab } from "./experiment/planetlab.ts";
export { meanAbsolutePercentageError, meanOfModels, replayCluster } from "./experiment/measured-cluster.ts";
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
