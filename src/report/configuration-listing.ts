// What became of the options of nova.conf and placement.conf, for people: those that are taken show up among the values of the scenario, with
// their line in the file; here stand the others, each with its reason.
import { UNUSED_POLICY } from "../scenario/nova-conf/conf-policy.ts";
import type { ConfOption } from "../scenario/scenario.ts";

const fileOf = ({ service }: ConfOption) => `${service}.conf`;
const nameOf = ({ group, name }: ConfOption) => `[${group}] ${name}`;
const LONGEST_VALUE = 60;

/** Two sections, those without effect and those ignored; empty where there are none, else with an empty line at its end. */
export function configurationListing(options: readonly ConfOption[]): string {
  const sections = [
    section("Options of configuration files that have no effect here", (option) => option.status === "without effect"),
    ...(["nova", "placement"] as const).map((service) =>
      section(
        `Options of ${service}.conf that Orrery does not model (ignored)`,
        (option) => option.status === "ignored" && option.service === service,
      ),
    ),
  ];
  return sections.join("");

  function section(title: string, belongs: (option: ConfOption) => boolean): string {
    const rows = options.filter(belongs);
    if (rows.length === 0) return "";
    const width = Math.max(...rows.map((option) => nameOf(option).length));
    const lines = rows.map((option) => {
      const value = option.value.length > LONGEST_VALUE ? `${option.value.slice(0, LONGEST_VALUE)}...` : option.value;
      const what = `${nameOf(option).padEnd(width)}  ${value}`;
      return option.reason === "" ? `${what}  (${option.source})\n` : `${what}\n    ${option.source}; ${option.reason}\n`;
    });
    return `${title}:\n${lines.join("")}\n`;
  }
}

/** The same for machines, in the form of the values of a scenario; the status stands where values have their evidence. */
export function optionsWithoutEffect(options: readonly ConfOption[]) {
  return options
    .filter(({ status }) => status !== "taken")
    .map((option) => ({
      path: `${fileOf(option)}: ${nameOf(option)}`,
      value: option.value,
      source: option.source,
      evidence: option.status,
      meaning: option.reason === "" ? "Orrery does not model it" : option.reason,
    }));
}

/**
 * `nova.conf: 12 options taken, 30 ignored, 2 without effect; orrery explain lists them.` A line for each service, and one more where the
 * scheduler that the file sets up is in no policy.
 */
export function configurationCounts(options: readonly ConfOption[]): string {
  const unused = options.some(({ reason }) => reason === UNUSED_POLICY) ? `nova.conf sets up a scheduler, but ${UNUSED_POLICY}.\n` : "";
  const counts = [...new Set(options.map(fileOf))]
    .map((file) => {
      const count = (status: ConfOption["status"]) =>
        options.filter((option) => fileOf(option) === file && option.status === status).length;
      const taken = count("taken");
      const counts = `${taken} option${taken === 1 ? "" : "s"} taken, ${count("ignored")} ignored, ${count("without effect")} without effect`;
      return `${file}: ${counts}; orrery explain lists them.\n`;
    })
    .join("");
  return counts + unused;
}
