// The grand tour: everything that users can ask of the services, in one run that checks itself, and the calls between them that it makes.
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { interactionsOf } from "../../src/report/interactions.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { cinderOperations } from "../../src/workflows/cinder/index.ts";
import { glanceOperations } from "../../src/workflows/glance/index.ts";
import { neutronOperations } from "../../src/workflows/neutron/index.ts";
import { novaOperations } from "../../src/workflows/nova/index.ts";
import { swiftOperations } from "../../src/workflows/swift/index.ts";

const cwd = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const scenario = readScenario("grand-tour.yaml", { catalogue, cwd });
const { built } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
const { requests } = built.cloud;
const rows = Array.from({ length: requests.count }, (_, i) => requests.row(i));

describe("the grand tour", () => {
  it("asks for everything, but for what needs a failing host or a migration under way", () => {
    const asked = new Set(rows.map(({ operation }) => operation));
    const all = [novaOperations, cinderOperations, glanceOperations, neutronOperations, swiftOperations].flat();
    expect(all.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([
      "server shelve offload",
      "server migration abort",
      "server migration force complete",
      "server evacuate",
    ]);
  });

  it("comes to its end: every request has its answer, and only what was meant to be refused is refused", () => {
    expect(rows.filter(({ endedAt }) => endedAt < 0)).toEqual([]);
    expect(rows.filter(({ status }) => status >= 400).map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      "object save HTTPForbidden",
      "container delete HTTPConflict",
      "object save HTTPNotFound",
    ]);
    expect(rows.filter(({ status, outcome }) => status < 400 && outcome !== null)).toEqual([]);
  });

  it("makes the functional interactions of the architecture, but for Glance on Cinder", () => {
    const { functional } = interactionsOf(built.engine!.calls);
    const told = functional.map(({ source, destination, count }) => `${source} ${destination} ${count > 0}`);
    expect(functional).toHaveLength(24);
    expect(told.filter((line) => line.endsWith("false"))).toEqual(["glance cinder false", "cinder glance false"]);
  });
});
