import { ECRServiceException } from '@aws-sdk/client-ecr';
import type { LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';

export interface Ecr {
  readonly service: LocalService;
  readonly fetch: typeof fetch;
}

export function createEcr(_context: AccountContext): Ecr {
  return {
    service: {
      name: 'ecr',
      operations: new Map(),
      throttled: () =>
        new ECRServiceException({
          name: 'ThrottlingException',
          message: 'Rate exceeded',
          $fault: 'client',
          $metadata: { httpStatusCode: 400 },
        }),
    },
    fetch: async () => new Response(null, { status: 403 }),
  };
}
