// A component of the control plane goes down at any instant, for a while, while users ask for anything: nothing is left without an owner, no server is in
// a state without a way out, and every request has exactly one outcome.
import { describe, expect, it } from "vitest";
import { mayBecome } from "../../src/datacenter/server-transitions.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { novaOperations } from "../../src/workflows/nova/index.ts";
import { build, flavor, hostGroup, requestTable, tinyScenario } from "./tiny-scenario.ts";

const SERVERS = 10;
const components = [
  "keystone.api",
  "nova.api",
  "nova.conductor",
  "nova.scheduler",
  "nova.messageQueue",
  "nova.database",
  "placement.api",
  "glance.api",
  "neutron.server",
  "cinder.api",
  "cinder.scheduler",
  "cinder.volume",
];
/** As many seeded instants as this; 200 and more take a minute. */
const KILLS = Number(process.env.ORRERY_KILLS ?? 60);

function asks(seed: number) {
  const draws = new RandomStreams(`outages-${seed}`, 0).stream("asks");
  const names = novaOperations.map(({ name }) => name).filter((name) => name !== "server delete" && name !== "server evacuate");
  let at = 20 * SECOND;
  return Array.from({ length: 120 }, (_, i) => {
    at += Math.round(draws.uniform(i, 0) * 20 * SECOND);
    const operation = names[draws.integer(i, 1, names.length)]!;
    const args = {
      ...(operation === "server resize" ? { flavor: draws.uniform(i, 4) < 0.5 ? "m1" : "m2" } : {}),
      ...(operation === "server image create" ? { name: `image-${i}` } : {}),
      ...(operation === "server migrate" ? { live: draws.uniform(i, 4) < 0.5 } : {}),
    };
    return { at, operation, project: 0, user: "", server: draws.integer(i, 2, SERVERS), args };
  });
}

/** One server a minute, from the start. */
function requests() {
  return requestTable(
    Array.from({ length: SERVERS }, (_, batch) => ({ batch, flavor: 0, arrival: batch * MINUTE, lifetime: 40 * MINUTE })),
  );
}

function killed(seed: number) {
  const draws = new RandomStreams(`kills-${seed}`, 0).stream("kill");
  const component = components[seed % components.length]!;
  const at = Math.round(draws.uniform(0, 0) * 20 * MINUTE);
  const length = Math.round((1 + draws.uniform(0, 1) * 119) * SECOND);
  const flavors = [flavor("m1", 2, 4096, 20, { volumeGb: 10, volumeType: "ssd" }), flavor("m2", 4, 8192, 20)];
  const scenario = tinyScenario({
    cloud: { flavors, storageTiers: [{ name: "ssd", capacityGb: 1000 }], hosts: [hostGroup(6)] },
    study: { duration: 120 * MINUTE },
  });
  const built = build({ ...scenario, actions: asks(seed) }, requests());
  const { cloud, engine } = built;
  const { simulation, servers } = cloud;
  const wrong: string[] = [];
  servers.stateListener = (server, before, after) => {
    if (!mayBecome(before, after)) wrong.push(`${servers.nameOf(server)} ${before.join("/")} -> ${after.join("/")}`);
  };
  const down = simulation.kind("component fails", () => engine!.componentFails(component));
  const up = simulation.kind("component returns", () => engine!.componentReturns(component));
  simulation.schedule(at, down, 0);
  simulation.schedule(at + length, up, 0);
  simulation.run();
  return { built, wrong, component };
}

describe("killing a component of the control plane", () => {
  it("leaves nothing without an owner, no server without a way out, and every request with one outcome", () => {
    let lost = 0;
    for (let seed = 0; seed < KILLS; seed++) {
      const { built, wrong, component } = killed(seed);
      const { cloud, engine } = built;
      const rows = Array.from({ length: cloud.requests.count }, (_, i) => cloud.requests.row(i));
      const left = {
        wrong,
        strands: engine!.strands,
        requests: rows.filter(({ endedAt, status }) => endedAt < 0 || status === 0).map(({ operation }) => operation),
        vcpus: cloud.hosts.usedVcpuMilli.reduce((a, b) => a + b, 0),
        volumesGb: cloud.tiers.usedGb[0],
        quota: cloud.quotaUse(0).instances,
        states: Array.from({ length: SERVERS }, (_, server) => cloud.servers.vmStateOf(server)).filter(
          (state) => state !== "deleted" && state !== "requested",
        ),
        pending: Array.from({ length: SERVERS }, (_, server) => cloud.servers.outcomeOf(server)).filter((outcome) => outcome === "pending"),
      };
      lost += engine!.outages.lost;
      expect([seed, component, left]).toEqual([
        seed,
        component,
        { wrong: [], strands: 0, requests: [], vcpus: 0, volumesGb: 0, quota: 0, states: [], pending: [] },
      ]);
    }
    expect(lost).toBeGreaterThan(KILLS / 4);
  });
});
