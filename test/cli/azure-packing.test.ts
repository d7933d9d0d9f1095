// One percent of an Azure zone on hosts of 40 cores: figures that other bin packers report for this trace.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { done, noAzureTrace, scenario, temporaryFolder } from "./orrery.ts";

describe.skipIf(noAzureTrace)("packing the Azure trace", () => {
  it("needs as many hosts as other packers need", async () => {
    const out = join(temporaryFolder(), "result");
    const { metrics } = JSON.parse(await done(["compare", scenario("azure-packing"), "--json", "--out", out]));
    const values = (name: string): Record<string, number> =>
      Object.fromEntries(
        metrics
          .find(({ metric }: { metric: string }) => metric === name)
          .policies.map(({ policy, mean }: { policy: string; mean: number }) => [policy, mean]),
      );
    expect(new Set(Object.values(values("servers.requested")))).toEqual(new Set([52_509]));
    expect(values("servers.no_valid_host")).toMatchObject({ "first-fit": 42, "best-fit": 42 });
    expect(values("servers.live.peak")).toMatchObject({ "first-fit": 7600, "best-fit": 7600 });
    const hosts = values("hosts.in_use.peak");
    expect(hosts["first-fit"]).toBe(1004);
    expect(hosts["best-fit"]).toBeGreaterThanOrEqual(995);
    expect(hosts["best-fit"]).toBeLessThanOrEqual(1005);
  });
});
