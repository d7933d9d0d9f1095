// A device of a ring as an operator adds it, and what is wrong with a ring that cannot be built.

export interface RingDevice {
  readonly id: number;
  readonly region: number;
  readonly zone: number;
  /** The storage node. */
  readonly ip: string;
  /** Its name there: `sdb`. */
  readonly device: string;
  /** Share of the parts, in whatever unit, usually a hundred per TB; 0 drains the device. */
  readonly weight: number;
}

/** Swift's own classes; a ZeroDivisionError is what a plan ends in when fewer devices than replicas have weight. */
export type RingErrorType = "RingValidationError" | "EmptyRingError" | "ZeroDivisionError" | "DuplicateDeviceError" | "ValueError";

export class RingError extends Error {
  readonly type: RingErrorType;

  constructor(type: RingErrorType, message: string) {
    super(message);
    this.name = "RingError";
    this.type = type;
  }
}

/** Python's division, which has no answer by 0. */
export function quotient(dividend: number, divisor: number, what: string): number {
  if (divisor === 0) throw new RingError("ZeroDivisionError", `${what}: nothing left to divide ${dividend} among; expected more devices`);
  return dividend / divisor;
}
