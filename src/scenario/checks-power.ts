// What power must get right across several values: watts that rise, options that a model takes, orders that hosts can follow.
import { powerModels } from "../datacenter/power-models.ts";
import { formatQuantity } from "../kernel/units.ts";
import type { Across } from "./across.ts";
import { type Path, valueAt } from "./located.ts";
import { powerVerbs } from "./schema-timeline.ts";

export function checkPower(across: Across): void {
  for (let index = 0; index < across.length(["cloud", "hosts"]); index++) checkGroup(across, ["cloud", "hosts", index]);
  const written = (path: Path) => valueAt(across.root, path) !== undefined;
  checkSeries(across);
  const states = written(["cloud", "power", "states"]);
  const saving = written(["cloud", "power", "saving"]);
  if (saving && !states) {
    across.complainOfKey(["cloud", "power", "saving"], "needs hosts that can be off", "write states: {} under power");
  }
  checkOrders(across, states, saving);
}

function checkGroup(across: Across, group: Path): void {
  const written = (key: string) => valueAt(across.root, [...group, key]) !== undefined;
  const model = across.read([...group, "power_model"]);
  const option = powerModels.get(String(model))?.option;
  if (option === null && written("power_model_option")) {
    const taking = [...powerModels.values()].flatMap((kind) => (kind.option === null ? [] : [kind.name]));
    across.complainOfKey(
      [...group, "power_model_option"],
      `has no effect: the power model ${String(model)} takes no option`,
      `models that do: ${taking.join(", ")}`,
    );
  }
  const idle = across.number([...group, "idle_power"]);
  const most = across.number([...group, "max_power"]);
  for (const [key, other] of [
    ["idle_power", "max_power"],
    ["max_power", "idle_power"],
  ] as const) {
    if (written(key) && !written(other)) across.complainOfKey([...group, key], `${key} needs ${other} beside it`, "give both");
  }
  if (idle !== undefined && most !== undefined && idle > most) {
    const [low, high] = [idle, most].map((value) => formatQuantity(value, "power"));
    across.complain([...group, "idle_power"], `an idle host would draw more (${low}) than a busy one (${high})`, "are they swapped?");
  }
}

function checkSeries(across: Across): void {
  const power: Path = ["cloud", "power"];
  for (const path of [
    [...power, "carbon_intensity", "hourly"],
    [...power, "pue", "weather", "points"],
    [...power, "pue", "weather", "outside"],
  ]) {
    if (valueAt(across.root, path)?.kind === "list" && across.length(path) === 0) across.complain(path, "expected at least one entry");
  }
  const points: Path = [...power, "pue", "weather", "points"];
  for (let index = 1; index < across.length(points); index++) {
    const [before, here] = [index - 1, index].map((i) => across.number([...points, i, "celsius"]));
    if (before !== undefined && here !== undefined && here <= before) {
      across.complain([...points, index, "celsius"], `the temperatures do not rise: ${here} C comes after ${before} C`, "sort the points");
    }
  }
}

function checkOrders(across: Across, states: boolean, saving: boolean): void {
  if (states) {
    const switches = ["fail", "reboot", "add_hosts", "add_rack", "profile", ...powerVerbs];
    const happens = Array.from({ length: across.length(["timeline"]) }, (_, index) => index).some((index) =>
      switches.some((verb) => valueAt(across.root, ["timeline", index, verb]) !== undefined),
    );
    if (happens || saving || valueAt(across.root, ["failures"]) !== undefined) return;
    across.complainOfKey(
      ["cloud", "power", "states"],
      "has no effect: no host is ever off",
      "let something fail, have a timeline with power_off, or write saving: {} beside it",
    );
    return;
  }
  const asks = (path: Path, verb: string) =>
    across.complain(path, `${verb} needs hosts that can be off`, "write power: {states: {}} under cloud");
  for (let index = 0; index < across.length(["timeline"]); index++) {
    for (const verb of powerVerbs) if (valueAt(across.root, ["timeline", index, verb]) !== undefined) asks(["timeline", index, verb], verb);
  }
  const profiles = valueAt(across.root, ["profiles"]);
  for (const name of profiles?.kind === "map" ? profiles.entries.keys() : []) {
    for (let step = 0; step < across.length(["profiles", name]); step++) {
      const verb = across.read(["profiles", name, step, "do"]);
      if (powerVerbs.some((power) => power === verb)) asks(["profiles", name, step, "do"], String(verb));
    }
  }
}
