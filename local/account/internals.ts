import type { AwsConfig } from './aws-config.ts';
import type { Bus } from './bus.ts';
import type { AccountContext } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import type { Iam } from './iam.ts';
import type { SecurityHub } from './security-hub.ts';
import type { Sqs } from './sqs.ts';
import type { EmbeddedAccount } from './types.ts';

/** What `runTemplate` needs of an account and nobody else gets to see. */
export interface AccountInternals {
  readonly context: AccountContext;
  readonly bus: Bus;
  readonly sqs: Sqs;
  readonly iam: Iam;
  readonly securityHub: SecurityHub;
  readonly awsConfig: AwsConfig;
}

const known = new WeakMap<EmbeddedAccount, AccountInternals>();

export function registerInternals(account: EmbeddedAccount, internals: AccountInternals): void {
  known.set(account, internals);
}

/** The inside of an account. Throws `not-embedded` for anything that `createEmbeddedAccount` did not make. */
export function internalsOf(account: EmbeddedAccount): AccountInternals {
  const found = known.get(account);
  if (found === undefined)
    throw new EmbeddedAccountError('not-embedded', 'not an account made by createEmbeddedAccount');
  return found;
}
