import { describe, expect, it } from "vitest";
import { type RecordedCall, recordCallsInSteps } from "../../src/experiment/call-record.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { interactionsOf, interactionsText } from "../../src/report/interactions.ts";
import { sequenceMermaid, sequenceOf } from "../../src/report/sequence.ts";
import { sequenceSvg } from "../../src/report/sequence-svg.ts";
import { compile } from "../../src/workflows/compile.ts";
import { launchServer } from "../../src/workflows/launch-server.ts";
import { tinyScenario } from "../workflows/tiny-scenario.ts";

const calls = [
  { from: "user", operation: "nova.api.createServer", what: "flavor", count: 4, micros: 8000 },
  { from: "nova.compute", operation: "glance.api.sendImage", what: "image id", count: 2, micros: 3000 },
  { from: "glance.api", operation: "keystone.api.validateToken", what: "token", count: 0, micros: 0 },
];

function launch(): readonly RecordedCall[] {
  const steps = recordCallsInSteps({ scenario: tinyScenario(), policy: presets.get("nova-default")!, replication: 0 }, 0, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.calls!;
  }
}

describe("interactions", () => {
  it("count calls by service, with mean times, and leave out what was never called", () => {
    const { services, matrix, calls: lines, functional } = interactionsOf(calls);
    expect(services).toEqual(["user", "nova", "glance"]);
    expect(matrix).toEqual([
      [0, 4, 0],
      [0, 0, 2],
      [0, 0, 0],
    ]);
    expect(lines.map(({ meanMillis }) => meanMillis)).toEqual([2, 1.5]);
    expect(
      functional.filter(({ count }) => count > 0).map(({ source, words, destination }) => `${source} ${words} ${destination}`),
    ).toEqual(["glance sends images to nova", "nova receives images from glance"]);
  });

  it("are told as a matrix of callers and called", () => {
    const text = interactionsText("title", interactionsOf(calls));
    expect(text).toContain("user     4       .");
    expect(text).toContain("nova     .       2");
  });
});

describe("the sequence of a launch", () => {
  it("is the workflow as it is declared: the same calls, in an order that the declaration allows", () => {
    const recorded = launch().filter(({ operation }) => !operation.startsWith("nova.messageQueue."));
    const declared = compile(launchServer).code.flatMap((step) =>
      step.code === "visit" && !step.operation.key.startsWith("nova.messageQueue.") ? [`${step.from.key} > ${step.operation.key}`] : [],
    );
    const made = recorded.map(({ from, operation }) => `${from} > ${operation}`);
    // Up to the end of the launch every call is declared, and calls come in the order of the declaration: the first launch makes no detour.
    const launched = made.slice(0, made.lastIndexOf("nova.compute > nova.database.saveInstance") + 1);
    expect(launched.length).toBeGreaterThan(15);
    let at = -1;
    for (const call of launched) {
      const next = declared.indexOf(call, at + 1);
      expect([call, next > at]).toEqual([call, true]);
      at = next;
    }
  });

  it("is drawn service by service, or part by part", () => {
    const recorded = launch();
    const services = sequenceOf("a launch", recorded, false);
    expect(services.participants.map(({ label }) => label)).toEqual(["User", "Keystone", "Nova", "Glance", "Neutron", "Placement"]);
    const parts = sequenceOf("a launch", recorded, true);
    for (const part of ["Nova API", "Nova message queue", "Nova database", "Nova conductor", "Nova scheduler", "Nova compute"]) {
      expect(parts.participants.map(({ label }) => label)).toContain(part);
    }
    const mermaid = sequenceMermaid(services);
    expect(mermaid.startsWith("sequenceDiagram\n  title a launch\n  participant user as User\n")).toBe(true);
    expect(mermaid).toContain("  user->>keystone: issueToken(name, password) at +0 us");
    const svg = sequenceSvg(parts);
    expect(svg.match(/<line class="life"/g)).toHaveLength(parts.participants.length);
    expect(svg.match(/class="arrow"/g)).toHaveLength(parts.messages.length);
  });
});
