import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { internalsOf } from '../../local/account/internals.ts';
import type { EmbeddedAccount } from '../../local/account/types.ts';

type Fields = Record<string, unknown>;

export const CONFIG_RULE = {
  name: 's3-bucket-level-public-access-prohibited',
  arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-mburzq',
};
/** Has the account know a rule of somebody else: a managed one by its identifier, or one that was written. */
export function addConfigRule(
  account: EmbeddedAccount,
  rule: { readonly name: string; readonly arn: string } = CONFIG_RULE,
  identifier: string | undefined = 'S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED',
): void {
  const id = rule.arn.split('/').at(-1) ?? '';
  const rest = { parameters: {}, every: 1e12, invoke: () => {} };
  internalsOf(account).awsConfig.rules.add({ ...rule, id, ...rest, ...(identifier !== '' && { identifier }) });
}

export const BUCKET = { resourceType: 'AWS::S3::Bucket', resourceId: 'acme-logs' } as const;
export const BUCKET_ARN = 'arn:aws:s3:::acme-logs';

export interface ResultChange {
  readonly rule?: { readonly name: string; readonly arn: string };
  readonly about?: { readonly resourceType: string; readonly resourceId: string };
  /** Undefined: there is no result any more. */
  readonly compliance?: string | undefined;
  /** ISO. */
  readonly at?: string;
}

/** The event of a result, as Config sends it. Not compliant unless told otherwise. */
export function complianceChange(change: ResultChange = {}, envelope: Fields = {}): Fields {
  const { rule = CONFIG_RULE, about = BUCKET, at = '2026-11-23T11:59:00.000Z' } = change;
  const compliance = 'compliance' in change ? change.compliance : 'NON_COMPLIANT';
  return {
    version: '0',
    id: 'c0bb891c-77fe-8518-14fc-be78b966f95b',
    'detail-type': 'Config Rules Compliance Change',
    source: 'aws.config',
    account: '123456789012',
    region: 'eu-west-1',
    time: '2026-11-23T12:00:00Z',
    resources: [],
    detail: {
      messageType: 'ComplianceChangeNotification',
      awsAccountId: '123456789012',
      awsRegion: 'eu-west-1',
      configRuleName: rule.name,
      configRuleARN: rule.arn,
      ...about,
      newEvaluationResult:
        compliance === undefined
          ? null
          : {
              complianceType: compliance,
              evaluationResultIdentifier: {
                evaluationResultQualifier: { configRuleName: rule.name, ...about },
                orderingTimestamp: at,
              },
              resultRecordedTime: at,
            },
      notificationCreationTime: at,
    },
    ...envelope,
  };
}

/** The event of a change of a resource. Deleted unless told otherwise. */
export function itemChange(at: string, change: Fields = {}): Fields {
  return {
    ...complianceChange(),
    'detail-type': 'Config Configuration Item Change',
    detail: {
      messageType: 'ConfigurationItemChangeNotification',
      configurationItem: {
        awsAccountId: '123456789012',
        awsRegion: 'eu-west-1',
        ...BUCKET,
        ARN: BUCKET_ARN,
        configurationItemStatus: 'ResourceDeleted',
        configurationItemCaptureTime: at,
        ...change,
      },
    },
  };
}

/** The finding that the integration of Config makes of it. */
export function findingOfConfig(change: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: `${CONFIG_RULE.arn}/finding/46f070df80cd50b68fa6a43594dc5fda1e517902`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/config',
    GeneratorId: CONFIG_RULE.arn,
    AwsAccountId: '123456789012',
    Types: ['Software and Configuration Checks'],
    CreatedAt: '2026-11-23T11:59:30.000Z',
    UpdatedAt: '2026-11-23T11:59:30.000Z',
    Severity: { Label: 'MEDIUM' },
    Title: CONFIG_RULE.name,
    Description: `This finding is created for a resource compliance change for config rule: ${CONFIG_RULE.name}`,
    ProductFields: {
      'aws/config/ConfigRuleArn': CONFIG_RULE.arn,
      'aws/config/ConfigRuleName': CONFIG_RULE.name,
      'aws/config/ConfigComplianceType': 'NON_COMPLIANT',
    },
    Resources: [{ Type: 'AwsS3Bucket', Id: BUCKET_ARN }],
    Compliance: { Status: 'FAILED' },
    ...change,
  };
}

/** The finding of a control of Security Hub, by a rule that it deployed itself. */
export function findingOfControl(rule: string, change: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding {
  return findingOfConfig({
    Id: 'arn:aws:securityhub:eu-west-1:123456789012:security-control/S3.8/finding/1b0ca1a6-0ba8-4b0b-8e0c-5b1f3c3e8a10',
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    GeneratorId: 'security-control/S3.8',
    Title: 'S3 general purpose buckets should block public access',
    ProductFields: { 'RelatedAWSResources:0/name': rule, 'RelatedAWSResources:0/type': 'AWS::Config::ConfigRule' },
    ...change,
  });
}
