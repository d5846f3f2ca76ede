import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { countOf } from './alarms.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

const TIMEOUT = Duration.seconds(60);

/** The one way into Security Hub: findings queue -> recorder. */
export class FindingsRecorder extends Construct {
  readonly queue: ReactionQueue;
  readonly recorder: ServiceFunction;
  #isAnnotating = false;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults) {
    super(scope, id);
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'findings',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      alarms: defaults.alarms,
      sections: { deadLetters: 'findings-dead-letters', behind: 'findings-queue-behind' },
      deadLetterMeaning:
        'A finding could not be written to Security Hub: it was refused, or five attempts failed. Security Hub shows less than Countersign knows.',
    });
    this.recorder = new ServiceFunction(this, 'Recorder', {
      ...defaults,
      name: 'recorder',
      description: 'Writes findings to Security Hub',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: { REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl },
    });
    // BatchImportFindings takes 100 findings a call and 10 calls a second (Security Hub API reference): full batches, few at a time.
    this.queue.addReader(this.recorder, { batchSize: 100, batchWindow: Duration.seconds(5), maxConcurrency: 2 });
    this.recorder.allow(
      new PolicyStatement({ actions: ['securityhub:BatchImportFindings'], resources: [defaultProduct(this)] }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.deadLetterQueue.queueArn] }),
      defaults.key.statementFor('sqs:send'),
    );
    defaults.alarms.addAlarm({
      section: 'finding-rejected',
      summary:
        'Security Hub, or Countersign before it, refused a finding for good. It lies in the dead letters with the reason.',
      metric: countOf('FindingRejected', 'recorder'),
      threshold: 1,
    });
  }

  /** Lets the recorder write beside findings of other products. */
  allowAnnotating(): void {
    if (this.#isAnnotating) return;
    this.#isAnnotating = true;
    const hub = Stack.of(this).formatArn({ service: 'securityhub', resource: 'hub', resourceName: 'default' });
    this.recorder.allow(
      new PolicyStatement({
        actions: ['securityhub:GetFindings', 'securityhub:BatchUpdateFindings'],
        resources: [hub],
      }),
    );
  }
}

/** The default product of this account, under which its own findings are imported. */
function defaultProduct(scope: Construct): string {
  const { account } = Stack.of(scope);
  return Stack.of(scope).formatArn({ service: 'securityhub', resource: 'product', resourceName: `${account}/default` });
}
