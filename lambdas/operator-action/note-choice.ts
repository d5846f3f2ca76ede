import type { LedgerStore } from '../aws/ledger-store.ts';
import type { RefusalCode } from '../core/ledger/advance.ts';
import type { OperatorChoice } from '../core/ledger/operator-choice.ts';
import { LedgerError, transition, verifyRecord } from '../core/ledger/record.ts';

/** Other writers of a plan are the executor and other operators: a handful. */
const MOST_ROUNDS = 5;

/** Writes what an operator wants to the history of the plan, or says why not. A finding can be made to name any plan: only the one that shows the plan counts. */
export async function noteChoice(
  choice: OperatorChoice,
  ledger: LedgerStore,
  now: number,
): Promise<'noted' | 'unknown-plan' | 'other-finding' | RefusalCode> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const record = await ledger.read(choice.plan);
    if (record === undefined) return 'unknown-plan';
    verifyRecord(record);
    if (record.plan.findingId !== choice.findingId) return 'other-finding';
    const next = transition(record, choice.event(now));
    if (!next.ok) return next.refusal.code;
    if (await ledger.write(next.record, record)) return 'noted';
  }
  throw new LedgerError('contended', `${choice.plan} was written by others ${MOST_ROUNDS} times`);
}
