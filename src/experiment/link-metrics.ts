// The metrics of runs that look at the links of their network: by kind of link, each direction by itself, over all that the run sends (images,
// migrations, volumes), headers included where the scenario counts them.
import { linkKinds, mostOversubscribed, type TopologyName } from "../datacenter/fabric/link-kinds.ts";
import type { CloudSpec } from "../scenario/scenario.ts";
import type { LinkUse } from "../workflows/link-use.ts";
import type { Metric } from "./metrics.ts";

export function linkMetrics({ fabric: { topology } }: CloudSpec): readonly Metric[] {
  const [name] = Object.keys(topology) as [TopologyName];
  const oversubscription: Metric = {
    name: "links.oversubscription",
    unit: "ratio",
    better: "neither",
    meaning: "Bandwidth of all that hangs on a switch with hosts over that of its cables to other switches, where it is highest",
    of: ({ cloud }) => mostOversubscribed(cloud.fabric),
  };
  return [...(name === "star" ? [] : [oversubscription]), ...linkKinds(name).flatMap(ofKind)];
}

function ofKind(kind: string): readonly Metric[] {
  const shares = (use: LinkUse, of: (index: number) => number) =>
    use.links.flatMap((link, index) => (link.kind === kind ? [100 * of(index)] : []));
  const words = kind.replaceAll("_", " ");
  const metric = (name: string, better: Metric["better"], meaning: string, of: (use: LinkUse) => number): Metric => ({
    ...{ name: `links.${kind}.${name}`, unit: "%", better, meaning: `${meaning}: links ${words}` },
    of: ({ linkUse }) => of(linkUse!),
  });
  return [
    metric("mean", "neither", "Share of their bandwidth that was used, averaged over links and time", (use) =>
      average(shares(use, (index) => use.mean(index))),
    ),
    metric("busiest", "neither", "The same of the one that was used most", (use) => largest(shares(use, (index) => use.mean(index)))),
    metric("peak", "neither", "Highest share of its bandwidth that any of them had in use at once", (use) =>
      largest(shares(use, (index) => use.peakShare(index))),
    ),
    metric("full", "lower", "Share of the time for which a link had nothing left to give, averaged over links", (use) =>
      average(shares(use, (index) => use.full(index))),
    ),
  ];
}

const average = (values: readonly number[]) =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), values.length === 0 ? Number.NaN : 0);
