import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type ListedPlan, listPlans } from '../../lambdas/aws/ledger-listing.ts';
import { ledgerStore } from '../../lambdas/aws/ledger-store.ts';
import { regionName } from '../../lambdas/core/aws-names.ts';
import { CountersignError, messageOf } from '../../lambdas/core/errors.ts';
import {
  type ContainCommand,
  type OperatorCommand,
  writeOperatorCommand,
} from '../../lambdas/core/ledger/operator-command.ts';
import type { PlanId } from '../../lambdas/core/ledger/plan.ts';
import { LedgerError, type LedgerRecord, verifyRecord } from '../../lambdas/core/ledger/record.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';

/** Names that the stack gives, in every account and region. */
const PARAMETER = '/countersign/ledger-table';
const QUEUE = 'countersign-operator';

/** The ledger as an operator sees it: rows are read, and never written. What is asked for goes to operator-action, which knows from SQS who asks. */
export interface OperatorLedger {
  /** The plan, held against its own history. Throws UndecidedError where there is none, or one whose history does not hold. */
  read(id: PlanId): Promise<LedgerRecord>;
  list(): AsyncIterable<readonly ListedPlan[]>;
  ask(command: OperatorCommand | ContainCommand): Promise<void>;
}

/** Opens the ledger of a region, default that of the environment. Throws UsageError without a region, UndecidedError where there is no ledger or no access. */
export async function openLedger(region: string | undefined, io: Io): Promise<OperatorLedger> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = io.environment;
  const name = region ?? AWS_REGION ?? AWS_DEFAULT_REGION;
  if (name === undefined) throw new UsageError('which region? --region or AWS_REGION says it');
  if (!regionName.safeParse(name).success) throw new UsageError(`${name} is no region`);
  const { dynamodb, sqs, ssm } = io.ledgerIn?.(name) ?? (await realClients(name));
  const found = await tell('ssm:GetParameter', () => ssm.send(new GetParameterCommand({ Name: PARAMETER })));
  const table = found.Parameter?.Value;
  if (!table) throw new UndecidedError('no-ledger', `${PARAMETER} in ${name} names no table`);
  const store = ledgerStore(dynamodb, table);
  return {
    async read(id) {
      const record = await tell('dynamodb:GetItem', () => store.read(id));
      if (record === undefined) throw new UndecidedError('unknown-plan', `there is no ${id} in ${name}`);
      await tell('verify', async () => verifyRecord(record));
      return record;
    },
    async *list() {
      const pages = listPlans(dynamodb, table)[Symbol.asyncIterator]();
      for (;;) {
        const page = await tell('dynamodb:Scan', () => pages.next());
        if (page.done) return;
        yield page.value;
      }
    },
    async ask(command) {
      await tell('sqs:SendMessage', async () => {
        const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }));
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: writeOperatorCommand(command) }));
      });
    },
  };
}

async function realClients(region: string) {
  const [{ dynamodb }, { sqs }, { ssm }] = await Promise.all([
    import('../../lambdas/aws/clients/dynamodb.ts'),
    import('../../lambdas/aws/clients/sqs.ts'),
    import('../../lambdas/aws/clients/ssm.ts'),
  ]);
  return { dynamodb: dynamodb(region), sqs: sqs(region), ssm: ssm(region) };
}

/** What goes wrong between here and AWS is no answer about a plan. */
async function tell<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof LedgerError) throw new UndecidedError(cause.code, cause.message, { cause });
    if (cause instanceof CountersignError || !(cause instanceof Error)) throw cause;
    if (cause.name === 'ParameterNotFound') {
      throw new UndecidedError('no-ledger', 'Countersign is not there, or its configuration has no quarantine', {
        cause,
      });
    }
    throw new UndecidedError('unreachable', `${action}: ${cause.name}: ${messageOf(cause).slice(0, 300)}`, { cause });
  }
}
