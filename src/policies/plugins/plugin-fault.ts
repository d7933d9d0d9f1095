// A user's own filter or weigher did what it must not, in the middle of a run. The run ends there: what would come after has no meaning.
import { InputError } from "../../kernel/problem.ts";

/** Where in the user's file; line and column from 1, null where nothing is known. */
export interface PluginPlace {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

export interface Fault {
  /** `returned NaN, expected a finite number`, to be read after the name. */
  readonly what: string;
  /** What to try; may be empty. */
  readonly hint: string;
  readonly place: PluginPlace;
}

/** What it was asked about, by name; no host where it was looking at the request alone. */
export interface Question {
  readonly server: string;
  readonly flavor: string;
  readonly host: string | null;
}

export class PluginFault extends InputError {
  /** Name of the filter or weigher. */
  readonly plugin: string;
  readonly fault: string;
  readonly place: PluginPlace;
  readonly question: Question;

  constructor(plugin: string, question: Question, { what, hint, place }: Fault) {
    const { server, flavor, host } = question;
    const asked = host === null ? `asked about ${server} (${flavor})` : `asked about ${host} for ${server} (${flavor})`;
    super([{ ...place, path: plugin, message: `${what}, ${asked}`, hint }]);
    this.name = "PluginFault";
    this.plugin = plugin;
    this.fault = what;
    this.place = place;
    this.question = question;
  }
}
