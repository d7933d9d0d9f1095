// The types of options, and how oslo.config turns the text of a file into them.
// @source oslo_config/types.py (oslo.config 9.0.0)

import { shorten } from "../../kernel/units.ts";
import { PythonError, toFloat, toInt } from "../../policies/python/python-values.ts";

/** `texts` may be given several times, and every time counts (MultiStrOpt). */
export type OptionType = "integer" | "number" | "flag" | "text" | "list" | "texts";

export type OptionSetting = number | boolean | string | readonly string[];

/** What the text says; null: nothing, as an empty text where a number is expected. */
export type ReadSetting = { readonly ok: true; readonly value: OptionSetting | null } | { readonly ok: false; readonly message: string };

const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, "1": true, on: true, yes: true },
  ...{ false: false, "0": false, off: false, no: false },
};

/** @param least the smallest number Nova takes */
export function readSetting(text: string, type: OptionType, least?: number): ReadSetting {
  switch (type) {
    case "integer":
      return number(text, toInt, "a whole number", least);
    case "number":
      return number(text, toFloat, "a number", least);
    case "flag": {
      const word = text.toLowerCase();
      if (Object.hasOwn(truths, word)) return { ok: true, value: truths[word]! };
      return { ok: false, message: `expected true or false (or 1, 0, yes, no, on, off), got "${shorten(text)}"` };
    }
    case "text":
    case "texts":
      return { ok: true, value: text };
    case "list": {
      const inside = text.trim().replace(/,+$/, "");
      return { ok: true, value: inside === "" ? [] : inside.split(",").map((item) => item.trim()) };
    }
  }
}

function number(text: string, convert: (text: string) => number, expected: string, least: number | undefined): ReadSetting {
  if (text.trim() === "") return { ok: true, value: null };
  try {
    const value = convert(text);
    if (least === undefined || !(value < least)) return { ok: true, value };
    return { ok: false, message: `must be at least ${least}, got ${shorten(text)}` };
  } catch (error) {
    if (error instanceof PythonError) return { ok: false, message: `expected ${expected}, got "${shorten(text)}"` };
    throw error;
  }
}
