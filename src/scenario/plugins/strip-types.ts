// TypeScript without its types: blanks stand where they stood, so that every line and column stays the user's own. The types are not checked.
// The work is done by swc's type stripper, the one inside Node, loaded when the first TypeScript file occurs.
import { createRequire } from "node:module";
import type { Options, TransformOutput } from "@swc/wasm-typescript";
import type { TextPosition } from "./edits.ts";

export type Stripped =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly message: string; readonly at: TextPosition };

/** What swc throws; lines from 1, columns from 0. */
interface SwcComplaint {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

let strip: ((source: string, options: Options) => TransformOutput) | undefined;

export function stripTypes(source: string): Stripped {
  strip ??= (createRequire(import.meta.url)("@swc/wasm-typescript") as { transformSync: typeof strip }).transformSync!;
  try {
    return { ok: true, code: strip(source, { mode: "strip-only", module: true, deprecatedTsModuleAsError: true }).code };
  } catch (error) {
    const { message, startLine, startColumn } = error as Partial<SwcComplaint>;
    if (typeof message !== "string" || typeof startLine !== "number") throw error;
    const ours = message.replace(/ in (strip-only|type strip) mode|\. Expected an identifier.*/g, "");
    return { ok: false, message: ours.replace(/\.$/, ""), at: { line: startLine, column: (startColumn ?? 0) + 1 } };
  }
}
