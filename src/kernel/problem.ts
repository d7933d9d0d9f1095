// Bad input is a list of problems, all at once, each with its place, what was expected and what to try.

export interface Problem {
  /** File as the user named it, or null when the problem came from the command line. */
  readonly file: string | null;
  /** 1-based; null when the problem concerns the whole file. */
  readonly line: number | null;
  readonly column: number | null;
  /** Dotted path of the value, e.g. `cloud.hosts.0.count`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What to try, e.g. `did you mean "flavors"?`; empty when there is nothing sensible to say. */
  readonly hint: string;
}

/** Thrown with every problem found; the command line prints them all and exits with code 2. */
export class InputError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "InputError";
    this.problems = problems;
  }
}

/** `scenarios/a.yaml:8:10: cloud.hosts.0.ram: expected ... (try: ...)` */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.line === null ? null : problem.column].filter((part) => part !== null).join(":");
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === "" ? "" : ` (${problem.hint})`;
  return `${place === "" ? "" : `${place}: `}${path}${problem.message}${hint}`;
}
