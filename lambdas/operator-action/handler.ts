import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import { sendAgain, sendIamRecheck, sendPlan, sendRecheck, sendRejected } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import { parseKey } from '../core/image-name.ts';
import { noteChoice } from './note-choice.ts';
import { readRequest } from './read-request.ts';

/**
 * Works off the operator queue: a custom action of Security Hub, or a command, becomes a request or goes to the dead letters with its reason (parse), is held against the plan that
 * it names (decide), written to its history with who asked (record), and handed to the executor. Nothing else is changed here.
 */
export function createHandler(
  wiring: Wiring<'sqs' | 'dynamodb'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients, clock } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const planQueueUrl = requireVariable(environment, 'PLAN_QUEUE_URL');
  const imageQueueUrl = requireVariable(environment, 'IMAGE_QUEUE_URL');
  const ledger = ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE'));

  return frameRecords(environment, async (record: SQSRecord, telemetry: Telemetry) => {
    const read = readRequest(record.body, record.attributes.SenderId);
    if (read.outcome === 'rejected') {
      await sendRejected(clients.sqs, rejectedQueueUrl, record.body, read.reason);
      telemetry.count('OperatorRequestRefused');
      telemetry.info('request rejected', { messageId: record.messageId, code: read.reason.code });
      return;
    }
    if (read.outcome === 'contain') {
      await askToContain(read.messages, read.ids, telemetry);
      return;
    }
    for (const { choice, ids } of read.choices) {
      const { outcome, plan } = choice === undefined ? NO_PLAN : await noteChoice(choice, ledger, clock());
      telemetry.info('request', { ...ids, plan: choice?.plan ?? '', outcome });
      if (choice === undefined || (outcome !== 'noted' && outcome !== 'duplicate')) {
        telemetry.count('OperatorRequestRefused');
        continue;
      }
      // Also for a request that came before: whoever noted it may not have come to this.
      if (choice.what.kind !== 'deny') await sendPlan(clients.sqs, planQueueUrl, choice.plan);
      const image = parseKey(plan?.resource ?? '');
      if (image !== undefined) await sendRecheck(clients.sqs, imageQueueUrl, image, 1, clock());
      const iamQueueUrl = environment.IAM_QUEUE_URL;
      if (plan?.resource.includes(':iam::') && iamQueueUrl !== undefined) {
        await sendIamRecheck(clients.sqs, iamQueueUrl, plan.resource, 1);
      }
    }
  });
  /** Whoever reacts to GuardDuty also contains whom an operator names. Without containment in the configuration nobody does. */
  async function askToContain(
    messages: readonly string[],
    ids: Readonly<Record<string, string>>,
    telemetry: Telemetry,
  ) {
    const threatQueueUrl = environment.THREAT_QUEUE_URL;
    telemetry.info('request', { ...ids, targets: messages.length });
    if (threatQueueUrl === undefined || messages.length === 0) {
      telemetry.count('OperatorRequestRefused');
      return;
    }
    for (const message of messages) await sendAgain(clients.sqs, threatQueueUrl, message, 0);
  }
}

const NO_PLAN = { outcome: 'no-plan', plan: undefined } as const;
