import { dynamodb } from '../aws/clients/dynamodb.ts';
import { iam } from '../aws/clients/iam.ts';
import { securityHub } from '../aws/clients/security-hub.ts';
import { sqs } from '../aws/clients/sqs.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  clients: { iam: iam(), sqs: sqs(), dynamodb: dynamodb(), securityHub: securityHub() },
});
