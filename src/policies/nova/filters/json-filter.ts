// Lets a user's own question decide: the hint `query` holds an expression over the host's attributes, as JSON.

import { answerJsonQuery } from "../../python/json-query.ts";
import { parseJson } from "../../python/python-json.ts";
import { defineFilter } from "../filter.ts";
import { hostAttribute } from "../host-attributes.ts";
import { hintOf } from "../request-spec.ts";

export const jsonFilter = defineFilter({
  name: "JsonFilter",
  source: "nova/scheduler/filters/json_filter.py",
  meaning: "The query in the hint must be true of the host.",
  needs: "scheduler hints",
  dependsOn: "scheduler hints",
  passes: (hosts, request) => {
    const [text] = hintOf(request, "query");
    if (text === undefined || text === "") return null;
    const query = parseJson(text);
    return (host) => answerJsonQuery(query, (name) => hostAttribute(hosts, host, name));
  },
  because: (_hosts, request) => () => `the query of the hint is not true of it: ${hintOf(request, "query")[0]}`,
});
