import type { IamRole } from '../account.ts';
import type { PolicyDocument, Statement } from '../policy-document.ts';
import { allowsAssumeRole } from './aws-trust.ts';
import { type CheckResult, concludeCheck, type Fault } from './check.ts';
import { findPinnedValues, readPrefix } from './pinned.ts';

/**
 * Services that can be told by another account to use a role of this one, and which say on whose behalf they come: the trust can be held to a source
 * (IAM User Guide, "The confused deputy problem", and the section of that name in the guide of each service).
 */
const DEPUTIES: ReadonlySet<string> = new Set([
  'bedrock.amazonaws.com',
  'codebuild.amazonaws.com',
  'config.amazonaws.com',
  'dms.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'logs.amazonaws.com',
  'malware-protection-plan.guardduty.amazonaws.com',
  'monitoring.rds.amazonaws.com',
  'pipes.amazonaws.com',
  'rds.amazonaws.com',
  'scheduler.amazonaws.com',
  'ssm.amazonaws.com',
  'states.amazonaws.com',
  'transfer.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
]);

const SOURCES = ['aws:SourceArn', 'aws:SourceAccount', 'aws:SourceOrgID', 'aws:SourceOrgPaths'];

/** Whether the services that a role trusts are held to a source of one's own. Undefined: it trusts none that knows its source. */
export function checkServiceTrust(role: IamRole, trust: PolicyDocument): CheckResult | undefined {
  const trusting = trust.statements.flatMap((statement) =>
    listDeputies(statement).map((service) => ({ statement, service })),
  );
  if (trusting.length === 0) return undefined;
  const faults = trusting.flatMap(({ statement, service }): readonly Fault[] => {
    if (SOURCES.some((key) => isFixed(key, statement))) return [];
    const because = `statement ${statement.number} lets ${service} take the role for any account: hold aws:SourceAccount or aws:SourceArn to one's own`;
    return [{ severity: 'MEDIUM', because }];
  });
  return concludeCheck('service-trust', role.arn, faults);
}

function listDeputies(statement: Statement): readonly string[] {
  if (statement.effect !== 'Allow' || !allowsAssumeRole(statement) || statement.principals?.mode !== 'in') return [];
  return statement.principals.principals.flatMap(({ kind, value }) =>
    kind === 'Service' && DEPUTIES.has(value) ? [value] : [],
  );
}

/** An ARN fixes a source when its account (the fifth part) is written out, whatever wildcards stand around it. */
function isFixed(key: string, statement: Statement): boolean {
  const values = findPinnedValues(key, statement);
  const fixed = key === 'aws:SourceArn' ? namesAccount : (value: string) => readPrefix(value).exact;
  return values?.every(fixed) === true;
}

function namesAccount(arn: string): boolean {
  const [, , , , account = ''] = arn.split(':');
  return /^\d{12}$/.test(account);
}
