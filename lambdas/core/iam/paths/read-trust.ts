import type { CompiledCondition } from '../compare/compile-condition.ts';
import { compileCondition } from '../compare/compile-condition.ts';
import { readCaller } from '../compare/principals.ts';
import type { PolicyDocument, Statement } from '../policy-document.ts';
import { matchesWildcard } from '../wildcard.ts';

/** Who may take a role, as far as the account itself goes. Federated callers and other accounts are not looked at. */
export interface RoleTrust {
  readonly services: readonly TrustLine[];
  /** ARNs of principals. */
  readonly principals: readonly TrustLine[];
  /** Whether any principal of the account may, that its own policies let. */
  readonly account: readonly Omit<TrustLine, 'name'>[];
}

export interface TrustLine {
  readonly name: string;
  readonly conditions: readonly CompiledCondition[];
  /** A statement of the trust policy may deny it. */
  readonly unsure: boolean;
}

/** Reads a trust policy (IAM User Guide, "AWS JSON policy elements: Principal"). What it denies makes everything unsure, since a denial names whom it likes. */
export function readTrust({ version, statements }: PolicyDocument, account: string): RoleTrust {
  const taking = statements.filter(takesRole);
  const unsure = taking.some(({ effect }) => effect === 'Deny');
  const trust = {
    services: [] as TrustLine[],
    principals: [] as TrustLine[],
    account: [] as Omit<TrustLine, 'name'>[],
  };
  for (const statement of taking) {
    if (statement.effect === 'Deny' || statement.principals === undefined) continue;
    const conditions = statement.conditions.map((one) => compileCondition(one, version === '2012-10-17'));
    if (statement.principals.mode === 'not-in') {
      trust.account.push({ conditions, unsure: true });
      continue;
    }
    for (const principal of statement.principals.principals) {
      const caller = readCaller(principal, undefined);
      if (caller.kind === 'Service') trust.services.push({ name: caller.name.toLowerCase(), conditions, unsure });
      else if (caller.kind !== 'AWS') continue;
      else if (caller.form === 'everybody' || caller.name === account) trust.account.push({ conditions, unsure });
      else if (caller.form !== 'account') trust.principals.push({ name: caller.name, conditions, unsure });
    }
  }
  return trust;
}

function takesRole({ actions }: Statement): boolean {
  return actions.patterns.some((pattern) => matchesWildcard(pattern, 'sts:assumerole')) === (actions.mode === 'in');
}
