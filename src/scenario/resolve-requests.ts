// Listed requests as the rest of Orrery works with them: in the order of arrival, with indexes for names.
import type { ListedRequest, ListedWorkloadSpec } from "../workload/workload.ts";
import { type Hints, NAMING_SERVERS } from "./hints.ts";
import { bootVolumeOf } from "./resolve-block-storage.ts";
import type { ReadScenario } from "./schema.ts";
import { byArrival, serverNames } from "./server-names.ts";

type ReadListed = Extract<ReadScenario["workload"], { requests: unknown }>;

export function listedWorkloadOf(workload: ReadListed, cloud: ReadScenario["cloud"]): ListedWorkloadSpec {
  const { requests, server_groups: groups } = workload;
  const names = serverNames(requests);
  return {
    kind: "listed",
    requests: byArrival(requests).map((index): ListedRequest => {
      const request = requests[index]!;
      return {
        at: request.at,
        count: request.count,
        flavor: cloud.flavors.findIndex(({ name }) => name === request.flavor),
        image: request.image === undefined ? 0 : cloud.images.findIndex(({ name }) => name === request.image),
        project: request.project - 1,
        lifetime: request.lifetime,
        zone: request.availability_zone ?? null,
        group: groups.findIndex(({ name }) => name === request.server_group),
        hints: withServerNames(request.scheduler_hints, names),
        forcedHost: request.host ?? null,
        ...(request.boot_volume === undefined ? {} : { bootVolume: bootVolumeOf(request.boot_volume) }),
      };
    }),
    groupRules: groups.map(({ policy, max_server_per_host: most = 1 }) => ({ policy, maxServerPerHost: most })),
    projects: workload.projects,
    cpuUtilisation: workload.cpu_utilisation.distribution,
  };
}

function withServerNames(hints: Hints, names: ReadonlyMap<string, readonly string[]>): Hints {
  return new Map(
    [...hints].map(([hint, texts]) => [hint, NAMING_SERVERS.includes(hint) ? texts.flatMap((text) => names.get(text) ?? [text]) : texts]),
  );
}
