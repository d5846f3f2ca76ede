import type { AccountIam } from '../../lambdas/core/iam/account.ts';
import { type Captured, captureAccount } from '../../lambdas/core/iam/baseline/capture.ts';
import { IamError } from '../../lambdas/core/iam/errors.ts';
import { UndecidedError } from '../commands/command.ts';

/** The states of an account. Throws UndecidedError for a document that cannot be read. */
export function captureStates(account: AccountIam): Captured {
  try {
    return captureAccount(account);
  } catch (cause) {
    if (!(cause instanceof IamError)) throw cause;
    throw new UndecidedError(cause.code, cause.message, { cause });
  }
}
