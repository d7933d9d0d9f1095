// What a nova.conf says of the compute services: it holds where hosts of the scenario can go down, and has nothing to say elsewhere.
import { describe, expect, it } from "vitest";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import { folder } from "../folder.ts";
import { optionOf, scenarioText } from "./conf-scenario.ts";

const conf = "[DEFAULT]\nservice_down_time = 180\nreport_interval = 20\nresume_guests_state_on_host_boot = true\n";

function read(rest: string) {
  const text = `${scenarioText({ cloud: ["nova_conf: nova.conf"] })}${rest}\n`;
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text, "nova.conf": conf }) });
}

describe("the compute services of a nova.conf", () => {
  it("are those of the scenario's failures", () => {
    const scenario = read("failures: {components: [host-crash]}");
    expect(scenario.operations!.outages).toMatchObject({
      serviceDownTime: 180e6,
      reportInterval: 20e6,
      resumeGuestsStateOnHostBoot: true,
    });
    expect(optionOf(scenario, "service_down_time")).toMatchObject({ status: "taken", reason: "failures.service_down_time" });
    expect(scenario.values.find(({ path }) => path === "failures.service_down_time")).toMatchObject({ source: "nova.conf:2:1" });
  });

  it("give way to what the scenario says itself", () => {
    const scenario = read("failures: {components: [host-crash], service_down_time: 90 s}");
    expect(scenario.operations!.outages.serviceDownTime).toBe(90e6);
    expect(optionOf(scenario, "service_down_time").status).toBe("without effect");
  });

  it.each([
    ["timeline: [{at: 10 min, fail: {hosts: [compute-1], for: 20 min}}]", 180e6],
    ["profiles: {p: [{after: 0 s, do: reboot}]}\ntimeline: [{at: 10 min, profile: {name: p, hosts: [compute-1]}}]", 180e6],
    ["timeline: [{at: 10 min, disable: {hosts: [compute-1]}}]", 60e6],
  ])("hold of a timeline that strikes hosts: %s", (rest, time) => {
    expect(read(rest).operations!.outages.serviceDownTime).toBe(time);
  });

  it("say nothing where no host goes down", () => {
    const scenario = read("");
    expect(scenario.operations).toBeUndefined();
    expect(optionOf(scenario, "service_down_time")).toMatchObject({
      status: "ignored",
      reason: "the compute services of a scenario without failures or a timeline are always heard of",
    });
  });
});
