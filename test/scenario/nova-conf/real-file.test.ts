// A nova.conf as deployment tools write them, against the same options written in the scenario.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { portableValues } from "../../../src/report/run-files.ts";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { shownValue } from "../../../src/scenario/nova-conf/secrets.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import type { ConfOption } from "../../../src/scenario/scenario.ts";
import { folder } from "../folder.ts";
import { allWeighers, decisions, offeredOf, optionOf, read, scenarioText, valueAt } from "./conf-scenario.ts";

const fixtures = "test/fixtures/nova-conf";
const enabledFilters = [
  ...["ComputeFilter", "ComputeCapabilitiesFilter", "ImagePropertiesFilter", "ServerGroupAntiAffinityFilter", "ServerGroupAffinityFilter"],
  ...["NumInstancesFilter", "AggregateInstanceExtraSpecsFilter", "PciPassthroughFilter", "MetricsFilter"],
];

describe("a scenario with a real nova.conf", () => {
  const cwd = folder({ "a.yaml": scenarioText({ cloud: ["nova_conf: etc/nova.conf", "placement_conf: etc/placement.conf"] }) });
  cpSync(fixtures, join(cwd, "etc"), { recursive: true });
  const fromFile = readScenario("a.yaml", { catalogue, cwd });
  const written = read({
    cloud: [
      "host_defaults:",
      "  cpu_allocation_ratio: 3.0",
      "  ram_allocation_ratio: 95%",
      "  disk_allocation_ratio: 1.0",
      "  reserved_host_cpus: 2",
      "  reserved_host_memory: 2 GiB",
      "  reserved_host_disk: 10 GiB",
      "  hypervisor: kvm",
      "nova:",
      "  max_attempts: 2",
      "  max_placement_results: 400",
      "  max_concurrent_builds: 4",
      "  instance_build_timeout: 5 min",
      "  pci_alias:",
      "    - {vendor_id: 10de, product_id: 1db6, device_type: type-PCI, name: gpu}",
      "    - {vendor_id: 8086, product_id: 1520, device_type: type-VF, name: nic}",
      "placement: {randomize_allocation_candidates: true}",
      "quota: {instances: 200, cores: 400, ram: unlimited}",
      "workers: {nova.api: 6, nova.conductor: 5, nova.scheduler: 4}",
    ],
    policies: `[{name: nova.conf, host_subset_size: 2, shuffle_best_same_weighed_hosts: true, max_instances_per_host: 24, ${[
      "ram_weight_multiplier: 1, cpu_weight_multiplier: 2.5, disk_weight_multiplier: 0, num_instances_weight_multiplier: -0.5",
      `enabled_filters: [${offeredOf(enabledFilters).join(", ")}]`,
      `weight_classes: ${allWeighers}`,
    ].join(", ")}}]`,
  });

  it("is the same scenario as one with the same options written in it", () => {
    expect(fromFile.cloud).toEqual(written.cloud);
    expect(fromFile.study).toEqual(written.study);
    expect(portableValues(fromFile)).toEqual(portableValues(written));
  });

  it("gives the same placements, decision by decision", () => {
    expect(decisions(fromFile)).toEqual(decisions(written));
  });

  it("knows the line that each value came from", () => {
    expect(valueAt(fromFile, "cloud.hosts.0.cpu_allocation_ratio")).toMatchObject({
      value: "3",
      source: "etc/nova.conf:15:1",
      evidence: "scenario",
    });
    expect(valueAt(fromFile, "cloud.hosts.0.reserved_host_memory")).toMatchObject({ value: "2 GiB", source: "etc/nova.conf:20:1" });
    expect(valueAt(fromFile, "study.policies.0.enabled_filters")!.source).toBe("etc/nova.conf:44:1");
    expect(valueAt(fromFile, "study.policies.0.weight_classes")).toMatchObject({
      source: expect.stringMatching(/^default: nova\.scheduler\.weights\.all_weighers of Nova \d\d/),
      evidence: "verified",
    });
  });

  it("accounts for every option of the files once: taken, without effect, or ignored", () => {
    const options = fromFile.configuration!;
    expect(options.filter(({ service }) => service === "placement")).toHaveLength(3);
    const names = (status: ConfOption["status"]) => options.filter((option) => option.status === status).map(({ name }) => name);
    expect(names("taken")).toEqual(expect.arrayContaining(["cpu_allocation_ratio", "max_attempts", "enabled_filters", "virt_type", "ram"]));
    expect(names("ignored")).toEqual(expect.arrayContaining(["debug", "transport_url", "track_instance_changes", "service_down_time"]));
    expect(optionOf(fromFile, "compute_driver")).toMatchObject({ status: "without effect", reason: expect.stringContaining("virt_type") });
    const filters = options.filter(({ name }) => name === "enabled_filters");
    expect(filters.map(({ status, value }) => [status, value])).toEqual([["taken", enabledFilters.join(", ")]]);
    const lines = options.filter((option) => option.name !== "enabled_filters").map(({ source }) => source);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it("shows no secret of the file", () => {
    const shown = JSON.stringify(fromFile.configuration);
    for (const secret of ["Vq7-broker", "t0p-api", "t0p-cell", "im4ge", "n0va-s3rvice", "m3m", "pr0xy", "pl4ce"])
      expect(shown).not.toContain(secret);
    expect(optionOf(fromFile, "api_servers").value).toBe("http://***@10.20.0.10:9292");
    expect(optionOf(fromFile, "auth_url").value).toBe("http://10.20.0.10:5000");
    expect(JSON.stringify([fromFile.written, fromFile.values])).not.toContain("Vq7");
  });

  it("can be read again from what was written of it, without the files", () => {
    expect(JSON.stringify(fromFile.written)).not.toContain("nova_conf");
    const again = readScenario("scenario.json", { catalogue, cwd: folder({ "scenario.json": JSON.stringify(fromFile.written) }) });
    expect(again.cloud).toEqual(fromFile.cloud);
    expect(again.study).toEqual(fromFile.study);
    expect(portableValues(again)).toEqual(portableValues(fromFile));
    expect(decisions(again)).toEqual(decisions(fromFile));
  });
});

describe("secrets in a file", () => {
  it.each([
    ["password", "x", "***"],
    ["metadata_proxy_shared_secret", "x", "***"],
    ["connection", "mysql://nova@db/nova", "***"],
    ["auth_key", "x", "***"],
    ["api_servers", "http://a:p@ss/w@host:9292, http://b:c@other", "http://***@host:9292, http://***@other"],
    ["rabbit_hosts", "openstack:pw@10.0.0.1:5672,openstack:pw@10.0.0.2:5672", "***@10.0.0.2:5672"],
    ["my_ip", "10.0.0.1", "10.0.0.1"],
    ["enabled_apis", "osapi_compute,\nmetadata", "osapi_compute, metadata"],
    ["keymap", "en-us", "en-us"],
    ["live_migration_uri", "qemu+tcp://%s/system", "qemu+tcp://%s/system"],
  ])("%s = %s is shown as %s", (name, value, shown) => {
    expect(shownValue(name, value.replace("\\n", "\n"))).toBe(shown);
  });
});
