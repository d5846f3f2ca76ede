import { CreateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { EmbeddedAccountError } from './errors.ts';
import type { Template, TemplateResource } from './template.ts';
import type { EmbeddedAccount } from './types.ts';

const queueForm = z.object({
  QueueName: z.string().optional(),
  FifoQueue: z.boolean().optional(),
  VisibilityTimeout: z.number().optional(),
  DelaySeconds: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  RedrivePolicy: z.unknown().optional(),
});

/** Makes the queues of the template through SQS, dead letter queues first. */
export async function deployQueues(account: EmbeddedAccount, template: Template): Promise<void> {
  const queues = template.ofType('AWS::SQS::Queue');
  for (const queue of queues) nameQueue(account, template, queue);
  const isDeadLetterQueue = ({ properties }: TemplateResource) => properties.RedrivePolicy === undefined;
  for (const queue of [...queues.filter(isDeadLetterQueue), ...queues.filter((one) => !isDeadLetterQueue(one))]) {
    const { QueueName = queue.logicalId, FifoQueue, RedrivePolicy, ...attributes } = template.read(queue, queueForm);
    if (FifoQueue)
      throw new EmbeddedAccountError('unsupported-template', `${queue.logicalId}: FIFO queues are not supported`);
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    await account.clients.sqs.send(
      new CreateQueueCommand({
        QueueName,
        Attributes: {
          ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
          ...(RedrivePolicy !== undefined && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
        },
      }),
    );
  }
}

function nameQueue(account: EmbeddedAccount, template: Template, queue: TemplateResource): void {
  const name = template.nameOf(queue, 'QueueName');
  const url = `https://sqs.${account.region}.amazonaws.com/${account.id}/${name}`;
  const arn = `arn:aws:sqs:${account.region}:${account.id}:${name}`;
  template.name(queue.logicalId, { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } });
}

const keyElements = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const tableForm = z.object({
  TableName: z.string().optional(),
  KeySchema: keyElements,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keyElements,
        Projection: z.object({ ProjectionType: z.enum(['ALL', 'KEYS_ONLY']) }),
      }),
    )
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

/** Makes the tables of the template through DynamoDB. */
export async function deployTables(account: EmbeddedAccount, template: Template): Promise<void> {
  const { dynamodb } = account.clients;
  for (const resource of template.ofType('AWS::DynamoDB::Table')) {
    const { TableName = resource.logicalId, TimeToLiveSpecification, ...table } = template.read(resource, tableForm);
    const arn = `arn:aws:dynamodb:${account.region}:${account.id}:table/${TableName}`;
    template.name(resource.logicalId, { ref: TableName, attributes: { Arn: arn } });
    await dynamodb.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...table }));
    if (TimeToLiveSpecification !== undefined) {
      await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    }
  }
}

const parameterForm = z.object({ Name: z.string(), Value: z.string() });

/** Makes the parameters of the template through Systems Manager. */
export async function deployParameters(account: EmbeddedAccount, template: Template): Promise<void> {
  for (const resource of template.ofType('AWS::SSM::Parameter')) {
    const { Name, Value } = template.read(resource, parameterForm);
    template.name(resource.logicalId, { ref: Name, attributes: { Value } });
    await account.clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  }
}

const roleForm = z.object({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: z.unknown(),
  PermissionsBoundary: z.string().optional(),
});

/** Makes the roles of the template that have a name: somebody works on them. Those of functions are names and nothing more. */
export async function deployRoles(account: EmbeddedAccount, template: Template): Promise<void> {
  for (const resource of template.ofType('AWS::IAM::Role')) {
    const { RoleName, AssumeRolePolicyDocument, PermissionsBoundary } = template.read(resource, roleForm);
    if (RoleName === undefined) continue;
    const made = { RoleName, AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument), PermissionsBoundary };
    const { Role } = await account.clients.iam.send(new CreateRoleCommand(made));
    template.name(resource.logicalId, { ref: RoleName, attributes: { Arn: Role?.Arn ?? '' } });
  }
}
