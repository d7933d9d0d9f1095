// The words the scenario tests may use: small, and independent of the registries that hand in the real ones.
import { discrete, hyperexponential } from "../../src/kernel/distribution.ts";
import { HOUR } from "../../src/kernel/time.ts";
import type { PolicySpec } from "../../src/scenario/scenario.ts";
import type { Catalogue, OptionFacts } from "../../src/scenario/vocabulary.ts";

const filters = [
  ...["ComputeFilter", "ComputeCapabilitiesFilter", "ImagePropertiesFilter", "NumInstancesFilter", "ServerGroupAntiAffinityFilter"],
  ...["AvailabilityZoneFilter", "IsolatedHostsFilter", "JsonFilter"],
];
const weighers = ["RAMWeigher", "CPUWeigher", "DiskWeigher", "IoOpsWeigher", "HostOrderWeigher", "ServerGroupSoftAffinityWeigher"];

const policy = (name: string, over: Partial<PolicySpec> = {}): PolicySpec => ({
  name,
  enabledFilters: ["ComputeFilter"],
  weighers: ["RAMWeigher", "CPUWeigher"],
  options: new Map(),
  hostSubsetSize: 1,
  shuffleBestSameWeighedHosts: false,
  ...over,
});

const multiplier = (meaning: string, value = 1) => ({ default: value, meaning, source: "nova/conf/scheduler.py" });

export const smallCatalogue: Catalogue = {
  hostTypes: [
    "hp-ml110-g4 hp-ml110-g5 ibm-x3550-m3 hpe-dl360-gen9 dell-r740-8180 hpe-dl380-gen10 dell-r740-8280 lenovo-sr650 dell-r7515",
    "dell-r7525 dell-r6515 hpe-dl385-gen10plus-7763 lenovo-sr665 hpe-dl380-gen10plus fujitsu-rx2540-m6 hpe-dl385-gen10plus-7773x",
  ].flatMap((line) => line.split(" ")),
  hypervisors: ["kvm", "qemu", "xen", "vmware", "hyperv"],
  filters,
  weighers,
  options: new Map<string, OptionFacts>([
    ["ram_weight_multiplier", multiplier("Weight of free memory in the sum; negative packs instead of spreading.")],
    ["cpu_weight_multiplier", multiplier("Weight of free vCPUs in the sum; negative packs instead of spreading.")],
    ["io_ops_weight_multiplier", multiplier("Weight of the number of builds and moves on the host.", -1)],
    ["default_availability_zone", { ...multiplier("Zone of hosts without."), default: "nova" }],
    ["image_properties_default_architecture", { ...multiplier("Architecture of images that name none."), default: null }],
    ["isolated_hosts", { ...multiplier("Hosts kept for isolated images."), default: [] }],
    ["isolated_images", { ...multiplier("Images that run on isolated hosts only."), default: [] }],
    ["restrict_isolated_hosts_to_isolated_images", { ...multiplier("Keep other images off."), default: true }],
    ["metrics.weight_setting", { ...multiplier("Metrics that count."), default: [] }],
    ["max_instances_per_host", { ...multiplier("Servers one host may have.", 50), minimum: 1 }],
  ]),
  presets: new Map(
    [
      policy("nova-default"),
      policy("nova-pack", {
        options: new Map([
          ["ram_weight_multiplier", -1],
          ["cpu_weight_multiplier", -1],
        ]),
      }),
      policy("first-fit", { weighers: ["HostOrderWeigher"] }),
      policy("best-fit"),
      policy("worst-fit"),
      policy("random", { hostSubsetSize: 1_000_000 }),
    ].map((preset) => [preset.name, preset]),
  ),
  meters: [
    "vcpus",
    "memory",
    "disk.root.size",
    "cpu",
    "image.download",
    "network.incoming.bytes",
    "network.outgoing.bytes",
    "hardware.ipmi.node.power",
  ],
  components: ["nova.api", "nova.conductor", "nova.scheduler", "nova.compute", "keystone.api", "placement.api"],
  operations: ["nova.api.createServer", "nova.scheduler.selectDestinations", "keystone.api.validateToken"],
  lifetimes: new Map([
    ["azure-2017", hyperexponential([0.6627, 0.2793, 0.058], [0.391 * HOUR, 8.997 * HOUR, 307.3 * HOUR])],
    ["azure-2019", hyperexponential([0.7145, 0.1925, 0.093], [0.591 * HOUR, 9.306 * HOUR, 594.9 * HOUR])],
  ]),
  batchSizes: new Map([["azure-2019-deployments", discrete([1, 2, 4, 8, 15, 35], [0.5, 0.136, 0.164, 0.085, 0.055, 0.06])]]),
  parameters: [
    {
      name: "cloud.workers.nova.api",
      value: 4,
      unit: "workers",
      meaning: "Worker processes of this component",
      source: "one per CPU of a small controller",
      evidence: "assumed",
    },
    {
      name: "cloud.service_times.nova.api.createServer",
      value: 120_000,
      unit: "us",
      meaning: "Mean time a worker is busy with this operation",
      source: "performance-docs",
      evidence: "derived",
    },
  ],
};
