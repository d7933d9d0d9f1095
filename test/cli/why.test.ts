import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { done, filesOf, orrery, smallScenario, temporaryFolder } from "./orrery.ts";

// Six hosts of 64 GiB and twice as much work as they take: some servers find no host.
const CROWDED = "workload: {arrivals: {poisson: {rate: 120 /h}}, lifetime: 90 min, projects: 3}";
const folder = temporaryFolder({ "small.yaml": smallScenario({ workload: CROWDED }) });
const at = (name: string) => join(folder, name);
const jsonOf = (name: string, file: string) => JSON.parse(readFileSync(join(at(name), file), "utf8"));
const rowsOf = (name: string, file: string) => {
  const [head, ...rows] = readFileSync(join(at(name), file), "utf8")
    .trimEnd()
    .split("\n");
  const keys = head!.split(",");
  return rows.map((row) => new Map(row.split(",").map((cell, i) => [keys[i]!, cell])));
};

let refused: string;
let placed: string;

beforeAll(async () => {
  await Promise.all([
    done(["run", at("small.yaml"), "--out", at("run")]),
    done(["run", at("small.yaml"), "--out", at("full"), "--decisions", "full"]),
    done(["run", at("small.yaml"), "--out", at("packed"), "--policy", "nova-pack", "--seed", "2"]),
  ]);
  const servers = rowsOf("run", "servers.csv");
  refused = servers.find((row) => row.get("outcome") === "NoValidHost")!.get("server")!;
  placed = servers.find((row) => row.get("outcome") === "ACTIVE" && row.get("vm_state") === "deleted")!.get("server")!;
});

describe("orrery why of a server", () => {
  it("tells one that found no host what was short and what would have let it in", async () => {
    const text = await done(["why", at("run"), refused]);
    expect(text).toMatch(new RegExp(`^${refused}: NoValidHost: Placement has no candidate, for every host lacks MEMORY_MB\\.\n`));
    expect(text).toMatch(/^ {2}Placement +0 +6$/m);
    expect(text).toMatch(
      /^ {4}MEMORY_MB: 6 hosts lack the 16 GiB RAM asked for; the most free on one host is [\d.]+ GiB RAM \(compute-\d\)/m,
    );
    expect(text).toMatch(/^ {2}- A flavor with [\d.]+ GiB RAM instead of 16 GiB RAM: \d hosts? would have taken it: compute-\d/m);
    expect(text).toMatch(/^ {2}- ram_allocation_ratio 1\.\d+ instead of 1: /m);
    expect(text).toContain("It is not too large: 6 of 6 hosts would hold it if they were empty.");
  });

  it("tells one that found a host as its row in servers.csv and decisions.csv do", async () => {
    const text = await done(["why", at("run"), placed]);
    const server = rowsOf("run", "servers.csv").find((row) => row.get("server") === placed)!;
    const decision = rowsOf("run", "decisions.csv").find((row) => row.get("server") === placed)!;
    expect(text).toMatch(new RegExp(`^${placed}: ACTIVE on ${server.get("last_host")}, `));
    expect(text).toContain(`${server.get("project")} asked for it at `);
    expect(text).toMatch(new RegExp(`^Decision 1, at .+: ${decision.get("host")}$`, "m"));
    expect(text).toContain(`fingerprint ${jsonOf("run", "manifest.json").fingerprint}.`);
    expect(text).toMatch(/ deleted\n$/);
  });

  it("says the same of a folder and of the scenario that made it, by name or by number", async () => {
    const text = await done(["why", at("run"), refused]);
    expect(await done(["why", at("small.yaml"), refused.replace("server-", "")])).toBe(text);
    const packed = await done(["why", at("packed"), placed]);
    expect(await done(["why", at("small.yaml"), placed, "--policy", "nova-pack", "--seed", "2"])).toBe(packed);
    expect(packed).toContain("policy nova-pack, seed 2, ");
  });

  it("gives the same as JSON", async () => {
    const story = JSON.parse(await done(["why", at("run"), refused, "--json"]));
    expect(story).toMatchObject({ server: refused, outcome: "NoValidHost", policy: "nova-default", seed: "1", replication: 0 });
    expect(story.decisions).toHaveLength(1);
    const [decision] = story.decisions;
    expect(decision.placement).toMatchObject({ hosts: 6, room: 0, candidates: 0, lacking: [{ resources: ["MEMORY_MB"], hosts: 6 }] });
    expect(decision.remedies.map(({ change }: { change: string }) => change)).toEqual(["flavor", "ratio"]);
    expect(story.events.map(({ what }: { what: string }) => what).slice(0, 2)).toEqual(["decision", "failed"]);
    expect(JSON.stringify(story)).not.toMatch(/[a-z][A-Z]\w*":/); // keys as in the other files
    const chosen = JSON.parse(await done(["why", at("run"), placed, "--json"])).decisions[0];
    expect(chosen.ranked[0].values.map(({ product }: { product: number }) => product)).toHaveLength(chosen.weighers.length);
  });
});

describe("orrery why of a run", () => {
  it("tells where NoValidHost came from, and what is stranded, as summary.json does", async () => {
    const text = await done(["why", at("run")]);
    const { placement, metrics } = jsonOf("run", "summary.json");
    const count = metrics["servers.no_valid_host"].value;
    expect(count).toBeGreaterThan(0);
    expect(text).toContain(`${count} servers of the whole run found no host (NoValidHost), by the first stage that left none:`);
    expect(text).toMatch(
      new RegExp(`^ +${placement.no_valid_host[0].decisions} {2}Placement: every host lacks MEMORY_MB +m1\\.large `, "m"),
    );
    expect(text).toMatch(
      /^When the cloud was fullest, at .+ \(\d\d\.\d % of the scarcest resource claimed; room alone, filters not asked\):$/m,
    );
    expect(text).toMatch(/^At the end, at 6 h:$/m);
    for (const { flavor, fits, fits_in_sum: inSum } of placement.end.flavors) {
      expect(text).toMatch(new RegExp(`^ +${flavor} +${fits} +${inSum} +\\d+`, "m"));
    }
    expect(JSON.parse(await done(["why", at("run"), "--json"]))).toEqual(placement);
    expect(await done(["why", at("small.yaml")])).toBe(text);
  });
});

describe("orrery run --decisions full", () => {
  it("writes a line a decision beside files that are the same as without it", () => {
    const plain = filesOf(at("run"));
    const full = filesOf(at("full"));
    expect([...full.keys()].filter((name) => !plain.has(name))).toEqual(["decisions.jsonl"]);
    for (const [name, bytes] of plain) if (name !== "manifest.json") expect(full.get(name)!.equals(bytes), name).toBe(true);
    const { files, ...manifest } = jsonOf("full", "manifest.json");
    const { files: plainFiles, ...plainManifest } = jsonOf("run", "manifest.json");
    expect(manifest).toEqual(plainManifest);
    expect(files).toEqual([...plainFiles, "decisions.jsonl"]);
  });

  it("says of each decision what decisions.csv says, and of every host how its weight is made up, to the last bit", () => {
    const lines = readFileSync(join(at("full"), "decisions.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const rows = rowsOf("full", "decisions.csv");
    expect(lines).toHaveLength(rows.length);
    for (const [i, line] of lines.entries()) {
      const decision = JSON.parse(line);
      const row = rows[i]!;
      expect([String(decision.time_s), decision.server, decision.choice ?? ""]).toEqual([
        row.get("time_s"),
        row.get("server"),
        row.get("host"),
      ]);
      expect(String(decision.candidates)).toBe(row.get("placement_candidates"));
      for (const { name, left } of decision.filters) expect(String(left)).toBe(row.get(`left_after_${name}`));
      for (const { raw, normalized, weight } of decision.hosts) {
        let sum = 0;
        for (const [w, { multiplier }] of decision.weighers.entries()) sum += multiplier * normalized[w];
        expect(sum).toBe(weight);
        expect(raw).toHaveLength(decision.weighers.length);
      }
      if (decision.choice === null) continue;
      const chosen = decision.hosts.find(({ host }: { host: string }) => host === decision.choice);
      expect(String(chosen.weight)).toBe(row.get("weight"));
      expect(decision.hosts.length).toBe(decision.filters.at(-1).left);
      expect(decision.alternates).toHaveLength(Math.min(2, decision.hosts.length - 1));
    }
  });

  it("leaves a result that orrery why can tell of", async () => {
    expect(await done(["why", at("full"), refused])).toBe(await done(["why", at("run"), refused]));
  });
});

describe.concurrent("orrery why refuses", () => {
  const cases: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ["a name that is no server's", () => [at("run"), "vm-7"], /^server "vm-7": expected the name of a server \(such as server-12, or 12\)/],
    [
      "a server that was never asked for",
      () => [at("run"), "99999"],
      /^server-99999: the run asks for no such server \(its servers are server-1 to server-\d+\)/,
    ],
    ["a folder that is no result", () => [folder, "1"], /is not the result of a run/],
    ["a file that is not there", () => [at("nowhere.yaml"), "1"], /nowhere\.yaml/],
    [
      "another policy for a run that has been made",
      () => [at("run"), "1", "--policy", "nova-pack"],
      /^--policy is for a scenario file, and .+ is the folder of a run/,
    ],
    ["a trace for a scenario file", () => [at("small.yaml"), "1", "--data", "x.csv"], /^--data is for the folder of a run/],
  ];

  it.each(cases)("%s", async (_name, args, expected) => {
    const { status, stdout, stderr } = await orrery(["why", ...args()]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(expected);
  });

  it("a run that does not take the same path any more, and says whose fault it is", async () => {
    const changed = (name: string, edit: (text: string) => string) => {
      cpSync(at("run"), at(name), { recursive: true });
      const manifest = join(at(name), "manifest.json");
      writeFileSync(manifest, edit(readFileSync(manifest, "utf8")));
      return at(name);
    };
    const forge = (text: string) => text.replace(/("fingerprint": ")[0-9a-f]{16}(",\s+"checkpoints")/, "$10123456789abcdef$2");
    const forged = await orrery(["why", changed("forged", forge), refused]);
    expect(forged).toMatchObject({ status: 2, stdout: "" });
    expect(forged.stderr).toMatch(/running it again gives fingerprint [0-9a-f]{16} and not 0123456789abcdef: the result has been changed/);
    const foreign = changed("foreign", (text) => forge(text).replace(/("sources": ")[0-9a-f]+/, "$1feedfeedfeedfeed"));
    expect((await orrery(["why", foreign])).stderr).toContain("it was made by other code (feedfeedfeedfeed)");
  });
});
