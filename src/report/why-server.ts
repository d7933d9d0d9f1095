// Why a server is where it is, or nowhere: the answer first, then who asked for what, each decision, and what became of it.
import type { RequestStory, ServerStory, StoryEvent } from "../experiment/server-story.ts";
import { formatTime } from "../kernel/time.ts";
import { counted, plainColumns } from "./plain-columns.ts";
import { diskText, instantText, ramText } from "./why-amounts.ts";
import { type Detail, decisionLines } from "./why-decision.ts";

export function whyServer(story: ServerStory, detail: Detail): string {
  const { server, request, decisions, events } = story;
  const titles = decisions.map(
    (_, i) => `Decision ${i + 1}${followsLostClaim(events, i + 1) ? ", after others had claimed the host chosen before" : ""}`,
  );
  const lines = [
    `${server}: ${answer(story)}`,
    "",
    `${request.project} asked for it at ${instantText(request.requestedAtUs)}: ${asked(request)}.`,
    `${story.scenario}, policy ${story.policy}, seed ${story.seed}, replication ${story.replication}, fingerprint ${story.fingerprint}.`,
    ...decisions.flatMap((decision, i) => ["", ...decisionLines(decision, titles[i]!, detail)]),
    "",
    "What became of it:",
    ...plainColumns(
      [
        [instantText(request.requestedAtUs), "asked for"] as const,
        ...events.map((event) => [instantText(event.timeUs), eventText(event, story)] as const),
      ],
      ["right"],
    ).map((line) => `  ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function followsLostClaim(events: readonly StoryEvent[], decision: number): boolean {
  const at = events.findIndex((event) => event.what === "decision" && event.decision === decision);
  return events[at - 1]?.what === "claim refused";
}

function asked({
  flavor,
  vcpus,
  ramMb,
  diskGb,
  volumeGb,
  volumeType,
  extraSpecs,
  image,
  groupPolicy,
  availabilityZone,
}: RequestStory): string {
  const volume = volumeGb > 0 ? [`a volume of ${diskText(volumeGb)} on ${volumeType}`] : [];
  const amounts = [
    counted(vcpus, "vCPU"),
    `${ramText(ramMb)} RAM`,
    diskGb === 0 ? "no disk" : `${diskText(diskGb)} disk`,
    ...volume,
    ...extraSpecs,
  ];
  const parts = [`flavor ${flavor} (${amounts.join(", ")})`, image === null ? "no image" : `image ${image}`];
  if (groupPolicy !== null) parts.push(`in a server group with ${groupPolicy}`);
  if (availabilityZone !== null) parts.push(`in availability zone ${availabilityZone}`);
  return parts.join(", ");
}

/** The whole story in a sentence. */
function answer(story: ServerStory): string {
  const { outcome, decisions, events, maxAttempts } = story;
  const builds = events.filter(({ what }) => what === "build begins").length;
  const last = decisions.at(-1);
  const host = events.flatMap((event) => (event.what === "claimed" ? [event.host] : [])).at(-1);
  switch (outcome) {
    case "ACTIVE": {
      const rank = last!.ranked.findIndex((ranked) => ranked.host === host);
      const passed = last!.ranked.length;
      const place = passed === 1 ? "the only host that passed" : `rank ${rank + 1} of ${passed} hosts that passed`;
      return `ACTIVE on ${host}, ${builds > 1 ? `after ${counted(builds - 1, "failed build")}` : place}.`;
    }
    case "NoValidHost":
      if (last?.error !== null && last?.error !== undefined) return `NoValidHost, because ${last.error}.`;
      if (last === undefined || last.choice !== null) {
        return `NoValidHost: each of ${counted(decisions.length, "host")} that were chosen one after another was claimed by others first.`;
      }
      return `NoValidHost: ${noHostReason(story)}.`;
    case "MaxRetriesExceeded":
      return builds >= maxAttempts
        ? `MaxRetriesExceeded: ${counted(builds, "build")} failed, and max_attempts = ${maxAttempts}.`
        : `MaxRetriesExceeded: ${counted(builds, "build")} failed, and no alternate could be claimed any more.`;
    case "OverQuota":
      return `OverQuota: ${refusalText(events.find(({ what }) => what === "quota refused"))}.`;
    case "VolumeNotCreated":
      return `VolumeNotCreated: ${refusalText(events.find(({ what }) => what === "volume refused"))}.`;
    case "BuildTimeout":
      return `BuildTimeout: not ACTIVE within instance_build_timeout = ${formatTime(story.buildTimeoutUs)} on ${host}.`;
    case "pending":
      return `still ${story.vmState} when the run ended.`;
    case "ServiceUnavailable":
      return "ServiceUnavailable: a component that was called had no room in its queue.";
    default:
      return `${outcome}.`;
  }
}

function noHostReason({ decisions }: ServerStory): string {
  const { placement, filters, remedies } = decisions.at(-1)!;
  if (placement.candidates === 0) {
    const everywhere = placement.resources.filter(({ lacking }) => lacking === placement.hosts).map(({ resource }) => resource);
    if (everywhere.length > 0) return `Placement has no candidate, for every host lacks ${everywhere.join(" and ")}`;
    return placement.room === 0
      ? "Placement has no candidate: every host lacks something, but not all the same"
      : "Placement offers no host, though there is room";
  }
  if (remedies.some(({ change }) => change === "limit")) {
    return `none of the ${placement.candidates} candidates passed the filters, and hosts that would have were cut off by max_placement_results`;
  }
  const last = filters.findLast(({ removed }) => removed.length > 0);
  return `none of ${counted(placement.candidates, "candidate")} passed the filters; ${last?.name ?? "the request"} removed the last of them`;
}

function eventText(event: StoryEvent, story: ServerStory): string {
  const waited = event.timeUs - story.request.requestedAtUs;
  const since = waited === 0 ? "at once" : `${formatTime(waited)} after the request`;
  switch (event.what) {
    case "decision": {
      const { choice } = story.decisions[event.decision - 1]!;
      return `decision ${event.decision}: ${choice ?? "no host"}`;
    }
    case "claimed":
      return `${event.host} is claimed`;
    case "left":
      return `the claim on ${event.host} is given back`;
    case "left after a failed build":
      return `its build on ${event.host} failed: the claim is given back`;
    case "build begins":
      return `its build begins on ${event.host}`;
    case "claim refused":
      return event.because === "no room"
        ? `${event.host} cannot be claimed: others took the room since the decision`
        : `${event.host} cannot be claimed: its server group forbids it since the decision`;
    case "quota refused":
    case "volume refused":
      return refusalText(event);
    case "active":
      return `ACTIVE, ${since}`;
    case "failed":
      return `${story.outcome}, ${since}`;
    case "deleted":
      return "deleted";
  }
}

function refusalText(event: StoryEvent | undefined): string {
  if (event?.what === "quota refused") {
    const over = event.limits.filter(({ used, asked: more, limit }) => limit >= 0 && used + more > limit);
    const unit = (name: string, amount: number) => (name === "ram" ? ramText(amount) : String(amount));
    const text = over.map(({ name, used, asked: more, limit }) => {
      return `${name}: ${unit(name, used)} used and ${unit(name, more)} asked for, of ${unit(name, limit)}`;
    });
    return `the quota of ${event.project} is exceeded (${text.join("; ")})`;
  }
  if (event?.what === "volume refused") {
    const { tier, askedGb, freeGb, capacityGb } = event;
    return `the storage tier ${tier} has ${diskText(freeGb)} of ${diskText(capacityGb)} free, and a volume of ${diskText(askedGb)} was asked for`;
  }
  return "refused";
}
