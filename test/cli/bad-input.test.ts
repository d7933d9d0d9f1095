import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { done, filesOf, namesIn, orrery, ROOT, scenario, smallScenario, temporaryFolder } from "./orrery.ts";

const BAD = join("test", "fixtures", "bad-scenarios");
const HEADER = "vmId,tenantId,cores,ram,vmTypeId,starttime,endtime\n";

/** Runs a command that has to be refused: exit code 2, a message and nothing else, and nothing left in `folder`. Gives the message. */
async function refused(args: readonly string[], folder: string, cwd = ROOT): Promise<string> {
  const before = namesIn(folder);
  const { status, stdout, stderr } = await orrery(args, { cwd });
  expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: "" });
  expect(stderr, "a stack trace is no message").not.toMatch(/^\s+at .*\.js/m);
  expect(namesIn(folder)).toEqual(before);
  return stderr;
}

describe.concurrent("a bad scenario is refused with file, line and column, and writes nothing", () => {
  const representative = [
    "binary",
    "bits-or-bytes",
    "duplicate-key",
    "empty",
    "expression-calls-import",
    "import-circle",
    "many-problems",
    "missing-study",
    "negative-memory",
    "truncated",
    "unknown-filter",
    "wrong-dimension",
    "yaml-tab",
  ];
  const commands = ["run", "compare", "validate", "explain"] as const;

  it.each(representative)("%s", async (name) => {
    const folder = temporaryFolder();
    const file = join(BAD, `${name}.yaml`);
    const command = commands[representative.indexOf(name) % commands.length]!;
    const out = command === "run" || command === "compare" ? ["--out", join(folder, "result")] : [];
    const message = await refused([command, file, ...out], folder);
    const expected = [...readFileSync(file, "utf8").matchAll(/^# expect (\d+:\d+) (.+)$/gm)];
    for (const [, place, text] of expected) {
      const line = message.split("\n").find((said) => said.startsWith(`${file}:${place}: `) && said.includes(text!));
      expect(line, `${place} ${text} in\n${message}`).toBeDefined();
    }
    expect(message.startsWith(BAD)).toBe(true);
  });
});

describe.concurrent("a bad trace is refused with its own place", () => {
  const whole = `${HEADER}1,1,100,4,0,0.1,0.5\n`;
  const folder = temporaryFolder({
    "letters.csv": `${HEADER}1,1,100,4,0,0.1,0.5\n2,1,many,4,0,0.1,0.5\n3,1,100,4,0,0.1\n`,
    "cut.csv.gz": gzipSync(Buffer.from(whole.repeat(2000))).subarray(0, 60),
    "binary.csv": new Uint8Array([0, 1, 2, 3, 0, 255]),
    "header.csv": "time,cpu\n1,2\n",
    "nothing.csv": "",
  });
  mkdirSync(join(folder, "folder.csv"));
  const cases: readonly [string, readonly (string | RegExp)[]][] = [
    ["missing.csv", [/azure-packing\.yaml|--set trace/, '"missing.csv"', "--set trace=PATH"]],
    ["folder.csv", ['"folder.csv" is a folder']],
    ["cut.csv.gz", ["cut.csv.gz: the gzip file is cut short"]],
    ["letters.csv", [/letters\.csv:3:5: cores: expected a number, got "many"/, /letters\.csv:4:1: the row has 6 fields/]],
    ["binary.csv", ["binary.csv: the file is binary"]],
    ["header.csv", [/header\.csv:1:1: column "tenantId" is missing/]],
    ["nothing.csv", ["nothing.csv: the file is empty"]],
  ];

  it.each(cases)("%s", async (trace, expected) => {
    const command = cases.findIndex(([name]) => name === trace) % 2 === 0 ? ["run", "--out", join(folder, "result")] : ["validate"];
    const message = await refused([...command, join(ROOT, scenario("azure-packing")), "--set", `trace=${trace}`], folder, folder);
    for (const part of expected) expect(message).toMatch(part);
  });
});

describe.concurrent("a wrong command line is refused with the word that was probably meant", () => {
  const folder = temporaryFolder({ "small.yaml": smallScenario() });
  const small = join(folder, "small.yaml");
  const out = ["--out", join(folder, "result")];
  const cases: readonly [string, readonly string[], string][] = [
    ["no command", [], "A command is missing: run, compare, validate"],
    ["an unknown command", ["comapre", small], 'unknown command "comapre" (did you mean "compare"?)'],
    ["no file", ["run"], "orrery run: an argument is missing"],
    ["a file too much", ["run", small, "b.yaml"], 'unknown argument or option "b.yaml"'],
    ["a misspelt file", ["run", join(folder, "smal.yaml")], 'there is no such file (did you mean "small.yaml"?)'],
    ["an unknown option", ["run", small, "--polcy", "x"], 'unknown argument or option "polcy" (did you mean "--policy"?)'],
    ["an option without its value", ["run", small, "--out"], "Not enough arguments following: out"],
    ["an option given twice", ["run", small, "--policy", "nova-pack", "--policy", "random"], "--policy is given 2 times"],
    ["an unknown event list", ["run", small, "--event-list", "haep"], 'Given: "haep", Choices: "wheel", "heap", "reference"'],
    [
      "a misspelt policy",
      ["run", small, "--policy", "nova-pck"],
      '--policy nova-pck: the scenario has no such policy (did you mean "nova-pack"?)',
    ],
    ["a policy the scenario lacks", ["run", small, "--policy", "worst-fit"], "(known: nova-default, nova-pack)"],
    ["a negative replication", ["run", small, "--replication", "-1"], "--replication -1: expected a whole number from 0"],
    ["half a replication", ["run", small, "--replication", "1.5"], "--replication 1.5: expected a whole number from 0"],
    ["a replication in words", ["run", small, "--replication", "one"], "expected a whole number from 0"],
    ["--set without a value", ["compare", small, "--set", "scale"], "--set scale: expected name=value (for example --set scale=2)"],
    ["--set without a name", ["compare", small, "--set", "=2"], "--set =2: expected name=value"],
    [
      "an unknown parameter",
      ["compare", scenario("quickstart"), "--set", "scal=2"],
      '--set scal: unknown parameter "scal" (did you mean "scale"?)',
    ],
    ["an empty seed", ["explain", small, "--seed="], "--seed: expected a text or a number"],
    ["an unwritable timing file", ["run", small, "--timing", join(folder, "no", "t.json")], "--timing"],
    ["diff of one run", ["diff", folder], "orrery diff: an argument is missing"],
    ["diff of what is no run", ["diff", folder, folder], "is not the result of a run: expected a folder with manifest.json"],
    ["diff of what is not there", ["diff", "a", "b"], "a: is not the result of a run"],
  ];

  it.each(cases)("%s", async (_title, args, expected) => {
    const message = await refused(
      args[0] === "run" || args[0] === "compare" ? [...args, ...(args.includes("--out") ? [] : out)] : args,
      folder,
    );
    expect(message).toContain(expected);
  });
});

describe("a place that cannot take a result is left as it is", () => {
  const folder = temporaryFolder({ "small.yaml": smallScenario(), "file.txt": "mine" });
  const small = join(folder, "small.yaml");
  mkdirSync(join(folder, "photos"));

  it("a folder of other things", async () => {
    const photos = temporaryFolder({ "holiday.txt": "sea", "manifest.json": '{"name": "a web application"}' });
    expect(await refused(["run", small, "--out", photos], photos)).toContain("is there already and is not a result");
    expect(await refused(["compare", small, "--out", photos], photos)).toContain("is there already and is not a result");
    expect(filesOf(photos).get("holiday.txt")!.toString()).toBe("sea");
  });

  it("a result to which something has been added", async () => {
    const notes = temporaryFolder();
    await done(["compare", small, "--out", join(notes, "result")]);
    await done(["validate", small]);
    writeFileSync(join(notes, "result", "notes.md"), "what I learnt");
    expect(await refused(["run", small, "--out", join(notes, "result")], notes)).toContain("it also holds notes.md");
    expect(namesIn(join(notes, "result"))).toContain("notes.md");
  });

  it("a file", async () => {
    expect(await refused(["run", small, "--out", join(folder, "file.txt")], folder)).toContain("cannot be a folder: it is a file");
    expect(await refused(["run", small, "--out", join(folder, "file.txt", "x")], folder)).toContain("file.txt is a file");
    expect(statSync(join(folder, "file.txt")).size).toBe(4);
  });

  it.skipIf(process.platform !== "linux")("a file system that takes nothing", async () => {
    expect(await refused(["run", small, "--out", "/proc/orrery/result"], folder)).toContain(
      "cannot write the result to /proc/orrery/result",
    );
  });

  it("no name at all", async () => {
    expect(await refused(["run", small, "--out="], folder)).toContain("has no name");
  });

  it("and an empty folder, or an older result, is taken", async () => {
    const place = join(folder, "photos");
    expect(await done(["run", small, "--out", place])).toContain("photos: written");
    expect(await done(["run", small, "--out", place, "--seed", "2"])).toContain("photos: replaced");
    expect(JSON.parse(filesOf(place).get("manifest.json")!.toString()).seed).toBe("2");
    expect(namesIn(folder)).toEqual(["file.txt", "photos", "small.yaml"]);
  });
});
