import {
  type BaseConfigurationItem,
  BatchGetResourceConfigCommand,
  type ConfigServiceClient,
  NoAvailableConfigurationRecorderException,
  ResourceType,
} from '@aws-sdk/client-config-service';
import type { ConfigResource, ResourceIdentity } from '../core/controls/config-result.ts';

/**
 * What a resource is called besides its id, as Config recorded it last: its ARN, and for users and roles the name behind the unique id. One call answers both, for every
 * type of resource and without a right on the resource itself (AWS Config API Reference, BatchGetResourceConfig); listing all roles to find one would need pages of IAM.
 * Nothing where Config does not record it, or it is deleted.
 */
export async function identifyResource(
  client: ConfigServiceClient,
  { type, id, account, region }: ConfigResource,
): Promise<ResourceIdentity> {
  const resourceType = Object.values(ResourceType).find((known) => known === type);
  // Such as AWS::::Account, which is no resource that is recorded.
  if (resourceType === undefined) return {};
  const items = await readItems(client, resourceType, id);
  // Config knows its own account and region: ids of others may be the same there.
  const item = items.find(
    (one) =>
      one.resourceId === id &&
      one.resourceType === type &&
      one.accountId === account &&
      (one.awsRegion === region || one.awsRegion === 'global'),
  );
  return { arn: readText(item?.arn), name: readText(item?.resourceName) };
}

async function readItems(
  client: ConfigServiceClient,
  resourceType: ResourceType,
  resourceId: string,
): Promise<readonly BaseConfigurationItem[]> {
  try {
    const command = new BatchGetResourceConfigCommand({ resourceKeys: [{ resourceType, resourceId }] });
    return (await client.send(command)).baseConfigurationItems ?? [];
  } catch (thrown) {
    // Where only services record, Config answers nobody else about what it knows.
    if (thrown instanceof NoAvailableConfigurationRecorderException) return [];
    throw thrown;
  }
}

function readText(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.length > 1600 ? undefined : text;
}
