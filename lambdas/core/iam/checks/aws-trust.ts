import type { IamRole } from '../account.ts';
import type { PolicyDocument, Statement } from '../policy-document.ts';
import { matchesWildcard } from '../wildcard.ts';
import { type CheckResult, concludeCheck, type Fault } from './check.ts';
import { findPinnedValues, readPrefix } from './pinned.ts';

const ACTION = 'sts:assumerole';

/** Keys that tie a caller to an organisation, an account or a principal (IAM User Guide, "AWS global condition context keys"). */
const TIES = ['aws:PrincipalOrgID', 'aws:PrincipalOrgPaths', 'aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:userid'];

/**
 * Whether other accounts may take a role without a condition. Accounts in `ownAccounts` (the organisation's) need no external id: that is for third
 * parties (IAM User Guide, "Access to AWS accounts owned by third parties"). Undefined: no account but the role's own is trusted.
 */
export function checkAccountTrust(
  role: IamRole,
  trust: PolicyDocument,
  ownAccounts: ReadonlySet<string>,
): CheckResult | undefined {
  const allowing = trust.statements.filter((one) => one.effect === 'Allow' && allowsAssumeRole(one));
  const foreign = allowing.filter((one) => namesOthers(one, ownAccounts));
  if (foreign.length === 0) return undefined;
  return concludeCheck(
    'account-trust',
    role.arn,
    foreign.flatMap((one) => judgeStatement(one, ownAccounts)),
  );
}

export function allowsAssumeRole({ actions }: Statement): boolean {
  return actions.patterns.some((pattern) => matchesWildcard(pattern, ACTION)) === (actions.mode === 'in');
}

function namesOthers({ principals }: Statement, ownAccounts: ReadonlySet<string>): boolean {
  if (principals === undefined) return false;
  return (
    principals.mode === 'not-in' ||
    principals.principals.some((one) => one.kind === 'AWS' && !isOwn(one.value, ownAccounts))
  );
}

function isOwn(principal: string, ownAccounts: ReadonlySet<string>): boolean {
  return ownAccounts.has(accountOf(principal) ?? '');
}

/** Undefined for `*` and for the unique id of a principal that no longer exists. */
function accountOf(principal: string): string | undefined {
  return /^(?:arn:[a-z-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];
}

function judgeStatement(statement: Statement, ownAccounts: ReadonlySet<string>): readonly Fault[] {
  const where = `statement ${statement.number}`;
  if (statement.principals?.mode !== 'in') {
    return [{ severity: 'CRITICAL', because: `${where} allows everybody but those it names (NotPrincipal)` }];
  }
  const tied = TIES.some((key) => isPinned(key, statement));
  return statement.principals.principals.flatMap(({ kind, value }): readonly Fault[] => {
    if (kind !== 'AWS' || isOwn(value, ownAccounts) || tied) return [];
    if (value === '*') return [judgeEverybody(statement, where)];
    if (accountOf(value) === undefined) {
      return [
        {
          severity: 'LOW',
          because: `${where} names ${value}, the id of a principal that was deleted: nobody can take the role by it`,
        },
      ];
    }
    if (isPinned('sts:ExternalId', statement)) return [];
    return [
      { severity: 'MEDIUM', because: `${where} lets ${value} take the role without an external id or an organisation` },
    ];
  });
}

function judgeEverybody(statement: Statement, where: string): Fault {
  return isPinned('sts:ExternalId', statement)
    ? { severity: 'HIGH', because: `${where} lets anybody take the role who knows the external id, which is no secret` }
    : { severity: 'CRITICAL', because: `${where} lets every AWS account take the role` };
}

function isPinned(key: string, statement: Statement): boolean {
  return findPinnedValues(key, statement)?.every((value) => readPrefix(value).prefix.length > 0) === true;
}
