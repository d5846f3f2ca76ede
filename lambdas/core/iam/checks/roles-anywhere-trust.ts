import type { IamRole } from '../account.ts';
import type { PolicyDocument, Statement } from '../policy-document.ts';
import { allowsAssumeRole } from './aws-trust.ts';
import { type CheckResult, concludeCheck, type Fault } from './check.ts';
import { findPinnedValues, readPrefix } from './pinned.ts';

/**
 * Whether a role that Roles Anywhere may take is held to one trust anchor, and to certificates by a part of their subject or alternative name (IAM Roles
 * Anywhere User Guide, "Trust model": without a condition every certificate below every anchor of the account may take it). SPIFFE ids stand in
 * `x509SAN/URI`; their trust domain ends at the first slash (SPIFFE ID standard, section 2.1). Undefined: the role does not trust Roles Anywhere.
 */
export function checkRolesAnywhereTrust(role: IamRole, trust: PolicyDocument): CheckResult | undefined {
  const trusting = trust.statements.filter(
    (one) => one.effect === 'Allow' && allowsAssumeRole(one) && namesService(one),
  );
  if (trusting.length === 0) return undefined;
  return concludeCheck(
    'roles-anywhere-trust',
    role.arn,
    trusting.flatMap((one) => [...judgeAnchor(one), ...judgeCertificate(one)]),
  );
}

function namesService({ principals }: Statement): boolean {
  return (
    principals?.mode === 'in' &&
    principals.principals.some(({ kind, value }) => kind === 'Service' && value === 'rolesanywhere.amazonaws.com')
  );
}

function judgeAnchor(statement: Statement): readonly Fault[] {
  const anchors = findPinnedValues('aws:SourceArn', statement);
  if (anchors?.every((value) => /^arn:[^:*?]+:rolesanywhere:[^:]*:\d{12}:trust-anchor\/[^*?]+$/.test(value)) === true)
    return [];
  return [
    {
      severity: 'HIGH',
      because: `statement ${statement.number} takes certificates of any trust anchor: hold aws:SourceArn to its ARN`,
    },
  ];
}

function judgeCertificate(statement: Statement): readonly Fault[] {
  const where = `statement ${statement.number}`;
  const named = statement.conditions.flatMap(({ key }) => {
    const values = /^aws:principaltag\/x509(?:subject|san)\//.test(key) ? findPinnedValues(key, statement) : undefined;
    return values === undefined ? [] : [{ key, values }];
  });
  if (named.some(({ key, values }) => values.every((value) => namesSomebody(key, value)))) return [];
  return named.length === 0
    ? [
        {
          severity: 'MEDIUM',
          because: `${where} takes every certificate of the anchor: ask for a part of its subject or alternative name`,
        },
      ]
    : [
        {
          severity: 'HIGH',
          because: `${where} asks for a name with a wildcard that leaves open whose certificate it is`,
        },
      ];
}

/** Of a URI, scheme and authority (for SPIFFE the trust domain) must stand in front of the wildcard. */
function namesSomebody(key: string, value: string): boolean {
  const { prefix, exact } = readPrefix(value);
  return exact || (key.endsWith('/uri') ? /^[a-z][a-z0-9+.-]*:\/\/[^/]+\//.test(prefix) : prefix.length > 0);
}
