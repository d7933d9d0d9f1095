// All options of a service's configuration files together: which of several values holds, and what `$name` stands for in it.
// @source oslo_config/cfg.py _Namespace and ConfigOpts._substitute (oslo.config 9.0.0)
import type { WrittenOption } from "./option-text.ts";

/** Group and name of an option. */
export type OptionName = readonly [group: string, name: string];

/** An option that the service has. */
export interface KnownOption {
  /** Its own name first, then those it is still read under. */
  readonly names: readonly OptionName[];
  /** Its default as text; undefined: not known. */
  readonly usual: string | undefined;
}

export class Settings {
  private readonly options: readonly WrittenOption[];
  private readonly known: (name: OptionName) => KnownOption | undefined;
  private readonly byName = new Map<string, WrittenOption[]>();

  /**
   * @param options in the order read
   * @param known of the service's options those whose defaults are known
   */
  constructor(options: readonly WrittenOption[], known: (name: OptionName) => KnownOption | undefined = () => undefined) {
    this.options = options;
    this.known = known;
    for (const option of options) {
      const key = keyOf([option.group, option.name]);
      this.byName.set(key, [...(this.byName.get(key) ?? []), option]);
    }
  }

  [Symbol.iterator](): IterableIterator<WrittenOption> {
    return this.options[Symbol.iterator]();
  }

  /** What holds of an option that has several names: the last file that has any of them decides, there the first name, of that the last line. */
  last(names: readonly OptionName[]): WrittenOption | undefined {
    const given = this.all(names);
    const file = given.at(-1)?.place.file;
    const inFile = given.filter((option) => option.place.file === file);
    const name = names.find(([group, word]) => inFile.some((option) => option.group === group && option.name === word));
    return name && inFile.findLast((option) => option.group === name[0] && option.name === name[1]);
  }

  /** Every time it is given, under any of its names, in the order read. */
  all(names: readonly OptionName[]): readonly WrittenOption[] {
    const given = new Set(names.flatMap((name) => this.byName.get(keyOf(name)) ?? []));
    return this.options.filter((option) => given.has(option));
  }

  /** What holds of an option that may be given several times: every value, file by file, former names before the present one. */
  every(names: readonly OptionName[]): readonly WrittenOption[] {
    const files = [...new Set(this.all(names).map(({ place }) => place.file))];
    const backwards = [...names].reverse();
    return files.flatMap((file) => backwards.flatMap((name) => this.all([name]).filter(({ place }) => place.file === file)));
  }

  /**
   * The value with `$name`, `${name}` and `${group.name}` replaced; `$$` and `\$` are a dollar sign. A name without a group is looked for in
   * the option's own group first, then in DEFAULT. What no file sets has its default.
   * @throws UnknownReference where no file sets what is named, and its default is not known
   */
  filledIn(option: WrittenOption, from: readonly WrittenOption[] = []): string {
    if (from.includes(option)) throw new UnknownReference(`refers to itself through $${option.name}`);
    return option.value.replaceAll("\\$", "$$$$").replace(REFERENCE, (found, dollar, plain, braced) => {
      if (dollar !== undefined) return "$";
      const name: string | undefined = plain ?? braced;
      if (name === undefined) return found;
      const value = this.referredTo(name, option.group, [...from, option]);
      if (value === undefined) throw new UnknownReference(`refers to ${found}, which no file sets`);
      return value;
    });
  }

  private referredTo(name: string, group: string, from: readonly WrittenOption[]): string | undefined {
    const dot = name.indexOf(".");
    const own: OptionName = dot === -1 ? [group, name] : [name.slice(0, dot), name.slice(dot + 1)];
    if (dot !== -1 && own[0] === "DEFAULT") return undefined; // oslo.config knows no such group here
    return this.valueOf(own, from) ?? this.valueOf(["DEFAULT", name], from);
  }

  private valueOf(name: OptionName, from: readonly WrittenOption[]): string | undefined {
    const known = this.known(name);
    const holds = this.last(known?.names ?? [name]);
    return holds === undefined ? known?.usual : this.filledIn(holds, from);
  }
}

/** A value names an option that no file sets, and whose default Orrery does not know. */
export class UnknownReference extends Error {}

const REFERENCE = /\$(?:(\$)|([_a-z][._a-z0-9]*)|\{([_a-z][._a-z0-9]*)\}|)/gi;

const keyOf = ([group, name]: OptionName): string => `${group}\n${name}`;
