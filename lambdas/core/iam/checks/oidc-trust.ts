import type { IamRole } from '../account.ts';
import type { PolicyDocument, PrincipalSet, Statement } from '../policy-document.ts';
import { matchesWildcard } from '../wildcard.ts';
import { type CheckResult, concludeCheck, type Fault } from './check.ts';
import { END, ISSUERS, type Issuer, UNKNOWN_ISSUER } from './issuers.ts';
import { findPinnedValues, readPrefix } from './pinned.ts';

const ACTION = 'sts:assumerolewithwebidentity';

/**
 * Whether a role that tokens of an OIDC provider may take is held to one audience and to one's own workloads (IAM User Guide, "Identity-provider controls
 * for shared OIDC providers"; IAM demands them for new policies of some issuers only, and none of old ones). Undefined: no provider may take it.
 */
export function checkOidcTrust(role: IamRole, trust: PolicyDocument): CheckResult | undefined {
  const allowing = trust.statements.filter((one) => one.effect === 'Allow' && allowsAction(one));
  const trusting = allowing.flatMap((statement) =>
    listProviders(statement).map((provider) => ({ statement, provider })),
  );
  if (trusting.length === 0) return undefined;
  const faults = trusting.flatMap(({ statement, provider }) =>
    judgeProvider(
      statement,
      provider,
      trust.statements.filter((one) => denies(one, provider)),
    ),
  );
  return concludeCheck('oidc-trust', role.arn, faults);
}

function allowsAction({ actions }: Statement): boolean {
  return actions.patterns.some((pattern) => matchesWildcard(pattern, ACTION)) === (actions.mode === 'in');
}

/** Providers by their address. Names of SAML providers are not among them. */
function listProviders({ principals }: Statement): readonly string[] {
  if (principals?.mode !== 'in') return [];
  return principals.principals.flatMap(({ kind, value }) =>
    kind === 'Federated' && !value.includes(':saml-provider/') ? [value.replace(/^.*?:oidc-provider\//, '')] : [],
  );
}

function denies(statement: Statement, provider: string): boolean {
  return statement.effect === 'Deny' && allowsAction(statement) && coversProvider(statement.principals, provider);
}

function coversProvider(principals: PrincipalSet | undefined, provider: string): boolean {
  if (principals?.mode !== 'in') return false;
  return principals.principals.some(
    ({ kind, value }) =>
      (kind === 'AWS' && value === '*') ||
      (kind === 'Federated' && (value === '*' || value.replace(/^.*?:oidc-provider\//, '') === provider)),
  );
}

function judgeProvider(statement: Statement, provider: string, denials: readonly Statement[]): readonly Fault[] {
  const where = `statement ${statement.number}`;
  if (provider === '*') {
    return [{ severity: 'CRITICAL', because: `${where} trusts every identity provider of the account` }];
  }
  if (provider === 'cognito-identity.amazonaws.com') return judgeCognito(statement, denials);
  const known = ISSUERS.find((issuer) => issuer.provider.test(provider));
  const issuer = { ...(known ?? UNKNOWN_ISSUER), name: known?.name ?? provider };
  return [
    ...judgeAudience(statement, provider, issuer, denials),
    ...judgeWorkload(statement, provider, issuer, denials),
  ];
}

function judgeAudience(
  statement: Statement,
  provider: string,
  issuer: Pick<Issuer, 'name' | 'shared'>,
  denials: readonly Statement[],
): readonly Fault[] {
  const audiences = findPinnedValues(`${provider}:aud`, statement, denials);
  if (audiences?.every((value) => readPrefix(value).exact) === true) return [];
  const because = `statement ${statement.number} takes tokens of ${issuer.name} that were issued for any audience: hold ${provider}:aud to one with StringEquals`;
  return [{ severity: 'MEDIUM', because }];
}

/** One claim that fixes the workload is enough; else the best of them is told. */
function judgeWorkload(
  statement: Statement,
  provider: string,
  issuer: Pick<Issuer, 'name' | 'shared' | 'claims'>,
  denials: readonly Statement[],
): readonly Fault[] {
  const grades = Object.entries(issuer.claims).flatMap(([claim, { tenant, workload }]) => {
    const values = findPinnedValues(`${provider}:${claim}`, statement, denials);
    if (values === undefined) return [];
    const texts = values.map(readPrefix).map(({ prefix, exact }) => (exact ? `${prefix}${END}` : prefix));
    if (texts.every((text) => workload.test(text))) return ['workload' as const];
    return [texts.every((text) => tenant.test(text)) ? ('tenant' as const) : ('anyone' as const)];
  });
  if (grades.includes('workload')) return [];
  const where = `statement ${statement.number}`;
  if (grades.includes('tenant')) {
    return [
      {
        severity: 'MEDIUM',
        because: `${where} lets every workload of one organisation at ${issuer.name} take the role`,
      },
    ];
  }
  const who = issuer.shared ? 'anyone who can get a token of' : 'every workload of';
  const why =
    grades.length === 0
      ? 'nothing is asked of its subject'
      : 'the wildcard in the subject leaves the organisation open';
  return [
    {
      severity: issuer.shared ? 'CRITICAL' : 'HIGH',
      because: `${where} lets ${who} ${issuer.name} take the role: ${why}`,
    },
  ];
}

/** Cognito names the pool in `aud` and whether anybody signed in in `amr` (Cognito Developer Guide, "Role trust and permissions"). */
function judgeCognito(statement: Statement, denials: readonly Statement[]): readonly Fault[] {
  const where = `statement ${statement.number}`;
  const faults: Fault[] = [];
  const pools = findPinnedValues('cognito-identity.amazonaws.com:aud', statement, denials);
  if (pools?.every((value) => readPrefix(value).exact) !== true) {
    faults.push({ severity: 'CRITICAL', because: `${where} lets identity pools of every account take the role` });
  }
  const methods = findPinnedValues('cognito-identity.amazonaws.com:amr', statement, denials);
  if (methods?.includes('authenticated') !== true) {
    faults.push({ severity: 'MEDIUM', because: `${where} lets guests of the identity pool take the role` });
  }
  return faults;
}
