// Requests decided one after another, each claiming its hosts, and told so that a reader can follow: how many hosts Placement offered, how many
// each filter left, what the chosen one weighed, and who the alternates are.
import { RandomStreams } from "../../kernel/random.ts";
import type { AggregateRecord, HostRecord } from "../nova/host-records.ts";
import type { PolicySpec } from "../nova/policy.ts";
import { type BootAnswer, type BootRequest, type GroupRules, LiveCloud } from "./live-cloud.ts";

export interface NamedRequest extends BootRequest {
  readonly name: string;
}

export interface Question {
  readonly policy: PolicySpec;
  /** For policies that draw. */
  readonly seed: string;
  /** Each with an inventory. */
  readonly hosts: readonly HostRecord[];
  readonly aggregates: readonly AggregateRecord[];
  readonly groups: readonly GroupRules[];
  readonly requests: readonly NamedRequest[];
  /** True: the servers of a request are active before the next one is decided; false: they count as builds under way. */
  readonly buildsFinish: boolean;
}

/** Of one server. */
export interface ServerDecision {
  readonly request: string;
  readonly server: string;
  /** `error`: a filter or a weigher raised; Nova then fails the request. */
  readonly outcome: "selected" | "NoValidHost" | "error";
  /** Null without a host. */
  readonly host: string | null;
  readonly weight: number | null;
  readonly alternates: readonly string[];
  /** Hosts that Placement offered or, from the second server of a request on, the hosts left from the one before; null: it was not come to. */
  readonly candidates: number | null;
  /** Hosts left after each filter that was run; the others were not come to, or pass every server but the first of a request. */
  readonly left_after: Readonly<Record<string, number>>;
  readonly error: string | null;
}

/** What is seen of one filtering and weighing. */
interface Seen {
  readonly candidates: number | null;
  readonly left: Record<string, number>;
  readonly weights: Map<number, number>;
}

/** @throws RangeError for an unknown filter, weigher or option */
export function decide(question: Question): readonly ServerDecision[] {
  const { hosts, aggregates, groups, policy, seed } = question;
  const choice = new RandomStreams(seed, 0).stream("scheduler.choice");
  const cloud = new LiveCloud({ hosts, aggregates, groups, policy, choice });
  return question.requests.flatMap((request) => {
    const seen: Seen[] = [];
    const last = () => seen.at(-1)!;
    const answer = cloud.boot(request, {
      entered: (entering) => seen.push({ candidates: entering?.length ?? null, left: {}, weights: new Map() }),
      filtered: (filter, passed) => {
        last().left[filter] = passed.length;
      },
      weighing: () => {},
      weighed: () => {},
      ranked: (ranked, weights) => {
        for (const [i, host] of ranked.entries()) last().weights.set(host, weights[i]!);
      },
    });
    if (question.buildsFinish) for (const server of request.uuids) cloud.activate(server);
    return request.uuids.map((server, index) => told(request, server, index, answer, seen[index], cloud));
  });
}

function told(
  { name: request }: NamedRequest,
  server: string,
  index: number,
  answer: BootAnswer,
  seen: Seen | undefined,
  cloud: LiveCloud,
): ServerDecision {
  const offered = index === 0 ? answer.candidates : null;
  const common = { request, server, candidates: offered ?? seen?.candidates ?? null, left_after: seen?.left ?? {} };
  const nowhere = { host: null, weight: null, alternates: [] };
  if (answer.outcome === "no_valid_host") return { ...common, ...nowhere, outcome: "NoValidHost", error: null };
  if (answer.outcome === "error") return { ...common, ...nowhere, outcome: "error", error: answer.error.message };
  const { host, alternates } = answer.selections[index]!;
  return {
    ...common,
    outcome: "selected",
    host: cloud.nodeOf(host),
    weight: seen?.weights.get(host) ?? null,
    alternates: alternates.map((other) => cloud.nodeOf(other)),
    error: null,
  };
}
