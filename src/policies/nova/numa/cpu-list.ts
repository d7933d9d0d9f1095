// Lists of CPUs that a server must be able to use: what is no list refuses it.
import { cpusIn, cpusInMask } from "../cpu-list.ts";
import { Refusal } from "./refusal.ts";

/** The CPUs listed, ascending. Refuses a text that is not a list with Invalid. */
export const parseCpuList = (text: string): readonly number[] => cpusIn(text) ?? refused(text);

/** A mask over a server's `vcpus`: one that begins with an exclusion takes away from all of them. */
export const parseCpuMask = (text: string, vcpus: number): readonly number[] => cpusInMask(text, vcpus) ?? refused(text);

function refused(text: string): never {
  throw new Refusal("Invalid", `"${text}" is not a list of CPUs or of ranges of CPUs`);
}
