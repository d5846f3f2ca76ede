import { SecurityHubServiceException } from '@aws-sdk/client-securityhub';
import type { LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';

export function createSecurityHub(_context: AccountContext): LocalService {
  return {
    name: 'securityhub',
    operations: new Map(),
    throttled: () =>
      new SecurityHubServiceException({
        name: 'TooManyRequestsException',
        message: 'Too Many Requests',
        $fault: 'client',
        $metadata: { httpStatusCode: 429 },
      }),
  };
}
