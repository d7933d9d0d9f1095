// What a packet's way takes when nothing else is on it: the network stacks at both ends, and every switch between.
import { type Parameter, parameter } from "../../kernel/parameter.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";

const latency = (name: string, value: number, meaning: string, source: string): Parameter =>
  parameter({ name: `fabric.${name}`, value, unit: "us", meaning, source, evidence: "from memory" });

export const switchLatency = latency(
  "switch_latency",
  1,
  "Time a packet takes through a switch",
  "cut-through switches; store-and-forward about 5 us",
);
export const nicLatency = latency("nic_latency", 15, "Time a packet takes through NIC and network stack at one end", "range 10 to 20 us");
export const vSwitchLatency = latency(
  "vswitch_latency",
  25,
  "Time a packet of a guest takes through its host's virtual switch",
  "range 20 to 30 us",
);
/** SimGrid's LV08 takes 13.01, which was fitted to slow start over long distances. */
export const latencyFactor = parameter({
  name: "fabric.latency_factor",
  value: 1,
  unit: "1",
  meaning: "Times a flow waits for its path's latency before its bytes flow",
  source: "one way, as for messages; SimGrid's LV08 model takes 13.01",
  evidence: "assumed",
});

export interface HopLatency {
  readonly switchMicros: number;
  readonly nicMicros: number;
  /** At each end that is a guest. */
  readonly vSwitchMicros: number;
  readonly factor: number;
}

export const NO_LATENCY: HopLatency = { switchMicros: 0, nicMicros: 0, vSwitchMicros: 0, factor: 1 };

/** From end to end, past `switches` switches, of which `guests` ends (0 to 2) are guests; whole microseconds. */
export function pathLatency(of: HopLatency, switches: number, guests = 0): Micros {
  const micros = of.factor * (switches * of.switchMicros + 2 * of.nicMicros + guests * of.vSwitchMicros);
  if (!(micros >= 0 && micros < 3600 * SECOND)) throw new RangeError(`latency of a path: expected 0 to an hour, got ${micros} us`);
  return Math.round(micros);
}
