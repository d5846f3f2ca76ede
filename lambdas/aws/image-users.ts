import { DescribeTasksCommand, type ECSClient, paginateListClusters, paginateListTasks } from '@aws-sdk/client-ecs';
import { GetFunctionCommand, type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Digest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';

/** What is looked for: any of the digests, or one of the tags in the repository. */
export interface WantedImage {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** The image, the indexes that list it and the images that it lists: whichever of them a task names. */
  readonly digests: readonly Digest[];
  readonly tags: readonly string[];
}

/** Bounds of one search. Beyond them it is not known who uses the image. */
const MOST_CLUSTERS = 100;
const MOST_TASKS = 2000;
const MOST_FUNCTIONS = 1000;
const MOST_IMAGE_FUNCTIONS = 100;

/**
 * The ECS tasks and Lambda functions of the account and region that run from an image, or were told to. Throws `too-many` where a bound bites: then it is not
 * known. Other accounts and regions, and EKS, are not seen.
 */
export async function listImageUsers(
  { ecs, lambda }: { readonly ecs: ECSClient; readonly lambda: LambdaClient },
  wanted: WantedImage,
): Promise<readonly string[]> {
  const isWanted = matcherOf(wanted);
  return [...(await listTasks(ecs, isWanted)), ...(await listFunctions(lambda, isWanted))];
}

type Matcher = (reference: string | undefined, digest?: string | undefined) => boolean;

function matcherOf({ account, region, repository, digests, tags }: WantedImage): Matcher {
  const known = new Set<string>(digests);
  const host = new RegExp(`^${account}\\.dkr[.-]ecr(?:-fips)?\\.${region}\\.[a-z0-9.-]+/`);
  return (reference = '', digest) => {
    if (digest !== undefined && known.has(digest)) return true;
    const [name = '', pinned] = reference.split('@');
    if (pinned !== undefined) return known.has(pinned);
    const path = name.replace(host, '');
    // A reference without a tag means `latest` (Docker).
    return path === name
      ? false
      : tags.some((tag) => path === `${repository}:${tag}` || (tag === 'latest' && path === repository));
  };
}

async function listTasks(ecs: ECSClient, isWanted: Matcher): Promise<readonly string[]> {
  const users: string[] = [];
  let clusters = 0;
  let tasks = 0;
  for await (const { clusterArns = [] } of paginateListClusters({ client: ecs }, {})) {
    for (const cluster of clusterArns) {
      clusters += 1;
      bound('ECS clusters', clusters, MOST_CLUSTERS);
      for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, { cluster })) {
        if (taskArns.length === 0) continue;
        tasks += taskArns.length;
        bound('ECS tasks', tasks, MOST_TASKS);
        users.push(...(await describeTasks(ecs, cluster, taskArns, isWanted)));
      }
    }
  }
  return users;
}

async function describeTasks(
  ecs: ECSClient,
  cluster: string,
  taskArns: readonly string[],
  isWanted: Matcher,
): Promise<readonly string[]> {
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [...taskArns] }));
  return tasks
    .filter(({ containers = [] }) => containers.some(({ image, imageDigest }) => isWanted(image, imageDigest)))
    .map(({ taskArn = 'an ECS task' }) => taskArn);
}

async function listFunctions(lambda: LambdaClient, isWanted: Matcher): Promise<readonly string[]> {
  const users: string[] = [];
  let functions = 0;
  let images = 0;
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    functions += Functions.length;
    bound('Lambda functions', functions, MOST_FUNCTIONS);
    for (const { FunctionArn, PackageType } of Functions) {
      if (PackageType !== 'Image') continue;
      images += 1;
      bound('Lambda functions from images', images, MOST_IMAGE_FUNCTIONS);
      const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: FunctionArn }));
      if (isWanted(Code?.ResolvedImageUri) || isWanted(Code?.ImageUri)) users.push(FunctionArn ?? 'a Lambda function');
    }
  }
  return users;
}

function bound(what: string, seen: number, most: number): void {
  if (seen > most) throw new CountersignError('too-many', `more than ${most} ${what}: not all can be asked`);
}
