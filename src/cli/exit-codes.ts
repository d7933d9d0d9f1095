// Exit codes, as `orrery --help` lists them.

export const exitCodes = {
  done: { code: 0, meaning: "done" },
  different: { code: 1, meaning: "diff: the runs differ" },
  badInput: { code: 2, meaning: "bad input or usage; nothing was written" },
  bug: { code: 3, meaning: "a bug in Orrery; the message says how to reach it again" },
  interrupted: { code: 130, meaning: "interrupted; nothing was written" },
} as const;
