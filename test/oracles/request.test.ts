import { describe, expect } from "vitest";
import { answerRequest, type RequestAnswer, type RequestCase } from "../../src/policies/cases/request.ts";
import { holdsForAll } from "./oracle-files.ts";

/** Which Python error fails a request is information only; where it fails is not. */
const comparable = ({ error, ...rest }: RequestAnswer) => ({ ...rest, error: error && { stage: error.stage, component: error.component } });

describe("Nova's own Placement queries", () => {
  holdsForAll<RequestCase & { readonly id: string; readonly expected: RequestAnswer }>(
    "request.jsonl.gz",
    ["resource-request", "request-filter"],
    160,
    (one) => expect(comparable(answerRequest(one))).toEqual(comparable(one.expected)),
  );
});
