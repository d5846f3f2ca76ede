/** What the exit code of every command says. A script may branch on it. */
export const EXIT = {
  /** Verified, or nothing is wrong. */
  yes: 0,
  /** Looked at and refused: unsigned, invalid. */
  no: 1,
  /** Wrong usage, or a configuration, policy, key or trusted root that cannot be used. Nothing was looked at. */
  usage: 2,
  /** Could not be decided: unreachable, unreadable, not there, covered by no policy. */
  undecided: 3,
  /** A fault of this program. */
  bug: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
