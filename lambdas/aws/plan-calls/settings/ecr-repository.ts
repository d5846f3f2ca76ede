import {
  DescribeRepositoriesCommand,
  type ECRClient,
  ListTagsForResourceCommand,
  type Repository,
} from '@aws-sdk/client-ecr';
import { partitionOf } from '../../../core/aws-names.ts';
import type { SettingPlace } from '../../../core/ledger/calls/setting.ts';
import { isNamed, readTagList, type Subject } from './setting-adapter.ts';

/** A repository as ECR describes it; undefined where it is not there. */
export async function readRepository(
  ecr: ECRClient,
  { account, target }: SettingPlace,
): Promise<Repository | undefined> {
  try {
    const input = { registryId: account, repositoryNames: [target] };
    return (await ecr.send(new DescribeRepositoriesCommand(input))).repositories?.[0];
  } catch (thrown) {
    if (isNamed(thrown, 'RepositoryNotFoundException')) return undefined;
    throw thrown;
  }
}

export async function readRepositoryTags(
  ecr: ECRClient,
  { account, region, id }: Subject,
): Promise<Readonly<Record<string, string>>> {
  const resourceArn = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${id}`;
  return readTagList((await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).tags);
}
