import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { Construct } from 'constructs';
import type { CompiledAwsConfig } from '../lambdas/core/config/aws-config.ts';
import type { CompiledContainment } from '../lambdas/core/config/guardduty.ts';
import type { CompiledIam } from '../lambdas/core/config/iam.ts';
import type { CompiledQuarantine } from '../lambdas/core/config/quarantine.ts';
import { countOf } from './alarms.ts';
import { allowBaselineReads } from './baseline-rights.ts';
import type { GuardDutyAnswers } from './guardduty-answers.ts';
import type { IamDrift } from './iam-drift.ts';
import { allowChangingIam, allowContaining, allowReadingIam } from './iam-rights.ts';
import type { ImageVerification } from './image-verification.ts';
import type { KillSwitch } from './kill-switch.ts';
import type { PlanLedger } from './plan-ledger.ts';
import { allowPlaybooks, type OwnResources } from './playbook-rights.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { allowEveryRepository, allowReadingImages } from './repository-rights.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { allowAskingSigner } from './signing-profiles.ts';
import type { VerdictStore } from './verdict-store.ts';

/** The guards of a plan ask ECS and Lambda who uses an image, page by page. */
const TIMEOUT = Duration.minutes(2);

/** What stands in a slot of IAM (`lambdas/aws/iam-slots.ts`). */
const SLOT_READS = [
  'iam:GetGroupPolicy',
  'iam:GetLoginProfile',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:GetUser',
  'iam:GetUserPolicy',
  'iam:ListAccessKeys',
  'iam:ListAttachedGroupPolicies',
  'iam:ListAttachedRolePolicies',
  'iam:ListAttachedUserPolicies',
  'iam:ListGroupsForUser',
  'iam:ListPolicyVersions',
  'iam:ListSSHPublicKeys',
  'iam:ListServiceSpecificCredentials',
  'iam:ListSigningCertificates',
];

/** What stands in the slots that contain somebody. */
const CONTAINMENT_READS = [
  'iam:GetRolePolicy',
  'iam:GetUserPolicy',
  'iam:ListAccessKeys',
  'iam:ListAttachedUserPolicies',
];

export interface PlanExecutionProps {
  readonly defaults: FunctionDefaults;
  readonly ledger: PlanLedger;
  readonly verdicts: VerdictStore;
  readonly killSwitch: KillSwitch;
  readonly images: ImageVerification;
  /** Absent: no plan may touch an image. */
  readonly quarantine: CompiledQuarantine | undefined;
  /** ARNs of the signing profiles of AWS Signer that the trust policy names. */
  readonly signingProfiles: readonly string[];
}

/** The one way to change anything: plan queue -> plan-executor, which acts from the ledger alone. */
export class PlanExecution extends Construct {
  readonly queue: ReactionQueue;
  readonly executor: ServiceFunction;

  constructor(scope: Construct, id: string, props: PlanExecutionProps) {
    super(scope, id);
    const { defaults, ledger, verdicts, killSwitch, images } = props;
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'plan',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      alarms: defaults.alarms,
      sections: { deadLetters: 'plan-dead-letters', behind: 'plan-queue-behind' },
      deadLetterMeaning:
        'A plan could not be carried on: five attempts failed, or the message names no plan. It may be half applied; its history in the ledger says how far.',
    });
    this.executor = new ServiceFunction(this, 'Executor', {
      ...defaults,
      name: 'plan-executor',
      description: 'Carries out plans of the ledger and takes them back; the only function that can change anything',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: {
        LEDGER_TABLE: ledger.table.tableName,
        VERDICT_TABLE: verdicts.table.tableName,
        IMAGE_QUEUE_URL: images.queue.queue.queueUrl,
        REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl,
        KILL_SWITCH: killSwitch.parameter.parameterName,
      },
    });
    this.queue.addReader(this.executor, { batchSize: 1, maxConcurrency: 2 });
    ledger.allowReadAndWrite(this.executor);
    this.allowDeciding(props);
    if (props.quarantine !== undefined) {
      verdicts.allowRead(this.executor);
      this.allowReadingImages();
      allowAskingSigner(this.executor, props.signingProfiles);
      this.allowChanging(props.quarantine);
    }
    this.watch(defaults);
  }

  /** Lets a function wake the executor. */
  allowToSend(sender: ServiceFunction): void {
    sender.allow(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queue.queueArn] }));
  }

  /** Lets plans put IAM right: the executor reads what it changes and what was signed, and changes nothing of the service itself. */
  addIam(iam: CompiledIam, drift: IamDrift, ownRoles: readonly string[]): void {
    this.executor.addEnvironment('DRIFT_TABLE', drift.store.table.tableName);
    drift.store.allowBaselines(this.executor);
    drift.allowToAsk(this.executor);
    allowBaselineReads(this.executor, iam.bucket);
    allowReadingIam(this.executor, SLOT_READS);
    if (iam.mode !== 'observe') allowChangingIam(this.executor, ownRoles, iam);
  }

  /** Lets plans of playbooks put settings right, but not those of what the service itself stands on. */
  addPlaybooks(config: CompiledAwsConfig, own: OwnResources): void {
    allowPlaybooks(this.executor, config, own);
  }

  /** Lets plans contain users and roles. What lasts for a time the executor itself comes back to. */
  addContainment(
    { credentials, protected: kept }: CompiledContainment,
    answers: GuardDutyAnswers,
    ownRoles: readonly string[],
    iam: CompiledIam | undefined,
  ): void {
    this.executor.addEnvironment('PLAN_QUEUE_URL', this.queue.queue.queueUrl);
    this.allowToSend(this.executor);
    answers.allowToAsk(this.executor);
    allowReadingIam(this.executor, CONTAINMENT_READS);
    if (credentials.mode !== 'observe') allowContaining(this.executor, ownRoles, [...kept, ...(iam?.protected ?? [])]);
  }

  private allowDeciding({ defaults, killSwitch, images }: PlanExecutionProps): void {
    this.executor.allow(
      new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [killSwitch.parameter.parameterArn] }),
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.deadLetterQueue.queueArn, images.queue.queue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
  }

  private allowReadingImages(): void {
    const functions = Stack.of(this).formatArn({ service: 'lambda', resource: 'function:*' });
    this.executor.allow(
      // Who uses an image: lists have no resource level (Service Authorization Reference, Amazon ECS and AWS Lambda).
      new PolicyStatement({
        actions: ['ecs:ListClusters', 'ecs:ListTasks', 'ecs:DescribeTasks', 'lambda:ListFunctions'],
        resources: ['*'],
      }),
      new PolicyStatement({ actions: ['lambda:GetFunction'], resources: [functions] }),
    );
    Validations.of(this.executor.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(this).resolve(functions))}]`,
      reason: 'Any function of the account may run from an image; the right is to read only.',
    });
    allowReadingImages(this.executor, ['ecr:DescribeImages']);
  }

  /** The rights to change images: no more rungs of the ladder than the configuration has, and none where it only observes. */
  private allowChanging({ policies }: CompiledQuarantine): void {
    const rungs = Object.values(policies)
      .filter(({ mode }) => mode !== 'observe')
      .map(({ upTo }) => upTo);
    if (rungs.length === 0) return;
    allowEveryRepository(this.executor, [
      'ecr:PutImage',
      // Takes the quarantine tag away again, and deletes an image on the last rung.
      'ecr:BatchDeleteImage',
      ...(rungs.some((rung) => rung !== 'tag') ? ['ecr:UpdateImageStorageClass'] : []),
    ]);
  }

  private watch({ alarms }: FunctionDefaults): void {
    alarms.addAlarm({
      section: 'plan-failed',
      summary: 'A plan was not carried out, or not to its end: a guard, a limit or AWS itself stopped it.',
      metric: countOf('PlanFailed', 'plan-executor'),
      threshold: 1,
    });
    alarms.addAlarm({
      section: 'ledger-broken',
      summary:
        'A row of the ledger is not what its own history says. It was written by something else than Countersign; nothing is done on top of it.',
      metric: countOf('LedgerBroken', 'plan-executor'),
      threshold: 1,
    });
  }
}
