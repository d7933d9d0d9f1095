import { copyFileSync, readdirSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { AZURE_TRACE, done, filesOf, noAzureTrace, ROOT, scenario, temporaryFolder } from "./orrery.ts";

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly skipped: boolean;
  /** `--set` for a copy of the scenario that lies elsewhere. */
  readonly elsewhere: readonly string[];
}

const cases: readonly Case[] = [
  { name: "quickstart", policy: "nova-default", skipped: false, elsewhere: [] },
  { name: "boot-storm", policy: "random", skipped: false, elsewhere: [] },
  { name: "herding", policy: "subset-10", skipped: false, elsewhere: [] },
  { name: "rack-failure", policy: "nova-pack", skipped: false, elsewhere: [] },
  { name: "kernel-upgrade", policy: "nova-pack", skipped: false, elsewhere: [] },
  { name: "overcommit", policy: "nova-pack", skipped: false, elsewhere: [] },
  { name: "noisy-neighbour", policy: "with-qos", skipped: false, elsewhere: [] },
  { name: "candidate-limit", policy: "drawn-50", skipped: false, elsewhere: [] },
  { name: "diurnal-week", policy: "nova-pack", skipped: false, elsewhere: [] },
  { name: "energy", policy: "nova-pack", skipped: false, elsewhere: [] },
  { name: "rally-ccp", policy: "nova-default", skipped: false, elsewhere: [] },
  { name: "rally-mitaka", policy: "nova-default", skipped: false, elsewhere: [] },
  { name: "rally-keystone", policy: "nova-default", skipped: false, elsewhere: [] },
  { name: "grand-tour", policy: "nova-default", skipped: false, elsewhere: [] },
  { name: "azure-packing", policy: "best-fit", skipped: noAzureTrace, elsewhere: ["--set", `trace=${AZURE_TRACE}`] },
];

/** A machine whose name no scenario has a word for: what a run asks Node for is answered so. */
const MACHINE = "zoes-machine";
const named = `import os from "node:os"; import { syncBuiltinESMExports } from "node:module"; os.hostname = () => "${MACHINE}"; syncBuiltinESMExports();`;
const ZOE = {
  USER: "zoe-unmistakable",
  LOGNAME: "zoe-unmistakable",
  HOME: "/home/zoe-unmistakable",
  HOSTNAME: MACHINE,
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(named)}`,
};
const NEPAL = { TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8", LANGUAGE: "tr" };
const CHATHAM = { TZ: "Pacific/Chatham", LC_ALL: "de_DE", LANG: "de_DE", NODE_ENV: "production", CI: "true", COLUMNS: "40" };

/** The shipped scenarios beside each other in a folder of their own. The week is cut to its first hours: a whole one writes gigabytes. */
function copies(): string {
  const folder = temporaryFolder({
    "first-hours.yaml": "import: diurnal-week.yaml\nname: diurnal-week\nstudy: {duration: 12 h, warm_up: 2 h}\n",
  });
  for (const name of readdirSync("scenarios")) copyFileSync(join("scenarios", name), join(folder, name));
  return folder;
}

describe("a run is the same bytes in every file", () => {
  it.each(cases)("every shipped scenario is among these: $name", ({ name }) => {
    expect(readdirSync("scenarios")).toContain(`${name}.yaml`);
    expect(readdirSync("scenarios")).toHaveLength(cases.length);
  });

  for (const { name, policy, skipped, elsewhere } of cases) {
    describe.skipIf(skipped)(name, () => {
      const results = temporaryFolder();
      const copied = copies();
      const shortened = name === "diurnal-week";
      const original = shortened ? join(copied, "first-hours.yaml") : scenario(name);
      const copy = join(copied, shortened ? "first-hours.yaml" : `${name}.yaml`);
      const run = (file: string, out: string, more: readonly string[] = []) => ["run", file, "--policy", policy, "--out", out, ...more];

      it("on a second run, with every event list, anywhere, in any time zone and locale", async () => {
        const first = join(results, "first");
        await done(run(original, first), { env: ZOE });
        const reference = filesOf(first);
        expect([...reference.keys()]).toEqual([
          "decisions.csv",
          ...(name === "energy" ? ["energy.csv"] : []),
          ...(["rack-failure", "kernel-upgrade", "energy"].includes(name) ? ["events.csv"] : []), // something happens in these
          "hosts.csv",
          "manifest.json",
          "meters.csv",
          ...(name === "grand-tour" ? ["requests.csv"] : []),
          ...(name === "energy" ? ["power.csv"] : []),
          "scenario.json",
          "servers.csv",
          "summary.json",
        ]);

        const [absolute, ofCopy] = [join(results, "absolute"), join(results, "copied")];
        const path = shortened ? copy : join(ROOT, scenario(name));
        const [again] = await Promise.all([
          done(run(original, first)),
          done(run(path, absolute, ["--event-list", "heap"]), { cwd: results, env: NEPAL }),
          done(run(basename(copy), ofCopy, ["--event-list", "reference", ...elsewhere]), { cwd: copied, env: CHATHAM }),
        ]);
        expect(again).toContain(`${first}: the same bytes as before`);
        for (const folder of [absolute, ofCopy]) {
          for (const [file, bytes] of filesOf(folder)) expect(bytes.equals(reference.get(file)!), `${folder}/${file}`).toBe(true);
          expect(filesOf(folder).size).toBe(reference.size);
        }
      });

      it("and none of them says where, when, by whom or on which machine it was made", () => {
        const today = new Date().toISOString().slice(0, 10);
        const telling = [results, copied, ROOT, today, userInfo().homedir, ZOE.USER, MACHINE, process.version, AZURE_TRACE];
        for (const [file, bytes] of filesOf(join(results, "first"))) {
          for (const word of telling) expect(bytes.includes(word), `${file} says ${word}`).toBe(false);
          expect(bytes.includes("\r\n"), `${file} has line ends of another system`).toBe(false);
        }
      });
    });
  }
});

describe("a comparison is the same bytes too", () => {
  it("with another event list, from another folder, time zone and locale, and on the screen", async () => {
    const results = temporaryFolder();
    const [first, second] = [join(results, "first"), join(results, "second")];
    const copied = copies();
    const [shown, again] = await Promise.all([
      done(["compare", scenario("boot-storm"), "--out", first]),
      done(["compare", "boot-storm.yaml", "--out", second, "--event-list", "heap"], { cwd: copied, env: NEPAL }),
    ]);
    expect(again.replace(second, first)).toBe(shown);
    expect(filesOf(second)).toEqual(filesOf(first));
    expect(await done(["compare", scenario("boot-storm"), "--out", first])).toContain("the same bytes as before");
  });

  it("as is what `explain` and `schema` print", async () => {
    const elsewhere = temporaryFolder();
    const file = join(ROOT, scenario("quickstart"));
    for (const args of [["explain", file], ["schema"], ["policies"], ["meters"]]) {
      const [there, here] = await Promise.all([done(args, { cwd: elsewhere, env: CHATHAM }), done(args, { env: NEPAL })]);
      expect(there).toBe(here);
    }
  });
});

describe("a result does not depend on where its data lies", () => {
  const trace = "vmId,tenantId,cores,ram,vmTypeId,starttime,endtime\n1,1,100,4,0,0.1,0.5\n2,1,200,8,0,0.2,inf\n";
  const text = (path: string) =>
    [
      "question: Where is the trace?",
      "parameters: {where: data}",
      "cloud: {control_plane: instant, hosts: [{type: dell-r7525, count: 2}], images: [{name: i, size: 1 GiB}]}",
      `workload: {trace: {format: azure-packing-cospot, path: "${path}"}}`,
      "study: {duration: 1 d, replications: 1}",
      "",
    ].join("\n");

  it("even when a parameter holds the folder of the data", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the scenario
    const folder = temporaryFolder({ "a.yaml": text("${where}/t.csv"), "t.csv": trace });
    const other = temporaryFolder({ "t.csv": trace });
    for (const [out, where] of [
      ["here", folder],
      ["there", other],
    ] as const) {
      await done(["run", join(folder, "a.yaml"), "--set", `where=${where}`, "--out", join(folder, out)]);
      for (const [file, bytes] of filesOf(join(folder, out))) expect(bytes.includes(where), file).toBe(false);
    }
    const manifests = ["here", "there"].map((out) => JSON.parse(filesOf(join(folder, out)).get("manifest.json")!.toString()));
    expect(manifests[0].data).toEqual(manifests[1].data);
    expect(manifests[0].fingerprint).toBe(manifests[1].fingerprint);
  });
});
