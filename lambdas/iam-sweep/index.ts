import { dynamodb } from '../aws/clients/dynamodb.ts';
import { iam } from '../aws/clients/iam.ts';
import { s3 } from '../aws/clients/s3.ts';
import { sqs } from '../aws/clients/sqs.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  clients: { iam: iam(), s3: s3(), sqs: sqs(), dynamodb: dynamodb() },
});
