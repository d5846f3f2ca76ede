import {
  type GetAccountAuthorizationDetailsCommandOutput,
  IAMClient,
  paginateGetAccountAuthorizationDetails,
} from '@aws-sdk/client-iam';
import { addCredentials } from '../../lambdas/aws/iam-credentials.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import type { AccountIam } from '../../lambdas/core/iam/account.ts';
import { IamError } from '../../lambdas/core/iam/errors.ts';
import { parseAccount } from '../../lambdas/core/iam/parse-account.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import { readCloudFormation } from './read-cloudformation.ts';
import { readTerraform } from './read-terraform.ts';

/** Options that say where the state of IAM is taken from. */
export const ACCOUNT_OPTIONS = {
  account: { type: 'string' },
  template: { type: 'string' },
  terraform: { type: 'string' },
  'stack-resources': { type: 'string' },
  'account-id': { type: 'string' },
  partition: { type: 'string' },
  region: { type: 'string' },
} as const;

export type AccountOptions = { readonly [Name in keyof typeof ACCOUNT_OPTIONS]?: string | undefined };

/** Bytes of a file of an account, a template or a state. */
const LARGEST = 256 * 1024 * 1024;
/** Pages of the live answer; each holds up to 1,000 principals and policies. */
const MOST_PAGES = 1000;

/**
 * Reads the state of IAM: from the live account, or from the one file that the options name. `credentials`: from the live account also those of its users,
 * six calls for each. Throws UsageError and UndecidedError.
 */
export async function chooseAccount(
  options: AccountOptions,
  io: Io,
  { credentials = false }: { readonly credentials?: boolean } = {},
): Promise<AccountIam> {
  const given = (['account', 'template', 'terraform'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1) throw new UsageError(`--${given.join(' and --')} are two sources: give one`);
  if (options.account !== undefined) return readAccount(readJson(options.account));
  if (options.terraform !== undefined) return readTerraform(readJson(options.terraform));
  if (options.template !== undefined) {
    const id = options['account-id'];
    if (id === undefined || !/^\d{12}$/.test(id)) throw new UsageError('--template needs --account-id: 12 digits');
    const resources = options['stack-resources'];
    return readCloudFormation({
      template: readJson(options.template),
      ...(resources !== undefined && { stackResources: readJson(resources) }),
      account: id,
      partition: options.partition ?? 'aws',
      region: options.region,
    });
  }
  const iam = io.aws?.iam ?? new IAMClient({ region: options.region ?? 'us-east-1' });
  const account = await readLive(iam);
  return credentials ? orUndecided(() => addCredentials(iam, account)) : account;
}

/** Asks the account for everything, page by page. */
async function readLive(iam: IAMClient): Promise<AccountIam> {
  const pages: GetAccountAuthorizationDetailsCommandOutput[] = [];
  await orUndecided(async () => {
    for await (const page of paginateGetAccountAuthorizationDetails({ client: iam, pageSize: 1000 }, {})) {
      pages.push(page);
      if (pages.length > MOST_PAGES)
        throw new UndecidedError('too-large', `IAM answers with more than ${MOST_PAGES} pages`);
    }
  });
  return readAccount(pages);
}

async function orUndecided<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof UndecidedError) throw cause;
    throw new UndecidedError('iam', `IAM could not be read: ${messageOf(cause)}`, { cause });
  }
}

function readAccount(input: unknown): AccountIam {
  try {
    return parseAccount(input);
  } catch (cause) {
    if (!(cause instanceof IamError)) throw cause;
    throw new UndecidedError(cause.code, cause.message, { cause });
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readBoundedBytes(path, LARGEST).toString('utf8'));
  } catch (cause) {
    throw new UndecidedError('unreadable-file', `${path}: ${messageOf(cause)}`, { cause });
  }
}
