// A network as drawn by its owner: named switches, and links between them, to hosts and to services. Several links between the same two are
// several cables, over which flows spread; every link of a host is a NIC of its own.
import type { AttachPoints } from "./attach-points.ts";
import { Wiring } from "./wiring.ts";

export interface CustomLink {
  readonly from: { readonly host: number } | { readonly service: string } | { readonly switch: string };
  /** A switch. */
  readonly to: string;
  readonly bytesPerSecond: number;
}

export interface CustomNetwork {
  readonly switches: readonly string[];
  readonly links: readonly CustomLink[];
}

export function custom(points: AttachPoints, { switches, links }: CustomNetwork): Wiring {
  const wiring = new Wiring(points);
  for (const name of switches) wiring.addSwitch(name);
  for (const { from, to, bytesPerSecond } of links) {
    const at = wiring.switchNamed(to);
    if ("switch" in from) wiring.addCable(wiring.switchNamed(from.switch), at, bytesPerSecond);
    else if ("host" in from) wiring.attach(from.host, at, bytesPerSecond);
    else {
      const service = wiring.serviceNamed(from.service);
      if (service < 0) throw new RangeError(`there is no service "${from.service}" to attach to "${to}"`);
      wiring.attach(service, at, bytesPerSecond);
    }
  }
  return wiring;
}
