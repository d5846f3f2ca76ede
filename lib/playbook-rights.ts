import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { CompiledAwsConfig } from '../lambdas/core/config/aws-config.ts';
import { PLAYBOOK_NAMES, type PlaybookName } from '../lambdas/core/playbook-names.ts';
import type { ServiceFunction } from './service-function.ts';

interface Rights {
  /** What a look at the setting asks for (Service Authorization Reference of the service). */
  readonly reads: readonly string[];
  /** The tags, which say who owns the resource, and the list of its settings: for whoever plans. */
  readonly surveys: readonly string[];
  readonly changes: readonly string[];
  /** What all of these are granted on. */
  readonly resources: (scope: Stack) => readonly string[];
}

const EVERY_BUCKET = `arn:${Aws.PARTITION}:s3:::*`;

/** What each playbook asks of IAM. */
const RIGHTS: Readonly<Record<PlaybookName, Rights>> = {
  's3-public-access': {
    reads: ['s3:GetBucketPublicAccessBlock'],
    surveys: ['s3:GetBucketTagging'],
    // That to delete the block has no action of its own (S3 API Reference, DeletePublicAccessBlock).
    changes: ['s3:PutBucketPublicAccessBlock'],
    resources: () => [EVERY_BUCKET],
  },
};

/** Rights to look at what the configured playbooks are about. */
export function allowSurveying(reader: ServiceFunction, { playbooks }: CompiledAwsConfig): void {
  for (const name of PLAYBOOK_NAMES) {
    if (playbooks?.[name] === undefined) continue;
    const { reads, surveys, resources } = RIGHTS[name];
    grant(reader, [...reads, ...surveys], resources(Stack.of(reader)));
  }
}

/** Rights to carry out the configured playbooks, none where one only observes; never on what the service itself stands on. */
export function allowPlaybooks(
  executor: ServiceFunction,
  { playbooks }: CompiledAwsConfig,
  ownResources: readonly string[],
): void {
  const active = PLAYBOOK_NAMES.filter((name) => (playbooks?.[name]?.mode ?? 'observe') !== 'observe');
  for (const name of active) {
    const { reads, changes, resources } = RIGHTS[name];
    grant(executor, [...reads, ...changes], resources(Stack.of(executor)));
  }
  const changes = [...new Set(active.flatMap((name) => RIGHTS[name].changes))];
  if (changes.length === 0 || ownResources.length === 0) return;
  executor.allow(new PolicyStatement({ effect: Effect.DENY, actions: changes, resources: [...ownResources] }));
}

function grant(user: ServiceFunction, actions: readonly string[], resources: readonly string[]): void {
  user.allow(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
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
