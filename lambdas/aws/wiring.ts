import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { ConfigServiceClient } from '@aws-sdk/client-config-service';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { SignerClient } from '@aws-sdk/client-signer';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Every SDK client that some function uses. A function takes only its own: `Wiring<'ecr' | 'sqs'>`. */
export interface Clients {
  readonly ecr: ECRClient;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly securityHub: SecurityHubClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly ecs: ECSClient;
  readonly lambda: LambdaClient;
  readonly ec2: EC2Client;
  readonly kms: KMSClient;
  readonly cloudtrail: CloudTrailClient;
  /** AWS Config. */
  readonly awsConfig: ConfigServiceClient;
}

/**
 * What a function is built from: `lambdas/<function>/handler.ts` exports `createHandler(wiring)`, and `lambdas/<function>/index.ts`, the entry of its
 * bundle, calls it with the real thing. The embedded account calls the same `createHandler` with its own clients.
 */
export interface Wiring<Names extends keyof Clients> {
  readonly clients: Pick<Clients, Names>;
  /** The environment variables of the function, as the template sets them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of `countersign.compiled.json`; throws where it cannot be read. */
  readonly readCompiledConfig: () => string;
  /** Fetches pre-signed layer URLs. */
  readonly fetch: typeof fetch;
  /** AWS Signer by region; absent where nobody signs with it. */
  readonly signerIn?: (region: string) => SignerClient;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** A number in [0, 1), for jitter only. */
  readonly random: () => number;
}
