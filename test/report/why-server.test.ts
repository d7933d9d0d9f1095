// What `orrery why` says of a server on a cloud of three hosts (8 vCPUs, 16 GiB, 100 GB each): every number can be worked out by hand.
import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { whyServer } from "../../src/report/why-server.ts";
import { policy, run, type Story, tell } from "../experiment/three-hosts.ts";
import { flavor, hostGroup } from "../workflows/tiny-scenario.ts";

const novaDefault = presets.get("nova-default")!;
const flavors = [flavor("m1.small", 2, 4096, 20), flavor("m1.big", 6, 8192, 40)];
const small = { flavor: 0 };
const big = { flavor: 1 };

/** Fingerprints move with the model; what is said here must not. */
const textOf = (story: Story, all = false) => whyServer(tell(story), { all }).replace(/fingerprint [0-9a-f]{16}/, "fingerprint ...");
const linesOf = (story: Story) =>
  textOf(story)
    .split("\n")
    .map((line) => line.trim());

describe("a server that found a host", () => {
  it("is told with the funnel, the weights of the hosts, the choice, the alternates and what became of it", () => {
    const story: Story = { overrides: { cloud: { flavors } }, policy: novaDefault, requests: [big, small, small] };
    expect(textOf(story)).toMatchInlineSnapshot(`
      "server-3: ACTIVE on compute-3, rank 1 of 3 hosts that passed.

      project-1 asked for it at 1 min: flavor m1.small (2 vCPUs, 4 GiB RAM, 20 GiB disk), image cirros.
      three hosts, policy nova-default, seed 1, replication 0, fingerprint ....

      Decision 1, at 1 min: compute-3

        stage                          hosts left  removed
        the cloud                               3
        Placement                               3        0
        ComputeFilter                           3        0
        ComputeCapabilitiesFilter               3        0
        ImagePropertiesFilter                   3        0
        ServerGroupAntiAffinityFilter           3        0
        ServerGroupAffinityFilter               3        0

        Weights of the 3 hosts: each weigher's raw value (in Nova's units: MB, vCPUs) is normalised over the hosts, multiplied and added up.

                           RAMWeigher x 1             CPUWeigher x 1           DiskWeigher x 1
        rank   host          raw normalised product   raw normalised product      raw normalised product   weight
           1   compute-3   16384     1.0000  1.0000     8     1.0000  1.0000   102400     1.0000  1.0000   3.0000  chosen
           2   compute-2   12288     0.7500  0.7500     6     0.7500  0.7500    81920     0.8000  0.8000   2.3000
           3   compute-1    8192     0.5000  0.5000     2     0.2500  0.2500    61440     0.6000  0.6000   1.3500

        IoOpsWeigher (0), MetricsWeigher (0), PCIWeigher (0), ServerGroupSoftAffinityWeigher (0) and 4 more gave every host the same, which decides nothing.

        compute-3 leads compute-2 by 0.7: RAMWeigher +0.25, CPUWeigher +0.25 and DiskWeigher +0.2. RAMWeigher and CPUWeigher count most.
        Alternates, to be tried if the build fails: compute-2, compute-1.

      What became of it:
        1 min  asked for
        1 min  decision 1: compute-3
        1 min  compute-3 is claimed
        1 min  its build begins on compute-3
        1 min  ACTIVE, at once
      "
    `);
  });

  it("is told with every weigher where all is asked for", () => {
    const story: Story = { overrides: { cloud: { flavors } }, policy: novaDefault, requests: [big, small, small] };
    const lines = textOf(story, true).split("\n");
    for (const name of novaDefault.weighers) expect(lines.some((line) => line.includes(`${name} x `))).toBe(true);
    expect(textOf(story, true)).not.toContain("decides nothing");
  });

  it("is said to tie where hosts weigh the same, and the first in Placement's order is taken", () => {
    const lines = linesOf({ overrides: { cloud: { flavors } }, policy: novaDefault, requests: [small] });
    expect(lines).toContain(
      "compute-1 ties with compute-2 and compute-3 for the best weight; the first of them in Placement's order is taken.",
    );
    expect(lines).toContain("The 3 hosts weigh the same, 3: RAMWeigher (1), CPUWeigher (1), DiskWeigher (1), IoOpsWeigher (0) and 7 more.");
  });

  it("is said to be drawn where the policy draws", () => {
    const text = textOf({ overrides: { cloud: { flavors } }, policy: { ...novaDefault, hostSubsetSize: 2 }, requests: [big, small] });
    expect(text).toMatch(/One of the best 2 is drawn \(host_subset_size\): the draw fell on compute-([23]), rank [12]\.\n/);
    expect(text).toMatch(/^server-2: ACTIVE on compute-[23], rank [12] of 3 hosts that passed\.\n/);
  });

  it("is said to be on the first in line where the policy has no weighers", () => {
    const lines = linesOf({ overrides: { cloud: { flavors } }, requests: [small, small] });
    expect(lines).toContain("The policy has no weighers: the first host in Placement's order is taken.");
  });

  it("is said which weigher turned it, where the others would have chosen otherwise", () => {
    // compute-1 keeps 6 vCPUs and 6 GiB, compute-2 nothing, compute-3 4 vCPUs and 12 GiB.
    const kinds = [flavor("memory", 2, 10_240, 0), flavor("whole", 8, 16_384, 100), flavor("cores", 4, 4096, 0), flavor("m1", 1, 1024, 0)];
    const lines = linesOf({
      overrides: { cloud: { flavors: kinds } },
      policy: { ...novaDefault, weighers: ["RAMWeigher", "CPUWeigher"] },
      requests: [{ flavor: 0 }, { flavor: 1 }, { flavor: 2 }, { flavor: 3 }],
    });
    expect(lines).toContain(
      "compute-3 leads compute-1 by 0.1667: RAMWeigher +0.5, against CPUWeigher -0.3333. Without RAMWeigher, compute-1 would be ahead.",
    );
  });
});

describe("a server that found none", () => {
  it("is told what every host lacks, and what would have let it in", () => {
    const story: Story = { overrides: { cloud: { flavors } }, policy: novaDefault, requests: [small, big, small, big, small, big] };
    expect(textOf(story)).toMatchInlineSnapshot(`
      "server-6: NoValidHost: Placement has no candidate, for every host lacks VCPU.

      project-1 asked for it at 2 min 30 s: flavor m1.big (6 vCPUs, 8 GiB RAM, 40 GiB disk), image cirros.
      three hosts, policy nova-default, seed 1, replication 0, fingerprint ....

      Decision 1, at 2 min 30 s: no host

        stage                          hosts left    removed
        the cloud                               3
        Placement                               0          3
        ComputeFilter                           -  not asked
        ComputeCapabilitiesFilter               -  not asked
        ImagePropertiesFilter                   -  not asked
        ServerGroupAntiAffinityFilter           -  not asked
        ServerGroupAffinityFilter               -  not asked

        Placement: no host has room for it; 2 lack VCPU and 1 lacks VCPU and MEMORY_MB.
          VCPU: 3 hosts lack the 6 vCPUs asked for; the most free on one host is 4 vCPUs (compute-3), and 6 in all hosts together.
          MEMORY_MB: 1 host lacks the 8 GiB RAM asked for; the most free on one host is 8 GiB RAM (compute-2), and 20 GiB in all hosts together.

        What would have let it in, at this instant and by itself:
        - A flavor with 4 vCPUs instead of 6 vCPUs: 1 host would have taken it: compute-3.
        - cpu_allocation_ratio 1.25 instead of 1: 1 host would have taken it: compute-3.
        It is not too large: 3 of 3 hosts would hold it if they were empty.

      What became of it:
        2 min 30 s  asked for
        2 min 30 s  decision 1: no host
        2 min 30 s  NoValidHost, at once
      "
    `);
  });

  it("is told which filter removed whom, with the values that decided", () => {
    const crowded = policy({ enabledFilters: ["ComputeFilter", "NumInstancesFilter"], options: new Map([["max_instances_per_host", 1]]) });
    const story: Story = { overrides: { cloud: { flavors } }, policy: crowded, requests: [small, small, small, small] };
    expect(textOf(story)).toMatchInlineSnapshot(`
      "server-4: NoValidHost: none of 3 candidates passed the filters; NumInstancesFilter removed the last of them.

      project-1 asked for it at 1 min 30 s: flavor m1.small (2 vCPUs, 4 GiB RAM, 20 GiB disk), image cirros.
      three hosts, policy test, seed 1, replication 0, fingerprint ....

      Decision 1, at 1 min 30 s: no host

        stage               hosts left  removed
        the cloud                    3
        Placement                    3        0
        ComputeFilter                3        0
        NumInstancesFilter           0        3

        NumInstancesFilter removed 3 hosts, compute-1, compute-2 and compute-3: servers on it: 1 (max_instances_per_host = 1).

        What would have let it in, at this instant and by itself:
        - Without NumInstancesFilter: 3 hosts would have taken it: compute-1, compute-2 and compute-3.
        It is not too large: 3 of 3 hosts would hold it if they were empty.

      What became of it:
        1 min 30 s  asked for
        1 min 30 s  decision 1: no host
        1 min 30 s  NoValidHost, at once
      "
    `);
  });

  it("is told when the list of candidates was too short", () => {
    const story: Story = {
      overrides: { cloud: { flavors, nova: { maxPlacementResults: 2 } } },
      requests: [small, small, small],
      policy: policy({ enabledFilters: ["NumInstancesFilter"], options: new Map([["max_instances_per_host", 1]]) }),
    };
    const lines = linesOf(story);
    expect(lines[0]).toBe(
      "server-3: NoValidHost: none of the 2 candidates passed the filters, and hosts that would have were cut off by max_placement_results.",
    );
    expect(lines).toContain("Placement: the list is cut off at max_placement_results = 2; 1 more host has room.");
    expect(lines).toContain("- max_placement_results = 3 instead of 2: compute-3 would have taken it (with no limit, 1 host would).");
  });

  it("is told when a filter raised, and which", () => {
    const asking = flavor("m1", 1, 1024, 1, { extraSpecs: new Map([["capabilities:hypervisor_type", "== 4"]]) });
    const lines = linesOf({ overrides: { cloud: { flavors: [asking] } }, policy: novaDefault, requests: [small] });
    expect(lines[0]).toBe("server-1: SchedulingError: ComputeCapabilitiesFilter: could not convert string to float: 'QEMU' (ValueError).");
    expect(lines).toContain("ComputeCapabilitiesFilter               -  raised an error");
    expect(lines.join("\n")).not.toContain("What would have let it in");
  });

  it("is told that it is too large for any host, where it is", () => {
    const lines = linesOf({ overrides: { cloud: { flavors: [flavor("giant", 9, 1024, 1)] } }, requests: [small] });
    expect(lines).toContain(
      "VCPU: 3 hosts are too small for the 9 vCPUs asked for: one server may have at most 8 vCPUs of a host (max_unit, its threads).",
    );
    expect(lines).toContain("It is too large for every host, even an empty one: in VCPU.");
  });
});

describe("a server that failed otherwise", () => {
  it("is told the quota that it exceeded, and by what", () => {
    const cloud = { flavors, quota: { instances: 10, cores: 5, ramMb: 9216 } };
    const [first] = linesOf({ overrides: { cloud }, requests: [small, small, small] });
    expect(first).toBe(
      "server-3: OverQuota: the quota of project-1 is exceeded (cores: 4 used and 2 asked for, of 5; ram: 8 GiB used and 4 GiB asked for, of 9 GiB).",
    );
  });

  it("is told the builds that failed, on which hosts", () => {
    const lines = linesOf({
      overrides: { cloud: { flavors, nova: { buildFailureProbability: 1 } } },
      policy: novaDefault,
      requests: [small],
    });
    expect(lines[0]).toBe("server-1: MaxRetriesExceeded: 3 builds failed, and max_attempts = 3.");
    const said = lines.slice(lines.indexOf("What became of it:") + 1).filter((line) => line !== "");
    expect(said).toEqual([
      ...["0 s  asked for", "0 s  decision 1: compute-1"],
      ...[1, 2, 3].flatMap((host) => [
        `0 s  compute-${host}${host > 1 ? ", the next alternate," : ""} is claimed`,
        `0 s  its build begins on compute-${host}`,
        `0 s  its build on compute-${host} failed: the claim is given back`,
      ]),
      "0 s  MaxRetriesExceeded, at once",
    ]);
  });

  it("is told that there was no alternate any more", () => {
    const cloud = { flavors, hosts: [hostGroup(2)], nova: { buildFailureProbability: 1 } };
    const [first] = linesOf({ overrides: { cloud }, policy: novaDefault, requests: [small] });
    expect(first).toBe("server-1: MaxRetriesExceeded: 2 builds failed, and no alternate could be claimed any more.");
  });

  it("is told that its build took too long", () => {
    const cloud = { controlPlane: "modelled", flavors, nova: { instanceBuildTimeout: SECOND } } as const;
    const [first] = linesOf({ overrides: { cloud }, policy: novaDefault, requests: [small] });
    expect(first).toBe("server-1: BuildTimeout: not ACTIVE within instance_build_timeout = 1 s on compute-1.");
  });

  it("is told what its volume wanted and what the tier had at that instant", () => {
    const volume = flavor("v1", 1, 1024, 1, { volumeGb: 60, volumeType: "ssd" });
    for (const controlPlane of ["modelled", "instant"] as const) {
      const cloud = { controlPlane, flavors: [volume], storageTiers: [{ name: "ssd", capacityGb: 100 }] };
      const [first] = linesOf({ overrides: { cloud }, policy: novaDefault, requests: [small, small] });
      expect(first).toBe(
        "server-2: VolumeNotCreated: the storage tier ssd has 40 GiB of 100 GiB free, and a volume of 60 GiB was asked for.",
      );
    }
  });
});

describe("a server whose host was claimed by others first", () => {
  it("goes on along its list: the claim that was refused, the next host, and the alternates that are left", () => {
    const cloud = { controlPlane: "modelled", flavors, hosts: [hostGroup(3)] } as const;
    const race: Story = { overrides: { cloud }, policy: novaDefault, requests: [big, big].map((row) => ({ ...row, arrival: 0 })) };
    const [first, second] = [1, 2].map((server) => whyServer(tell(race, server), { all: false }).split("\n"));
    // The second one's call was answered first: both had found compute-1 best.
    expect(second![0]).toBe("server-2: ACTIVE on compute-1, rank 1 of 3 hosts that passed.");
    expect(first![0]).toBe("server-1: ACTIVE on compute-2, rank 2 of 3 hosts that passed, after 1 claim was refused.");
    const became = first!.slice(first!.indexOf("What became of it:") + 1).map((line) => line.replace(/^.*?m?s {2}/, ""));
    expect(became.slice(1, 5)).toEqual([
      "decision 1: compute-1",
      "claim on compute-1 refused: others were faster; next of the list: compute-2",
      "compute-2 is claimed",
      "its build begins on compute-2; its alternates now: compute-1, compute-3",
    ]);
  });

  it("has no host where others were faster on all of the list", () => {
    const cloud = { controlPlane: "modelled", flavors, hosts: [hostGroup(1)] } as const;
    const race: Story = { overrides: { cloud }, policy: novaDefault, requests: [big, big].map((row) => ({ ...row, arrival: 0 })) };
    expect(whyServer(tell(race, 1), { all: false }).split("\n")[0]).toBe(
      "server-1: NoValidHost: the only host of the list was claimed by others first.",
    );
    expect(run(race).noValidHost.counted).toMatchObject([{ stage: "claims", decisions: 1 }]);
  });
});
