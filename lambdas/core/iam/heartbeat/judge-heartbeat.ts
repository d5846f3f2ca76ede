/** What was planted last. */
export interface Planted {
  readonly name: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Whether what was planted before was not reported in time, and nothing has been since. */
  readonly missed: boolean;
}

/** Milliseconds. */
export interface HeartbeatTimes {
  /** How often a change is planted. */
  readonly every: number;
  /** How long its report may take. */
  readonly within: number;
}

/**
 * What a heartbeat does now. `reported` is the name that Security Hub tells of last.
 * - `missed`: what was planted was not reported in time; told each time, so that an alarm stays on.
 * - `plant`: a change is due; while nothing is reported each time, so that what works again is soon known to.
 */
export function judgeHeartbeat(
  last: Planted | undefined,
  reported: string | undefined,
  now: number,
  { every, within }: HeartbeatTimes,
): { readonly missed: boolean; readonly plant: boolean } {
  if (last === undefined) return { missed: false, plant: true };
  if (reported === last.name) return { missed: false, plant: now >= last.at + every };
  const isLate = now >= last.at + within;
  return { missed: last.missed || isLate, plant: isLate };
}
