import { RequestThrottled } from '@aws-sdk/client-sqs';
import type { LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';

export interface Sqs {
  readonly service: LocalService;
}

export function createSqs(_context: AccountContext): Sqs {
  return {
    service: {
      name: 'sqs',
      operations: new Map(),
      throttled: () =>
        new RequestThrottled({ message: 'The request was throttled.', $metadata: { httpStatusCode: 403 } }),
    },
  };
}
