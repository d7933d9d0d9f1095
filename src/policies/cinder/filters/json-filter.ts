// Lets a user's own question decide: the hint `query` holds an expression over the pool's attributes, as JSON.
import { kindOf } from "../../python/arithmetic.ts";
import { answerJsonQuery } from "../../python/json-query.ts";
import { parseJson } from "../../python/python-json.ts";
import { isTrue, PythonError } from "../../python/python-values.ts";
import { defineFilter } from "../filter.ts";

export const jsonFilter = defineFilter({
  name: "JsonFilter",
  source: "cinder/scheduler/filters/json_filter.py",
  meaning: "The query in the hint must be true of the pool.",
  passes: ({ schedulerHints }) => {
    const query = schedulerHints.get("query") ?? null;
    if (!isTrue(query)) return () => true;
    return (pool) => {
      if (typeof query !== "string") throw new PythonError("TypeError", `a query is JSON in a text, not ${kindOf(query)}`);
      return answerJsonQuery(parseJson(query), (name) => pool.attribute(name));
    };
  },
});
