// What is caught of plug-ins that remember, and what is not: as README.md says it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { NovaConfig } from "../../../src/policies/nova/config.ts";
import type { RequestSpec } from "../../../src/policies/nova/request-spec.ts";
import { checkedWeigher, type OpenWeigher } from "../../../src/policies/plugins/checked-policy.ts";
import { PluginFault } from "../../../src/policies/plugins/plugin-fault.ts";
import { someHosts } from "../../datacenter/some-hosts.ts";
import { flavor } from "../../workflows/tiny-scenario.ts";

const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8").replace(/\s+/g, " ");

/** Asked about one and the same host and request, decision after decision. */
function decide(look: () => (host: number) => unknown) {
  const place = { file: "w.js", line: 1, column: 1 };
  const multiplier = { name: "w_weight_multiplier", default: 1, unit: "1", meaning: "" };
  const explain = (thrown: unknown) => {
    throw thrown;
  };
  const open: OpenWeigher = { name: "W", source: "", meaning: "", options: [], place, look, explain, multiplier, minval: null };
  const weigher = checkedWeigher(open, (server) => `server-${server + 1}`);
  const request = { server: 0, flavor: flavor("m1", 1, 1024, 1), image: null, group: -1 } as unknown as RequestSpec;
  const hosts = someHosts({});
  return () => weigher.weigh(hosts, request, new NovaConfig(new Map()), () => 1)!(0);
}

describe("a plug-in that remembers", () => {
  it("is asked twice in the first 64 decisions, and then in every 1024th", () => {
    let looks = 0;
    let answers = 0;
    const once = decide(() => {
      looks++;
      return () => {
        answers++;
        return 1;
      };
    });
    const asked = Array.from({ length: 3000 }, () => {
      looks = 0;
      answers = 0;
      once();
      return `${looks} ${answers}`;
    });
    const twice = asked.flatMap((counts, decision) => (counts === "2 3" ? [decision] : []));
    expect(twice).toEqual([...Array.from({ length: 64 }, (_, decision) => decision), 1024, 2048]);
    expect(new Set(asked)).toEqual(new Set(["2 3", "1 1"]));
    expect(readme).toContain(
      "in the first 64 decisions that ask a plug-in, and then in every 1024th, it is asked twice about the request and again about the first host",
    );
  });

  it("is caught where its answers differ within such a decision", () => {
    let calls = 0;
    expect(decide(() => () => calls++)).toThrow(PluginFault);
    expect(readme).toContain("an answer that differs within such a decision ends the run");
  });

  it("is not caught where they differ from one request to the next", () => {
    let request = 0;
    const once = decide(() => () => request);
    const answers = Array.from({ length: 100 }, () => {
      request++;
      return once();
    });
    expect(new Set(answers).size).toBe(100);
    expect(readme).toContain("What it keeps from one request to the next, say in a variable of its file, is not caught.");
  });
});
