import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../../src/kernel/time.ts";
import { quotaDefaultsOf, quotaServices } from "../../../src/policies/quotas/quota-defaults.ts";
import { OverQuota, Quotas, snapshotDeltas, volumeDeltas } from "../../../src/policies/quotas/quotas.ts";

function refusal(ask: () => unknown): OverQuota {
  try {
    ask();
  } catch (error) {
    if (error instanceof OverQuota) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("quotas", () => {
  it("have OpenStack's defaults", () => {
    const limits = (service: (typeof quotaServices)[number]) =>
      quotaDefaultsOf(service).map(({ resource, limit }) => `${resource} ${limit}`);
    expect(limits("nova").slice(0, 3)).toEqual(["instances 10", "cores 20", "ram 51200"]);
    expect(limits("cinder").slice(0, 3)).toEqual(["volumes 10", "snapshots 10", "gigabytes 1000"]);
    expect(limits("neutron").slice(0, 5)).toEqual(["network 100", "subnet 100", "port 500", "router 10", "floatingip 50"]);
    expect(quotaServices.map((service) => quotaDefaultsOf(service).length)).toEqual([10, 8, 8]);
  });

  it("of Nova refuse the eleventh server with 403 and say of what there would be too much", () => {
    const quotas = new Quotas("nova");
    const server = { instances: 1, cores: 2, ram: 4096 };
    for (let i = 0; i < 10; i++) {
      quotas.check("p1", server, 0);
      quotas.add("p1", server);
    }
    const error = refusal(() => quotas.check("p1", server, 0));
    expect([error.type, error.status, error.resources]).toEqual(["OverQuota", 403, ["cores", "instances"]]);
    expect(error.message).toBe("Quota exceeded for cores, instances: Requested 2, 1, but already used 20, 10 of 20, 10 cores, instances");
    expect(() => quotas.check("p2", server, 0)).not.toThrow();
    quotas.add("p1", { instances: -1, cores: -2, ram: -4096 });
    expect(() => quotas.check("p1", server, 0)).not.toThrow();
  });

  it("of Nova let two requests race, and the recheck after building finds the one too many", () => {
    const quotas = new Quotas("nova", new Map([["instances", 1]]));
    quotas.check("p1", { instances: 1 }, 0);
    quotas.check("p1", { instances: 1 }, 0);
    quotas.add("p1", { instances: 2 });
    expect(refusal(() => quotas.check("p1", { instances: 0 }, 0)).resources).toEqual(["instances"]);
  });

  it("of Cinder hold what is wanted until it is settled, so that a race is lost early", () => {
    const quotas = new Quotas("cinder", new Map([["gigabytes", 100]]));
    const first = quotas.reserve("p1", volumeDeltas(60, "ssd"), 0);
    expect(refusal(() => quotas.reserve("p1", volumeDeltas(60, null), 0))).toMatchObject({ status: 413, resources: ["gigabytes"] });
    quotas.rollback(first);
    const second = quotas.reserve("p1", volumeDeltas(60, "ssd"), 0);
    expect(quotas.commit(second, 5 * SECOND)).toBe(true);
    expect(["volumes", "gigabytes", "volumes_ssd", "gigabytes_ssd"].map((name) => quotas.usedBy("p1", name))).toEqual([1, 60, 1, 60]);
    expect(quotas.reservedBy("p1", "gigabytes", 5 * SECOND)).toBe(0);
    expect(refusal(() => quotas.reserve("p1", snapshotDeltas(60, "ssd"), 0)).resources).toEqual(["gigabytes"]);
    expect(() => quotas.reserve("p1", snapshotDeltas(60, "ssd", true), 0)).not.toThrow();
  });

  it("of a volume type are unlimited until an operator limits them", () => {
    const quotas = new Quotas("cinder");
    expect(quotas.limitOf("p1", "volumes_ssd")).toBe(-1);
    quotas.setLimit("p1", "volumes_ssd", 0);
    expect(refusal(() => quotas.reserve("p1", volumeDeltas(1, "ssd"), 0)).resources).toEqual(["volumes_ssd"]);
    expect(() => quotas.reserve("p2", volumeDeltas(1, "ssd"), 0)).not.toThrow();
    quotas.clearLimits("p1");
    expect(() => quotas.reserve("p1", volumeDeltas(1, "ssd"), 0)).not.toThrow();
  });

  it("of Neutron forget a reservation after two minutes, Cinder's after a day", () => {
    const neutron = new Quotas("neutron", new Map([["router", 1]]));
    const lost = neutron.reserve("p1", { router: 1 }, 0);
    expect(refusal(() => neutron.reserve("p1", { router: 1 }, 119 * SECOND))).toMatchObject({ status: 409 });
    expect(() => neutron.reserve("p1", { router: 1 }, 2 * MINUTE)).not.toThrow();
    expect(neutron.commit(lost, 2 * MINUTE)).toBe(false);
    const cinder = new Quotas("cinder", new Map([["volumes", 1]]));
    cinder.reserve("p1", { volumes: 1 }, 0);
    expect(() => cinder.reserve("p1", { volumes: 1 }, 23 * HOUR)).toThrow(OverQuota);
    cinder.expire(24 * HOUR);
    expect(() => cinder.reserve("p1", { volumes: 1 }, 24 * HOUR)).not.toThrow();
  });

  it("let a project give back even when its limit was lowered below what it has; -1 is no limit", () => {
    const quotas = new Quotas("nova");
    quotas.add("p1", { cores: 16 });
    quotas.setLimit("p1", "cores", 8);
    expect(() => quotas.check("p1", { cores: -4 }, 0)).not.toThrow();
    expect(() => quotas.check("p1", { cores: 1 }, 0)).toThrow(OverQuota);
    quotas.setLimit("p1", "cores", -1);
    expect(() => quotas.check("p1", { cores: 1_000_000 }, 0)).not.toThrow();
    expect(() => quotas.setLimit("p1", "cores", -2)).toThrow("expected a whole number, or -1");
  });

  it("limit single objects too", () => {
    const quotas = new Quotas("nova");
    expect([128, 129].map((count) => quotas.fitsObject("p1", "metadata_items", count))).toEqual([true, false]);
    expect(new Quotas("cinder").fitsObject("p1", "per_volume_gigabytes", 100_000)).toBe(true);
  });
});
