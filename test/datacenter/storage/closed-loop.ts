// A load of constant queue depth, as benchmarks of storage make it: as soon as an I/O is acknowledged, the next of its slot is submitted.

import type { DeviceModel, Io, IoMix } from "../../../src/datacenter/storage/device.ts";
import { DeviceQueues } from "../../../src/datacenter/storage/device-queues.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { type Micros, SECOND } from "../../../src/kernel/time.ts";

export const reads4k: IoMix = { writeShare: 0, sequentialShare: 0, bytes: 4096 };
export const writes4k: IoMix = { writeShare: 1, sequentialShare: 0, bytes: 4096 };

/** Keeps `depth` I/Os of the mix at a device. */
export function closedLoop(model: DeviceModel, mix: IoMix, depth: number, duration: Micros = 20 * SECOND) {
  const streams = new RandomStreams("storage", 0);
  const kinds = streams.stream("io.kind");
  const simulation = new Simulation();
  let n = 0;
  const next = (): Io => ({
    write: kinds.uniform(0, n) < mix.writeShare,
    sequential: kinds.uniform(1, n++) < mix.sequentialShare,
    bytes: mix.bytes,
  });
  const queues = new DeviceQueues(simulation, streams.stream("io.place"), (job, device) => queues.submit(device, job, next()));
  const device = queues.add(model);
  for (let slot = 0; slot < depth; slot++) queues.submit(device, slot, next());
  simulation.run(duration);
  return { ...queues.statistics(device), little: queues.checkLittle(device), fingerprint: simulation.fingerprint.hash };
}
