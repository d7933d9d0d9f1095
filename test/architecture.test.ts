// The house rules that a machine can check: who imports whom, what simulated time must not touch, and that nothing is declared in vain.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { notificationNames } from "../src/datacenter/notifications.ts";
import { outcomes, taskStates, vmStates } from "../src/datacenter/servers.ts";
import { components, operations } from "../src/services/index.ts";
import { apiOperations } from "../src/workflows/api/operations.ts";
import { fromVolume } from "../src/workflows/cinder/boot-from-volume.ts";
import { withVolumes } from "../src/workflows/cinder/release-volumes.ts";
import { authenticate, showServer } from "../src/workflows/client-calls.ts";
import { compile } from "../src/workflows/compile.ts";
import { confirmResize } from "../src/workflows/confirm-resize.ts";
import { deleteServer, deleteServerLocally } from "../src/workflows/delete-server.ts";
import { evacuateServer } from "../src/workflows/evacuate-server.ts";
import { launchServer } from "../src/workflows/launch-server.ts";
import { liveMigrateServer } from "../src/workflows/live-migrate-server.ts";
import { configureGuest } from "../src/workflows/neutron/guests.ts";
import { mechanisms } from "../src/workflows/neutron/mechanisms.ts";
import { refreshHost } from "../src/workflows/neutron/refresh-host.ts";
import { withPorts } from "../src/workflows/neutron/with-ports.ts";
import { softDeleteServer } from "../src/workflows/nova/deletions.ts";
import { offloadServer } from "../src/workflows/nova/shelve-server.ts";
import { resizeServer } from "../src/workflows/resize-server.ts";
import { revertResize } from "../src/workflows/revert-resize.ts";
import { contactWorkflow } from "../src/workflows/swift/contact-workflows.ts";
import { readFragment, replicatePart } from "../src/workflows/swift/replication.ts";
import { updateListings } from "../src/workflows/swift/updaters.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** From the ground up. A file imports from lower floors and from its own. */
const floors = [
  ...["kernel", "statistics", "queueing", "datacenter", "policies", "services", "workflows", "telemetry", "workload"],
  ...["scenario", "experiment", "report", "cli"],
];
const simulated = floors.slice(0, floors.indexOf("workload") + 1);

interface Source {
  /** From the root of the repository: `src/kernel/time.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments and plain strings. */
  readonly code: string;
}

function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, code: codeOf(text) };
    });
}

/** Comments and the insides of strings in single or double quotes taken out; templates stay, for the code in them. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (found) =>
    found.startsWith("/") ? " " : '""',
  );
}

const floorOf = (path: string) => path.split("/")[1]!;
const sources = sourcesIn("src");

describe("the floors of the house", () => {
  it("are all there are, besides the index at the top", () => {
    const outside = sources.filter(({ path }) => !floors.includes(floorOf(path))).map(({ path }) => path);
    expect(outside.filter((path) => path !== "src/index.ts")).toEqual([]);
  });

  it("import downwards only, types included", () => {
    const upward: string[] = [];
    let imports = 0;
    for (const { path, text } of sources) {
      if (path === "src/index.ts") continue;
      for (const [, target] of text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]*)"/g)) {
        imports++;
        const imported = relative(root, join(root, dirname(path), target!));
        const [from, to] = [floors.indexOf(floorOf(path)), floors.indexOf(floorOf(imported))];
        if (!imported.startsWith("src/") || to < 0 || to > from) upward.push(`${path} imports ${imported}`);
      }
    }
    expect(upward).toEqual([]);
    expect(imports).toBeGreaterThan(100);
  });

  it("name the file they import, with its ending", () => {
    const unnamed = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/\bfrom\s*"(\.[^"]*)"/g)]
        .filter(([, target]) => !/\.(ts|json)$/.test(target!))
        .map(([, target]) => `${path}: ${target}`),
    );
    expect(unnamed).toEqual([]);
  });

  it("have rooms with names that say what is in them", () => {
    const nameless = /(^|\/)(utils?|helpers?|types?|constants?|common|misc)(\.[^/]*)?$/;
    const all = [...sources, ...sourcesIn("bench"), ...sourcesIn("test")].map(({ path }) => path);
    expect(all.filter((path) => path.split("/").some((part) => nameless.test(part)))).toEqual([]);
  });
});

describe("simulated time", () => {
  const banned: readonly (readonly [string, RegExp])[] = [
    ["the clock of the wall", /\bDate\b|\bperformance\b|\bhrtime\b/],
    ["unkeyed chance", /\bMath\.random\b|\bcrypto\b/],
    ["timers and promises", /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bPromise\b|\basync\b|\bawait\b/],
    ["the locale", /\blocaleCompare\b|\btoLocale\w*|\bIntl\b/],
    [
      "functions whose last bit differs between machines",
      /\bMath\.(?!(?:abs|floor|ceil|round|trunc|min|max|sign|sqrt|imul|clz32|fround)\b)\w+/,
    ],
    ["powers of what is not written out", /(?<![\d_]\s*)\*\*|\*\*(?!\s*[\d(-])/],
    ["sorting in no particular order", /\.(?:sort|toSorted)\(\s*\)/],
  ];

  it.each(banned)("does not touch %s", (_what, pattern) => {
    const found = sources
      .filter(({ path }) => simulated.includes(floorOf(path)))
      .flatMap(({ path, code }) => code.split("\n").flatMap((line) => (pattern.test(line) ? [`${path}: ${line.trim()}`] : [])));
    expect(found).toEqual([]);
  });

  it("would be found out: every ban finds what it bans, and comments and strings are no code", () => {
    const samples = ["new Date()", "Math.random()", "await x", "a.localeCompare(b)", "Math.log(x)", "x ** 2", "list.sort()"];
    for (const [i, sample] of samples.entries()) {
      expect(codeOf(sample)).toMatch(banned[i]![1]);
      expect(codeOf(`// ${sample}\n/* ${sample} */ "${sample}"`)).not.toMatch(banned[i]![1]);
    }
    for (const fine of ["2 ** 53", "10 ** -6", "Math.sqrt(x)", "list.sort((a, b) => a - b)"]) {
      for (const [, pattern] of banned) expect(codeOf(fine)).not.toMatch(pattern);
    }
  });
});

describe("nothing is declared in vain", () => {
  const programs = [
    launchServer,
    deleteServer,
    liveMigrateServer,
    resizeServer,
    confirmResize,
    revertResize,
    evacuateServer,
    deleteServerLocally,
    softDeleteServer,
    showServer(() => {}),
    authenticate(() => {}),
    offloadServer,
    ...apiOperations.flatMap(({ workflow }) => workflow ?? []),
    ...Object.values(contactWorkflow),
    replicatePart,
    readFragment,
    updateListings,
    fromVolume(launchServer),
    withVolumes(deleteServer),
    configureGuest,
    ...[...mechanisms.values()].flatMap((mechanism) => [
      withPorts(deleteServer, mechanism),
      withPorts(launchServer, mechanism),
      refreshHost(mechanism),
    ]),
  ].map((workflow) => compile(workflow).code);
  const instructions = programs.flat();
  const used = new Set(instructions.flatMap((instruction) => (instruction.code === "visit" ? [instruction.operation.key] : [])));
  const workflowText = sources
    .filter(({ path }) => path.startsWith("src/workflows/") || path.startsWith("src/policies/neutron/"))
    .map(({ text }) => text)
    .join("\n");

  it("every operation has a time, a source, and a workflow that uses it", () => {
    for (const { key, declaration } of operations) {
      expect([key, declaration.source.length > 2, declaration.time > 0]).toEqual([key, true, true]);
    }
    expect(operations.map(({ key }) => key).filter((key) => !used.has(key))).toEqual([]);
    expect(new Set(operations.map(({ key }) => key)).size).toBe(operations.length);
  });

  it("every component has workers, a source for their number, and work", () => {
    const working = new Set(
      instructions.flatMap((instruction) => {
        if (instruction.code === "visit") return [instruction.operation.of.key];
        return instruction.code === "hold" ? [instruction.component.key] : [];
      }),
    );
    for (const { key, declaration } of components) {
      expect([key, declaration.workersSource.length > 2, declaration.workers > 0]).toEqual([key, true, true]);
    }
    expect(components.map(({ key }) => key).filter((key) => !working.has(key))).toEqual([]);
  });

  it("every state and every outcome is entered somewhere; the first of each is where a server begins", () => {
    const names = [vmStates, taskStates, outcomes].flatMap(([, ...others]) => others);
    // Books of the floors below refuse with the names of their services' errors.
    const booksText = sources
      .filter(({ path }) => /^src\/(datacenter|policies)\//.test(path) && !/^src\/datacenter\/(faults\/|outcomes)/.test(path))
      .map(({ text }) => text)
      .join("\n");
    expect(names.filter((name) => !workflowText.includes(`"${name}"`) && !booksText.includes(`"${name}"`))).toEqual([]);
  });

  it("every notification is sent", () => {
    const notified = new Set<string>(
      instructions.flatMap((instruction) =>
        instruction.code === "notify" && instruction.step.word === "notify" ? [instruction.step.notification] : [],
      ),
    );
    const sent = (name: string) =>
      notified.has(name) || workflowText.includes(`notify("${name}")`) || workflowText.includes(`.emit("${name}"`);
    expect(notificationNames.filter((name) => !sent(name))).toEqual([]);
  });
});
