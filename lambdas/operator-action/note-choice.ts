import type { LedgerStore } from '../aws/ledger-store.ts';
import type { RefusalCode } from '../core/ledger/advance.ts';
import type { OperatorChoice } from '../core/ledger/operator-choice.ts';
import type { Plan } from '../core/ledger/plan.ts';
import { LedgerError, transition, verifyRecord } from '../core/ledger/record.ts';

/** Other writers of a plan are the executor and other operators: a handful. */
const MOST_ROUNDS = 5;

export interface Noted {
  readonly outcome: 'noted' | 'unknown-plan' | 'other-finding' | RefusalCode;
  /** The plan as the choice found it, where there is one. */
  readonly plan?: Plan;
}

/** Writes what an operator wants to the history of the plan, or says why not. A finding can be made to name any plan: only the one that shows the plan counts. */
export async function noteChoice(choice: OperatorChoice, ledger: LedgerStore, now: number): Promise<Noted> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const record = await ledger.read(choice.plan);
    if (record === undefined) return { outcome: 'unknown-plan' };
    verifyRecord(record);
    const { plan } = record;
    if (choice.findingId !== undefined && plan.findingId !== choice.findingId) return { outcome: 'other-finding' };
    if (choice.about !== undefined && !shows(choice.about, plan)) return { outcome: 'other-finding' };
    const next = transition(record, choice.event(now));
    if (!next.ok) return { outcome: next.refusal.code, plan };
    if (await ledger.write(next.record, record)) return { outcome: 'noted', plan };
  }
  throw new LedgerError('contended', `${choice.plan} was written by others ${MOST_ROUNDS} times`);
}

/** Beside findings of others stand only plans of playbooks, and only those about a resource of the finding. */
function shows(about: readonly string[], { rule, resource }: Plan): boolean {
  return rule.startsWith('controls/') && about.includes(resource);
}
