import { describe, expect, it } from "vitest";
import { MINUTE } from "../../src/kernel/time.ts";
import type { ApiOperation } from "../../src/workflows/api/api-operation.ts";
import { ApiRequests } from "../../src/workflows/api/api-requests.ts";
import { apiOperations } from "../../src/workflows/api/operations.ts";
import { compile } from "../../src/workflows/compile.ts";
import { launchServer } from "../../src/workflows/launch-server.ts";
import { alike, build, tinyScenario } from "./tiny-scenario.ts";

/** One server of the tiny cloud, and what its user asks of it, by minute. */
function asked(...asks: readonly (readonly [minute: number, operation: string])[]) {
  const actions = asks.map(([minute, operation]) => ({ at: minute * MINUTE, operation, project: 0, user: "", server: 0, args: {} }));
  const built = build({ ...tinyScenario(), actions }, alike(1));
  built.cloud.simulation.run();
  const { requests } = built.cloud;
  return { built, rows: Array.from({ length: requests.count }, (_, i) => requests.row(i)) };
}

describe("a request to an API", () => {
  it("is answered before what it has set going is over", () => {
    const { built, rows } = asked([2, "server stop"]);
    const [stop] = rows;
    expect(stop).toMatchObject({ operation: "server stop", service: "compute", status: 202, outcome: null, askedAt: 2 * MINUTE });
    expect(stop!.answeredAt).toBeGreaterThan(stop!.askedAt);
    // A guest takes some five seconds to shut down.
    expect(stop!.endedAt - stop!.answeredAt).toBeGreaterThan(2_000_000);
    expect([built.cloud.servers.vmStateOf(0), built.cloud.servers.powerStateOf(0)]).toEqual(["stopped", "SHUTDOWN"]);
    expect(built.engine!.strands).toBe(0);
  });

  it("is refused with the error and the status of the API in the wrong state, and changes nothing", () => {
    const { built, rows } = asked([2, "server start"], [3, "server stop"], [4, "server stop"], [5, "server start"]);
    expect(rows.map(({ status, outcome }) => [status, outcome])).toEqual([
      [409, "InstanceInvalidState"],
      [202, null],
      [409, "InstanceInvalidState"],
      [202, null],
    ]);
    expect([built.cloud.servers.vmStateOf(0), built.cloud.servers.taskStateOf(0)]).toEqual(["active", "none"]);
  });

  it("has exactly one outcome", () => {
    const requests = new ApiRequests();
    const request = requests.add({ operation: "server stop", service: "compute", project: 0, user: "", server: 0, args: {} }, 7);
    requests.end(request, "InstanceNotFound", 9);
    expect(requests.row(request)).toMatchObject({ status: 404, answeredAt: 9, endedAt: 9, outcome: "InstanceNotFound" });
    expect(() => requests.end(request, null, 10)).toThrow(/cannot end twice/);
  });

  it("makes no other calls than its workflow declares, each with its time", () => {
    const { built } = asked([2, "server stop"], [3, "server start"]);
    const workflows = [launchServer, ...apiOperations.flatMap(({ workflow }: ApiOperation) => (workflow === undefined ? [] : [workflow]))];
    const declared = new Set(
      workflows.flatMap((workflow) =>
        compile(workflow).code.flatMap((step) => (step.code === "visit" ? [`${step.from.key} > ${step.operation.key}`] : [])),
      ),
    );
    const made = built.engine!.calls.filter(({ count }) => count > 0);
    expect(made.map(({ from, operation }) => `${from} > ${operation}`).filter((call) => !declared.has(call))).toEqual([]);
    expect(made.filter(({ micros }) => !(micros > 0))).toEqual([]);
    expect(made.find(({ operation }) => operation === "nova.compute.powerOff")).toMatchObject({ count: 1, from: "nova.compute" });
  });
});

describe("the operations of the APIs", () => {
  it("have names of their own, a rule, and a workflow about the request", () => {
    expect(new Set(apiOperations.map(({ name }) => name)).size).toBe(apiOperations.length);
    for (const { name, rule, workflow, carry, meaning } of apiOperations) {
      expect([name, rule.length > 3, meaning.length > 3]).toEqual([name, true, true]);
      expect([name, workflow === undefined ? typeof carry : workflow.subject]).toEqual([
        name,
        workflow === undefined ? "function" : "request",
      ]);
    }
  });
});
