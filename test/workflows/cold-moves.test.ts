// Servers that operators migrate cold and users resize: who has room where until somebody confirms or reverts.
import { describe, expect, it } from "vitest";
import { happened, toldRun } from "./told-run.ts";

const cloud = (more = "") => `
cloud:
  hosts: [{type: dell-r7525, count: 4}]
  flavors:
    - {name: small, vcpus: 2, ram: 4 GiB, disk: 10 GiB}
    - {name: large, vcpus: 4, ram: 8 GiB, disk: 10 GiB}
  metering: {meters: none}
${more}
`;
const eight = (more = "") => `
workload:
  arrivals: {constant: {interval: 1 min}}
  max_servers: 8
  lifetime: never
  flavors: {small: 1}
${more}
study: {duration: 6 h, seed: 1}
`;

const claimed = ({ built }: ReturnType<typeof toldRun>) => built.cloud.hosts.usedVcpuMilli.reduce((sum, milli) => sum + milli, 0) / 1000;

describe.each(["modelled", "instant"])("a host whose servers are migrated cold, with a control plane that is %s,", (controlPlane) => {
  const dressed = cloud(`  control_plane: ${controlPlane}`);

  it("is empty, and keeps their room until they are confirmed", () => {
    const told = toldRun(`${dressed}${eight()}
timeline:
  - {at: 1 h, migrate: {host: compute-1, confirm_after: 1 h}}
`);
    const { values, built } = told;
    expect(happened(told)).toEqual(["3600 migrate compute-1: 2 servers moved, 0 stay"]);
    expect([values.get("resizes.accepted"), values.get("resizes.confirmed"), values.get("resizes.failed")]).toEqual([2, 2, 0]);
    // Two servers of two vCPUs, for an hour and what the moves themselves took.
    expect(values.get("claims.held_twice")).toBeGreaterThanOrEqual(4);
    expect(values.get("claims.held_twice")).toBeLessThan(4.2);
    expect([built.cloud.hosts.instances[0], claimed(told)]).toEqual([0, 16]);
  });

  it("keeps it for ever where nobody confirms and there is no window", () => {
    const told = toldRun(`${dressed}${eight()}timeline: [{at: 1 h, migrate: {host: compute-1}}]\n`);
    expect([claimed(told), told.values.get("resizes.confirmed")]).toEqual([20, 0]);
    expect([...Array(8).keys()].filter((server) => told.built.cloud.servers.vmStateOf(server) === "resized").length).toBe(2);
  });

  it("has them back where they are reverted", () => {
    const told = toldRun(
      `${dressed}${eight()}timeline: [{at: 1 h, migrate: {host: compute-1, confirm_after: 10 min, revert_probability: 1}}]\n`,
    );
    expect([told.values.get("resizes.reverted"), told.built.cloud.hosts.instances[0], claimed(told)]).toEqual([2, 2, 16]);
    expect(told.built.cloud.running.every((runs) => runs === 1)).toBe(true);
  });

  it("has lost them where they do not start elsewhere", () => {
    const text = dressed.replace("  control_plane", "  migration: {resize_failure_probability: 1}\n  control_plane");
    const told = toldRun(`${text}${eight()}timeline: [{at: 1 h, drain: {host: compute-1, method: cold, confirm_after: 1 min}}]\n`);
    if (controlPlane === "instant") return; // moves that take no time do not fail either
    expect(told.values.get("resizes.failed")).toBe(2);
    expect(happened(told)).toEqual(["3600 drain compute-1: disabled; 0 servers moved, 2 stay"]);
    expect([...Array(8).keys()].filter((server) => told.built.cloud.servers.vmStateOf(server) === "error").length).toBe(2);
  });

  it("is drained live of the servers that run, and cold of those that are stopped, which stay stopped", () => {
    const told = toldRun(`${dressed}${eight()}
timeline:
  - {at: 1 h, fail: {host: compute-1, for: 2 min}}
  - {at: 2 h, drain: {host: compute-1, confirm_after: 1 min}}
  - {at: 2 h, drain: {host: compute-2}}
`);
    const { moving, servers } = told.built.cloud;
    const rows = [...Array(moving.migrations.count).keys()].map((row) => moving.migrations.row(row));
    expect(rows.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      "live-migration completed",
      "live-migration completed",
      "migration confirmed",
      "migration confirmed",
    ]);
    const cold = rows.filter(({ type }) => type === "migration").map(({ server }) => server);
    expect(cold.map((server) => [servers.vmStateOf(server), told.built.cloud.running[server]])).toEqual([
      ["stopped", 0],
      ["stopped", 0],
    ]);
  });
});

describe("Nova's resize_confirm_window", () => {
  it("confirms what nobody else does", () => {
    const told = toldRun(
      `${cloud("  migration: {resize_confirm_window: 20 min}")}${eight()}timeline: [{at: 1 h, migrate: {all: hosts}}]\n`,
    );
    expect([told.values.get("resizes.confirmed"), claimed(told)]).toEqual([8, 16]);
  });
});

describe("users who resize by chance", () => {
  const resized = (more: string) => toldRun(`${cloud()}${eight(`  resizes: {${more}}`)}`);

  it("take room twice for as long as they wait with their last word", () => {
    const soon = resized("probability: 1, after: 1 h, confirm_after: 10 min");
    const late = resized("probability: 1, after: 1 h, confirm_after: 2 h");
    expect([soon.values.get("resizes.confirmed"), late.values.get("resizes.confirmed")]).toEqual([8, 8]);
    expect([claimed(soon), claimed(late)]).toEqual([32, 32]);
    // Eight servers keep two vCPUs each behind for 110 min more.
    const more = late.values.get("claims.held_twice")! - soon.values.get("claims.held_twice")!;
    expect(more).toBeCloseTo((16 * 110) / 60, 1);
  });

  it("are drawn by server: the same ones whatever the time to confirm, about as many as said", () => {
    const servers = (more: string) => {
      const { moving } = resized(more).built.cloud;
      return [...Array(moving.migrations.count).keys()].map((row) => moving.migrations.row(row).server);
    };
    const half = servers("probability: 50%, after: 1 h");
    expect(half.length).toBeGreaterThan(0);
    expect(half.length).toBeLessThan(8);
    expect(servers("probability: 50%, after: 1 h, confirm_after: never")).toEqual(half);
  });

  it("want their servers back as they were now and then", () => {
    const told = resized("probability: 1, after: {uniform: {low: 0 s, high: 1 h}}, revert_probability: 1");
    expect([told.values.get("resizes.reverted"), claimed(told)]).toEqual([8, 16]);
  });

  it("are not there where the scenario does not speak of them", () => {
    expect(toldRun(`${cloud()}${eight()}`).values.has("resizes.accepted")).toBe(false);
  });
});
