// What became of every option of the configuration files: an account in the order of the files, for `explain` and `validate`.
import { formatPlace } from "../located.ts";
import type { ConfOption } from "../scenario.ts";
import type { WrittenOption } from "./option-text.ts";
import { shownValue } from "./secrets.ts";

type Fate = Pick<ConfOption, "status" | "reason">;

export class Account {
  private readonly service: ConfOption["service"];
  private readonly fates = new Map<WrittenOption, Fate>();
  private readonly remarks = new Map<WrittenOption, Fate & { readonly value: string }>();

  constructor(service: ConfOption["service"]) {
    this.service = service;
  }

  /** @param path the key of the scenario that the option gives */
  taken(option: WrittenOption, path: string): void {
    this.fates.set(option, { status: "taken", reason: path });
  }

  withoutEffect(option: WrittenOption, reason: string): void {
    this.fates.set(option, { status: "without effect", reason });
  }

  ignored(option: WrittenOption, reason: string): void {
    this.fates.set(option, { status: "ignored", reason });
  }

  /** A part of the option's value is left out. */
  partLeftOut(option: WrittenOption, value: string, reason: string): void {
    this.remarks.set(option, { status: "without effect", value, reason });
  }

  isSettled(option: WrittenOption): boolean {
    return this.fates.has(option);
  }

  /** Options of which nothing was said are those Orrery knows nothing about. */
  of(options: Iterable<WrittenOption>): readonly ConfOption[] {
    return [...options].flatMap((option) => {
      const { group, name } = option;
      const line = { service: this.service, group, name, value: shownValue(name, option.value), source: formatPlace(option.place) };
      const fate = this.fates.get(option) ?? { status: "ignored", reason: "" };
      const remark = this.remarks.get(option);
      return remark === undefined
        ? [{ ...line, ...fate }]
        : [
            { ...line, ...fate },
            { ...line, ...remark },
          ];
    });
  }
}
