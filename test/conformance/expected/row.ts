/** One file of the public sample data that is to be decided, and how. */
export interface Row {
  readonly file: string;
  /** By what it is judged: the part of the name of the judge before a colon, and what the judge needs to know after it. */
  readonly by: string;
  /** `verified`, `usable` or `accepted`, or the code of the refusal. */
  readonly expected: string;
  /** Why this and nothing else is right. */
  readonly because: string;
}

/** Files that are not decided themselves: what others are about, or are judged with. */
export interface Material {
  readonly files: RegExp;
  readonly because: string;
}
