import { randomUUID } from 'node:crypto';
import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { duration, lifetime } from '../../lambdas/core/duration.ts';
import { eventIdOf, happeningOf, type OperatorCommand } from '../../lambdas/core/ledger/operator-command.ts';
import { digestPlan, isPlanId, isReversible, type PlanId } from '../../lambdas/core/ledger/plan.ts';
import { headOf, type LedgerRecord, transition } from '../../lambdas/core/ledger/record.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible, toSafeJson } from '../output/visible.ts';
import { describeBriefly, describeFully, planAsData } from '../plan/describe-plan.ts';
import { type OperatorLedger, openLedger } from '../plan/open-ledger.ts';
import { type Command, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign plan list [--state STATE] [--region REGION] [--json]
countersign plan show PLAN [--region REGION] [--json]
countersign plan approve PLAN [--irreversible] [--region REGION]
countersign plan deny PLAN [--region REGION]
countersign plan undo PLAN [--region REGION]
countersign plan extend PLAN --for DURATION [--region REGION]

Shows what is in the ledger of a deployed Countersign, and tells it what an operator decides. A decision goes to the operator queue; it is Countersign that
writes it to the ledger, with who sent it as SQS knows them, and carries it out behind the kill switch and all guards.

  --region REGION  default: AWS_REGION, AWS_DEFAULT_REGION
  --state STATE    plans in that state only: proposed, approved, auto, denied, expired, applying, applied, verified, failed, undoing, undone
  --irreversible   needed to approve a plan that cannot be taken back, such as a deletion
  --for DURATION   of a plan that ends by itself: how long from now it is to last, 1m to 30d
  --json           a JSON object on a line for each plan

Needs ssm:GetParameter on /countersign/ledger-table, dynamodb:GetItem (list: dynamodb:Scan) on the table, kms:Decrypt and kms:GenerateDataKey on the key of
Countersign, and for decisions sqs:GetQueueUrl and sqs:SendMessage on countersign-operator. Who has the last of these can decide.

Exit codes: 0 shown, or the ledger has the decision; 1 the decision is not possible, or a row of the list is not what its history says; 2 wrong usage;
3 the ledger could not be asked, or has not taken the decision within a minute; 70 a fault of countersign.
`;

const ACTIONS = ['list', 'show', 'approve', 'deny', 'undo', 'extend'] as const;
type Action = (typeof ACTIONS)[number];
const OPTIONS = {
  region: { type: 'string' },
  state: { type: 'string' },
  irreversible: { type: 'boolean' },
  for: { type: 'string' },
  json: { type: 'boolean' },
} as const;
/** Which options make sense with an action. */
const TAKES: Readonly<Record<Action, readonly string[]>> = {
  list: ['region', 'state', 'json'],
  show: ['region', 'json'],
  approve: ['region', 'irreversible'],
  deny: ['region'],
  undo: ['region'],
  extend: ['region', 'for'],
};
/** How long a decision is waited for, milliseconds, and how often the ledger is asked. */
const PATIENCE = 60_000;
const EVERY = 2000;

/** `countersign plan`: the ledger, for operators. */
export const plan: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const [word, ...others] = positionals;
    const action = readAction(word);
    const unfit = Object.keys(values).find((name) => name !== 'help' && !TAKES[action].includes(name));
    if (unfit !== undefined) throw new UsageError(`plan ${action} takes no --${unfit}`);
    const json = values.json === true;
    if (action === 'list') {
      if (others.length > 0) throw new UsageError('plan list takes no PLAN');
      return list(await openLedger(values.region, io), values.state, json, io);
    }
    const id = takeOne(others, 'PLAN');
    if (!isPlanId(id)) throw new UsageError(`${id} is not the id of a plan: plan- and 32 hex digits`);
    const ledger = await openLedger(values.region, io);
    const record = await ledger.read(id);
    if (action === 'show') {
      io.out(json ? `${toSafeJson(planAsData(record))}\n` : describeFully(record));
      return EXIT.yes;
    }
    const until = action === 'extend' ? (io.clock ?? Date.now)() + readLifetime(values.for) : 0;
    return decide(record, writeCommand(action, record, values.irreversible === true, until), ledger, io);
  },
};

function readAction(word: string | undefined): Action {
  const action = ACTIONS.find((one) => one === word);
  if (action !== undefined) return action;
  const nearest = word === undefined ? undefined : findNearest(word, ACTIONS);
  const hint = nearest === undefined ? `There are: ${ACTIONS.join(', ')}` : `Did you mean ${nearest}?`;
  throw new UsageError(`plan what? ${hint}`);
}

/** Milliseconds of a duration as people write it. */
function readLifetime(text: string | undefined): number {
  const parsed = duration.pipe(lifetime).safeParse(text ?? '');
  if (!parsed.success) throw new UsageError('plan extend takes --for DURATION: 90m, 2h or 1d, a minute to 30 days');
  return parsed.data * 1000;
}

/** Newest first. A row that does not hold is told and makes the answer no. */
async function list(ledger: OperatorLedger, state: string | undefined, json: boolean, io: Io): Promise<ExitCode> {
  const records: LedgerRecord[] = [];
  let isWhole = true;
  for await (const page of ledger.list()) {
    for (const row of page) {
      if ('record' in row) records.push(row.record);
      else {
        io.err(`${makeVisible(`${row.id}: ${row.broken.message}`)}\n`);
        isWhole = false;
      }
    }
  }
  const shown = records.filter(({ progress }) => state === undefined || progress.state === state);
  for (const record of shown.toSorted((a, b) => headOf(b).event.at - headOf(a).event.at)) {
    io.out(json ? `${toSafeJson(planAsData(record))}\n` : describeBriefly(record));
  }
  return isWhole ? EXIT.yes : EXIT.no;
}

/** What is approved is what was read: its digest goes with the approval. */
function writeCommand(
  action: Exclude<Action, 'list' | 'show'>,
  record: LedgerRecord,
  irreversible: boolean,
  until: number,
): OperatorCommand {
  const common = { version: 1, request: randomUUID(), plan: record.plan.id } as const;
  if (action === 'extend') return { ...common, action, until };
  return action === 'approve'
    ? ({ ...common, action, planDigest: digestPlan(record.plan), irreversible } as const)
    : ({ ...common, action } as const);
}

/** Asks, where it is possible at all, and waits until the ledger has it. */
async function decide(
  record: LedgerRecord,
  command: OperatorCommand,
  ledger: OperatorLedger,
  io: Io,
): Promise<ExitCode> {
  const by = { kind: 'operator', identity: 'command line', via: 'command line' } as const;
  const at = (io.clock ?? Date.now)();
  const next = transition(record, { id: eventIdOf(command), at, by, what: happeningOf(command) });
  if (!next.ok) {
    const hint = next.refusal.code === 'irreversible' && !isReversible(record.plan) ? '; --irreversible says so' : '';
    io.err(`${makeVisible(`${record.plan.id}: ${next.refusal.message}${hint}`)}\n`);
    return EXIT.no;
  }
  await ledger.ask(command);
  io.out(describeBriefly(await waitFor(record.plan.id, eventIdOf(command), ledger, io)));
  return EXIT.yes;
}

async function waitFor(id: PlanId, event: string, ledger: OperatorLedger, io: Io): Promise<LedgerRecord> {
  const sleep = io.sleep ?? ((milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
  for (let waited = 0; waited < PATIENCE; waited += EVERY) {
    await sleep(EVERY);
    const record = await ledger.read(id);
    if (record.history.some((entry) => entry.event.id === event)) return record;
  }
  throw new UndecidedError(
    'not-taken',
    `${id}: the decision was sent and is not in the ledger after a minute; countersign plan show tells, or the dead letters of countersign-operator`,
  );
}
