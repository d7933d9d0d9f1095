// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of scenario files are written ${...}
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../src/kernel/problem.ts";
import { folder, problemsOf, readIn, scenarioText } from "./folder.ts";

describe("imports", () => {
  it("lay the importing file over the imported one, key by key, and lists as wholes", () => {
    const cwd = folder({
      "base/cloud.yaml":
        "name: base\ncloud:\n  control_plane: instant\n  hosts: [{type: dell-r7525, count: 4}]\n  flavors: [{name: a, vcpus: 1, ram: 1 GiB}]\n",
      "base/rest.yaml": "workload: {arrivals: {poisson: {rate: 1 /h}}, lifetime: 2 h}\nstudy: {duration: 1 d, seed: 5}\n",
      "a.yaml": "import: [base/cloud.yaml, base/rest.yaml]\ncloud: {hosts: [{type: dell-r7515, count: 1}]}\nstudy: {duration: 2 d}\n",
    });
    const scenario = readIn(cwd, "a.yaml");
    expect(scenario.name).toBe("a");
    expect(scenario.cloud.controlPlane).toBe("instant");
    expect(scenario.cloud.hosts.map(({ type }) => type)).toEqual(["dell-r7515"]);
    expect(scenario.study).toMatchObject({ duration: 2 * 86_400e6, seed: "5" });
    const places = new Map(scenario.values.map(({ path, source }) => [path, source]));
    expect(places.get("cloud.control_plane")).toBe(`${join("base", "cloud.yaml")}:3:18`);
    expect(places.get("study.duration")).toBe("a.yaml:3:19");
  });

  it("replace one kind of arrivals, of lifetime or of workload by another instead of mixing them", () => {
    const base = scenarioText({ workload: "workload: {arrivals: {poisson: {rate: 1 /h}}, lifetime: {exponential: {mean: 2 h}}}" });
    const over = "import: base.yaml\nworkload: {arrivals: {constant: {interval: 5 s}}, lifetime: {uniform: {low: 1 h, high: 2 h}}}\n";
    const traced = "import: base.yaml\nworkload: {trace: {format: azure2017-flavors, path: t.csv}}\n";
    const cwd = folder({ "base.yaml": base, "a.yaml": over, "b.yaml": traced, "t.csv": "x" });
    expect(readIn(cwd, "a.yaml").workload).toMatchObject({ arrivals: { process: "constant" }, lifetime: { kind: "uniform" } });
    expect(readIn(cwd, "b.yaml").workload.kind).toBe("trace");
  });

  it("may meet in one file that both import", () => {
    const cwd = folder({
      "root.yaml": scenarioText(),
      "x.yaml": "import: root.yaml\n",
      "y.yaml": "import: root.yaml\n",
      "a.yaml": "import: [x.yaml, y.yaml]\n",
    });
    expect(readIn(cwd, "a.yaml").cloud.hosts).toHaveLength(1);
  });

  it("in a circle are refused with the whole chain", () => {
    const cwd = folder({ "a.yaml": "import: b.yaml\n", "b.yaml": "import: c.yaml\n", "c.yaml": "\nimport: b.yaml\n" });
    expect(problemsOf(() => readIn(cwd, "a.yaml")).map(formatProblem)).toEqual([
      "c.yaml:2:9: import: files import each other in a circle: b.yaml:1:9 imports c.yaml, c.yaml:2:9 imports b.yaml",
    ]);
  });

  it("of a file that is not there point at the line that asks for it", () => {
    const cwd = folder({ "a.yaml": "import:\n  - bse.yaml\n", "base.yaml": "" });
    expect(problemsOf(() => readIn(cwd, "a.yaml")).map(formatProblem)).toEqual([
      'a.yaml:2:5: import: cannot import "bse.yaml": there is no such file (did you mean "base.yaml"?)',
    ]);
  });
});

describe("parameters", () => {
  const text = `parameters: {racks: 2, hosts: "\${20 * racks}", trace: data/t.csv}
cloud: {hosts: [{type: dell-r7525, count: "\${hosts}", racks: "\${racks}", disk: "\${racks * 500} GiB"}]}
workload: {trace: {format: azure2017-flavors, path: "\${trace}"}}
study: {duration: "\${racks > 1 ? 2 : 1} d"}
`;

  it("fill in expressions: a lone one keeps its type, one within text becomes text", () => {
    const scenario = readIn(folder({ "a.yaml": text, "data/t.csv": "x" }), "a.yaml");
    expect(scenario.cloud.hosts[0]).toMatchObject({ count: 40, racks: 2, diskGb: 1000 });
    expect(scenario.study.duration).toBe(2 * 86_400e6);
  });

  it("can be set from outside, where numbers are recognised and paths start at the current folder", () => {
    const cwd = folder({ "scenarios/a.yaml": text, "mine.csv": "x" });
    const scenario = readIn(cwd, "scenarios/a.yaml", { racks: "3", trace: "mine.csv" });
    expect(scenario.cloud.hosts[0]).toMatchObject({ count: 60, racks: 3 });
    expect(scenario.data[0]).toMatchObject({ name: "mine.csv", path: join(cwd, "mine.csv") });
    expect(scenario.values.find(({ path }) => path === "parameters.racks")).toMatchObject({ value: "3", source: "--set racks" });
  });

  it("that are unknown are problems with a guess", () => {
    const cwd = folder({ "a.yaml": text, "data/t.csv": "x" });
    expect(problemsOf(() => readIn(cwd, "a.yaml", { rcks: "3" })).map(formatProblem)).toEqual([
      '--set rcks: unknown parameter "rcks" (did you mean "racks"?)',
    ]);
  });

  it("set to nonsense are reported at the place that uses them", () => {
    const cwd = folder({ "a.yaml": text, "data/t.csv": "x" });
    const [problem] = problemsOf(() => readIn(cwd, "a.yaml", { hosts: "many" }));
    expect(problem).toMatchObject({ file: "a.yaml", line: 2, path: "cloud.hosts.0.count" });
  });

  it("of an imported file resolve their paths against that file", () => {
    const cwd = folder({ "base/b.yaml": text, "base/data/t.csv": "x", "a.yaml": "import: base/b.yaml\n" });
    expect(readIn(cwd, "a.yaml").data[0]!.path).toBe(join(cwd, "base/data/t.csv"));
  });
});
