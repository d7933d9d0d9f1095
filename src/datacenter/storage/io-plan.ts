// What an I/O asks of others, as plain data: stages one after the other, in each of them legs side by side; a leg is a message over the network,
// then work that is not the device's, then an I/O of a device, then a message back. A RAID small write is two stages of device I/Os; a replicated write of Ceph
// is a message to the primary, then messages and writes of its replicas.
//
// Back ends state plans and do nothing; `volume-io.ts` carries them out I/O by I/O, and a caller with a network starts a flow for each transfer.
import type { Io } from "./device.ts";

/** Bytes from one place of the network to another. Places are hosts, by number. */
export interface Transfer {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

export interface Leg {
  /** Before anything else. Null: the data are there already. */
  readonly transfer: Transfer | null;
  /** Processing between the message and the device, in seconds: a mean, of which `jitterSeconds` are exponential and the rest fixed. */
  readonly workSeconds: number;
  readonly jitterSeconds: number;
  /** Null: no device takes part. */
  readonly device: number | null;
  readonly io: Io | null;
  /** After everything else. */
  readonly reply: Transfer | null;
}

export type Stage = readonly Leg[];
export type IoPlan = readonly Stage[];

/** A leg that is only an I/O of a device. */
export function deviceLeg(device: number, io: Io): Leg {
  return { transfer: null, workSeconds: 0, jitterSeconds: 0, device, io, reply: null };
}

/** A leg that is only a message. */
export function message(from: number, to: number, bytes: number): Leg {
  return { transfer: { from, to, bytes }, workSeconds: 0, jitterSeconds: 0, device: null, io: null, reply: null };
}

/** The transfers of a plan between different places, added up by pair, in order of first appearance. */
export function transfersOf(plan: IoPlan): readonly Transfer[] {
  return mergeTransfers(plan.flat().flatMap(({ transfer, reply }) => [transfer, reply].filter((one) => one !== null)));
}

/** Adds up transfers by pair, in order of first appearance, without those of nothing or within one place. */
export function mergeTransfers(transfers: readonly Transfer[]): readonly Transfer[] {
  const sums = new Map<string, Transfer>();
  for (const one of transfers) {
    if (one.from === one.to || one.bytes === 0) continue;
    const key = `${one.from} ${one.to}`;
    sums.set(key, { ...one, bytes: (sums.get(key)?.bytes ?? 0) + one.bytes });
  }
  return [...sums.values()];
}

/** Harmonic number: the mean of the longest of k exponential times of mean 1. */
export function harmonic(k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += 1 / i;
  return sum;
}
