import {
  ClientException,
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSServiceException,
  ListClustersCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { answers, type LocalService, refusal } from './answer.ts';
import { type AccountContext, newId } from './context.ts';

/** Amazon ECS as far as one can see what runs: clusters, task definitions and tasks, which run at once and until they are stopped. */
export function createEcs(context: AccountContext): LocalService {
  const arn = (resource: string) => `arn:aws:ecs:${context.region}:${context.id}:${resource}`;
  const clusters = new Set<string>();
  const definitions = new Map<string, readonly { name?: string | undefined; image?: string | undefined }[]>();
  const tasks = new Map<string, Task>();
  const clusterArn = (name = 'default') => (name.startsWith('arn:') ? name : arn(`cluster/${name}`));

  return {
    name: 'ecs',
    operations: new Map([
      answers(CreateClusterCommand, ({ clusterName = 'default' }) => {
        clusters.add(clusterArn(clusterName));
        return { cluster: { clusterName, clusterArn: clusterArn(clusterName) } };
      }),
      answers(ListClustersCommand, () => ({ clusterArns: [...clusters] })),
      answers(RegisterTaskDefinitionCommand, ({ family = '', containerDefinitions = [] }) => {
        definitions.set(family, containerDefinitions);
        return { taskDefinition: { family, taskDefinitionArn: arn(`task-definition/${family}:1`) } };
      }),
      answers(RunTaskCommand, ({ cluster, taskDefinition = '' }) => {
        const containers = definitions.get(taskDefinition);
        if (containers === undefined) throw refusal(ClientException, 'TaskDefinition not found.');
        const taskArn = arn(`task/${clusterArn(cluster).split('/').at(-1)}/${newId(context)}`);
        const task: Task = {
          taskArn,
          clusterArn: clusterArn(cluster),
          lastStatus: 'RUNNING',
          containers: containers.map(({ name, image = '' }) => {
            const [, imageDigest] = image.split('@');
            return { name, image, ...(imageDigest !== undefined && { imageDigest }) };
          }),
        };
        clusters.add(clusterArn(cluster));
        tasks.set(taskArn, task);
        return { tasks: [task], failures: [] };
      }),
      answers(StopTaskCommand, ({ task = '' }) => {
        tasks.delete(task);
        return {};
      }),
      answers(ListTasksCommand, ({ cluster }) => ({
        taskArns: [...tasks.values()]
          .filter((task) => task.clusterArn === clusterArn(cluster))
          .flatMap(({ taskArn }) => taskArn ?? []),
      })),
      answers(DescribeTasksCommand, ({ tasks: asked = [] }) => ({
        tasks: asked.flatMap((one) => tasks.get(one) ?? []),
        failures: asked.filter((one) => !tasks.has(one)).map((one) => ({ arn: one, reason: 'MISSING' })),
      })),
    ]),
    throttled: () =>
      new ECSServiceException({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      }),
  };
}
