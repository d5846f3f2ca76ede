import type { IamRole } from '../account.ts';
import type { PolicyDocument, Statement } from '../policy-document.ts';
import { matchesWildcard } from '../wildcard.ts';
import { type CheckResult, concludeCheck, type Fault } from './check.ts';
import { findPinnedValues, readPrefix } from './pinned.ts';

const ACTION = 'sts:assumerolewithsaml';

/**
 * Whether SAML assertions are taken for AWS's sign-in only (IAM User Guide, "Available keys for SAML-based federation": `SAML:aud` is the endpoint that the
 * assertion was sent to). Undefined: no SAML provider may take the role.
 */
export function checkSamlTrust(role: IamRole, trust: PolicyDocument): CheckResult | undefined {
  const trusting = trust.statements.filter(({ effect, ...one }) => effect === 'Allow' && namesSamlProvider(one));
  if (trusting.length === 0) return undefined;
  const faults = trusting.flatMap((statement): readonly Fault[] => {
    const audiences = findPinnedValues('SAML:aud', statement);
    if (audiences?.every((value) => readPrefix(value).exact) === true) return [];
    return [
      {
        severity: 'MEDIUM',
        because: `statement ${statement.number} takes assertions for any audience: hold SAML:aud to the sign-in endpoint`,
      },
    ];
  });
  return concludeCheck('saml-trust', role.arn, faults);
}

function namesSamlProvider({ principals, actions }: Pick<Statement, 'principals' | 'actions'>): boolean {
  const allows = actions.patterns.some((pattern) => matchesWildcard(pattern, ACTION)) === (actions.mode === 'in');
  return (
    allows &&
    principals?.mode === 'in' &&
    principals.principals.some(({ kind, value }) => kind === 'Federated' && value.includes(':saml-provider/'))
  );
}
