// Scheduler hints: what a user tells Nova's scheduler beside flavor and image. Nova takes any name and ignores what no filter reads; the form of
// the hints that its filters know is checked here, since a server with a malformed one would only end in ERROR.
import { describeKind, shorten } from "../kernel/units.ts";
import { hasHostAttribute } from "../policies/nova/host-attributes.ts";
import { inNetwork } from "../policies/nova/ip-network.ts";
import { answerJsonQuery } from "../policies/python/json-query.ts";
import { parseJson } from "../policies/python/python-json.ts";
import { PythonError } from "../policies/python/python-values.ts";
import { accept, type Complaint, type ValueKind } from "./grammar.ts";

export type Hints = ReadonlyMap<string, readonly string[]>;

/** Hints that name servers. */
export const NAMING_SERVERS: readonly string[] = ["same_host", "different_host"];
const SERVER = /^server-[1-9]\d*$/;

export const isServerName = (name: string): boolean => SERVER.test(name);

export const hints: ValueKind<Hints> = {
  expected: "a map of hints such as {different_host: server-1}",
  read: (written) => {
    if (typeof written !== "object" || written === null || Array.isArray(written)) {
      return {
        ok: false,
        complaints: [{ message: `expected a map of hints, got ${describeKind(written)}`, hint: "e.g. {different_host: server-1}" }],
      };
    }
    const found = new Map<string, readonly string[]>();
    const complaints: Complaint[] = [];
    for (const [name, value] of Object.entries(written)) {
      const texts = textsOf(value);
      const complaint =
        refuseName(name) ??
        (texts === null
          ? { message: `expected a text or a list of texts, got ${describeKind(value)}`, ...asJson(name) }
          : refuseForm(name, texts));
      if (complaint !== null) complaints.push({ ...complaint, path: [name, ...(complaint.path ?? [])] });
      else found.set(name, texts!);
    }
    complaints.push(...refuseNetwork(found));
    return complaints.length > 0 ? { ok: false, complaints } : accept(found);
  },
  print: (value) => (value.size === 0 ? "none" : [...value].map(([name, texts]) => `${name}: ${texts.join(", ")}`).join("; ")),
  json: {
    type: "object",
    additionalProperties: {
      anyOf: [{ type: ["string", "number", "boolean"] }, { type: "array", items: { type: ["string", "number", "boolean"] } }],
    },
  },
};

/** One text or several; null for anything else. */
function textsOf(value: unknown): readonly string[] | null {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => typeof item !== "object" && item !== undefined) ? items.map(String) : null;
}

const asJson = (name: string) => (name === "query" ? { hint: `the query is JSON in quotes: '[">=", "$free_ram_mb", 4096]'` } : {});

function refuseName(name: string): Complaint | null {
  if (name === "group") return { message: "a server joins its group by server_group", hint: "server_group: anti-affinity", atKey: true };
  if (name.startsWith("_nova")) return { message: `"${shorten(name)}" is a hint that Nova keeps to itself`, atKey: true };
  return null;
}

function refuseForm(name: string, texts: readonly string[]): Complaint | null {
  if (name === "query") {
    if (texts.length !== 1) return { message: "expected one query", ...asJson(name) };
    return refuseQuery(texts[0]!);
  }
  if (NAMING_SERVERS.includes(name) && texts.some((text) => text.trim() === ""))
    return { message: "expected the name of a server, got an empty text" };
  return null;
}

/** An attribute that hosts do not have is null to Nova, and a comparison with it false on every host. */
function refuseQuery(text: string): Complaint | null {
  const unknown: string[] = [];
  const look = (name: string) => {
    if (!hasHostAttribute(name)) unknown.push(name);
    return null;
  };
  const broken = failing(() => answerJsonQuery(parseJson(text), look), `"${shorten(text)}" is not a query`, asJson("query").hint!);
  if (broken !== null || unknown.length === 0) return broken;
  return { message: `hosts have no attribute "${shorten(unknown[0]!)}"`, hint: "such as $free_ram_mb, $num_instances or $hypervisor_type" };
}

/** The filter joins the two texts: `10.0.3.0` and `/24`. */
function refuseNetwork(found: Hints): readonly Complaint[] {
  const near = found.get("build_near_host_ip")?.[0];
  const bits = found.get("cidr")?.[0];
  if (bits !== undefined && !bits.startsWith("/"))
    return [{ message: `expected bits such as "/24", got "${shorten(bits)}"`, hint: `write "/${shorten(bits)}"`, path: ["cidr"] }];
  if (near === undefined) return [];
  const complaint = failing(
    () => inNetwork(near + (bits ?? "/24")),
    `"${shorten(near + (bits ?? "/24"))}" is not a network`,
    "e.g. build_near_host_ip: 10.0.3.1 and cidr: /24",
  );
  return complaint === null ? [] : [{ ...complaint, path: ["build_near_host_ip"] }];
}

function failing(attempt: () => unknown, message: string, hint: string): Complaint | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof PythonError) return { message: `${message}: ${error.message}`, hint };
    throw error;
  }
}
