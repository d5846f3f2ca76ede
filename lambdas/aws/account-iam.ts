import { GetAccountAuthorizationDetailsCommand, type IAMClient } from '@aws-sdk/client-iam';
import { CountersignError } from '../core/errors.ts';
import type { AccountIam } from '../core/iam/account.ts';
import { parseAccount } from '../core/iam/parse-account.ts';

/** 1,000 entries a page and at most some 20,000 principals and policies an account: what has more pages is no answer of IAM. */
const MOST_PAGES = 100;

/** The whole IAM of the account, read page by page. Throws `too-many-pages`, and what `parseAccount` throws. */
export async function readAccountIam(iam: IAMClient): Promise<AccountIam> {
  const pages: unknown[] = [];
  let Marker: string | undefined;
  do {
    if (pages.length === MOST_PAGES)
      throw new CountersignError('too-many-pages', `IAM has more than ${MOST_PAGES} pages`);
    const { $metadata: _metadata, ...page } = await iam.send(
      new GetAccountAuthorizationDetailsCommand({ MaxItems: 1000, Marker }),
    );
    pages.push(JSON.parse(JSON.stringify(page)));
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);
  return parseAccount(pages);
}
