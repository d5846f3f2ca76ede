import { CfnInsight } from 'aws-cdk-lib/aws-securityhub';
import { Construct } from 'constructs';

interface Question {
  /** What an analyst asks, as Security Hub shows it. */
  readonly name: string;
  /** By what the answers are counted (Security Hub API Reference, CreateInsight). */
  readonly groupBy: 'ResourceId' | 'GeneratorId';
  /** The `GeneratorId` of the findings that answer. Absent: all of ours. */
  readonly generators?: readonly string[];
  /** A field that our findings have, and the values of it that answer. One key only: Security Hub joins filters on the same field by OR. */
  readonly field?: { readonly key: string; readonly values: readonly string[] };
  /** The answers are findings of other products, beside which we wrote. */
  readonly beside?: true;
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  InvalidImages: {
    name: 'Countersign: images with a signature that does not hold',
    groupBy: 'ResourceId',
    generators: ['countersign/image-signatures'],
    field: { key: 'countersign/Verdict', values: ['invalid'] },
  },
  UnsignedImages: {
    name: 'Countersign: images without a signature',
    groupBy: 'ResourceId',
    generators: ['countersign/image-signatures'],
    field: { key: 'countersign/Verdict', values: ['unsigned'] },
  },
  Drift: {
    name: 'Countersign: IAM that differs from what was signed',
    groupBy: 'ResourceId',
    generators: ['countersign/iam-baseline'],
    field: { key: 'countersign/Drift', values: ['drifted', 'undeclared', 'deleted'] },
  },
  Waiting: {
    name: 'Countersign: plans that wait for approval',
    groupBy: 'ResourceId',
    field: { key: 'countersign/Needs', values: ['approval'] },
  },
  WaitingBeside: {
    name: 'Countersign: plans that wait beside other findings',
    groupBy: 'ResourceId',
    field: { key: 'countersign/Needs', values: ['approval'] },
    beside: true,
  },
  Contested: {
    name: 'Countersign: contested resources',
    groupBy: 'ResourceId',
    field: { key: 'countersign/Needs', values: ['settlement'] },
  },
  Contained: {
    name: 'Countersign: containments in force',
    groupBy: 'ResourceId',
    generators: ['countersign/containment'],
    field: { key: 'countersign/Containment', values: ['contained', 'stuck'] },
  },
  NotContained: {
    name: 'Countersign: in foreign hands and not contained',
    groupBy: 'ResourceId',
    generators: ['countersign/containment'],
    field: { key: 'countersign/Containment', values: ['open', 'waiting', 'failed', 'taken-away'] },
  },
  Service: {
    name: 'Countersign: what the service itself needs',
    groupBy: 'GeneratorId',
    generators: ['countersign/service-health', 'countersign/iam-heartbeat'],
  },
};

/** One insight in Security Hub for each question that an analyst asks. They show what is open: neither archived, nor resolved, nor suppressed. */
export class FindingInsights extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const [key, question] of Object.entries(QUESTIONS)) {
      new CfnInsight(this, key, {
        name: question.name,
        groupByAttribute: question.groupBy,
        filters: filtersOf(question),
      });
    }
  }
}

/** Different attributes are joined by AND, values of one attribute by OR (Security Hub API Reference, AwsSecurityFindingFilters). */
function filtersOf({ generators = [], field, beside }: Question): CfnInsight.AwsSecurityFindingFiltersProperty {
  const fields = field?.values.map((value) => ({ ...equals(value), key: field.key }));
  return {
    recordState: [equals('ACTIVE')],
    workflowStatus: ['NEW', 'NOTIFIED'].map(equals),
    ...(beside ? {} : { productName: [equals('Countersign')] }),
    ...(generators.length > 0 && { generatorId: generators.map(equals) }),
    ...(fields && (beside ? { userDefinedFields: fields } : { productFields: fields })),
  };
}

function equals(value: string): { readonly comparison: 'EQUALS'; readonly value: string } {
  return { comparison: 'EQUALS', value };
}
