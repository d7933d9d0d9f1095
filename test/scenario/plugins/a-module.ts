// A module of a user's, opened as a run opens it, and a few hosts to ask it about.
import { NovaConfig } from "../../../src/policies/nova/config.ts";
import type { HostStates } from "../../../src/policies/nova/host-states.ts";
import type { RequestSpec } from "../../../src/policies/nova/request-spec.ts";
import { guard } from "../../../src/scenario/plugins/guard.ts";
import { type Mishap, Sandbox } from "../../../src/scenario/plugins/sandbox.ts";
import { stripTypes } from "../../../src/scenario/plugins/strip-types.ts";

export const threeHosts = {
  count: 3,
  hostName: (host: number) => `compute-${host + 1}`,
  hypervisorType: () => "QEMU",
  freeRamMb: (host: number) => 1024 * (host + 1),
  totalRamMb: () => 8192,
  numIoOps: (host: number) => host,
} as unknown as HostStates;

export const smallRequest: RequestSpec = {
  server: 4,
  flavor: {
    name: "m1.small",
    vcpuMilli: 1500,
    ramMb: 2048,
    diskGb: 20,
    volumeGb: 0,
    volumeType: null,
    extraSpecs: new Map([["hw:cpu_policy", "shared"]]),
  },
  image: { name: "ubuntu", bytes: 1, properties: new Map([["img_hv_type", "qemu"]]) },
  group: -1,
  groups: {
    policyOf: () => null,
    maxServerPerHost: () => 1,
    countOn: (_group, host) => host,
    hasHosts: () => false,
    holdsHost: () => false,
  },
};

/** The sandbox of a module in TypeScript, which has to be one that the guard lets pass. */
export function opened(source: string): Sandbox {
  const stripped = stripTypes(source);
  if (!stripped.ok) throw new Error(stripped.message);
  const guarded = guard(stripped.code);
  if (!guarded.ok) throw new Error(guarded.complaints.map(({ message }) => message).join("\n"));
  return new Sandbox(guarded.module);
}

/** What `weigh` of the default export gives for the first host; or, in words, what went wrong. */
export function answerOf(source: string, request: RequestSpec = smallRequest): unknown {
  const sandbox = opened(source);
  try {
    const [[, object]] = sandbox.load() as [[string, object]];
    const of = sandbox.look(object, "weigh", new Map([["limit", 5]]))(threeHosts, request, new NovaConfig(new Map()));
    return typeof of === "function" ? of(0) : of;
  } catch (thrown) {
    return inWords(sandbox.mishap(thrown));
  }
}

/** The answer of a weigher with this body, for host 0. */
export function answerFor(body: string, request: RequestSpec = smallRequest): unknown {
  return answerOf(`export default { name: "W", weigh: (hosts, request, config) => (host) => {${body}} };`, request);
}

export const inWords = ({ what, at }: Mishap): string => (at === null ? what : `${at.line}:${at.column}: ${what}`);

/** `line:column: message` of every complaint about a module. */
export function complaintsAbout(source: string): readonly string[] {
  const guarded = guard(source);
  return guarded.ok ? [] : guarded.complaints.map(({ message, at }) => `${at?.line}:${at?.column}: ${message}`);
}
