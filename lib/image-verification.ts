import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { countOf } from './alarms.ts';
import type { PlanExecution } from './plan-execution.ts';
import type { PlanLedger } from './plan-ledger.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { allowEveryRepository, allowReadingImages } from './repository-rights.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { allowAskingSigner } from './signing-profiles.ts';
import { allowRuleToSend, type UndeliveredEvents } from './undelivered-events.ts';
import type { VerdictStore } from './verdict-store.ts';

/** Long enough for the slowest image within the bounds of the artifact source; the queue's visibility timeout follows from it. */
const TIMEOUT = Duration.seconds(60);

export interface ImageVerificationProps {
  readonly defaults: FunctionDefaults;
  readonly verdicts: VerdictStore;
  readonly undelivered: UndeliveredEvents;
  /** Queue to which findings go. */
  readonly findings: ReactionQueue;
  /** ARNs of the signing profiles of AWS Signer that the trust policy names. */
  readonly signingProfiles: readonly string[];
}

/** From what ECR says to a verdict: rule -> queue -> image-reaction. */
export class ImageVerification extends Construct {
  readonly queue: ReactionQueue;
  readonly reaction: ServiceFunction;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: ImageVerificationProps) {
    super(scope, id);
    const { defaults } = props;
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'image',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      alarms: defaults.alarms,
      sections: { deadLetters: 'image-dead-letters', behind: 'image-queue-behind' },
      deadLetterMeaning:
        'An event about an image could not be worked off: it was rejected as unreadable, or five attempts failed. That image may be unverified.',
    });
    this.reaction = new ServiceFunction(this, 'Reaction', {
      ...defaults,
      name: 'image-reaction',
      description: 'Verifies the signatures of an image in ECR and records the verdict',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: {
        VERDICT_TABLE: props.verdicts.table.tableName,
        IMAGE_QUEUE_URL: this.queue.queue.queueUrl,
        FINDINGS_QUEUE_URL: props.findings.queue.queueUrl,
        REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl,
      },
    });
    this.queue.addReader(this.reaction, { batchSize: 10, maxConcurrency: 10 });
    this.allowReaction(props);
    this.rule = this.createRule(props.undelivered);
    this.watch(defaults);
  }

  /** Lets the reaction propose plans: it reads how an image is kept, writes the ledger and wakes the executor, and changes no image. */
  addPlans(ledger: PlanLedger, plans: PlanExecution): void {
    this.reaction.addEnvironment('LEDGER_TABLE', ledger.table.tableName);
    this.reaction.addEnvironment('PLAN_QUEUE_URL', plans.queue.queue.queueUrl);
    ledger.allowReadAndWrite(this.reaction);
    plans.allowToSend(this.reaction);
    allowEveryRepository(this.reaction, ['ecr:DescribeImages']);
  }

  private allowReaction({ verdicts, findings, defaults, signingProfiles }: ImageVerificationProps): void {
    verdicts.allowReadAndWrite(this.reaction);
    allowAskingSigner(this.reaction, signingProfiles);
    allowReadingImages(this.reaction);
    this.reaction.allow(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queue.queueArn, this.queue.deadLetterQueue.queueArn, findings.queue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
  }

  private createRule(undelivered: UndeliveredEvents): Rule {
    const rule = new Rule(this, 'Rule', {
      ruleName: 'countersign-images',
      description: 'Images, their referrers and other artifacts that were pushed to or deleted from ECR',
      eventPattern: {
        source: ['aws.ecr'],
        // EventBridge Events Reference, "Amazon Elastic Container Registry events". A signature that arrives as a referrer or as an artifact
        // cuts the grace time of its image short.
        detailType: ['ECR Image Action', 'ECR Referrer Action', 'ECR Artifact Action'],
        detail: {
          // Only what changes the registry. Other actions (reads, storage class changes) leave digests and signatures as they are, and a reaction
          // to a read would start itself again, because the reaction reads.
          'action-type': ['PUSH', 'DELETE'],
          // A failed action changed nothing. Should one carry a change after all, or an event lack the field, the sweep finds the image.
          result: ['SUCCESS'],
        },
      },
    });
    rule.addTarget({
      // Not the SqsQueue target of the CDK: for an encrypted queue it would let every rule of the account send.
      bind: () => ({
        arn: this.queue.queue.queueArn,
        targetResource: this.queue.queue,
        deadLetterConfig: { arn: undelivered.queue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 },
      }),
    });
    allowRuleToSend(rule, this.queue.queue, 'ImageEvents');
    allowRuleToSend(rule, undelivered.queue, 'ImageEvents');
    return rule;
  }

  private watch({ alarms }: FunctionDefaults): void {
    alarms.addAlarm({
      section: 'event-rejected',
      summary:
        'An event from ECR, or a message on the image queue, was not of a form that Countersign knows. It lies in the dead letters with the reason.',
      metric: countOf('EventRejected', 'image-reaction'),
      threshold: 1,
    });
    alarms.addAlarm({
      section: 'image-undecided',
      summary:
        'Images got the verdict "error" for half an hour: Countersign cannot read what it needs to decide, and says neither yes nor no.',
      metric: countOf('ImageUndecided', 'image-reaction', Duration.minutes(15)),
      threshold: 1,
      periods: { of: 2, bad: 2 },
    });
    alarms.addAlarm({
      section: 'trust-material-unusable',
      summary:
        'The trust policy, a trusted root or a key that was deployed cannot be used. No image is called verified until that is put right.',
      metric: countOf('TrustMaterialUnusable', 'image-reaction'),
      threshold: 1,
    });
  }
}
