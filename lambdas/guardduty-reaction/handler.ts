import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { sendAnnotation, sendRejected } from '../aws/queues.ts';
import { threatStore } from '../aws/threat-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError } from '../core/errors.ts';
import { parseGuardDutyEvent } from '../core/events/guardduty-finding.ts';
import { describeThreat } from '../core/findings/threat-annotation.ts';
import { describeSubject } from '../core/threats/describe-subject.ts';
import { isRepeat, nameThreat } from '../core/threats/repeat.ts';
import type { Threat } from '../core/threats/threat.ts';
import { type Triage, triageThreat } from '../core/threats/triage.ts';

/**
 * Works off the queue of GuardDuty: each message becomes a threat or goes to the dead letters with its reason (parse), is judged once for all its repeats and copies
 * (decide), and what follows is told beside the finding of GuardDuty in Security Hub (record). Nothing is changed here.
 */
export function createHandler(
  wiring: Wiring<'sqs' | 'dynamodb'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients, clock } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const store = threatStore(clients.dynamodb, requireVariable(environment, 'THREAT_TABLE'), clock);
  const trust = readDeployedTrust(wiring.readCompiledConfig);

  return frameRecords(environment, async ({ body, messageId }: SQSRecord, telemetry: Telemetry) => {
    const parsed = parseGuardDutyEvent(body);
    if (parsed.outcome === 'rejected') {
      await sendRejected(clients.sqs, rejectedQueueUrl, body, parsed.reason);
      telemetry.count('EventRejected');
      telemetry.info('event rejected', { messageId, code: parsed.reason.code });
      return;
    }
    const settings = trust.usable ? trust.config.guardDuty : undefined;
    if (settings === undefined) throw new CountersignError('no-configuration', 'the configuration cannot be used');
    const { threat } = parsed;
    const name = nameThreat(threat);
    if (isRepeat(threat, await store.read(name))) {
      telemetry.count('ThreatRepeated');
      return;
    }
    const triage = triageThreat(threat, settings);
    tellTriage(threat, triage, telemetry);
    const judgement = triage.outcome === 'taken' ? triage.response : triage.outcome;
    const told = { ...threat, about: describeSubject(threat.subject), judgement, reason: triage.reason, now: clock() };
    // Noted after it was handed on: what a crash between the two tells twice changes nothing.
    await sendAnnotation(clients.sqs, findingsQueueUrl, describeThreat(told));
    await store.note(name, threat);
  });
}

function tellTriage({ id, type, account }: Threat, triage: Triage, telemetry: Telemetry): void {
  telemetry.info('threat', { finding: id, type: type.slice(0, 100), account, code: triage.reason.code });
  if (triage.outcome === 'set-aside') telemetry.count('ThreatSetAside');
  else telemetry.count(triage.response === 'contain' ? 'ThreatToContain' : 'ThreatToReview');
}
