// A workload as Rally runs it. Keys and defaults are Rally's own.
import { SECOND } from "../kernel/time.ts";
import { rallyScenarios } from "../workload/rally.ts";
import { absentList, choice, defaulted, optional, required, section } from "./grammar.ts";
import { requestSchema } from "./schema-actions.ts";
import { count, quantity, word } from "./value-kinds.ts";
import type { LocalNames } from "./vocabulary.ts";

const MOST = 1_000_000;
const times = required(count("iterations", 1, MOST), "Iterations in all");
const waiting = (unit: string, value: string, meaning: string, least = 0) =>
  defaulted(quantity("time", { least, most: 86_400 * SECOND }), meaning, {
    default: value,
    source: `rally_openstack/task/scenarios/nova/utils.py, ${unit}`,
    evidence: "from memory",
  });

export function rallyShape(local: LocalNames) {
  const isMap = (written: unknown): written is Record<string, unknown> => typeof written === "object" && written !== null;
  return {
    scenario: optional(word("Rally scenario", rallyScenarios), "What one iteration does", {
      absent: "the requests of `iteration`",
      source: "",
      evidence: "assumed",
    }),
    iteration: absentList(
      "Requests of one iteration, each sent when the one before has come to its end; names that they give are the iteration's own",
      100,
      requestSchema(false),
      { absent: "what `scenario` does", source: "", evidence: "assumed" },
    ),
    runner: choice(
      "How iterations begin",
      {
        constant: section("So many at once, always", {
          constant: section("So many at once, always", {
            times,
            concurrency: required(count("iterations", 1, MOST), "Iterations at once"),
          }),
        }),
        rps: section("So many a second, whatever becomes of the others", {
          rps: section("So many a second, whatever becomes of the others", {
            times,
            rps: required(quantity("rate", { above: 0, most: 1e6 }), "Iterations begun a second, at equal intervals"),
          }),
        }),
      },
      "{constant: {times: 2000, concurrency: 5}} or {rps: {times: 2000, rps: 1.5 /s}}",
      (written) => (isMap(written) ? ("constant" in written ? "constant" : "rps" in written ? "rps" : null) : null),
    ),
    flavor: optional(word("flavor", local.flavors), "Flavor of the servers", {
      absent: "the first flavor",
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    image: optional(word("image", local.images), "Image of the servers", {
      absent: "the first image",
      source: "a choice of Orrery",
      evidence: "assumed",
    }),
    nova_server_boot_prepoll_delay: waiting("nova_server_boot_prepoll_delay", "1 s", "Sleep before the client looks for the first time"),
    nova_server_boot_poll_interval: waiting("nova_server_boot_poll_interval", "1 s", "Sleep between two looks", 1),
    nova_server_boot_timeout: waiting("nova_server_boot_timeout", "300 s", "Time after which a boot is given up"),
    nova_server_delete_prepoll_delay: waiting("nova_server_delete_prepoll_delay", "2 s", "The same for a deletion"),
    nova_server_delete_poll_interval: waiting("nova_server_delete_poll_interval", "2 s", "The same for a deletion", 1),
    nova_server_delete_timeout: waiting("nova_server_delete_timeout", "300 s", "The same for a deletion"),
  };
}
