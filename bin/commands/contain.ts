import { randomUUID } from 'node:crypto';
import { duration, lifetime } from '../../lambdas/core/duration.ts';
import type { ContainCommand } from '../../lambdas/core/ledger/operator-command.ts';
import type { LedgerRecord } from '../../lambdas/core/ledger/record.ts';
import { nameTarget, readTarget } from '../../lambdas/core/threats/containment/target.ts';
import { WHOEVER } from '../../lambdas/core/threats/containment/target-message.ts';
import { EXIT } from '../exit-codes.ts';
import { describeFully } from '../plan/describe-plan.ts';
import { type OperatorLedger, openLedger } from '../plan/open-ledger.ts';
import { type Command, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign contain ARN [--expires DURATION] [--region REGION]

Has Countersign contain a user, a role or one session of a role, as a plan in the ledger that you approve by asking: everything is denied to them, active access
keys of a user are deactivated, and all of it is taken back to the letter when it ends.

  ARN                 arn:aws:iam::123456789012:user/NAME
                      arn:aws:iam::123456789012:role/NAME: every session that was issued until now
                      arn:aws:sts::123456789012:assumed-role/NAME/SESSION: that session
  --expires DURATION  how long it lasts, 1m to 30d; default: as the configuration says
  --region REGION     of the hub; default: AWS_REGION, AWS_DEFAULT_REGION

Needs what countersign plan needs, and guardDuty.containment in the configuration, in another mode than observe. Then: countersign plan extend, undo.

Exit codes: 0 a plan is in the ledger; 1 the configuration only observes; 2 wrong usage; 3 no plan within a minute: the finding
countersign/containment/ARN says why; 70 a fault of countersign.
`;

const OPTIONS = { region: { type: 'string' }, expires: { type: 'string' } } as const;
/** How long a plan is waited for, milliseconds, and how often the ledger is asked. */
const PATIENCE = 60_000;
const EVERY = 5000;

/** `countersign contain`: for whoever is sure before GuardDuty is. */
export const contain: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return EXIT.yes;
    }
    const arn = takeOne(positionals, 'ARN');
    const target = readTarget(arn, WHOEVER);
    if (target === undefined)
      throw new UsageError(`${arn} is not the ARN of a user, a role (without its path) or a session`);
    const expiresAfter = values.expires === undefined ? undefined : readExpiry(values.expires);
    const ledger = await openLedger(values.region, io);
    const request = randomUUID();
    const command: ContainCommand = {
      ...{ version: 1, request, action: 'contain', target: nameTarget(target) },
      ...(expiresAfter !== undefined && { expiresAfter }),
    };
    const before = new Set((await findPlans(command.target, ledger)).map(({ plan }) => plan.id));
    await ledger.ask(command);
    const record = await waitFor(command, before, ledger, io);
    io.out(describeFully(record));
    return record.plan.mode === 'observe' ? EXIT.no : EXIT.yes;
  },
};

function readExpiry(text: string): number {
  const parsed = duration.pipe(lifetime).safeParse(text);
  if (!parsed.success) throw new UsageError(`--expires ${text}: write 90m, 2h or 1d, a minute to 30 days`);
  return parsed.data;
}

/** The plan that the request led to: a new one, or one that was there and has the request in its history. */
async function waitFor(
  { target, request }: ContainCommand,
  before: ReadonlySet<string>,
  ledger: OperatorLedger,
  io: Io,
): Promise<LedgerRecord> {
  const sleep = io.sleep ?? ((milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
  for (let waited = 0; waited < PATIENCE; waited += EVERY) {
    await sleep(EVERY);
    const plans = await findPlans(target, ledger);
    const found = plans.find(({ plan, history }) => {
      return !before.has(plan.id) || history.some(({ event }) => event.id === `command/${request}`);
    });
    if (found !== undefined) return found;
    const standing = plans.find(({ progress }) =>
      ['auto', 'approved', 'applying', 'applied', 'verified'].includes(progress.state),
    );
    if (standing !== undefined) return standing;
  }
  throw new UndecidedError(
    'not-taken',
    `no plan contains ${target} a minute later: the finding countersign/containment/${target} says why, or the alarm operator-request-refused`,
  );
}

async function findPlans(target: string, ledger: OperatorLedger): Promise<readonly LedgerRecord[]> {
  const found: LedgerRecord[] = [];
  for await (const page of ledger.list()) {
    for (const row of page) {
      if ('record' in row && row.record.plan.before.target === target) found.push(row.record);
    }
  }
  return found;
}
