import { ConfigServiceServiceException } from '@aws-sdk/client-config-service';
import type { LocalService } from './answer.ts';
import { RecordedItems } from './aws-config-items.ts';
import { CustomRules } from './aws-config-rules.ts';
import type { AccountContext } from './context.ts';
import type { IamStore } from './iam-store.ts';

export interface AwsConfig {
  readonly service: LocalService;
  readonly items: RecordedItems;
  readonly rules: CustomRules;
}

/** AWS Config: what its recorder knows of resources, and custom rules that functions answer. Managed rules it has none. */
export function createAwsConfig(context: AccountContext, iam: IamStore): AwsConfig {
  const items = new RecordedItems(context, iam);
  const rules = new CustomRules(context);
  return {
    items,
    rules,
    service: {
      name: 'config',
      operations: new Map([...items.operations(), ...rules.operations()]),
      throttled: () =>
        new ConfigServiceServiceException({
          name: 'ThrottlingException',
          message: 'Rate exceeded',
          $fault: 'client',
          $metadata: { httpStatusCode: 400 },
        }),
    },
  };
}
