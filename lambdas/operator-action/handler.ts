import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import { sendIamRecheck, sendPlan, sendRecheck, sendRejected } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import { parseOperatorRequest } from '../core/events/custom-action.ts';
import { parseKey } from '../core/image-name.ts';
import { readChoice } from '../core/ledger/operator-choice.ts';
import { noteChoice } from './note-choice.ts';

/**
 * Works off the operator queue: a custom action of Security Hub becomes a request or goes to the dead letters with its reason (parse), is held against the plan that
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
    const parsed = parseOperatorRequest(record.body);
    if (parsed.outcome === 'rejected') {
      await sendRejected(clients.sqs, rejectedQueueUrl, record.body, parsed.reason);
      telemetry.count('OperatorRequestRefused');
      telemetry.info('request rejected', { messageId: record.messageId, code: parsed.reason.code });
      return;
    }
    const { request } = parsed;
    for (const finding of request.findings) {
      const choice = readChoice(request, finding);
      const ids = { event: request.eventId, action: request.action, finding: finding.id };
      const noted = choice === undefined ? 'no-plan' : await noteChoice(choice, ledger, clock());
      telemetry.info('request', { ...ids, plan: choice?.plan ?? '', outcome: noted });
      if (choice === undefined || (noted !== 'noted' && noted !== 'duplicate')) {
        telemetry.count('OperatorRequestRefused');
        continue;
      }
      // Also for a request that came before: whoever noted it may not have come to this.
      if (request.action !== 'deny') await sendPlan(clients.sqs, planQueueUrl, choice.plan);
      const image = parseKey(finding.id.replace(/^countersign\/image\//, ''));
      if (image !== undefined) await sendRecheck(clients.sqs, imageQueueUrl, image, 1, clock());
      const iamQueueUrl = environment.IAM_QUEUE_URL;
      const principal = /^countersign\/iam\/(arn:.+)$/.exec(finding.id)?.[1];
      if (principal !== undefined && iamQueueUrl !== undefined) {
        await sendIamRecheck(clients.sqs, iamQueueUrl, principal, 1);
      }
    }
  });
}
