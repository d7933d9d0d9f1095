// Why a server is where it is, or nowhere: the answer first, then who asked for what, each decision, and what became of it.
import type { RequestStory, ServerStory, StoryEvent } from "../experiment/server-story.ts";
import { formatTime } from "../kernel/time.ts";
import { counted, listed, plainColumns } from "./plain-columns.ts";
import { diskText, instantText, ramText } from "./why-amounts.ts";
import { type Detail, decisionLines } from "./why-decision.ts";
import { demandText, shortageText } from "./why-placement.ts";

const MOST_NAMES = 6;

export function whyServer(story: ServerStory, detail: Detail): string {
  const { server, request, decisions, events } = story;
  const lines = [
    `${server}: ${answer(story)}`,
    "",
    `${request.project} asked for it at ${instantText(request.requestedAtUs)}: ${asked(request)}.`,
    `${story.scenario}, policy ${story.policy}, seed ${story.seed}, replication ${story.replication}, fingerprint ${story.fingerprint}.`,
    ...decisions.flatMap((decision, i) => ["", ...decisionLines(decision, `Decision ${i + 1}`, detail)]),
    "",
    "What became of it:",
    ...plainColumns(
      [
        [instantText(request.requestedAtUs), "asked for"] as const,
        ...events.map((event, i) => [instantText(event.timeUs), eventText(i, story)] as const),
      ],
      ["right"],
    ).map((line) => `  ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function asked(request: RequestStory): string {
  const { flavor, vcpus, ramMb, diskGb, volumeGb, volumeType, extraSpecs, image } = request;
  const { groupPolicy, availabilityZone, forcedHost, hints, together } = request;
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
  if (forcedHost !== null) parts.push(`forced to ${forcedHost}`);
  if (hints.length > 0) parts.push(`${hints.length === 1 ? "hint" : "hints"} ${hints.join("; ")}`);
  if (together.length > 0) parts.push(`asked for together with ${listed(together, MOST_NAMES)}: all or none`);
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
      const lost = events.filter((event) => event.what === "claim refused" && event.ofTheList).length;
      const claims = lost === 0 ? "" : `, after ${counted(lost, "claim was refused", "claims were refused")}`;
      return `ACTIVE on ${host}, ${builds > 1 ? `after ${buildsText(events, builds - 1)}` : `${place}${claims}`}.`;
    }
    case "NoValidHost":
      return `NoValidHost: ${noHostReason(story)}.`;
    case "SchedulingError":
      return `SchedulingError: ${last!.error}.`;
    case "MaxRetriesExceeded":
      return builds >= maxAttempts
        ? `MaxRetriesExceeded: ${buildsText(events, builds)}, and max_attempts = ${maxAttempts}.`
        : `MaxRetriesExceeded: ${buildsText(events, builds)}, and no alternate could be claimed any more.`;
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

/** `2 builds failed`, `nova-compute refused 1 build`. */
function buildsText(events: readonly StoryEvent[], builds: number): string {
  const refused = events.filter(({ what }) => what === "build refused").length;
  const failed = builds - refused;
  const parts = [
    ...(failed > 0 ? [`${counted(failed, "build")} failed`] : []),
    ...(refused > 0 ? [`nova-compute refused ${counted(refused, "build")}`] : []),
  ];
  return parts.join(" and ");
}

function noHostReason({ server, decisions, events, failedTogether }: ServerStory): string {
  const last = decisions.at(-1);
  if (failedTogether !== null && failedTogether !== server) return `${failedTogether}, which was asked for together with it, found no host`;
  if (last === undefined) return "no host was found";
  const { placement, filters, remedies, ranked } = last;
  if (ranked.length > 0) {
    if (failedTogether !== null) return `none of ${counted(ranked.length, "host")} that passed had room left by the servers before it`;
    const lost = events.filter(({ what }) => what === "claim refused").length;
    const whom = lost === 1 ? "the only host" : `each of the ${lost} hosts`;
    return `${whom} of the list was claimed by others first`;
  }
  if (placement.notAsked !== null) return `Nova refused the request before it asked Placement, because ${placement.notAsked}`;
  if (placement.candidates === 0) {
    const none = `Placement has no candidate, for `;
    if (placement.allowed === 0) return `${none}${listed(placement.demands.map(demandText))}`;
    const everywhere = placement.resources.filter(({ lacking }) => lacking === placement.allowed);
    const [which, whom] = placement.allowed < placement.hosts ? [" that it may be on", "every host that it may be on"] : ["", "every host"];
    if (everywhere.length > 0) {
      const beyond = everywhere.filter(({ beyondMaxUnit }) => beyondMaxUnit === placement.allowed);
      const lacking = everywhere.filter((story) => !beyond.includes(story)).map(({ resource }) => resource);
      const units = beyond.map(({ resource, maxUnit }) => ({ resource, most: maxUnit }));
      return `${none}${shortageText(lacking.length === 0 ? null : lacking.join(" and "), units, whom, which)}`;
    }
    return placement.room === 0
      ? `Placement has no candidate: ${whom} lacks something, but not all the same`
      : "Placement offers no host, though there is room";
  }
  if (remedies.some(({ change }) => change === "limit")) {
    return `none of the ${placement.candidates} candidates passed the filters, and hosts that would have were cut off by max_placement_results`;
  }
  const stopped = filters.findLast(({ removed }) => removed.length > 0);
  return `none of ${counted(placement.candidates, "candidate")} passed the filters; ${stopped?.name ?? "the request"} removed the last of them`;
}

function eventText(at: number, story: ServerStory): string {
  const { events } = story;
  const event = events[at]!;
  const before = events[at - 1];
  const waited = event.timeUs - story.request.requestedAtUs;
  const since = waited === 0 ? "at once" : `${formatTime(waited)} after the request`;
  switch (event.what) {
    case "decision": {
      const { choice } = story.decisions[event.decision - 1]!;
      return `decision ${event.decision}: ${choice ?? "no host"}`;
    }
    case "claimed":
      return `${event.host}${isAlternate(events, at) && before?.what !== "claim refused" ? ", the next alternate," : ""} is claimed`;
    case "left":
      return `the claim on ${event.host} is given back`;
    case "left after a failed build":
      return before?.what === "build refused"
        ? `the claim on ${event.host} is given back`
        : `its build on ${event.host} failed: the claim is given back`;
    case "build begins":
      return `its build begins on ${event.host}${before?.what === "claimed" && lostClaims(events, at) ? alternatesText(event.alternates) : ""}`;
    case "claim refused": {
      const next = events.slice(at + 1).find(({ what }) => what === "claimed" || what === "claim refused");
      const nextHost = next !== undefined && "host" in next ? next.host : null;
      const along = event.ofTheList
        ? nextHost === null
          ? "the list is at its end"
          : `next of the list: ${nextHost}`
        : nextHost === null
          ? "no alternate is left"
          : `next alternate: ${nextHost}`;
      return `claim on ${event.host} refused: others were faster; ${along}`;
    }
    case "build refused":
      return `nova-compute on ${event.host} refuses it: ${buildRefusal(event)}`;
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

/** Once a build has begun, only alternates are claimed. */
const isAlternate = (events: readonly StoryEvent[], at: number) => events.slice(0, at).some(({ what }) => what === "build begins");

/** The claim along the list was not the first, so that the alternates are others than those of the decision. */
const lostClaims = (events: readonly StoryEvent[], at: number) =>
  !isAlternate(events, at) && events.slice(0, at).some((event) => event.what === "claim refused");

const alternatesText = (hosts: readonly string[]) => (hosts.length === 0 ? "; no alternates" : `; its alternates now: ${hosts.join(", ")}`);

function buildRefusal(event: StoryEvent & { readonly what: "build refused" }): string {
  if (event.because !== "group") return `its ${event.because} are taken by others since the decision`;
  const { policy, members } = event;
  return policy === "affinity"
    ? "no member of its affinity group is there any more, and others are elsewhere"
    : `${counted(members, "member")} of its ${policy} group ${members === 1 ? "is" : "are"} there already`;
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
