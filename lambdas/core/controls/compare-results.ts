import type { ConfigResource, ConfigRule } from './config-result.ts';

/** A fault that Config holds. */
export interface Fault {
  readonly rule: ConfigRule;
  readonly resource: ConfigResource;
}

/** A fault with the time at which Config recorded it, Unix milliseconds. */
export interface HeldFault extends Fault {
  readonly recordedAt: number;
}

/** A fault that was told and is not over. */
export interface ToldFault extends Fault {
  /** The time of what was told last, Unix milliseconds. */
  readonly at: number;
}

/** What differs between Config and what was told. */
export interface Difference {
  /** Faults of Config that are not told, or were told so long ago that Security Hub will forget them. */
  readonly untold: readonly Fault[];
  /** Faults that were told and that Config does not hold any more. */
  readonly over: readonly ToldFault[];
}

/** Security Hub deletes findings 90 days after their last change (Security Hub user guide): those that stay are told anew in time. */
const TELL_AGAIN = 30 * 86_400_000;

/** What was recorded just now has its event under way, and the finding of Config too. */
const UNDER_WAY = 30 * 60_000;

/** Compares the faults that Config holds with those that are told as open. Events of Config are best effort: this is what makes lost ones harmless. `now` in Unix milliseconds. */
export function compareResults(held: readonly HeldFault[], told: readonly ToldFault[], now: number): Difference {
  const open = new Map(told.map((fault) => [nameOf(fault), fault]));
  const there = new Set(held.map(nameOf));
  return {
    untold: held
      .filter(({ recordedAt }) => now - recordedAt > UNDER_WAY)
      .filter((fault) => now - (open.get(nameOf(fault))?.at ?? Number.NEGATIVE_INFINITY) > TELL_AGAIN)
      .map(({ rule, resource }) => ({ rule, resource })),
    over: told.filter((fault) => !there.has(nameOf(fault))),
  };
}

function nameOf({ rule, resource: { type, id } }: Fault): string {
  return `${rule.arn}\n${type}\n${id}`;
}
