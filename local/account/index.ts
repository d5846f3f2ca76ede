import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { answerLocally } from './answer.ts';
import { createAwsConfig } from './aws-config.ts';
import { createBus } from './bus.ts';
import { createCloudTrail } from './cloudtrail.ts';
import type { AccountContext } from './context.ts';
import { createDynamodb } from './dynamodb.ts';
import { answerDynamodbLocally } from './dynamodb-client.ts';
import { createEc2 } from './ec2.ts';
import { createEcr } from './ecr.ts';
import { createEcs } from './ecs.ts';
import { createIam } from './iam.ts';
import { registerInternals } from './internals.ts';
import { createKms } from './kms.ts';
import { createLambda } from './lambda.ts';
import { createS3 } from './s3.ts';
import { createSecurityHub } from './security-hub.ts';
import { createSqs } from './sqs.ts';
import { createSsm } from './ssm.ts';
import { Timeline } from './timeline.ts';
import { Traces } from './trace.ts';
import type { Clock, EmbeddedAccount, Faults } from './types.ts';

export interface EmbeddedAccountOptions {
  /** Twelve digits. */
  readonly id: string;
  /** `eu-west-1`. */
  readonly region: string;
  readonly clock: Clock;
  /** A number in [0, 1). The same sequence of numbers, calls and times makes the same account. */
  readonly random: () => number;
  /** Default: nothing goes wrong. */
  readonly faults?: Partial<Faults>;
  /** Attempts of each SDK client at a throttled call. Default 3, as the SDK's own. */
  readonly maxAttempts?: number;
}

/**
 * An AWS account in memory behind real SDK clients. It begins empty: repositories, queues and tables are made through its clients, or by
 * `runTemplate`. Nothing in it opens a socket or reads the machine's AWS configuration.
 */
export function createEmbeddedAccount(options: EmbeddedAccountOptions): EmbeddedAccount {
  const { id, region, clock, random } = options;
  const faults: Faults = { duplicateRate: 0, reorder: false, throttleRate: 0, lossRate: 0, ...options.faults };
  const timeline = new Timeline(clock);
  const effects: (() => void)[] = [];
  const context: AccountContext = {
    id,
    region,
    clock,
    faults,
    timeline,
    traces: new Traces(id),
    random,
    afterwards: (task) => effects.push(task),
    runAfterwards: () => {
      for (const task of effects.splice(0)) task();
    },
    emit: (event) => effects.push(() => bus.emitFromService(event)),
  };
  const bus = createBus(context);
  const ecr = createEcr(context);
  const sqs = createSqs(context);
  const iam = createIam(context);
  const securityHub = createSecurityHub(context);
  const awsConfig = createAwsConfig(context, iam.store);
  const clientOptions = {
    region,
    maxAttempts: options.maxAttempts ?? 3,
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  };
  const clients = {
    ecr: new ECRClient(clientOptions),
    sqs: new SQSClient(clientOptions),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions)),
    securityHub: new SecurityHubClient(clientOptions),
    iam: new IAMClient(clientOptions),
    s3: new S3Client(clientOptions),
    ssm: new SSMClient(clientOptions),
    ecs: new ECSClient(clientOptions),
    lambda: new LambdaClient(clientOptions),
    ec2: new EC2Client(clientOptions),
    kms: new KMSClient(clientOptions),
    cloudtrail: new CloudTrailClient(clientOptions),
    awsConfig: new ConfigServiceClient(clientOptions),
  };
  answerLocally(clients.ecr, context, ecr.service);
  answerLocally(clients.sqs, context, sqs.service);
  answerLocally(clients.securityHub, context, securityHub.service);
  answerLocally(clients.iam, context, iam.service);
  answerLocally(clients.s3, context, createS3(context));
  answerLocally(clients.ssm, context, createSsm(context));
  answerLocally(clients.ecs, context, createEcs(context));
  answerLocally(clients.lambda, context, createLambda(context));
  answerLocally(clients.ec2, context, createEc2(context));
  answerLocally(clients.kms, context, createKms(context));
  answerLocally(clients.cloudtrail, context, createCloudTrail(context));
  answerLocally(clients.awsConfig, context, awsConfig.service);
  answerDynamodbLocally(clients.dynamodb, context, createDynamodb(context));
  const account: EmbeddedAccount = {
    id,
    region,
    clients,
    fetch: ecr.fetch,
    faults,
    clock,
    emit: (event) => bus.emit(event),
    timeline: (afterSequence = 0) => timeline.after(afterSequence),
    onTimeline: (listener) => timeline.listen(listener),
  };
  registerInternals(account, { context, bus, sqs, iam, securityHub, awsConfig });
  return account;
}
