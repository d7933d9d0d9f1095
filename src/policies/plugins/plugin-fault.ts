// A user's own filter or weigher did what it must not, in the middle of a run. The run ends there: what would come after has no meaning.
import { InputError } from "../../kernel/problem.ts";

/** Where in the user's file; line and column from 1, null where nothing is known. */
export interface PluginPlace {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

export interface Fault {
  /** `returned NaN for compute-3`, to be read after the name. */
  readonly what: string;
  /** What to try; may be empty. */
  readonly hint: string;
  readonly place: PluginPlace;
}

export class PluginFault extends InputError {
  /** Name of the filter or weigher. */
  readonly plugin: string;
  readonly fault: string;
  readonly place: PluginPlace;
  /** The request, as `server-7 (m1.small)`. */
  readonly request: string;

  constructor(plugin: string, request: string, { what, hint, place }: Fault) {
    const message = `${what}, asked about ${request}`;
    super([{ ...place, path: plugin, message, hint }]);
    this.name = "PluginFault";
    this.plugin = plugin;
    this.fault = what;
    this.place = place;
    this.request = request;
  }
}
