import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { driftStore } from '../aws/drift-store.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import { sendAgain, sendRejected } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { describeActor } from '../core/events/describe-actor.ts';
import { type ParsedIamEvent, parseIamEvent } from '../core/events/iam-change.ts';
import { parseIamRecheck } from '../core/events/iam-recheck.ts';
import { waitForDeployment } from '../core/iam/drift/wait-for-deployment.ts';
import { lookAtResource, type Parts } from './look-at-resource.ts';

/**
 * Works off the IAM queue: each message becomes the names of principals and policies or goes to the dead letters with its reason (parse), each is read fresh and
 * held against what was signed (decide), a plan is proposed where the configuration wants one (act) and a finding tells of it (record). Nothing in IAM is changed here.
 */
export function createHandler(
  wiring: Wiring<'iam' | 's3' | 'sqs' | 'dynamodb'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const parts: Parts = {
    wiring,
    trust: readDeployedTrust(wiring.readCompiledConfig),
    drift: driftStore(clients.dynamodb, requireVariable(environment, 'DRIFT_TABLE')),
    ledger: ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE')),
    planQueueUrl: requireVariable(environment, 'PLAN_QUEUE_URL'),
    findingsQueueUrl: requireVariable(environment, 'FINDINGS_QUEUE_URL'),
    ownRoles: requireVariable(environment, 'OWN_ROLES').split(' '),
  };

  return frameRecords(environment, async ({ body, messageId }: SQSRecord, telemetry: Telemetry) => {
    const again = parseIamRecheck(body);
    if (again !== undefined) {
      await lookAtResource(again, undefined, parts, telemetry);
      return;
    }
    const parsed = parseIamEvent(body);
    if (parsed.outcome === 'rejected') {
      await sendRejected(clients.sqs, rejectedQueueUrl, body, parsed.reason);
      telemetry.count('EventRejected');
      telemetry.info('event rejected', { messageId, code: parsed.reason.code });
      return;
    }
    const wait = await react(parsed, parts, telemetry);
    // The whole event, with who did it.
    if (wait > 0) await sendAgain(clients.sqs, requireVariable(environment, 'IAM_QUEUE_URL'), body, wait / 1000);
  });
}

/** A failed call is no drift: it tells of somebody who tries. Returns in how many milliseconds the event is to come again; 0 where it is done with. */
async function react(
  parsed: Exclude<ParsedIamEvent, { outcome: 'rejected' }>,
  parts: Parts,
  telemetry: Telemetry,
): Promise<number> {
  if (parsed.outcome === 'no-change') return 0;
  const { change } = parsed;
  const ids = { event: change.eventId, call: change.call.eventName, actor: change.actor.arn ?? change.actor.kind };
  if (parsed.outcome === 'probe') {
    telemetry.count('IamProbe');
    telemetry.info('call failed', { ...ids, code: parsed.errorCode });
    return 0;
  }
  telemetry.info('change', ids);
  const passwordSetAt = change.call.eventName === 'UpdateLoginProfile' ? change.at : undefined;
  const settings = parts.trust.usable ? parts.trust.config.iam : undefined;
  const wait = waitForDeployment(change, (settings?.deploymentWait ?? 0) * 1000, parts.wiring.clock());
  const event = { actor: describeActor(change), passwordSetAt, mayWait: wait > 0 };
  let waits = false;
  for (const resource of change.resources) {
    if ((await lookAtResource(resource, event, parts, telemetry)) === 'waits') waits = true;
  }
  return waits ? wait : 0;
}
