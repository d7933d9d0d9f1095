// What the hosts of a cloud are called, and what an aggregate means by a name: one host, all hosts of a group, or a range of hosts.
import { didYouMean } from "../kernel/did-you-mean.ts";

export interface NamedGroup {
  /** Null: its hosts are `compute-<number in the cloud>`. */
  readonly name: string | null;
  readonly count: number;
}

export const UNNAMED = "compute";

export type Rows =
  | { readonly ok: true; readonly rows: readonly number[] }
  | { readonly ok: false; readonly why: string; readonly hint: string };

interface Group extends NamedGroup {
  /** Row of its first host. */
  readonly first: number;
}

export class HostNames {
  readonly count: number;
  private readonly groups: readonly Group[];

  constructor(groups: readonly NamedGroup[]) {
    let first = 0;
    this.groups = groups.map(({ name, count }) => {
      const group = { name, count, first };
      first += count;
      return group;
    });
    this.count = first;
  }

  /** `compute-7` is the seventh host of the cloud, `gpu-7` the seventh of the group gpu. */
  nameOf(row: number): string {
    const group = this.groups.find(({ first, count }) => row >= first && row < first + count)!;
    return hostName(group.name, row - group.first, row);
  }

  /** The row of a host, or null when there is none of that name. */
  rowOf(host: string): number | null {
    const parts = /^(.+)-([1-9]\d*)$/.exec(host);
    if (parts === null) return null;
    const [, prefix, digits] = parts;
    const number = Number(digits) - 1;
    for (const { name, first, count } of this.groups) {
      const row = name === null ? number : first + number;
      if ((name ?? UNNAMED) === prefix && row >= first && row < first + count) return row;
    }
    return null;
  }

  /** The rows that `text` names, ascending: a group, a host, or two hosts of one name and all between (`gpu-1..gpu-4`). */
  rowsOf(text: string): Rows {
    const group = this.groups.find(({ name }) => name === text);
    if (group !== undefined) return { ok: true, rows: Array.from({ length: group.count }, (_, index) => group.first + index) };
    const ends = text.split("..");
    if (ends.length === 2) return this.range(ends[0]!.trim(), ends[1]!.trim());
    const row = this.rowOf(text);
    return row === null ? this.unknown(text) : { ok: true, rows: [row] };
  }

  /** What may have been meant by an unknown host: a group, or which hosts there are of that name. */
  hintFor(host: string): string {
    const prefix = host.replace(/-\d+$/, "");
    const near = didYouMean(prefix, this.prefixes());
    if (near === null) {
      const known = this.prefixes()
        .slice(0, 8)
        .map((name) => this.extent(name));
      return `hosts: ${known.join(", ")}`;
    }
    const meansGroup = prefix === host && this.groups.some(({ name }) => name === near);
    return meansGroup ? `did you mean "${near}"?` : `did you mean ${this.extent(near)}?`;
  }

  private range(from: string, to: string): Rows {
    const rows = [this.rowOf(from), this.rowOf(to)];
    for (const [index, end] of [from, to].entries()) if (rows[index] === null) return this.unknown(end);
    const [first, last] = rows as [number, number];
    const prefix = (name: string) => name.slice(0, name.lastIndexOf("-"));
    if (prefix(from) !== prefix(to) || first > last) {
      return {
        ok: false,
        why: `"${from}..${to}" is not a range of hosts`,
        hint: "a range runs up within one name, such as compute-1..compute-40",
      };
    }
    const found: number[] = [];
    for (const group of this.groups) {
      if ((group.name ?? UNNAMED) !== prefix(from)) continue;
      for (let row = Math.max(first, group.first); row <= Math.min(last, group.first + group.count - 1); row++) found.push(row);
    }
    return { ok: true, rows: found };
  }

  private unknown(host: string): Rows {
    return { ok: false, why: `there is no host "${host}"`, hint: this.hintFor(host) };
  }

  private prefixes(): readonly string[] {
    return [...new Set(this.groups.map(({ name }) => name ?? UNNAMED))];
  }

  /** `gpu-1 to gpu-4` */
  private extent(prefix: string): string {
    const of = this.groups.filter(({ name }) => (name ?? UNNAMED) === prefix);
    const numbers = of.flatMap(({ name, first, count }) => (name === null ? [first + 1, first + count] : [1, count]));
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return least === most ? `${prefix}-${least}` : `${prefix}-${least} to ${prefix}-${most}`;
  }
}

/** @param index position in its group; @param row in the cloud */
export function hostName(group: string | null, index: number, row: number): string {
  return group === null ? `${UNNAMED}-${row + 1}` : `${group}-${index + 1}`;
}
