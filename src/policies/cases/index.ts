// Scheduling cases: a question to the scheduler as one JSON object, and its answer. Each kind is one file; to add one, give it a line here.
import { type AlternatesCase, answerAlternates } from "./alternates.ts";
import { answerNuma, type NumaCase } from "./numa.ts";
import { answerPlacement, type PlacementCase } from "./placement.ts";
import { answerRequest, type RequestCase } from "./request.ts";
import { answerSequence, type SequenceCase } from "./sequence.ts";
import { answerSingle, type SingleCase } from "./single.ts";

export interface ScheduleCase {
  readonly id: string;
  readonly kind: string;
}

interface CaseKind {
  readonly kind: string;
  /** Members that a case of the kind must have. */
  readonly members: readonly string[];
  readonly answer: (one: ScheduleCase) => object;
}

const kinds: readonly CaseKind[] = [
  {
    kind: "single",
    members: ["config", "hosts", "aggregates", "request"],
    answer: (one) => answerSingle(one as ScheduleCase & SingleCase),
  },
  {
    kind: "sequence",
    members: ["config", "hosts", "aggregates", "groups", "flavors", "ops"],
    answer: (one) => answerSequence(one as ScheduleCase & SequenceCase),
  },
  {
    kind: "alternates",
    members: ["input"],
    answer: (one) => answerAlternates(one as ScheduleCase & AlternatesCase),
  },
  {
    kind: "placement",
    members: ["providers", "request"],
    answer: (one) => answerPlacement(one as ScheduleCase & PlacementCase),
  },
  ...["resource-request", "request-filter"].map((kind) => ({
    kind,
    members: ["input"],
    answer: (one: ScheduleCase) => answerRequest(one as ScheduleCase & RequestCase),
  })),
  ...["numa-constraints", "numa-fit", "numa-filter", "pci-numa"].map((kind) => ({
    kind,
    members: ["input"],
    answer: (one: ScheduleCase) => answerNuma(one as ScheduleCase & NumaCase),
  })),
];

export const caseKinds: readonly string[] = kinds.map(({ kind }) => kind);

/**
 * The answer to a case, in the shape of its kind.
 * @throws RangeError for an unknown kind, for a case without what its kind needs, for an unknown filter, weigher or option
 */
export function answerCase(one: ScheduleCase): object {
  const found = kinds.find(({ kind }) => kind === one.kind);
  if (found === undefined) throw new RangeError(`unknown kind "${one.kind}"; there are ${kinds.map(({ kind }) => kind).join(", ")}`);
  const missing = found.members.filter((member) => !Object.hasOwn(one, member));
  if (missing.length > 0) throw new RangeError(`a case of kind "${one.kind}" needs ${missing.join(", ")}`);
  return found.answer(one);
}
