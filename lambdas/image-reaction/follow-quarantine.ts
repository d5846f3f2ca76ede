import { describeImageAtRest } from '../aws/ecr-image.ts';
import { requireVariable } from '../aws/environment.ts';
import type { Telemetry } from '../aws/function-frame.ts';
import { type LedgerStore, ledgerStore } from '../aws/ledger-store.ts';
import { sendPlan } from '../aws/queues.ts';
import { type VerdictStore, verdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { CompiledQuarantine } from '../core/config/quarantine.ts';
import { CountersignError } from '../core/errors.ts';
import { describePlan } from '../core/findings/describe-plan.ts';
import type { PlanFacts } from '../core/findings/plan-text.ts';
import { isSuperseded, withPlans } from '../core/images/plan-facts.ts';
import { type FailedVerdict, planContainment, planDeletion } from '../core/images/quarantine.ts';
import type { VerdictRecord } from '../core/images/verdict.ts';
import { isPlanId, type Plan } from '../core/ledger/plan.ts';
import { isForExecutor, type LedgerRecord, openRecord } from '../core/ledger/record.ts';
import { matchRepository } from '../core/trust/match-repository.ts';

export interface QuarantineParts {
  readonly settings: CompiledQuarantine;
  readonly wiring: Wiring<'ecr' | 'sqs' | 'dynamodb'>;
  readonly ledger: LedgerStore;
  readonly verdicts: VerdictStore;
  readonly planQueueUrl: string;
}

/** What a function with a quarantine needs for it. Throws where the configuration has one and the function was deployed without. */
export function readQuarantineParts(
  wiring: Wiring<'ecr' | 'sqs' | 'dynamodb'>,
  { quarantine: settings }: DeployedTrust,
): QuarantineParts | undefined {
  if (settings === undefined) return undefined;
  const { clients, environment } = wiring;
  return {
    settings,
    wiring,
    ledger: ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE')),
    verdicts: verdictStore(clients.dynamodb, requireVariable(environment, 'VERDICT_TABLE')),
    planQueueUrl: requireVariable(environment, 'PLAN_QUEUE_URL'),
  };
}

/** Whether an image that cannot be read is in the archive, where a plan of ours may have put it. */
export async function isArchivedByPlan(
  previous: VerdictRecord | undefined,
  parts: QuarantineParts | undefined,
): Promise<boolean> {
  if (parts === undefined || previous?.plans === undefined) return false;
  const atRest = await describeImageAtRest(parts.wiring.clients.ecr, previous);
  return atRest !== undefined && atRest.storage !== 'active';
}

/**
 * Proposes the plans that the quarantine of the image's policy asks for, wakes the executor where it has something to do, and puts on the verdict how its plans
 * stand. Nothing in the registry is changed here. Returns the verdict as it is on record then.
 */
export async function followQuarantine(
  record: VerdictRecord,
  parts: QuarantineParts,
  telemetry: Telemetry,
): Promise<VerdictRecord> {
  const known = await readPlans(record, parts);
  const plans = [...known, ...(await propose(record, known, parts, telemetry))];
  const now = parts.wiring.clock();
  const next = withPlans(
    record,
    plans.map(({ kind, plan }) => describePlan(kind, plan)),
    now,
  );
  // On record first: the next look finds the plan, and wakes the executor should we not come to it.
  if (next !== undefined && !(await parts.verdicts.write(next, record))) {
    throw new CountersignError('contended', `the verdict of ${record.digest} was written by others`);
  }
  for (const { plan } of plans) {
    if (isForExecutor(plan, now)) await sendPlan(parts.wiring.clients.sqs, parts.planQueueUrl, plan.plan.id);
  }
  return next ?? record;
}

interface KnownPlan {
  readonly kind: PlanFacts['kind'];
  readonly plan: LedgerRecord;
}

async function readPlans(record: VerdictRecord, { ledger }: QuarantineParts): Promise<readonly KnownPlan[]> {
  const known: KnownPlan[] = [];
  for (const { kind, id } of record.plans ?? []) {
    const plan = isPlanId(id) ? await ledger.read(id) : undefined;
    if (plan !== undefined && !isSuperseded(plan, record.policyHash)) known.push({ kind, plan });
  }
  return known;
}

async function propose(
  record: VerdictRecord,
  known: readonly KnownPlan[],
  parts: QuarantineParts,
  telemetry: Telemetry,
): Promise<readonly KnownPlan[]> {
  const { settings, wiring } = parts;
  const verdict = readFailedVerdict(record);
  const rule = verdict === undefined ? undefined : settings.policies[verdict.policy];
  if (verdict === undefined || rule === undefined) return [];
  if (settings.protectedRepositories.some((pattern) => matchRepository(pattern, record.repository))) return [];
  const containment = known.find(({ kind }) => kind === 'containment');
  const deletion = known.find(({ kind }) => kind === 'deletion');
  const kind = containment === undefined ? 'containment' : 'deletion';
  const isNext =
    containment === undefined || (deletion === undefined && containment.plan.progress.state === 'verified');
  if (!isNext || (kind === 'deletion' && rule.upTo !== 'delete')) return [];
  const atRest = await describeImageAtRest(wiring.clients.ecr, record);
  if (atRest === undefined) return [];
  const plan = kind === 'containment' ? planContainment(verdict, rule, atRest) : planDeletion(verdict, rule, atRest);
  return plan === undefined ? [] : [{ kind, plan: await open(plan, parts, telemetry) }];
}

/** The same plan may have been proposed before, by a look that did not come to its end: then it stands as it is. */
async function open(plan: Plan, { ledger, wiring }: QuarantineParts, telemetry: Telemetry): Promise<LedgerRecord> {
  const opened = openRecord(plan, wiring.clock());
  if (await ledger.open(opened)) {
    telemetry.count('PlanProposed');
    telemetry.info('plan proposed', { plan: plan.id, rule: plan.rule, resource: plan.resource, mode: plan.mode });
    return opened;
  }
  return (await ledger.read(plan.id)) ?? opened;
}

function readFailedVerdict(record: VerdictRecord): FailedVerdict | undefined {
  const { state, policy } = record;
  if ((state !== 'invalid' && state !== 'unsigned') || policy === null) return undefined;
  return { ...record, state, policy };
}
