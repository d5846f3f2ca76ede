import { readDeclaredArn, readStanding } from '../aws/baseline-standing.ts';
import type { DriftStore } from '../aws/drift-store.ts';
import type { Telemetry } from '../aws/function-frame.ts';
import { readHeldDocuments } from '../aws/held-documents.ts';
import { countHolders, listVersions } from '../aws/iam-slots.ts';
import { readIamState } from '../aws/iam-state.ts';
import type { LedgerStore } from '../aws/ledger-store.ts';
import { readTouchedDocuments } from '../aws/policy-documents.ts';
import { sendFinding, sendPlan } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError } from '../core/errors.ts';
import { describePlan } from '../core/findings/describe-plan.ts';
import { describeDriftFinding } from '../core/findings/drift-finding.ts';
import { describeHeartbeat } from '../core/findings/heartbeat-finding.ts';
import { describeResource } from '../core/iam/describe-resource.ts';
import { type DriftDecision, decideDrift } from '../core/iam/drift/decide.ts';
import { type DriftRecord, episodeOf, isDriftFindingOwed, nextDrift } from '../core/iam/drift/lifecycle.ts';
import { setAsideHeld } from '../core/iam/drift/set-aside.ts';
import { readPlanted } from '../core/iam/heartbeat/canary.ts';
import { parseIamArn } from '../core/iam/iam-arn.ts';
import type { LiveState } from '../core/iam/live-state.ts';
import { findAddedPaths } from '../core/iam/paths/find-added-paths.ts';
import { isPlanId, isReversible, type Plan } from '../core/ledger/plan.ts';
import { isForExecutor, type LedgerRecord, openRecord, verifyRecord } from '../core/ledger/record.ts';

export interface Parts {
  readonly wiring: Wiring<'iam' | 's3' | 'sqs' | 'dynamodb'>;
  readonly trust: DeployedTrust;
  readonly drift: DriftStore;
  readonly ledger: LedgerStore;
  readonly planQueueUrl: string;
  readonly findingsQueueUrl: string;
  /** ARNs of the roles of the service itself. */
  readonly ownRoles: readonly string[];
}

/** Other writers are other events about the same resource: a handful. */
const MOST_ROUNDS = 5;
/** Paths that are kept on record; a finding shows fewer. */
const MOST_PATHS = 20;
/** Kinds that have a baseline. */
const KINDS = ['role', 'user', 'group', 'policy'];

/**
 * Looks at a principal or policy and records what follows. The finding stays owed on the record until it was handed on, and a plan is in the ledger before the
 * record names it, so that a crash between any two steps is made up for by the next look. `waits` where a deployment may not be through with the resource: nothing
 * was recorded, and the event is to come again. Throws where another try is due.
 */
export async function lookAtResource(
  named: string,
  event: LastEvent | undefined,
  parts: Parts,
  telemetry: Telemetry,
): Promise<'done' | 'waits'> {
  const arn = parseIamArn(named);
  if (arn === undefined || arn.account === 'aws' || !KINDS.includes(arn.type)) return 'done';
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { live: found, resource } = await findNamed(named, parts);
    const live = found && (await setHeldAside(found, parts));
    const planted = live && readPlanted(live);
    if (live !== undefined && planted !== undefined) {
      await reportPlanted(live.arn, planted, event, parts);
      return 'done';
    }
    const previous = await parts.drift.read(resource);
    const next = await look({ resource, account: arn.account, live, event, previous }, parts, telemetry);
    if (next === 'waits') {
      telemetry.info('waits for a deployment', { resource });
      return 'waits';
    }
    if (next === undefined || (await parts.drift.write(next, previous))) {
      tell(next ?? previous, telemetry, next !== undefined);
      await publishOwed(next ?? previous, live, parts);
      // Names are unique in an account: where this one has another path now, nothing is under the ARN that was asked for.
      if (resource !== named) await closeFormer(named, arn.account, parts);
      return 'done';
    }
  }
  throw new CountersignError('contended', `the drift of ${named} was written by others ${MOST_ROUNDS} times`);
}

/** What contains a principal for a time is no drift. Where it was taken away the executor looks, and says so. */
async function setHeldAside(live: LiveState, { ledger, wiring, planQueueUrl }: Parts): Promise<LiveState> {
  const holders: LedgerRecord[] = [];
  for (const id of await ledger.readHeld(live.arn)) {
    const record = await ledger.read(id);
    if (record === undefined) continue;
    verifyRecord(record);
    holders.push(record);
  }
  const { live: rest, isBroken } = setAsideHeld(live, holders);
  const broken = isBroken ? holders.filter(({ progress }) => progress.state === 'verified') : [];
  for (const { plan } of broken) await sendPlan(wiring.clients.sqs, planQueueUrl, plan.id);
  return rest;
}

/** What the heartbeat planted is seen where its event comes: a sweep would find it too, and say nothing about the events. */
async function reportPlanted(
  resource: string,
  planted: string | null,
  event: LastEvent | undefined,
  { wiring, findingsQueueUrl }: Parts,
): Promise<void> {
  if (planted === null || event === undefined) return;
  const [, , , , account = ''] = resource.split(':');
  const region = wiring.environment.AWS_REGION ?? '';
  const facts = { account, region, resource, state: 'seen', planted, now: wiring.clock() } as const;
  await sendFinding(wiring.clients.sqs, findingsQueueUrl, describeHeartbeat(facts));
}

/** Live state under a name, and the whole ARN: of what is gone that which its baseline tells. */
async function findNamed(named: string, { wiring, trust }: Parts) {
  const { iam, s3 } = wiring.clients;
  const live = await readIamState(iam, named);
  if (live !== undefined) return { live, resource: live.arn };
  const declared = trust.usable ? await readDeclaredArn(s3, trust.config.iam?.bucket, named) : undefined;
  if (declared === undefined || declared === named) return { live, resource: named };
  // A policy is read by its path.
  return { live: await readIamState(iam, declared), resource: declared };
}

async function closeFormer(resource: string, account: string, parts: Parts): Promise<void> {
  const previous = await parts.drift.read(resource);
  if (previous === undefined) return;
  const gone = { state: 'gone', deviations: [], paths: [], plans: [] } as const;
  const next = nextDrift({ account, resource }, previous, gone, parts.wiring.clock());
  if (next === undefined || (await parts.drift.write(next, previous)))
    await publishOwed(next ?? previous, undefined, parts);
}

interface Look {
  readonly resource: string;
  readonly account: string;
  readonly live: LiveState | undefined;
  readonly event: LastEvent | undefined;
  readonly previous: DriftRecord | undefined;
}

/** What only the event of a change tells. */
export interface LastEvent {
  /** Who made it, in words. */
  readonly actor: string;
  /** When it set the password of the user anew, Unix milliseconds. */
  readonly passwordSetAt?: number | undefined;
  /** A deployment that may not be through did it, and the time to wait for it is not over. */
  readonly mayWait: boolean;
}

async function look({ resource, account, live, event, previous }: Look, parts: Parts, telemetry: Telemetry) {
  const { trust, wiring } = parts;
  const settings = trust.usable ? trust.config.iam : undefined;
  const now = wiring.clock();
  const standing = await readStanding(resource, parts, now);
  const last = await readLastPlan(previous, parts);
  const episode = episodeOf(previous, { state: 'drifted', plans: last.map((one) => describeRevert(one)) });
  const isPolicy = live?.kind === 'policy';
  const setAt = [event?.passwordSetAt, previous?.passwordSetAt].filter((at) => at !== undefined);
  const passwordSetAt = setAt.length === 0 ? undefined : Math.max(...setAt);
  const decision = decideDrift({
    account,
    resource,
    standing,
    live,
    compare: { documentOf: await readTouchedDocuments(wiring.clients.iam, live, standing) },
    settings: {
      mode: settings?.mode ?? 'observe',
      mostHolders: settings?.limits.mostHolders ?? 0,
      principals: settings?.protected ?? [],
      own: parts.ownRoles,
    },
    policyHash: trust.policyHash,
    episode,
    now,
    spares: isPolicy ? await readSpares(parts, resource) : [],
    holders: isPolicy ? await countHolders(wiring.clients.iam, resource) : undefined,
    passwordSetAt,
  });
  const paths = await tellAddedPaths(decision, account, wiring);
  const isOver = decision.observation.state === 'covered' || decision.observation.state === 'gone';
  // What opens a way to more rights is no matter of patience.
  if (event?.mayWait === true && !isOver && paths.length === 0) return 'waits';
  const proposed = decision.plan === undefined ? last : [await open(decision.plan, parts, telemetry)];
  await wake(proposed, parts);
  const plans = proposed.map((one) => describeRevert(one));
  const observation = {
    ...decision.observation,
    ...{ paths, plans },
    ...(event !== undefined && { actor: event.actor }),
    ...(passwordSetAt !== undefined && !isOver && { passwordSetAt }),
  };
  return nextDrift({ account, resource }, previous, observation, now);
}

/** What a change adds is told with all that the principal holds besides: one right alone may be harmless. */
async function tellAddedPaths(
  { compared }: DriftDecision,
  account: string,
  { clients }: Parts['wiring'],
): Promise<readonly string[]> {
  if (compared === undefined) return [];
  const { signed, found } = compared;
  const held = await readHeldDocuments(clients.iam, account, signed === undefined ? [found] : [signed, found]);
  return findAddedPaths(signed, found, held).slice(0, MOST_PATHS);
}

/** What cannot be taken back is shown as such: another action approves it. */
function describeRevert(record: LedgerRecord) {
  return describePlan(isReversible(record.plan) ? 'revert' : 'deletion', record);
}

async function readSpares({ wiring }: Parts, policyArn: string) {
  const versions = await listVersions(wiring.clients.iam, policyArn);
  return versions.filter(({ isDefault }) => !isDefault).toSorted((one, other) => one.createdAt - other.createdAt);
}

/** The same plan may have been proposed before: then it stands as it is. */
async function open(plan: Plan, { ledger, wiring }: Parts, telemetry: Telemetry): Promise<LedgerRecord> {
  const opened = openRecord(plan, wiring.clock());
  if (await ledger.open(opened)) {
    telemetry.count('PlanProposed');
    telemetry.info('plan proposed', { plan: plan.id, rule: plan.rule, resource: plan.resource, mode: plan.mode });
    return opened;
  }
  return (await ledger.read(plan.id)) ?? opened;
}

/** The plan that the record names last, as the ledger has it now. */
async function readLastPlan(previous: DriftRecord | undefined, { ledger }: Parts): Promise<readonly LedgerRecord[]> {
  const id = previous?.plans.at(-1)?.id;
  const record = isPlanId(id) ? await ledger.read(id) : undefined;
  return record === undefined ? [] : [record];
}

/** Wakes the executor where it has something to do. */
async function wake(plans: readonly LedgerRecord[], { wiring, planQueueUrl }: Parts): Promise<void> {
  for (const record of plans) {
    if (isForExecutor(record, wiring.clock())) await sendPlan(wiring.clients.sqs, planQueueUrl, record.plan.id);
  }
}

function tell(record: DriftRecord | undefined, telemetry: Telemetry, isNew: boolean): void {
  const state = record?.state ?? 'covered';
  if (state === 'covered' || state === 'gone') telemetry.count('IamCovered');
  else telemetry.count(state === 'unreadable-baseline' ? 'IamBaselineUnreliable' : 'IamDrift');
  if (record === undefined) return;
  const { resource, revision, verdict = '' } = record;
  if (isNew) telemetry.info('drift', { resource, state, verdict, revision });
}

async function publishOwed(
  record: DriftRecord | undefined,
  live: LiveState | undefined,
  { wiring, findingsQueueUrl, drift }: Parts,
): Promise<void> {
  if (record === undefined || !isDriftFindingOwed(record)) return;
  const region = wiring.environment.AWS_REGION ?? 'us-east-1';
  const details = live && describeResource(live);
  const finding = describeDriftFinding({ ...record, region, ...(details && { details }) });
  await sendFinding(wiring.clients.sqs, findingsQueueUrl, finding);
  await drift.markPublished(record);
}
