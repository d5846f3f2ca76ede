import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';

export function createDynamodb(_context: AccountContext): LocalService {
  return {
    name: 'dynamodb',
    operations: new Map(),
    throttled: () =>
      new ProvisionedThroughputExceededException({
        message: 'The level of configured provisioned throughput for the table was exceeded.',
        $metadata: { httpStatusCode: 400 },
      }),
  };
}
export function answerDynamodbLocally(
  _client: DynamoDBDocumentClient,
  _context: AccountContext,
  _service: LocalService,
): void {}
