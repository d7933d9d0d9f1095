// What quota:cpu_* of a flavor makes of a server.
import { describe, expect, it } from "vitest";
import { cpuTune } from "../../src/datacenter/cputune.ts";

const specs = (entries: Record<string, string>) => new Map(Object.entries(entries));

describe("quota:cpu_* of a flavor", () => {
  it("that says nothing lets a server weigh as its neighbours, or in older Nova as its vCPUs, without a cap", () => {
    expect(cpuTune(4, specs({}))).toEqual({ weight: 1024, capThreads: Number.POSITIVE_INFINITY });
    expect(cpuTune(4, specs({}), "perVcpu").weight).toBe(4096);
  });

  it("sets the weight, whatever the rule for the others", () => {
    for (const rule of ["perVm", "perVcpu"] as const) expect(cpuTune(4, specs({ "quota:cpu_shares": "2048" }), rule).weight).toBe(2048);
  });

  it("caps each vCPU at quota over period", () => {
    expect(cpuTune(4, specs({ "quota:cpu_quota": "50000" })).capThreads).toBe(2);
    expect(cpuTune(2, specs({ "quota:cpu_quota": "10000", "quota:cpu_period": "20000" })).capThreads).toBe(1);
    expect(cpuTune(2, specs({ "quota:cpu_period": "20000" })).capThreads).toBe(Number.POSITIVE_INFINITY);
    for (const none of ["-1", "0"]) expect(cpuTune(2, specs({ "quota:cpu_quota": none })).capThreads).toBe(Number.POSITIVE_INFINITY);
  });

  it("must hold what libvirt takes", () => {
    expect(() => cpuTune(2, specs({ "quota:cpu_shares": "1" }))).toThrow(
      /quota:cpu_shares is "1"; expected a whole number from 2 to 262144/,
    );
    expect(() => cpuTune(2, specs({ "quota:cpu_quota": "half" }))).toThrow(/quota:cpu_quota is "half"/);
    expect(() => cpuTune(2, specs({ "quota:cpu_period": "-5" }))).toThrow(/quota:cpu_period is "-5"/);
    expect(() => cpuTune(0, specs({}))).toThrow(/0 vCPUs/);
  });
});
