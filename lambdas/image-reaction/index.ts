import { dynamodb } from '../aws/clients/dynamodb.ts';
import { ecr } from '../aws/clients/ecr.ts';
import { signerIn } from '../aws/clients/signer.ts';
import { sqs } from '../aws/clients/sqs.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  signerIn,
  clients: { ecr: ecr(), sqs: sqs(), dynamodb: dynamodb() },
});
