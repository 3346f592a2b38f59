/** What the exit code of `weir` says. Part of its interface: scripts ask for these. */
export const EXIT = {
  ok: 0,
  /** A run started and failed, or Weir itself did. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A document has problems; nothing ran. */
  problems: 3,
  /** Ctrl-C (128 + SIGINT): the run was stopped in order. */
  interrupted: 130,
  /** SIGTERM (128 + SIGTERM): the same. */
  terminated: 143,
} as const;

export const EXIT_HELP = `Exit codes
  0    all went well
  1    the run failed
  2    the command line is wrong
  3    a document has problems; nothing ran
  130  interrupted by Ctrl-C (143: by SIGTERM); the run was stopped in order, and its summary printed`;
