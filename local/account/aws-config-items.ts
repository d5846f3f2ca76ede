import {
  type BaseConfigurationItem,
  BatchGetResourceConfigCommand,
  InvalidNextTokenException,
  ListDiscoveredResourcesCommand,
  type ResourceType,
  ValidationException,
} from '@aws-sdk/client-config-service';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import type { IamStore } from './iam-store.ts';
import { pageOf } from './paging.ts';

/** AWS Config API reference, BatchGetResourceConfig and ListDiscoveredResources. */
const MOST_KEYS = 100;
const MOST_ITEMS = 100;

export interface RecordedItem {
  readonly resourceType: ResourceType;
  readonly resourceId: string;
  readonly arn?: string;
  readonly resourceName?: string;
  readonly resourceCreationTime?: Date;
}

/** What the recorder of an account knows. Principals and policies of IAM are recorded by themselves, under their unique ids. */
export class RecordedItems {
  readonly #items = new Map<string, RecordedItem>();
  readonly #context: AccountContext;
  readonly #iam: IamStore;

  constructor(context: AccountContext, iam: IamStore) {
    this.#context = context;
    this.#iam = iam;
  }

  record(item: RecordedItem): void {
    this.#items.set(`${item.resourceType} ${item.resourceId}`, item);
  }

  forget(resourceType: string, resourceId: string): void {
    this.#items.delete(`${resourceType} ${resourceId}`);
  }

  list(resourceType: ResourceType): readonly RecordedItem[] {
    const recorded = [...this.#items.values()].filter((item) => item.resourceType === resourceType);
    return [...recorded, ...this.#listIam(resourceType)];
  }

  #listIam(resourceType: ResourceType): readonly RecordedItem[] {
    const { roles, users, groups, policies } = this.#iam;
    const kinds = {
      'AWS::IAM::Role': ['role', roles],
      'AWS::IAM::User': ['user', users],
      'AWS::IAM::Group': ['group', groups],
      'AWS::IAM::Policy': ['policy', policies],
    } as const;
    const [kind, holders] = Object.entries(kinds).find(([type]) => type === resourceType)?.[1] ?? [];
    return [...(holders?.values() ?? [])].map(({ id, name, path, createdAt }) => ({
      resourceType,
      resourceId: id,
      arn: `arn:aws:iam::${this.#context.id}:${kind}${path}${name}`,
      resourceName: name,
      resourceCreationTime: new Date(createdAt),
    }));
  }

  operations(): [string, Operation][] {
    const { id: accountId, region: awsRegion } = this.#context;
    return [
      answers(BatchGetResourceConfigCommand, ({ resourceKeys = [] }) => {
        if (resourceKeys.length < 1 || resourceKeys.length > MOST_KEYS) {
          throw refusal(ValidationException, `resourceKeys: 1 to ${MOST_KEYS}`);
        }
        const baseConfigurationItems: BaseConfigurationItem[] = resourceKeys.flatMap(({ resourceType, resourceId }) => {
          const among = resourceType === undefined ? [] : this.list(resourceType);
          const item = among.find((one) => one.resourceId === resourceId);
          return item === undefined ? [] : [{ ...item, accountId, awsRegion }];
        });
        return { baseConfigurationItems, unprocessedResourceKeys: [] };
      }),
      answers(ListDiscoveredResourcesCommand, ({ resourceType, limit = MOST_ITEMS, nextToken }) => {
        if (resourceType === undefined || limit < 0 || limit > MOST_ITEMS) {
          throw refusal(ValidationException, `limit: 0 to ${MOST_ITEMS}`);
        }
        const page = pageOf(this.list(resourceType), (item) => item.resourceId, limit || MOST_ITEMS, nextToken);
        if (page === undefined) throw refusal(InvalidNextTokenException, 'nextToken');
        const resourceIdentifiers = page.items.map(({ resourceId, resourceName }) => ({
          ...{ resourceType, resourceId },
          ...(resourceName !== undefined && { resourceName }),
        }));
        return { resourceIdentifiers, ...(page.nextToken !== undefined && { nextToken: page.nextToken }) };
      }),
    ];
  }
}
