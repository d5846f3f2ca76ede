import { durationText, secondsOf } from '../../lambdas/core/duration.ts';
import { compareStates } from '../../lambdas/core/iam/baseline/compare-states.ts';
import { describeApproval } from '../../lambdas/core/iam/baseline/statement.ts';
import { prepareStatement, writeKeyBundle } from '../../lambdas/core/signature/key-bundle.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible } from '../output/visible.ts';
import { captureStates } from './capture-states.ts';
import { chooseAccount } from './choose-account.ts';
import { appendSigned, readBaselines } from './folder.ts';
import { chooseKey } from './signing-key.ts';

/** `countersign baseline approve`: a countersignature over the state as it is now, appended to the baseline that it differs from. */
export async function approveState(folder: string, options: BaselineOptions, io: Io): Promise<ExitCode> {
  const { arn, reason, 'valid-for': validFor } = options;
  if (arn === undefined || reason === undefined || validFor === undefined) {
    throw new UsageError('an approval needs --arn, --reason and --valid-for');
  }
  if (!durationText.safeParse(validFor).success)
    throw new UsageError(`--valid-for takes a duration like 7d, not ${validFor}`);
  const file = readBaselines(folder).find(({ predicate }) => predicate.state.arn === arn);
  if (file === undefined) throw new UsageError(`${arn} has no baseline in ${folder}`);
  const state = captureStates(await chooseAccount(options, io, { credentials: true })).states.find(
    (found) => found.arn === arn,
  );
  if (state === undefined)
    throw new UndecidedError('not-there', `there is nothing under ${arn}: that cannot be approved`);
  if (compareStates(file.predicate.state, state).length === 0) {
    io.out(`${makeVisible(`nothing to approve: ${arn} is as its baseline says`)}\n`);
    return EXIT.yes;
  }
  const key = await chooseKey(options, io);
  const now = io.clock?.() ?? Date.now();
  const statement = describeApproval({
    state,
    baselineVersion: file.predicate.version,
    reason,
    issued: new Date(now).toISOString(),
    expires: new Date(now + secondsOf(validFor) * 1000).toISOString(),
  });
  appendSigned(file, writeKeyBundle(statement, await key.sign(prepareStatement(statement)), key.hint));
  io.out(`${makeVisible(`approved for ${validFor}  ${arn}`)}\n`);
  return EXIT.yes;
}
