import { canonicalize } from '../canonical-json.ts';
import { type Digest, digestOf } from '../digest.ts';
import { CountersignError } from '../errors.ts';
import { type Advance, advance, type Refusal, startProgress } from './advance.ts';
import type { LedgerEvent } from './event.ts';
import { digestPlan, type Plan } from './plan.ts';
import { mayHaveChanged, PROPOSAL_LIFE, type Progress } from './progress.ts';

/** Thrown where a row is not what its own history says. Nothing is done on top of it. */
export class LedgerError extends CountersignError<
  'broken-chain' | 'malformed-row' | 'contended' | 'refused' | 'too-long'
> {}

/** One entry of a history: what happened, who did it, and the digest of the entry before. */
export interface Entry {
  readonly event: LedgerEvent;
  /** Digest of the entry before; of the first entry, digest of the plan. */
  readonly previous: Digest;
  /** Digest over `event` and `previous`. */
  readonly digest: Digest;
}

/** One plan with all that happened to it: one row of the ledger. `progress` is what the history comes to, kept so that it can be compared. */
export interface LedgerRecord {
  readonly plan: Plan;
  readonly progress: Progress;
  readonly history: readonly Entry[];
}

export type Transition =
  | { readonly ok: true; readonly record: LedgerRecord }
  | { readonly ok: false; readonly refusal: Refusal };

/** Three times as many as an application and an undo of the longest plan, with a crash at each step. */
const MOST_ENTRIES = 400;

/** The row of a plan that is proposed: what a rule asks for, before anybody said anything. */
export function openRecord(plan: Plan, at: number): LedgerRecord {
  const event: LedgerEvent = {
    id: `propose/${plan.id}`,
    at,
    by: { kind: 'rule', name: plan.rule },
    what: { kind: 'propose' },
  };
  return { plan, progress: startProgress(plan), history: [chain(event, digestPlan(plan))] };
}

/**
 * What a row becomes by an event, or why it does not. An event whose id is in the history changes nothing, however often it comes.
 * Time in a history never goes back: an event from a slower clock gets the time of the entry before.
 */
export function transition(record: LedgerRecord, event: LedgerEvent): Transition {
  if (record.history.some((entry) => entry.event.id === event.id)) {
    return refuse({ code: 'duplicate', message: `${event.id} is in the history`, again: 'never' });
  }
  if (record.history.length >= MOST_ENTRIES) {
    return refuse({ code: 'history-full', message: `the history has ${MOST_ENTRIES} entries`, again: 'never' });
  }
  const last = headOf(record);
  const timed = { ...event, at: Math.max(event.at, last.event.at) };
  const next = isLate(record, timed) ?? advance(record.plan, record.progress, timed);
  if (!next.ok) return next;
  return {
    ok: true,
    record: { plan: record.plan, progress: next.progress, history: [...record.history, chain(timed, last.digest)] },
  };
}

/** The newest entry. Its digest stands for the whole history. */
export function headOf({ history }: Pick<LedgerRecord, 'history'>): Entry {
  const last = history.at(-1);
  if (last === undefined) throw new LedgerError('broken-chain', 'a history has at least its proposal');
  return last;
}

/** Who last wanted the plan taken back; `time` where it ended by itself. */
export function undoneBy({ history }: Pick<LedgerRecord, 'history'>): 'operator' | 'rule' | 'time' | undefined {
  const kind = history.findLast(({ event }) => event.what.kind === 'request-undo')?.event.by.kind;
  return kind === 'executor' ? 'time' : kind;
}

/** Who wants the plan carried out: the rule, until an operator approved it. */
export function appliedBy({ history }: Pick<LedgerRecord, 'history'>): 'operator' | 'rule' {
  const approval = history.findLast(({ event }) => event.what.kind === 'approve');
  return approval?.event.by.kind === 'operator' ? 'operator' : 'rule';
}

/** When a proposal that nobody answered ends, Unix milliseconds. */
export function proposalEnd({ history }: Pick<LedgerRecord, 'history'>): number {
  return (history[0]?.event.at ?? 0) + PROPOSAL_LIFE;
}

/**
 * When what the plan did is to be taken back by itself, Unix milliseconds; undefined where it stays, or was not begun. The last extension counts, and without one the
 * time since it was last begun.
 */
export function endOf({ plan, history }: Pick<LedgerRecord, 'plan' | 'history'>): number | undefined {
  if (plan.expiresAfter === undefined) return undefined;
  const last = history.findLast(({ event: { what } }) => what.kind === 'begin' || what.kind === 'extend')?.event;
  if (last === undefined) return undefined;
  return last.what.kind === 'extend' ? last.what.until : last.at + plan.expiresAfter * 1000;
}

/** Whether what the plan did is to be taken back now, by itself. Where that was tried once it is a matter for an operator, and not tried for ever. */
export function isToEnd(record: LedgerRecord, now: number): boolean {
  const { progress, history } = record;
  const end = endOf(record) ?? Number.POSITIVE_INFINITY;
  if (now < end || (progress.state !== 'verified' && progress.state !== 'failed')) return false;
  const wasTried = history.some(({ event: { what, at } }) => what.kind === 'request-undo' && at >= end);
  return mayHaveChanged(progress) && !wasTried;
}

/** Whether the executor has something to begin with: the rule authorised the plan, the undo was asked for, or the proposal has ended. */
export function isForExecutor(record: LedgerRecord, now: number): boolean {
  const { state } = record.progress;
  if (state === 'undoing') return headOf(record).event.what.kind === 'request-undo';
  return isToEnd(record, now) || state === 'auto' || (state === 'proposed' && now >= proposalEnd(record));
}

/** Makes sure that a row is what its history says: each entry follows from the one before, and all of them come to the progress. Throws `broken-chain`. */
export function verifyRecord(record: LedgerRecord): void {
  const [first, ...rest] = record.history;
  const opening = first === undefined ? undefined : openRecord(record.plan, first.event.at);
  if (opening === undefined || canonicalize(first) !== canonicalize(opening.history[0])) throw broken(record, 0);
  let replayed = opening;
  for (const [index, entry] of rest.entries()) {
    const next = transition(replayed, entry.event);
    if (!next.ok || canonicalize(headOf(next.record)) !== canonicalize(entry)) throw broken(record, index + 1);
    replayed = next.record;
  }
  if (canonicalize(replayed.progress) !== canonicalize(record.progress)) throw broken(record, record.history.length);
}

/** An operator may have it last so much longer from now on, milliseconds. */
const LONGEST_EXTENSION = 30 * 86_400_000;

/** A proposal has a life: after it, it can only expire, and before, it cannot. What a plan did has one too, where the plan says so. */
function isLate(record: LedgerRecord, { what, at, by }: LedgerEvent): Advance | undefined {
  if (what.kind === 'request-undo' && by.kind === 'executor' && at < (endOf(record) ?? Number.POSITIVE_INFINITY)) {
    return refuse({ code: 'not-due', message: 'the plan has not ended yet', again: 'later' });
  }
  if (what.kind === 'extend' && (what.until <= at || what.until > at + LONGEST_EXTENSION)) {
    return refuse({ code: 'not-due', message: 'a plan is extended to a time within thirty days', again: 'never' });
  }
  if (record.progress.state !== 'proposed') return undefined;
  const ended = at >= proposalEnd(record);
  if (what.kind === 'approve' && ended) {
    return refuse({ code: 'not-due', message: 'the proposal has expired', again: 'never' });
  }
  if (what.kind === 'expire' && !ended) {
    return refuse({ code: 'not-due', message: 'the proposal has not ended yet', again: 'later' });
  }
  return undefined;
}

function chain(event: LedgerEvent, previous: Digest): Entry {
  return { event, previous, digest: digestOf(canonicalize({ event, previous })) };
}

function refuse(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}

function broken({ plan, history }: LedgerRecord, at: number): LedgerError {
  return new LedgerError('broken-chain', `the history of ${plan.id} does not hold at entry ${at} of ${history.length}`);
}
