import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hostTypes } from "../../src/datacenter/host-types.ts";

const published = fileURLToPath(new URL("../../../shared/data/models/spec_power.json", import.meta.url));

describe("the table of host types", () => {
  it("has fifty-seven machines whose power rises with load", () => {
    expect(hostTypes.size).toBe(57);
    for (const [key, type] of hostTypes) {
      expect(type.key).toBe(key);
      expect(type.wattsByLoad).toHaveLength(11);
      for (let load = 1; load <= 10; load++) expect(type.wattsByLoad[load]).toBeGreaterThan(type.wattsByLoad[load - 1]!);
      expect(type.cores).toBe(type.sockets * type.coresPerSocket);
      expect(type.threads).toBe(type.cores * type.threadsPerCore);
      expect(type.testDate).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
      expect(type.source).toBe(`SPECpower_ssj2008 published result, ${type.testDate}`);
    }
  });

  it("is in the order of the tests, and says each result once", () => {
    const dates = [...hostTypes.values()].map(({ testDate }) => testDate);
    expect(dates).toEqual([...dates].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set([...hostTypes.values()].map(({ wattsByLoad }) => wattsByLoad.join())).size).toBe(57);
  });

  it("tells results of one model apart by processor, sockets and date of the test", () => {
    const dl360 = [...hostTypes.keys()].filter((key) => key.startsWith("hpe-dl360-gen10-8180"));
    expect(dl360).toEqual([
      ...["hpe-dl360-gen10-8180-2017-06-28", "hpe-dl360-gen10-8180-2017-10-09", "hpe-dl360-gen10-8180-1s-2017-10-23"],
      ...["hpe-dl360-gen10-8180-2018-08-26", "hpe-dl360-gen10-8180-1s-2018-08-27"],
    ]);
  });

  it("offers a Dell R740 with two Platinum 8280 as 112 vCPUs and 192 GiB", () => {
    expect(hostTypes.get("dell-r740-8280")).toMatchObject({ sockets: 2, cores: 56, threads: 112, ramMb: 192 * 1024 });
  });

  describe.skipIf(!existsSync(published))("against the published results (../shared/data/models)", () => {
    interface Result {
      readonly vendor: string;
      readonly model: string;
      readonly cores: string;
      readonly threads: string;
      readonly memGB: string;
      readonly testDate: string;
      readonly watts_0_to_100: readonly number[];
    }

    it("the table is all of them", () => {
      expect(JSON.parse(readFileSync(published, "utf8"))).toHaveLength(hostTypes.size);
    });

    it.each([...hostTypes.values()])("$key is one of them, figure by figure", (type) => {
      const results = JSON.parse(readFileSync(published, "utf8")) as Result[];
      const result = results.find((candidate) => candidate.watts_0_to_100.join() === type.wattsByLoad.join());
      expect(result?.vendor).toBe(type.vendor);
      expect(result?.model.replace("Think System", "ThinkSystem")).toContain(type.model);
      expect(Number.parseInt(result?.cores ?? "", 10)).toBe(type.cores);
      expect(result?.cores).toContain(`${type.sockets} chip`);
      expect(Number.parseInt(result?.threads ?? "", 10)).toBe(type.threads);
      expect(Number(result?.memGB) * 1024).toBe(type.ramMb);
      expect(new Date(`${result?.testDate} UTC`).toISOString().slice(0, 10)).toBe(type.testDate);
    });
  });
});
