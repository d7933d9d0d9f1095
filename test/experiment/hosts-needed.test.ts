// The lower bounds on the hosts in use beside what policies do with.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { exponential } from "../../src/kernel/distribution.ts";
import { HOUR, MINUTE, SECOND } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { boundL1, boundL2 } from "../../src/policies/packing/lower-bounds.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { alike, flavor, hostGroup, requestTable, tinyScenario } from "../workflows/tiny-scenario.ts";

const bounds = (values: ReadonlyMap<string, number>) =>
  ["hosts.lower_bound.l1", "hosts.lower_bound.l2", "hosts.in_use.peak"].map((name) => values.get(name));

describe("the fewest hosts that could have done", () => {
  const instant = { controlPlane: "instant", hosts: [hostGroup(10)] } as const;

  it("is by sizes what the sum alone does not see: servers of five vCPUs cannot share a host of eight", () => {
    const scenario = tinyScenario({ cloud: { ...instant, flavors: [flavor("five", 5, 1024, 0)] } });
    const workload = { flavors: scenario.cloud.flavors, requests: alike(6) };
    const { values } = runOnce({ scenario, policy: presets.get("nova-pack")!, replication: 0, workload });
    expect(bounds(values)).toEqual([4, 6, 6]);
  });

  it("is that of the resource which needs most hosts", () => {
    const scenario = tinyScenario({ cloud: { ...instant, flavors: [flavor("ram", 1, 8192, 1), flavor("disk", 1, 1024, 60)] } });
    const rows = [...new Array(4).fill({ flavor: 0 }), ...new Array(3).fill({ flavor: 1 })];
    const workload = { flavors: scenario.cloud.flavors, requests: requestTable(rows) };
    const { values } = runOnce({ scenario, policy: presets.get("worst-fit")!, replication: 0, workload });
    // RAM: 4 x 8 + 3 GiB of 16 each need 3 hosts; disk: 3 x 60 + 4 of 100 GB need 2 by the sum, and 3 by the sizes.
    expect(bounds(values)).toEqual([3, 3, 7]);
  });

  it("looks at the same time as the hosts in use: what was there before the warm-up is over counts only if it is there still", () => {
    const rows = [{ lifetime: 10 * MINUTE }, { lifetime: 10 * MINUTE }, { lifetime: HOUR }, { arrival: 40 * MINUTE }];
    const scenario = tinyScenario({
      cloud: { ...instant, flavors: [flavor("whole", 8, 1024, 1)] },
      study: { duration: HOUR, warmUp: 30 * MINUTE },
    });
    const of = (warmUp: number, requests = requestTable(rows)) => {
      const study = { ...scenario.study, warmUp };
      const workload = { flavors: scenario.cloud.flavors, requests };
      return bounds(runOnce({ scenario: { ...scenario, study }, policy: presets.get("first-fit")!, replication: 0, workload }).values);
    };
    expect(of(0)).toEqual([3, 3, 3]);
    expect(of(30 * MINUTE)).toEqual([2, 2, 2]);
    // Nobody comes or goes after the warm-up: what is there is what counts.
    expect(of(30 * MINUTE, requestTable(rows.slice(0, 3)))).toEqual([1, 1, 1]);
  });

  it.each(["nova-default", "nova-pack", "first-fit", "random", "power-aware"])(
    "is never above what %s uses, and is the largest bound over every instant of the run",
    (name) => {
      for (const seed of ["1", "2", "3"]) {
        const flavors = [flavor("a", 1, 2048, 10), flavor("b", 3, 9000, 0), flavor("c", 5, 4096, 55), flavor("d", 2, 12_288, 5)];
        const scenario = tinyScenario({
          cloud: { ...instant, flavors, hosts: [hostGroup(8), hostGroup(4, { vcpus: 16, cpuAllocationRatio: 1.5, ramMb: 24_576 })] },
          workload: {
            arrivals: { process: "poisson", rate: (90 / HOUR) * SECOND },
            lifetime: exponential(20 * MINUTE),
            flavorWeights: [4, 2, 2, 1],
          },
          study: { seed, duration: 4 * HOUR, warmUp: HOUR },
        });
        const told: { l1: number; l2: number } = { l1: 0, l2: 0 };
        const prepare = ({ cloud: { hosts, servers, simulation, claimListeners } }: BuiltRun) => {
          const look = () => {
            const resources = [
              [hosts.capacityVcpuMilli, (i: number) => flavors[i]!.vcpuMilli],
              [hosts.capacityRamMb, (i: number) => flavors[i]!.ramMb],
              [hosts.capacityDiskGb, (i: number) => flavors[i]!.diskGb],
            ] as const;
            for (const [columns, size] of resources) {
              const capacities = [...columns].sort((a, b) => b - a);
              const sizes: number[] = [];
              for (let server = 0; server < servers.count; server++)
                if (servers.host[server]! >= 0) sizes.push(size(servers.flavor[server]!));
              sizes.sort((a, b) => b - a);
              const sum = sizes.reduce((total, each) => total + each, 0);
              told.l1 = Math.max(told.l1, boundL1(sum, capacities));
              told.l2 = Math.max(
                told.l2,
                boundL2(
                  sizes,
                  sizes.map(() => 1),
                  capacities[0]!,
                ),
              );
            }
          };
          claimListeners.push(() => {
            if (simulation.now >= HOUR) look();
          });
          simulation.schedule(HOUR, simulation.kind("look", look), 0);
        };
        const { values } = runOnce({ scenario, policy: presets.get(name)!, replication: 0, prepare });
        const [l1, l2, peak] = bounds(values);
        expect([l1, l2]).toEqual([told.l1, Math.max(told.l1, told.l2)]);
        expect(l2).toBeLessThanOrEqual(peak!);
        expect(l1).toBeGreaterThan(2);
      }
    },
  );
});
