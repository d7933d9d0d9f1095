// A cloud with a small object store, as scenarios write it, and what its users ask of it.
import { buildRun, buildWorkload } from "../../../src/scenario/build.ts";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { folder } from "../../scenario/folder.ts";

export interface Story {
  /** Keys of `object_store` besides its nodes, as flow YAML. */
  readonly store?: string;
  readonly nodes?: string;
  readonly power?: number;
  readonly actions?: readonly string[];
  /** Entries of `object_store_timeline`. */
  readonly timeline?: readonly string[];
  readonly more?: string;
  readonly duration?: string;
}

/** Six nodes of two SSDs each in three zones, three replicas or 4 + 2 fragments; one server called web from the first minute on. */
export function storeText({ store = "", nodes, power = 6, actions = [], timeline = [], more = "", duration = "30 min" }: Story): string {
  const devices = "devices: {count: 2, kind: ssd-sata, size: 100 GB}";
  const usual = [1, 2, 3].map((zone) => `{count: 2, zone: ${zone}, nic: 10 Gbit/s, ${devices}}`).join(", ");
  const list = (key: string, entries: readonly string[]) =>
    entries.length === 0 ? "" : `${key}:\n${entries.map((entry) => `  - {${entry}}\n`).join("")}`;
  return `cloud:
  hosts: [{type: dell-r7525, count: 2, nic: 10 Gbit/s}]
  flavors: [{name: m1, vcpus: 2, ram: 4 GiB}]
  object_store:
    nodes: [${nodes ?? usual}]
    policies: [{name: gold, replicas: 3}, {name: frozen, data_fragments: 4, parity_fragments: 2}]
    part_power: ${power}
${store
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => `    ${line.trim()}\n`)
  .join("")}workload: {requests: [{name: web, flavor: m1}], projects: 2}
${list("actions", actions)}${list("object_store_timeline", timeline)}${more}
study: {duration: ${duration}, seed: 4}
`;
}

export const readStore = (story: Story): Scenario => readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": storeText(story) }) });

export function buildStore(story: Story, list: "wheel" | "heap" = "wheel") {
  const scenario = readStore(story);
  const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), list as "wheel");
  const { cloud, engine } = built;
  return { built, cloud, engine: engine!, objects: cloud.objectStore!, scenario };
}

/** Runs it to the end. Each request as `operation status outcome`, with its seconds to the answer. */
export function run(story: Story) {
  const made = buildStore(story);
  made.cloud.simulation.run(made.scenario.study.duration);
  return { ...made, ...told(made.built) };
}

export function told({ cloud: { requests } }: ReturnType<typeof buildStore>["built"]) {
  const rows = Array.from({ length: requests.count }, (_, request) => requests.row(request));
  const answers = rows.map(({ operation, status, outcome }) => `${operation} ${status}${outcome === null ? "" : ` ${outcome}`}`);
  return { rows, answers, seconds: rows.map(({ askedAt, answeredAt }) => (answeredAt - askedAt) / 1e6) };
}

/** What is still under way in the object store, in all its parts. */
export function underWay({ engine, objects, cloud }: Pick<ReturnType<typeof buildStore>, "engine" | "objects" | "cloud">) {
  return {
    strands: engine.strands,
    contacts: objects.exchanges.underWay,
    exchanges: objects.exchanges.open,
    proxyings: objects.proxyings.size,
    sendings: objects.sendings.active,
    moves: objects.replication!.underWay,
    flows: cloud.traffic.active,
  };
}

export const NOTHING = { strands: 0, contacts: 0, exchanges: 0, proxyings: 0, sendings: 0, moves: 0, flows: 0 };
