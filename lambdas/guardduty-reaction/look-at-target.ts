import type { DriftStore } from '../aws/drift-store.ts';
import type { Telemetry } from '../aws/function-frame.ts';
import { readIamState } from '../aws/iam-state.ts';
import type { LedgerStore } from '../aws/ledger-store.ts';
import { sendFinding, sendPlan } from '../aws/queues.ts';
import type { TargetStore } from '../aws/target-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError, type Reason } from '../core/errors.ts';
import { describeContainment } from '../core/findings/containment-finding.ts';
import { describePlan } from '../core/findings/describe-plan.ts';
import { findProtection } from '../core/iam/drift/out-of-reach.ts';
import type { LiveState } from '../core/iam/live-state.ts';
import { digestPlan, isPlanId, type Plan } from '../core/ledger/plan.ts';
import { isForExecutor, type LedgerRecord, openRecord, transition } from '../core/ledger/record.ts';
import { decideContainment, findingIdOf } from '../core/threats/containment/decide.ts';
import { listLimits, type PrincipalState, planContainment } from '../core/threats/containment/plan-steps.ts';
import {
  addThreat,
  beginsAnew,
  type ContainmentRecord,
  nextContainment,
  type SeenThreat,
} from '../core/threats/containment/record.ts';
import { nameTarget, principalOf, type Target } from '../core/threats/containment/target.ts';
import { type AskedContainment, WHOEVER } from '../core/threats/containment/target-message.ts';

export interface TargetParts {
  readonly wiring: Wiring<'iam' | 'sqs' | 'dynamodb'>;
  readonly trust: DeployedTrust;
  readonly targets: TargetStore;
  readonly ledger: LedgerStore;
  /** Absent where nothing watches IAM. */
  readonly drift: DriftStore | undefined;
  readonly planQueueUrl: string;
  readonly findingsQueueUrl: string;
  /** ARNs of the roles of the service itself. */
  readonly ownRoles: readonly string[];
}

/** Why a target is looked at: a finding of GuardDuty, the wish of an operator, or neither. */
export interface Occasion {
  readonly threat?: SeenThreat | undefined;
  /** One that somebody archived: it changes only what is known. */
  readonly closed?: SeenThreat | undefined;
  readonly asked?: AskedContainment | undefined;
}

/** Other writers are other findings about the same target: a handful. */
const MOST_ROUNDS = 6;

/**
 * Looks at who is to be contained and records what follows. The time of a containment is on record before its plan is made, the plan in the ledger before the record names it,
 * and the finding stays owed until it was handed on, so that a crash between any two steps is made up for by the next look. Throws where another try is due.
 */
export async function lookAtTarget(
  named: Target,
  occasion: Occasion,
  parts: TargetParts,
  telemetry: Telemetry,
): Promise<void> {
  const { targets } = parts;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const live = await readPrincipal(named, parts);
    const target = named.uniqueId === WHOEVER ? { ...named, uniqueId: live?.uniqueId ?? WHOEVER } : named;
    const name = nameTarget(target);
    const previous = await targets.read(name);
    // A target that nobody asked about and GuardDuty never named is none of ours.
    if (previous === undefined && occasion.threat === undefined && occasion.asked === undefined) return;
    const next = await look({ target, live, previous, occasion }, parts, telemetry);
    if (next === 'again') continue;
    if (next === undefined || (await targets.write(next, previous))) {
      await publishOwed(next ?? previous, target, parts);
      return;
    }
  }
  throw new CountersignError('contended', `${nameTarget(named)} was written by others ${MOST_ROUNDS} times`);
}

interface Look {
  readonly target: Target;
  readonly live: LiveState | undefined;
  readonly previous: ContainmentRecord | undefined;
  readonly occasion: Occasion;
}

async function look(
  { target, live, previous, occasion }: Look,
  parts: TargetParts,
  telemetry: Telemetry,
): Promise<ContainmentRecord | undefined | 'again'> {
  const now = parts.wiring.clock();
  const { account } = target;
  const name = { target: nameTarget(target), account };
  const { asked } = occasion;
  const seenNow = occasion.threat ?? occasion.closed;
  const threats = seenNow === undefined ? (previous?.threats ?? []) : addThreat(previous?.threats ?? [], seenNow);
  const last = await readLastPlan(previous, parts);
  const current = last?.plan.before.episode === String(previous?.episode) ? last : undefined;
  if (previous === undefined || isWantedAnew(current, previous, occasion)) {
    const times = { episode: (previous?.episode ?? 0) + 1, since: now, now };
    const kept = { plans: previous?.plans ?? [], joined: previous?.joined ?? [], related: previous?.related ?? [] };
    const begun = nextContainment(name, previous, { threats, ...kept }, times);
    if (begun !== undefined) await parts.targets.write(begun, previous);
    return 'again';
  }
  const principal = live && toPrincipalState(live);
  const planned = current ?? (await planFor({ target, live, principal, previous, asked, threats }, parts, telemetry));
  const record = 'code' in planned ? undefined : await approveWhereAsked(planned, asked, parts, telemetry);
  await wake(record, target, principal, previous.since, parts);
  const told = await joinDrift(live?.arn, parts);
  const plans = record === undefined ? [] : [describePlan('containment', record)];
  const hindrance = 'code' in planned ? planned.message : undefined;
  const seen = { threats, plans, ...told, ...(hindrance !== undefined && { hindrance }) };
  return nextContainment(name, previous, seen, { episode: previous.episode, since: previous.since, now });
}

function isWantedAnew(
  current: LedgerRecord | undefined,
  previous: ContainmentRecord,
  { threat, asked }: Occasion,
): boolean {
  const plan = current && describePlan('containment', current);
  if (asked !== undefined && plan !== undefined) {
    const isAnswered = current?.history.some(({ event }) => event.id === asked.request) === true;
    return !isAnswered && ['failed', 'denied', 'expired', 'undone'].includes(plan.state);
  }
  const known = previous.threats.find(({ id }) => id === threat?.id);
  const isNewer = threat !== undefined && (known === undefined || known.updatedAt < threat.updatedAt);
  return beginsAnew(plan, !isNewer ? 'none' : known === undefined ? 'new' : 'repeated');
}

interface Wanted {
  readonly target: Target;
  readonly live: LiveState | undefined;
  readonly principal: PrincipalState | undefined;
  readonly previous: ContainmentRecord;
  readonly asked: AskedContainment | undefined;
  readonly threats: readonly SeenThreat[];
}

/** Opens the plan of this episode, or says why there is none. */
async function planFor(
  { target, live, principal, previous, asked, threats }: Wanted,
  { trust, ledger, wiring, ownRoles }: TargetParts,
  telemetry: Telemetry,
): Promise<LedgerRecord | Reason> {
  const settings = trust.usable ? trust.config.guardDuty?.containment : undefined;
  if (settings === undefined) return { code: 'not-configured', message: 'The configuration contains nobody.' };
  const current = threats.filter(({ isClosed }) => !isClosed);
  if (current.length === 0 && asked === undefined)
    return { code: 'over', message: 'GuardDuty closed what it had found.' };
  const principals = [...settings.protected, ...(trust.usable ? (trust.config.iam?.protected ?? []) : [])];
  const reason =
    asked === undefined
      ? { code: 'threat', message: current.map(({ type }) => type).join('; ') }
      : { code: 'asked', message: `${asked.identity} asked for it.` };
  const decided = decideContainment({
    target,
    principal,
    protection: live && findProtection(live, { principals, own: ownRoles }),
    mode: settings.credentials.mode,
    expiresAfter: asked?.expiresAfter ?? settings.credentials.expires,
    policyHash: trust.policyHash,
    episode: previous.episode,
    since: previous.since,
    reason,
  });
  if ('code' in decided) return decided;
  return open(decided, ledger, wiring.clock(), telemetry);
}

/** The same plan may have been proposed before: then it stands as it is. */
async function open(found: Plan, ledger: LedgerStore, now: number, telemetry: Telemetry): Promise<LedgerRecord> {
  const opened = openRecord(found, now);
  await ledger.hold(found.resource, found.id);
  if (await ledger.open(opened)) {
    telemetry.count('PlanProposed');
    telemetry.info('plan proposed', { plan: found.id, rule: found.rule, resource: found.resource, mode: found.mode });
    return opened;
  }
  return (await ledger.read(found.id)) ?? opened;
}

/** Whoever asks for a containment by name approves what is planned for it; where the configuration only observes, nobody can. */
async function approveWhereAsked(
  record: LedgerRecord,
  asked: AskedContainment | undefined,
  { ledger, wiring }: TargetParts,
  telemetry: Telemetry,
): Promise<LedgerRecord> {
  if (asked === undefined || record.progress.state !== 'proposed') return record;
  const { identity, via, request } = asked;
  const next = transition(record, {
    id: request,
    at: wiring.clock(),
    by: { kind: 'operator', identity, via },
    what: { kind: 'approve', planDigest: digestPlan(record.plan), irreversible: false },
  });
  if (!next.ok) {
    telemetry.count('OperatorRequestRefused');
    telemetry.info('request refused', { plan: record.plan.id, code: next.refusal.code });
    return record;
  }
  if (await ledger.write(next.record, record)) return next.record;
  throw new CountersignError('contended', `${record.plan.id} was written by another`);
}

/** Wakes the executor where it has something to do, or where what it did seems to be gone. */
async function wake(
  record: LedgerRecord | undefined,
  target: Target,
  principal: PrincipalState | undefined,
  since: number,
  { wiring, planQueueUrl }: TargetParts,
): Promise<void> {
  if (record === undefined) return;
  const { state } = record.progress;
  const isGone =
    state === 'verified' && principal !== undefined && planContainment(target, principal, since).length > 0;
  if (isGone || state === 'approved' || isForExecutor(record, wiring.clock())) {
    await sendPlan(wiring.clients.sqs, planQueueUrl, record.plan.id);
  }
}

/** What the watch over IAM knows of the principal. */
async function joinDrift(
  arn: string | undefined,
  { drift }: TargetParts,
): Promise<Pick<ContainmentRecord, 'joined' | 'related'>> {
  const known = arn === undefined ? undefined : await drift?.read(arn);
  if (known === undefined || known.state === 'covered' || known.state === 'gone') return { joined: [], related: [] };
  const actor = known.actor === undefined ? '' : `, last change by ${known.actor}`;
  const what = known.deviations.slice(0, 3).join('; ').slice(0, 300);
  return {
    joined: [
      `It is ${known.state} against its baseline: ${what}${actor}.`,
      ...(known.paths.length === 0 ? [] : [`That adds escalation path ${known.paths.slice(0, 2).join('; ')}.`]),
    ],
    related: [`countersign/iam/${arn}`.slice(0, 512)],
  };
}

async function readPrincipal(target: Target, { wiring }: TargetParts): Promise<LiveState | undefined> {
  return readIamState(wiring.clients.iam, principalOf(target));
}

function toPrincipalState(live: LiveState): PrincipalState | undefined {
  if (live.kind !== 'user' && live.kind !== 'role') return undefined;
  const { arn, uniqueId, name, inline, attached } = live;
  return {
    ...{ arn, uniqueId, name, inline, attached },
    activeKeys: live.kind === 'user' ? (live.credentials?.accessKeys ?? []) : [],
  };
}

/** The plan that the record names last, as the ledger has it now. */
async function readLastPlan(
  previous: ContainmentRecord | undefined,
  { ledger }: TargetParts,
): Promise<LedgerRecord | undefined> {
  const id = previous?.plans.at(-1)?.id;
  return isPlanId(id) ? ledger.read(id) : undefined;
}

async function publishOwed(
  record: ContainmentRecord | undefined,
  target: Target,
  { wiring, targets, findingsQueueUrl }: TargetParts,
): Promise<void> {
  if (record === undefined || record.revision <= record.publishedRevision) return;
  const region = wiring.environment.AWS_REGION ?? '';
  const finding = describeContainment({
    ...record,
    region,
    findingId: findingIdOf(record.target),
    limits: listLimits(target),
  });
  await sendFinding(wiring.clients.sqs, findingsQueueUrl, finding);
  await targets.markPublished(record);
}
