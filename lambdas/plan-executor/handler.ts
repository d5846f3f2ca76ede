import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { driftStore } from '../aws/drift-store.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { keepTrust } from '../aws/keep-trust.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import { sendAgain, sendIamRecheck, sendPlan, sendRecheck, sendRejected } from '../aws/queues.ts';
import { rootStore } from '../aws/root-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError } from '../core/errors.ts';
import { parseKey } from '../core/image-name.ts';
import { type Execution, executePlan } from '../core/ledger/execute.ts';
import { parsePlanMessage } from '../core/ledger/message.ts';
import { endOf, LedgerError, type LedgerRecord } from '../core/ledger/record.ts';
import { writeTargetMessage } from '../core/threats/containment/target-message.ts';
import { connectPlan, type ExecutorClients } from './connect-plan.ts';
import { guardControls } from './guard-controls.ts';
import { guardIam } from './guard-iam.ts';
import { guardQuarantine } from './guard-quarantine.ts';
import { guardThreats } from './guard-threats.ts';

/** Seconds after a plan was carried out or taken back. */
const LATER_LOOKS = [5, 30, 300];
/** Where nothing was to be done: a look that wakes us must not become a flood. */
const ONE_LOOK = [300];
/** Of a message, seconds (SQS API Reference, SendMessage). */
const LONGEST_WAIT = 900;

/**
 * Works off the plan queue: each message names a plan of the ledger (parse), which is brought as far as it may go now (decide, act), every step in the ledger
 * before and after it is made (record). The only function whose role can change anything, and what it changes is only what a plan in the ledger holds.
 */
export function createHandler(
  wiring: Wiring<ExecutorClients>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients, clock } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const imageQueueUrl = requireVariable(environment, 'IMAGE_QUEUE_URL');
  const ledger = ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE'));
  const iamQueueUrl = environment.IAM_QUEUE_URL;
  const threatQueueUrl = environment.THREAT_QUEUE_URL;
  const deployed = readDeployedTrust(wiring.readCompiledConfig);
  const roots = rootStore(clients.dynamodb, requireVariable(environment, 'VERDICT_TABLE'));
  const ports = connectPlan({
    wiring,
    ledger,
    killSwitch: requireVariable(environment, 'KILL_SWITCH'),
    guards: {
      images: guardQuarantine(wiring, deployed, keepTrust(deployed, roots, clock)),
      controls: guardControls(deployed),
      iam: guardIam(wiring, deployed, driftStore(clients.dynamodb, environment.DRIFT_TABLE ?? '')),
      threats: guardThreats(deployed),
    },
  });

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
    // Before the look at the image, which wakes us for a plan that nobody has begun with: waiting for the world must not become a circle.
    if (execution.outcome === 'waiting') throw new CountersignError('waiting', `${id} goes on later`);
    // The finding about the resource tells how its plan stands.
    const image = parseKey(execution.record?.plan.resource ?? '');
    if (image !== undefined) await sendRecheck(clients.sqs, imageQueueUrl, image, 1, clock());
    const isOfControls = execution.record?.plan.rule.startsWith('controls/');
    if (iamQueueUrl !== undefined && execution.record !== undefined && image === undefined && !isOfControls) {
      // IAM is consistent in the end only, and whoever is at it may be faster: the result is looked at again, and again later.
      for (const delay of execution.moved ? LATER_LOOKS : ONE_LOOK)
        await sendIamRecheck(clients.sqs, iamQueueUrl, execution.record.plan.resource, delay);
    }
    if (execution.record !== undefined) await watch(execution.record, execution.moved);
  });

  /** What lasts for a time is looked at until it ends, and then taken back; who is contained has a finding that tells. */
  async function watch(record: LedgerRecord, moved: boolean): Promise<void> {
    const { target, uniqueId } = record.plan.before;
    if (threatQueueUrl !== undefined && typeof target === 'string' && typeof uniqueId === 'string') {
      for (const delay of moved ? LATER_LOOKS : ONE_LOOK)
        await sendAgain(clients.sqs, threatQueueUrl, writeTargetMessage(target, uniqueId), delay);
    }
    const end = endOf(record);
    if (end === undefined || record.progress.state !== 'verified') return;
    const wait = Math.max(1, Math.min(LONGEST_WAIT, Math.ceil((end - clock()) / 1000)));
    await sendPlan(clients.sqs, requireVariable(environment, 'PLAN_QUEUE_URL'), record.plan.id, wait);
  }
}

function tellExecution({ record, outcome }: Execution, telemetry: Telemetry): void {
  if (record === undefined) return;
  const { plan, progress } = record;
  telemetry.info('plan', { plan: plan.id, resource: plan.resource, state: progress.state, outcome });
  if (progress.state === 'verified') telemetry.count('PlanVerified');
  if (progress.state === 'undone') telemetry.count('PlanUndone');
  if (progress.state === 'failed') telemetry.count('PlanFailed');
}
