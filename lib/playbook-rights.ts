import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { CompiledAwsConfig } from '../lambdas/core/config/aws-config.ts';
import { PLAYBOOK_NAMES, type PlaybookName } from '../lambdas/core/playbook-names.ts';
import type { ServiceFunction } from './service-function.ts';

interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a playbook asks of IAM (Service Authorization Reference of each service). */
interface Rights {
  /** A look at the setting. */
  readonly reads: readonly Grant[];
  /** The tags, which say who owns the resource, and the list of its settings: for whoever plans. */
  readonly surveys: readonly Grant[];
  readonly changes: readonly Grant[];
}

/** Without a resource level. */
const onAll = (...actions: readonly string[]): Grant => ({ actions, resources: ['*'] });

function describeRights(stack: Stack): Readonly<Record<PlaybookName, Rights>> {
  const on = (service: string, resource: string, ...actions: readonly string[]): Grant => ({
    actions,
    resources: [stack.formatArn({ service, resource, resourceName: '*' })],
  });
  const onBuckets = (...actions: readonly string[]): Grant => ({
    actions,
    resources: [`arn:${Aws.PARTITION}:s3:::*`],
  });
  const snapshots = `arn:${Aws.PARTITION}:ec2:${stack.region}::snapshot/*`;
  const rules: Rights = {
    reads: [onAll('ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups')],
    surveys: [onAll('ec2:DescribeTags')],
    changes: [
      ...['security-group', 'security-group-rule'].map((resource) =>
        on('ec2', resource, ...['Authorize', 'Revoke'].flatMap(bothDirections)),
      ),
      // A rule that comes back has its tags.
      {
        ...on('ec2', 'security-group-rule', 'ec2:CreateTags'),
        conditions: { StringLike: { 'ec2:CreateAction': 'AuthorizeSecurityGroup*' } },
      },
    ],
  };
  return {
    's3-public-access': {
      reads: [onBuckets('s3:GetBucketPublicAccessBlock')],
      surveys: [onBuckets('s3:GetBucketTagging')],
      // That to delete the block has no action of its own (S3 API Reference, DeletePublicAccessBlock).
      changes: [onBuckets('s3:PutBucketPublicAccessBlock')],
    },
    's3-tls-only': {
      reads: [onBuckets('s3:GetBucketPolicy')],
      surveys: [onBuckets('s3:GetBucketTagging')],
      changes: [onBuckets('s3:PutBucketPolicy', 's3:DeleteBucketPolicy')],
    },
    'security-group-open': rules,
    'default-security-group': rules,
    'ebs-default-encryption': {
      reads: [onAll('ec2:GetEbsEncryptionByDefault')],
      surveys: [],
      changes: [onAll('ec2:EnableEbsEncryptionByDefault', 'ec2:DisableEbsEncryptionByDefault')],
    },
    'instance-metadata': {
      reads: [onAll('ec2:DescribeInstances')],
      surveys: [onAll('ec2:DescribeTags')],
      changes: [on('ec2', 'instance', 'ec2:ModifyInstanceMetadataOptions')],
    },
    'snapshot-public': {
      reads: [],
      surveys: [onAll('ec2:DescribeSnapshots')],
      changes: [{ actions: ['ec2:DescribeSnapshotAttribute', 'ec2:ModifySnapshotAttribute'], resources: [snapshots] }],
    },
    'kms-rotation': {
      reads: [on('kms', 'key', 'kms:GetKeyRotationStatus')],
      surveys: [on('kms', 'key', 'kms:ListResourceTags')],
      changes: [on('kms', 'key', 'kms:EnableKeyRotation', 'kms:DisableKeyRotation')],
    },
    'trail-stopped': {
      reads: [on('cloudtrail', 'trail', 'cloudtrail:GetTrailStatus')],
      surveys: [onAll('cloudtrail:DescribeTrails')],
      changes: [on('cloudtrail', 'trail', 'cloudtrail:StartLogging', 'cloudtrail:StopLogging')],
    },
    'ecr-immutable-tags': {
      reads: [on('ecr', 'repository', 'ecr:DescribeRepositories')],
      surveys: [on('ecr', 'repository', 'ecr:ListTagsForResource')],
      changes: [on('ecr', 'repository', 'ecr:PutImageTagMutability')],
    },
    'password-policy': {
      reads: [onAll('iam:GetAccountPasswordPolicy')],
      surveys: [],
      changes: [onAll('iam:UpdateAccountPasswordPolicy', 'iam:DeleteAccountPasswordPolicy')],
    },
    'ecr-scanning': {
      reads: [on('ecr', 'repository', 'ecr:DescribeRepositories')],
      surveys: [on('ecr', 'repository', 'ecr:ListTagsForResource')],
      changes: [on('ecr', 'repository', 'ecr:PutImageScanningConfiguration')],
    },
  };
}

function bothDirections(verb: string): readonly string[] {
  return ['Ingress', 'Egress'].map((direction) => `ec2:${verb}SecurityGroup${direction}`);
}

/** Rights to look at what the configured playbooks are about. */
export function allowSurveying(reader: ServiceFunction, { playbooks }: CompiledAwsConfig): void {
  const rights = describeRights(Stack.of(reader));
  const asked = PLAYBOOK_NAMES.filter((name) => playbooks?.[name] !== undefined).map((name) => rights[name]);
  grantAll(
    reader,
    asked.flatMap(({ reads, surveys }) => [...reads, ...surveys]),
  );
}

/** What the service stands on, by ARN. */
export interface OwnResources {
  readonly buckets: readonly string[];
  readonly keys: readonly string[];
}

/** Rights to carry out the configured playbooks, none where one only observes; never on what the service itself stands on. */
export function allowPlaybooks(executor: ServiceFunction, { playbooks }: CompiledAwsConfig, own: OwnResources): void {
  const rights = describeRights(Stack.of(executor));
  const active = PLAYBOOK_NAMES.filter((name) => (playbooks?.[name]?.mode ?? 'observe') !== 'observe');
  grantAll(
    executor,
    active.flatMap((name) => [...rights[name].reads, ...rights[name].changes]),
  );
  const denied = [
    ...(active.includes('s3-public-access') ? [{ of: 's3-public-access', resources: own.buckets } as const] : []),
    ...(active.includes('s3-tls-only') ? [{ of: 's3-tls-only', resources: own.buckets } as const] : []),
    ...(active.includes('kms-rotation') ? [{ of: 'kms-rotation', resources: own.keys } as const] : []),
  ].filter(({ resources }) => resources.length > 0);
  for (const { of, resources } of denied) {
    const actions = rights[of].changes.flatMap((one) => one.actions);
    executor.allow(new PolicyStatement({ effect: Effect.DENY, actions, resources: [...resources] }));
  }
}

function grantAll(user: ServiceFunction, grants: readonly Grant[]): void {
  const distinct = new Map(grants.map((grant) => [JSON.stringify(Stack.of(user).resolve(grant)), grant]));
  for (const { actions, resources, conditions } of distinct.values()) {
    user.allow(
      new PolicyStatement({
        ...{ actions: [...actions], resources: [...resources] },
        ...(conditions !== undefined && { conditions }),
      }),
    );
    Validations.of(user.role).acknowledge(
      ...resources
        .filter((resource) => resource !== '*')
        .map((resource) => ({
          id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(user).resolve(resource))}]`,
          reason:
            'A fault is put right wherever it is, also on what is made later; what the service stands on is denied beside it.',
        })),
    );
  }
}
