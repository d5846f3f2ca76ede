import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import { sendRecheck, sendRejected } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError } from '../core/errors.ts';
import { parseKey } from '../core/image-name.ts';
import { type Execution, executePlan } from '../core/ledger/execute.ts';
import { parsePlanMessage } from '../core/ledger/message.ts';
import { LedgerError } from '../core/ledger/record.ts';
import { connectPlan } from './connect-plan.ts';

/**
 * Works off the plan queue: each message names a plan of the ledger (parse), which is brought as far as it may go now (decide, act), every step in the ledger
 * before and after it is made (record). The only function whose role can change anything, and what it changes is only what a plan in the ledger holds.
 */
export function createHandler(
  wiring: Wiring<'ecr' | 'sqs' | 'dynamodb' | 'ssm' | 'ecs' | 'lambda' | 'iam'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients, clock } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const imageQueueUrl = requireVariable(environment, 'IMAGE_QUEUE_URL');
  const ledger = ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE'));
  const ports = connectPlan(wiring, ledger, readDeployedTrust(wiring.readCompiledConfig));

  return frameRecords(environment, async (record: SQSRecord, telemetry: Telemetry) => {
    const id = parsePlanMessage(record.body);
    if (id === undefined) {
      const reason = { code: 'malformed-message', message: 'the message names no plan' };
      await sendRejected(clients.sqs, rejectedQueueUrl, record.body, reason);
      telemetry.count('PlanRejected');
      return;
    }
    const execution = await executePlan(id, ports(record.messageId)).catch((thrown: unknown) => {
      if (thrown instanceof LedgerError && thrown.code !== 'contended') telemetry.count('LedgerBroken');
      throw thrown;
    });
    tellExecution(execution, telemetry);
    // The finding about the resource tells how its plan stands.
    const image = parseKey(execution.record?.plan.resource ?? '');
    if (image !== undefined) await sendRecheck(clients.sqs, imageQueueUrl, image, 1, clock());
    if (execution.outcome === 'waiting') throw new CountersignError('waiting', `${id} goes on later`);
  });
}

function tellExecution({ record, outcome }: Execution, telemetry: Telemetry): void {
  if (record === undefined) return;
  const { plan, progress } = record;
  telemetry.info('plan', { plan: plan.id, resource: plan.resource, state: progress.state, outcome });
  if (progress.state === 'verified') telemetry.count('PlanVerified');
  if (progress.state === 'undone') telemetry.count('PlanUndone');
  if (progress.state === 'failed') telemetry.count('PlanFailed');
}
