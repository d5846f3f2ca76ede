import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { driftStore } from '../aws/drift-store.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import { sendAnnotation, sendRejected } from '../aws/queues.ts';
import { targetStore } from '../aws/target-store.ts';
import { threatStore } from '../aws/threat-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { type DeployedTrust, readDeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError } from '../core/errors.ts';
import { parseGuardDutyEvent } from '../core/events/guardduty-finding.ts';
import { describeThreat } from '../core/findings/threat-annotation.ts';
import { findingIdOf } from '../core/threats/containment/decide.ts';
import { findTarget, nameTarget, readTarget, type Target } from '../core/threats/containment/target.ts';
import { parseTargetMessage } from '../core/threats/containment/target-message.ts';
import { describeSubject } from '../core/threats/describe-subject.ts';
import { isRepeat, type KnownThreat, nameThreat } from '../core/threats/repeat.ts';
import type { Threat } from '../core/threats/threat.ts';
import { type Triage, triageThreat } from '../core/threats/triage.ts';
import { lookAtTarget, type TargetParts } from './look-at-target.ts';

/**
 * Works off the queue of GuardDuty: each message becomes a threat or goes to the dead letters with its reason (parse), is judged once for all its repeats and copies
 * (decide), a plan to contain whom it is about is proposed where the configuration wants one (act), and what follows is told beside the finding of GuardDuty in Security
 * Hub and in a finding of our own (record). Nothing is changed here.
 */
export function createHandler(
  wiring: Wiring<'sqs' | 'dynamodb' | 'iam'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients, clock } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const store = threatStore(clients.dynamodb, requireVariable(environment, 'THREAT_TABLE'), clock);
  const trust = readDeployedTrust(wiring.readCompiledConfig);

  const containment = trust.usable ? trust.config.guardDuty?.containment : undefined;
  const parts = containment === undefined ? undefined : connectTargets(wiring, trust);

  return frameRecords(environment, async ({ body, messageId }: SQSRecord, telemetry: Telemetry) => {
    const again = parts && parseTargetMessage(body);
    if (parts !== undefined && again !== undefined) {
      const target = 'target' in again ? again.target : await findKnownTarget(again.threat);
      if (target === undefined) telemetry.count('OperatorRequestRefused');
      else await lookAtTarget(target, { asked: again.asked }, parts, telemetry);
      return;
    }
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
    const answer = parts && (await answerThreat(threat, triage, parts, telemetry));
    const told = {
      ...threat,
      about: describeSubject(threat.subject),
      judgement,
      reason: triage.reason,
      answer,
      now: clock(),
    };
    // Noted after it was handed on: what a crash between the two tells twice changes nothing.
    await sendAnnotation(clients.sqs, findingsQueueUrl, describeThreat(told));
    await store.note(name, { ...threat, target: describeTarget(threat, parts) });
  });

  /** Whom a threat is about that was worked off before. */
  async function findKnownTarget(threat: string): Promise<Target | undefined> {
    const known = (await store.read(threat))?.target;
    return known && readTarget(known.name, known.uniqueId);
  }
}

function describeTarget(threat: Threat, parts: TargetParts | undefined): KnownThreat['target'] {
  const target = parts && findTarget(threat, scopeOf(parts));
  return target === undefined || 'code' in target ? undefined : { name: nameTarget(target), uniqueId: target.uniqueId };
}

function scopeOf({ trust }: TargetParts): 'one' | 'all' {
  return (trust.usable ? trust.config.guardDuty?.containment?.credentials.sessions : undefined) ?? 'one';
}

function tellTriage({ id, type, account }: Threat, triage: Triage, telemetry: Telemetry): void {
  telemetry.info('threat', { finding: id, type: type.slice(0, 100), account, code: triage.reason.code });
  if (triage.outcome === 'set-aside') telemetry.count('ThreatSetAside');
  else telemetry.count(triage.response === 'contain' ? 'ThreatToContain' : 'ThreatToReview');
}

function connectTargets(wiring: Wiring<'sqs' | 'dynamodb' | 'iam'>, trust: DeployedTrust): TargetParts {
  const { environment, clients } = wiring;
  const driftTable = environment.DRIFT_TABLE;
  return {
    wiring,
    trust,
    targets: targetStore(clients.dynamodb, requireVariable(environment, 'THREAT_TABLE')),
    ledger: ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE')),
    drift: driftTable === undefined ? undefined : driftStore(clients.dynamodb, driftTable),
    planQueueUrl: requireVariable(environment, 'PLAN_QUEUE_URL'),
    findingsQueueUrl: requireVariable(environment, 'FINDINGS_QUEUE_URL'),
    ownRoles: requireVariable(environment, 'OWN_ROLES').split(' '),
  };
}

/** What follows for whom a threat is about, in words for the note beside it. What was set aside can only close what was found before. */
async function answerThreat(
  threat: Threat,
  triage: Triage,
  parts: TargetParts,
  telemetry: Telemetry,
): Promise<string | undefined> {
  const isOver = threat.isArchived;
  if (!isOver && (triage.outcome === 'set-aside' || triage.response !== 'contain')) return undefined;
  if (threat.subject.kind !== 'credential') return undefined;
  const target = findTarget(threat, scopeOf(parts));
  if ('code' in target) return isOver ? undefined : target.message;
  const { id, arn, type, severity, updatedAt, count } = threat;
  const seen = { id, arn, type, severity, updatedAt, count, isClosed: isOver };
  await lookAtTarget(target, isOver ? { closed: seen } : { threat: seen }, parts, telemetry);
  return isOver ? undefined : `Its containment is told in the finding ${findingIdOf(nameTarget(target))}.`;
}
