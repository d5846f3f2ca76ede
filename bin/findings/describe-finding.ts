import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { isPlanId } from '../../lambdas/core/ledger/plan.ts';
import { makeVisible } from '../output/visible.ts';

/** A finding on one line: severity, state, when it was last written, what it is about, title. Below it what its plan needs of a person. */
export function describeFinding(finding: AwsSecurityFinding): string {
  const { Severity, UpdatedAt = '', Resources = [], Title = '' } = finding;
  const words = [
    (Severity?.Label ?? 'NONE').padEnd(13),
    stateOf(finding).padEnd(10),
    UpdatedAt,
    Resources[0]?.Id ?? '-',
    Title,
  ];
  return `${makeVisible(words.join('  '))}\n${describeNeed(finding)}`;
}

/** The same as data, with names of this program and the fields of Countersign as they are. */
export function findingAsData(finding: AwsSecurityFinding): unknown {
  const { Id, GeneratorId, AwsAccountId, Region, Severity, CreatedAt, UpdatedAt, Title, Description } = finding;
  return {
    id: Id,
    generator: GeneratorId,
    account: AwsAccountId,
    region: Region,
    severity: Severity?.Label,
    state: stateOf(finding),
    createdAt: CreatedAt,
    updatedAt: UpdatedAt,
    resources: (finding.Resources ?? []).map((one) => one.Id),
    title: Title,
    description: Description,
    note: finding.Note?.Text,
    fields: finding.ProductFields ?? {},
  };
}

/** In the words of `--state`. */
function stateOf({ RecordState, Workflow }: AwsSecurityFinding): 'open' | 'resolved' | 'suppressed' | 'archived' {
  if (RecordState === 'ARCHIVED') return 'archived';
  if (Workflow?.Status === 'RESOLVED') return 'resolved';
  return Workflow?.Status === 'SUPPRESSED' ? 'suppressed' : 'open';
}

/** Fields of a finding are a claim: only what has the form of a plan's id becomes part of a command. */
function describeNeed({ ProductFields = {} }: AwsSecurityFinding): string {
  const need = ProductFields['countersign/Needs'];
  if (need !== 'approval' && need !== 'settlement') return '';
  const waitsForDeletion = ProductFields['countersign/DeletionPlanState'] === 'proposed';
  const plan = ProductFields[waitsForDeletion ? 'countersign/DeletionPlan' : 'countersign/Plan'];
  return isPlanId(plan) ? `  needs ${need}: countersign plan show ${plan}\n` : `  needs ${need}\n`;
}
