import { dynamodb } from '../aws/clients/dynamodb.ts';
import { ecr } from '../aws/clients/ecr.ts';
import { iam } from '../aws/clients/iam.ts';
import { sqs } from '../aws/clients/sqs.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  clients: { sqs: sqs(), dynamodb: dynamodb(), iam: iam(), ecr: ecr() },
});
