// A star: one switch that never blocks, and everything on it. What limits a flow is its sender's link or its receiver's.
import type { AttachPoints } from "./attach-points.ts";
import { Wiring } from "./wiring.ts";

export function star(points: AttachPoints): Wiring {
  const wiring = new Wiring(points);
  const hub = wiring.addSwitch("switch");
  for (let host = 0; host < wiring.hostCount; host++) wiring.attachHost(host, hub);
  wiring.attachServices(hub);
  return wiring;
}
