import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, it } from 'vitest';
import { describeAwsContract } from './aws-contract.ts';

/** Address of a running moto server, `http://127.0.0.1:5555`. */
const endpoint = process.env.COUNTERSIGN_MOTO_ENDPOINT;

if (endpoint === undefined) {
  describe('moto keeps the contract', () =>
    it.skip('needs a moto server at COUNTERSIGN_MOTO_ENDPOINT', () => undefined));
} else {
  const settings = {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  // moto is wrong or incomplete in what is skipped; each skipped expectation says where AWS documents it.
  describeAwsContract(
    'moto keeps the contract',
    async () => {
      await fetch(new URL('/moto-api/reset', endpoint), { method: 'POST' });
      return {
        clients: {
          ecr: new ECRClient(settings),
          sqs: new SQSClient(settings),
          dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(settings)),
          securityHub: new SecurityHubClient(settings),
        },
        account: '123456789012',
        region: settings.region,
        fetch,
        // moto does not look whether layers exist.
        uploadBlob: async () => undefined,
      };
    },
    { skipDocumented: true },
  );
}
