// What a client does between its requests for servers: it looks how a server is, and authenticates. `ended` hears of the end.
import type { Outcome } from "../datacenter/outcomes.ts";
import { keystone } from "../services/keystone.ts";
import { nova } from "../services/nova.ts";
import { at, call, user, type Workflow } from "./vocabulary.ts";

type Ended = (subject: number, outcome: Outcome | null) => void;

/** Assumes that the client has a token, and that Nova knows it from before. */
export const showServer = (ended: Ended): Workflow => ({
  name: "show-server",
  steps: [at(user, call(nova.api.showServer, "server id"))],
  ended: (_cloud, server, outcome) => ended(server, outcome),
});

export const authenticate = (ended: Ended): Workflow => ({
  name: "authenticate",
  subject: "none",
  steps: [at(user, call(keystone.api.issueToken, "name, password"))],
  ended: (_cloud, number, outcome) => ended(number, outcome),
});
