import {
  type BaseConfigurationItem,
  BatchGetResourceConfigCommand,
  ConfigServiceServiceException,
  type ResourceType,
  ValidationException,
} from '@aws-sdk/client-config-service';
import { answers, type LocalService, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import type { IamStore, StoredHolder } from './iam-store.ts';

/** AWS Config API reference, BatchGetResourceConfig. */
const MOST_KEYS = 100;

export interface RecordedItem {
  readonly resourceType: ResourceType;
  readonly resourceId: string;
  readonly arn?: string;
  readonly resourceName?: string;
}

export interface AwsConfig {
  readonly service: LocalService;
  /** Has the recorder take up a resource, or a change of it. Users, roles and groups of the account are recorded anyway. */
  record(item: RecordedItem): void;
  /** Has it see that a resource is gone. */
  forget(resourceType: string, resourceId: string): void;
}

/** AWS Config: what its recorder knows of resources. */
export function createAwsConfig(context: AccountContext, iam: IamStore): AwsConfig {
  const items = new Map<string, RecordedItem>();
  const find = (resourceType: ResourceType, resourceId: string): RecordedItem | undefined =>
    items.get(`${resourceType} ${resourceId}`) ?? findHolder(context, iam, resourceType, resourceId);

  return {
    record: (item) => items.set(`${item.resourceType} ${item.resourceId}`, item),
    forget: (resourceType, resourceId) => items.delete(`${resourceType} ${resourceId}`),
    service: {
      name: 'config',
      operations: new Map([
        answers(BatchGetResourceConfigCommand, ({ resourceKeys = [] }) => {
          if (resourceKeys.length < 1 || resourceKeys.length > MOST_KEYS) {
            throw refusal(ValidationException, `resourceKeys: 1 to ${MOST_KEYS}`);
          }
          const baseConfigurationItems: BaseConfigurationItem[] = resourceKeys.flatMap(
            ({ resourceType, resourceId }) => {
              const item = resourceType && resourceId ? find(resourceType, resourceId) : undefined;
              return item === undefined ? [] : [{ ...item, accountId: context.id, awsRegion: context.region }];
            },
          );
          return { baseConfigurationItems, unprocessedResourceKeys: [] };
        }),
      ]),
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

/** Principals of the account, by their unique id. */
function findHolder(
  context: AccountContext,
  iam: IamStore,
  resourceType: ResourceType,
  resourceId: string,
): RecordedItem | undefined {
  const among = (kind: string, holders: Iterable<StoredHolder>): RecordedItem | undefined => {
    for (const { id, name, path } of holders) {
      if (id !== resourceId) continue;
      return { resourceType, resourceId, arn: `arn:aws:iam::${context.id}:${kind}${path}${name}`, resourceName: name };
    }
    return undefined;
  };
  if (resourceType === 'AWS::IAM::Role') return among('role', iam.roles.values());
  if (resourceType === 'AWS::IAM::User') return among('user', iam.users.values());
  return resourceType === 'AWS::IAM::Group' ? among('group', iam.groups.values()) : undefined;
}
