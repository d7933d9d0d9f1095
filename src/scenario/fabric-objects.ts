// Links and switches of the fabric as a timeline names them: by the names that its topology gives to switches (`leaf-3`, `spine-1`, `edge-2`,
// `aggregation-4`, `core-1`), or that a custom network declares.

import { UNLIMITED, type Wiring } from "../datacenter/fabric/wiring.ts";
import { fabricNames } from "../datacenter/failures/fabric-parts.ts";
import { wiringOf } from "./build-fabric.ts";
import type { HostNames } from "./host-names.ts";
import { fabricOf } from "./resolve-fabric.ts";
import { hostGroupOf } from "./resolve-hosts.ts";
import type { CloudSpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";
import type { Objects } from "./timeline-objects.ts";

/** The network of a cloud that was read; null where it cannot be drawn, which is said elsewhere. */
export function wiringOfRead(cloud: ReadScenario["cloud"], names: HostNames): Wiring | null {
  try {
    return wiringOf({ hosts: cloud.hosts.map(hostGroupOf), fabric: fabricOf(cloud, names) } as unknown as CloudSpec);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

export function switchObjects(wiring: Wiring, name: string): Objects {
  const number = wiring.switchNames.indexOf(name);
  if (number < 0) return { ok: false, key: "switch", why: `there is no switch "${name}"`, candidates: wiring.switchNames };
  return { ok: true, objects: [{ kind: "fabric-switch", index: fabricNames(wiring).switches.indexOf(number) }] };
}

export function linkObjects(wiring: Wiring, ends: readonly string[]): Objects {
  const unknown = ends.find((name) => !wiring.switchNames.includes(name));
  if (ends.length !== 2) return { ok: false, key: "link", why: `a link has two ends, not ${ends.length}`, hint: "e.g. [leaf-1, spine-2]" };
  if (unknown !== undefined) return { ok: false, key: "link", why: `there is no switch "${unknown}"`, hint: someOf(wiring) };
  const [one, other] = ends.map((name) => wiring.switchNames.indexOf(name));
  const { links } = fabricNames(wiring);
  const between = wiring.cableBytesPerSecond.flatMap((speed, cable) => {
    const [a, b] = [wiring.cableEnds[2 * cable], wiring.cableEnds[2 * cable + 1]];
    return (a === one && b === other) || (a === other && b === one) ? [{ cable, speed }] : [];
  });
  if (between.length === 0) return { ok: false, key: "link", why: `${ends.join(" and ")} are not joined`, hint: "" };
  if (between.some(({ speed }) => speed === UNLIMITED))
    return { ok: false, key: "link", why: `the links of a border switch do not fail`, hint: "let a switch fail" };
  return { ok: true, objects: between.map(({ cable }) => ({ kind: "link", index: links.indexOf(cable) })) };
}

const someOf = ({ switchNames }: Wiring): string =>
  `switches: ${switchNames.slice(0, 8).join(", ")}${switchNames.length > 8 ? `, and ${switchNames.length - 8} more` : ""}`;
