/** What the last sweep of IAM that came to its end found. Without it nothing can be said to be as it was signed: what never deviated has no row. Times in Unix milliseconds. */
export interface SweepMark {
  readonly startedAt: number;
  /** ARNs of what was not as it was signed, and is looked at since. */
  readonly wanted: readonly string[];
  /** ARNs of what no baseline is asked of: roles of services and of AWS. */
  readonly leftOut: readonly string[];
  /** ARNs of what the checks could not read. */
  readonly unread: readonly string[];
}
