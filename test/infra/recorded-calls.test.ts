import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ListImageReferrersCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createCallRecorder } from '../support/recorded-calls.ts';

const place = { account: '111122223333', region: 'eu-west-1' };
const settings = { region: place.region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

interface Silenceable {
  readonly middlewareStack: {
    add(
      middleware: () => () => Promise<{ output: { $metadata: object }; response: object }>,
      options: { step: 'initialize'; priority: 'low' },
    ): void;
  };
}

/** A client that answers everything with nothing instead of using the network. */
function silence<Client>(client: Client & Silenceable): Client {
  client.middlewareStack.add(() => async () => ({ output: { $metadata: {} }, response: {} }), {
    step: 'initialize',
    priority: 'low',
  });
  return client;
}

const sendReferrers = new ListImageReferrersCommand({
  repositoryName: 'team/app',
  subjectId: { imageDigest: 'sha256:00' },
});

describe('recorded calls', () => {
  it('name the action and resource that IAM decides on, each once', async () => {
    const recorder = createCallRecorder(place);
    const ecr = recorder.watch(silence(new ECRClient(settings)));
    const sqs = recorder.watch(silence(new SQSClient(settings)));
    const hub = recorder.watch(silence(new SecurityHubClient(settings)));
    const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/q';

    await recorder.runAs('reader', async () => {
      await ecr.send(sendReferrers);
      await ecr.send(sendReferrers);
      await ecr.send(new DescribeRepositoriesCommand({}));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] }));
      await hub.send(new BatchImportFindingsCommand({ Findings: [] }));
    });

    const repositories = 'arn:aws:ecr:eu-west-1:111122223333:repository';
    expect(recorder.calls('reader')).toEqual([
      { command: 'ListImageReferrersCommand', action: 'ecr:BatchGetImage', resource: `${repositories}/team/app` },
      { command: 'DescribeRepositoriesCommand', action: 'ecr:DescribeRepositories', resource: `${repositories}/*` },
      {
        command: 'SendMessageBatchCommand',
        action: 'sqs:SendMessage',
        resource: 'arn:aws:sqs:eu-west-1:111122223333:q',
      },
    ]);
  });

  it('see through the document client', async () => {
    const recorder = createCallRecorder(place);
    const documents = recorder.watch(DynamoDBDocumentClient.from(silence(new DynamoDBClient(settings))));

    await recorder.runAs('reader', async () => {
      await documents.send(new GetCommand({ TableName: 't', Key: { image: 'x' } }));
      await documents.send(new BatchGetCommand({ RequestItems: { t: { Keys: [{ image: 'x' }] } } }));
    });

    expect(recorder.calls('reader').map(({ action, resource }) => [action, resource])).toEqual([
      ['dynamodb:GetItem', 'arn:aws:dynamodb:eu-west-1:111122223333:table/t'],
      ['dynamodb:BatchGetItem', 'arn:aws:dynamodb:eu-west-1:111122223333:table/t'],
    ]);
  });

  it('belong to the function that sent them, also while others send, and not to the test', async () => {
    const recorder = createCallRecorder(place);
    const ecr = recorder.watch(silence(new ECRClient(settings)));

    await Promise.all([
      recorder.runAs('one', async () => ecr.send(sendReferrers)),
      recorder.runAs('other', async () => ecr.send(new DescribeRepositoriesCommand({}))),
      ecr.send(new PutImageCommand({ repositoryName: 'team/app', imageManifest: '{}' })),
    ]);

    expect(recorder.calls('one').map(({ action }) => action)).toEqual(['ecr:BatchGetImage']);
    expect(recorder.calls('other').map(({ action }) => action)).toEqual(['ecr:DescribeRepositories']);
  });

  it('fail the function that sends a command whose right nobody has named', async () => {
    const recorder = createCallRecorder(place);
    const ecr = recorder.watch(silence(new ECRClient(settings)));
    const put = new DeleteRepositoryCommand({ repositoryName: 'team/app' });
    const complaint = /no IAM action is known for DeleteRepositoryCommand/;

    await expect(recorder.runAs('writer', async () => ecr.send(put))).rejects.toThrow(complaint);

    expect(() => recorder.calls('writer')).toThrow(complaint);
  });
});
