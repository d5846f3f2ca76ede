import { messageOf } from '../../errors.ts';
import type { AccountIam, IamRole } from '../account.ts';
import { parsePolicy } from '../parse-policy.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { checkAccountTrust } from './aws-trust.ts';
import type { CheckResult } from './check.ts';
import type { UserCredentials } from './credential-report.ts';
import { type CredentialLimits, checkCredentials } from './credentials.ts';
import { checkOidcTrust } from './oidc-trust.ts';
import { checkRolesAnywhereTrust } from './roles-anywhere-trust.ts';
import { checkSamlTrust } from './saml-trust.ts';
import { checkServiceTrust } from './service-trust.ts';

export interface AccountChecks {
  readonly results: readonly CheckResult[];
  /** Roles whose trust policy could not be read: what it allows is not known. */
  readonly unread: readonly { readonly resource: string; readonly because: string }[];
}

/** Runs every check of federation and credentials over an account. `ownAccounts` are trusted without an external id; the account itself always is. */
export function checkAccount(input: {
  readonly account: AccountIam;
  readonly credentials: readonly UserCredentials[];
  readonly ownAccounts: readonly string[];
  readonly limits: CredentialLimits;
  readonly now: number;
}): AccountChecks {
  const ownAccounts = new Set([...input.ownAccounts, input.account.accountId]);
  const roles = input.account.roles
    .filter(({ path }) => !path.startsWith('/aws-service-role/'))
    .map((role) => checkRole(role, ownAccounts));
  return {
    results: [
      ...roles.flatMap(({ results }) => results),
      ...input.credentials.flatMap((user) => checkCredentials(user, input.now, input.limits)),
    ],
    unread: roles.flatMap(({ unread }) => unread),
  };
}

function checkRole(role: IamRole, ownAccounts: ReadonlySet<string>): AccountChecks {
  let trust: PolicyDocument;
  try {
    trust = parsePolicy(role.trust);
  } catch (thrown) {
    return { results: [], unread: [{ resource: role.arn, because: messageOf(thrown) }] };
  }
  const results = [
    checkOidcTrust(role, trust),
    checkSamlTrust(role, trust),
    checkRolesAnywhereTrust(role, trust),
    checkAccountTrust(role, trust, ownAccounts),
    checkServiceTrust(role, trust),
  ];
  return { results: results.filter((result) => result !== undefined), unread: [] };
}
