import { type CheckResult, concludeCheck, type Fault } from './check.ts';
import type { AccessKey, UserCredentials } from './credential-report.ts';

/** Milliseconds. CIS AWS Foundations Benchmark: keys are rotated every 90 days, credentials unused for 45 days are taken away. */
export interface CredentialLimits {
  readonly oldestKey: number;
  readonly longestUnused: number;
}

const DAY = 86_400_000;

/** All checks of the credentials of one user at a time. Those that do not apply (root has no key age) are left out. */
export function checkCredentials(user: UserCredentials, now: number, limits: CredentialLimits): readonly CheckResult[] {
  if (user.isRoot) return [concludeCheck('root-credentials', user.arn, judgeRoot(user))];
  return [
    concludeCheck('console-mfa', user.arn, judgeConsole(user)),
    concludeCheck(
      'access-key-age',
      user.arn,
      user.accessKeys.flatMap((key) => judgeAge(key, now, limits.oldestKey)),
    ),
    concludeCheck('unused-credentials', user.arn, judgeUse(user, now, limits.longestUnused)),
  ];
}

function judgeRoot(user: UserCredentials): readonly Fault[] {
  const faults: Fault[] = user.accessKeys.map(({ slot }) => ({
    severity: 'CRITICAL',
    because: `access key ${slot} of the root user is active`,
  }));
  return user.hasMfa ? faults : [...faults, { severity: 'CRITICAL', because: 'the root user has no MFA device' }];
}

function judgeConsole({ hasPassword, hasMfa }: UserCredentials): readonly Fault[] {
  return hasPassword && !hasMfa ? [{ severity: 'HIGH', because: 'it has a console password and no MFA device' }] : [];
}

function judgeAge({ slot, rotatedAt }: AccessKey, now: number, oldest: number): readonly Fault[] {
  if (rotatedAt !== undefined && now - rotatedAt <= oldest) return [];
  const age =
    rotatedAt === undefined ? 'is of unknown age' : `was made ${Math.floor((now - rotatedAt) / DAY)} days ago`;
  return [{ severity: 'MEDIUM', because: `access key ${slot} ${age}, more than ${Math.floor(oldest / DAY)}` }];
}

/** What was never used counts from the day it was made. */
function judgeUse(user: UserCredentials, now: number, longest: number): readonly Fault[] {
  const uses = user.accessKeys.map(({ slot, usedAt, rotatedAt }) => ({
    what: `access key ${slot}`,
    at: usedAt ?? rotatedAt,
  }));
  if (user.hasPassword) {
    uses.push({ what: 'the password', at: latest(user.passwordUsedAt, user.passwordChangedAt) ?? user.createdAt });
  }
  return uses.flatMap(({ what, at }): readonly Fault[] => {
    if (at !== undefined && now - at <= longest) return [];
    const since = at === undefined ? '' : ` for ${Math.floor((now - at) / DAY)} days`;
    return [{ severity: 'MEDIUM', because: `${what} has not been used${since}` }];
  });
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
