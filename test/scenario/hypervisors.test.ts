// Hypervisors in whole runs: what a guest costs, what hosts can do, and bare metal, which is promised once and given whole.
import { describe, expect, it } from "vitest";
import { hypervisors } from "../../src/datacenter/hypervisors.ts";
import { runOnce } from "../../src/experiment/run.ts";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder, problemsOf } from "./folder.ts";

interface Options {
  readonly hypervisor: string;
  readonly servers?: number;
  readonly hosts?: number;
  readonly host?: string;
  readonly cloud?: string;
  readonly controlPlane?: string;
  readonly duration?: string;
  readonly rest?: string;
  readonly conf?: string;
}

function read({ hypervisor, servers = 3, hosts = 2, host = "", cloud = "", ...options }: Options) {
  const named = hypervisor === "" ? "" : `hypervisor: ${hypervisor},`;
  const text = `cloud:
  control_plane: ${options.controlPlane ?? "instant"}
  hosts: [{type: dell-r7515, count: ${hosts}, ${named} ${host}}]
  ${cloud}
  flavors: [{name: node, vcpus: 4, ram: 8 GiB, disk: 1 GiB}]
workload:
  arrivals: {at_once: {count: ${servers}}}
  lifetime: never
  cpu_utilisation: 0.5
${options.rest ?? ""}
study: {duration: ${options.duration ?? "1 h"}}
`;
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text, "nova.conf": options.conf ?? "" }) });
}

function run(options: Options) {
  const scenario = read(options);
  const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
  built.cloud.simulation.run(scenario.study.duration);
  return built;
}

const outcomes = ({ cloud: { servers } }: ReturnType<typeof run>) => Array.from({ length: servers.count }, (_, s) => servers.outcomeOf(s));
const explained = (options: Options, path: string) => read(options).values.find((value) => value.path === path);
const refusals = (options: Options) => problemsOf(() => read(options)).map(({ path, message }) => `${path}: ${message}`);

describe("bare metal", () => {
  const hypervisor = "ironic";

  it("gives a server the whole host: two hosts take two servers, however small", () => {
    const built = run({ hypervisor });
    expect(outcomes(built)).toEqual(["ACTIVE", "ACTIVE", "NoValidHost"]);
    expect([0, 1].map((host) => built.cloud.hosts.instances[host])).toEqual([1, 1]);
  });

  it("has room again once its server is gone", () => {
    const scenario = read({ hypervisor, hosts: 1, servers: 1 });
    const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
    built.cloud.simulation.run(60e6);
    const { hosts } = built.cloud;
    const amounts = { vcpuMilli: 1000, ramMb: 1024, diskGb: 1 };
    expect(hosts.fits(0, amounts)).toBe(false);
    built.moves.delete(0, (server) => built.cloud.leaveHost(server));
    expect(hosts.fits(0, amounts)).toBe(true);
  });

  it("is promised once, whatever other hosts have for a default, and keeps nothing back", () => {
    const [group] = read({ hypervisor }).cloud.hosts;
    expect([group!.cpuAllocationRatio, group!.ramAllocationRatio, group!.diskAllocationRatio]).toEqual([1, 1, 1]);
    expect([group!.reservedHostCpus, group!.reservedHostMemoryMb]).toEqual([0, 0]);
    expect(explained({ hypervisor }, "cloud.hosts.0.cpu_allocation_ratio")).toMatchObject({
      value: "1",
      source: "default: nova/virt/ironic/driver.py, update_provider_tree",
      evidence: "verified",
    });
    expect(read({ hypervisor: "kvm" }).cloud.hosts[0]!.cpuAllocationRatio).toBe(4);
  });

  it("cannot be overcommitted or kept back from", () => {
    expect(refusals({ hypervisor, host: "cpu_allocation_ratio: 2, ram_allocation_ratio: 1, reserved_host_memory: 1 GiB" })).toEqual([
      "cloud.hosts.0.cpu_allocation_ratio: bare metal cannot be promised more than once: cpu_allocation_ratio is 1 with ironic, got 2",
      "cloud.hosts.0.reserved_host_memory: a server on bare metal has the whole host: reserved_host_memory is 0 with ironic",
    ]);
    expect(refusals({ hypervisor, cloud: "host_defaults: {disk_allocation_ratio: 1.5}" })).toHaveLength(1);
  });

  it("moves nobody: neither live nor cold", () => {
    const built = run({ hypervisor, servers: 1 });
    for (const answer of [built.moves.startLiveMigration(0), built.moves.startMigration(0)]) {
      expect(answer).toMatchObject({ accepted: false, outcome: "MigrationPreCheckError" });
      expect((answer as { readonly why: string }).why).toContain("server-1 runs under ironic, which has no ");
    }
    expect(run({ hypervisor: "kvm", servers: 1 }).moves.startLiveMigration(0).accepted).toBe(true);
  });

  it("takes no other ratios from an operator either", () => {
    const rest = "timeline: [{at: 10 min, set: {hosts: [compute-1], cpu_allocation_ratio: 2}}]";
    const built = run({ hypervisor, servers: 1, rest });
    expect(built.operations!.happenings.row(0).outcome).toContain("refused: bare metal cannot be promised more than once");
    expect(built.cloud.hosts.cpuAllocationRatio(0)).toBe(1);
  });

  it("boots ten minutes later than a guest of libvirt", () => {
    const boot = (name: string) => {
      const scenario = read({ hypervisor: name, servers: 1, controlPlane: "modelled" });
      return runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 }).values.get("boot.mean")!;
    };
    expect(boot("ironic") - boot("kvm")).toBeCloseTo(600, 6);
  });

  it("is what compute_driver = ironic.IronicDriver means", () => {
    const conf = "[DEFAULT]\ncompute_driver = ironic.IronicDriver\n";
    const scenario = read({ hypervisor: "", cloud: "nova_conf: nova.conf", conf });
    expect(scenario.cloud.hosts[0]).toMatchObject({ hypervisor: "ironic", cpuAllocationRatio: 1 });
    expect(scenario.configuration!.map(({ name, status }) => [name, status])).toEqual([["compute_driver", "taken"]]);
  });
});

describe("every hypervisor", () => {
  it.each([...hypervisors.values()].map((hypervisor) => [hypervisor.key, hypervisor] as const))(
    "%s costs its guests what it says of itself",
    (key, { cpuOverhead, memoryOverheadMb, memoryOverheadPerVcpuMb, memoryOverheadShare, liveMigration, hypervisorType }) => {
      const built = run({ hypervisor: key, servers: 1, cloud: "memory_sharing: {}\n  cpu_sharing: {smt_gain: 1}" });
      const { cloud, moves } = built;
      // Two busy vCPUs, of which a hypervisor can make no more than the four that the guest has.
      expect(cloud.guestCpu!.cpu.rateOf(0)).toBeCloseTo(Math.min(4, 2 * (1 + cpuOverhead.value)), 12);
      const overhead = memoryOverheadMb.value + 4 * memoryOverheadPerVcpuMb.value + 8192 * memoryOverheadShare.value;
      expect(cloud.guestMemory!.memory.residentMb(0, cloud.simulation.now)).toBeCloseTo(0.6 * 8192 + overhead, 9);
      expect(cloud.hosts.hypervisorType(cloud.servers.host[0]!)).toBe(hypervisorType.value);
      expect(moves.startLiveMigration(0).accepted).toBe(liveMigration.value);
    },
  );

  it("is explained where a host has it, and only there", () => {
    const listed = read({ hypervisor: "xen", cloud: "memory_sharing: {}" }).values.filter(({ path }) => path.startsWith("hypervisors."));
    expect(new Set(listed.map(({ path }) => path.split(".")[1]))).toEqual(new Set(["xen"]));
    expect(listed.map(({ path }) => path)).toContain("hypervisors.xen.memory_overhead");
    expect(listed.every(({ source, meaning }) => source !== "" && meaning !== "")).toBe(true);
  });

  it("ends migrations by post-copy only where it can", () => {
    const cloud = "migration: {live_migration_permit_post_copy: true}";
    expect(refusals({ hypervisor: "vmware", cloud })).toEqual([
      "cloud.migration.live_migration_permit_post_copy: no host has a hypervisor that can end a live migration by post-copy",
    ]);
    expect(refusals({ hypervisor: "kvm", cloud })).toEqual([]);
  });
});
