// The rule of a server group as a scenario writes it: a policy, or a policy with how many members of an anti-affinity group a host may hold.

import { type GroupPolicy, groupPolicies, type ServerGroupRule } from "../datacenter/server-groups.ts";
import { suggestion } from "../kernel/did-you-mean.ts";
import { describeKind, shorten } from "../kernel/units.ts";
import { accept, type Complaint, reject, type ValueKind } from "./grammar.ts";
import { count, counted, word } from "./value-kinds.ts";

export const groupPolicy = word("server group policy", groupPolicies) as ValueKind<GroupPolicy>;
export const maxServerPerHost = count("servers", 1, 100_000);
const policyOrNone = word("server group policy", ["none", ...groupPolicies]);

/** Nova's API refuses the rule for other policies. */
export const ONLY_ANTI_AFFINITY: Complaint = {
  message: "max_server_per_host is a rule of anti-affinity groups only",
  hint: "leave it out, or write policy: anti-affinity",
};

/** `none`, a policy, or `{policy: anti-affinity, max_server_per_host: 2}`. */
export const serverGroupRule: ValueKind<ServerGroupRule | null> = {
  expected: `none, ${groupPolicies.join(", ")} or a map with policy`,
  read: (written) => {
    if (typeof written === "object" && written !== null && !Array.isArray(written)) return readRule(written as Record<string, unknown>);
    if (typeof written !== "string") return reject(`expected ${serverGroupRule.expected}, got ${describeKind(written)}`);
    const policy = policyOrNone.read(written);
    if (!policy.ok) return policy;
    return accept(policy.value === "none" ? null : { policy: policy.value as GroupPolicy, maxServerPerHost: 1 });
  },
  print: (rule) => (rule === null ? "none" : printRule(rule)),
  json: {
    anyOf: [
      policyOrNone.json,
      {
        type: "object",
        properties: {
          policy: { ...groupPolicy.json, description: "Policy of the server group." },
          max_server_per_host: {
            ...maxServerPerHost.json,
            description: "Members one host may hold, under anti-affinity. When not written: 1.",
          },
        },
        required: ["policy"],
        additionalProperties: false,
      },
    ],
  },
};

function readRule(written: Record<string, unknown>): ReturnType<typeof serverGroupRule.read> {
  const known = ["policy", "max_server_per_host"];
  const complaints: Complaint[] = Object.keys(written)
    .filter((key) => !known.includes(key))
    .map((key) => ({ message: `unknown key "${shorten(key)}"`, hint: suggestion(key, known), path: [key], atKey: true }));
  const policy =
    written.policy === undefined ? reject(`policy is missing: expected ${groupPolicy.expected}`) : groupPolicy.read(written.policy);
  if (!policy.ok)
    complaints.push(...policy.complaints.map((complaint) => ({ ...complaint, path: written.policy === undefined ? [] : ["policy"] })));
  const most = written.max_server_per_host === undefined ? accept(1) : maxServerPerHost.read(written.max_server_per_host);
  if (!most.ok) complaints.push(...most.complaints.map((complaint) => ({ ...complaint, path: ["max_server_per_host"] })));
  if (policy.ok && policy.value !== "anti-affinity" && written.max_server_per_host !== undefined) {
    complaints.push({ ...ONLY_ANTI_AFFINITY, path: ["max_server_per_host"], atKey: true });
  }
  if (!policy.ok || !most.ok || complaints.length > 0) return { ok: false, complaints };
  return accept({ policy: policy.value, maxServerPerHost: most.value });
}

function printRule({ policy, maxServerPerHost: most }: ServerGroupRule): string {
  return most === 1 ? policy : `${policy}, at most ${counted(most, "servers")} on a host`;
}
