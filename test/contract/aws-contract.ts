import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  GetDownloadUrlForLayerCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  paginateListImages,
} from '@aws-sdk/client-ecr';
import { BatchImportFindingsCommand, GetFindingsCommand } from '@aws-sdk/client-securityhub';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clients } from '../../lambdas/aws/wiring.ts';
import { digestOf } from '../../lambdas/core/digest.ts';

export interface ContractSubject {
  readonly clients: Pick<Clients, 'ecr' | 'sqs' | 'dynamodb' | 'securityHub'>;
  readonly account: string;
  readonly region: string;
  /** Makes a blob known to a repository, where the implementation asks for blobs at all. */
  uploadBlob(repository: string, blob: Uint8Array): Promise<void>;
  /** Fetches pre-signed layer URLs. */
  readonly fetch: typeof fetch;
}

export interface ContractOptions {
  /**
   * Set for an implementation known to be wrong or incomplete where AWS's documentation is clear: the expectations whose name begins with
   * `[documented]` are skipped. Each of them says where the documentation is.
   */
  readonly skipDocumented?: boolean;
}

const CONFIG = new TextEncoder().encode('{"architecture":"arm64","os":"linux"}');
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';

/** A minimal image manifest, different for each `label`. */
function imageManifest(label: string, more: object = {}): string {
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf(CONFIG),
    size: CONFIG.length,
  };
  return JSON.stringify({ schemaVersion: 2, mediaType: IMAGE, config, layers: [], annotations: { label }, ...more });
}

/** What the service relies on AWS for, as expectations that every stand-in for AWS has to meet. */
export function describeAwsContract(
  name: string,
  makeSubject: () => Promise<ContractSubject>,
  { skipDocumented = false }: ContractOptions = {},
): void {
  const documented = (source: string, what: string, body: () => Promise<void>) =>
    it.skipIf(skipDocumented)(`[documented] ${what} (${source})`, body);

  describe(name, () => {
    let subject: ContractSubject;
    let clients: ContractSubject['clients'];
    let made = 0;
    beforeAll(async () => {
      subject = await makeSubject();
      clients = subject.clients;
    });
    const fresh = (prefix: string) => {
      made += 1;
      return `${prefix}-${made}`;
    };

    describe('ECR', () => {
      async function makeRepository(settings: object = {}): Promise<string> {
        const repositoryName = fresh('contract/repository');
        await clients.ecr.send(new CreateRepositoryCommand({ repositoryName, ...settings }));
        await subject.uploadBlob(repositoryName, CONFIG);
        return repositoryName;
      }
      const put = (repositoryName: string, imageManifest: string, imageTag?: string) =>
        clients.ecr.send(
          new PutImageCommand({
            repositoryName,
            imageManifest,
            imageTag,
            imageDigest: digestOf(imageManifest),
            imageManifestMediaType: IMAGE,
          }),
        );

      it('refuses a repository that exists and one that does not', async () => {
        const repositoryName = await makeRepository();
        await expect(clients.ecr.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toThrow(
          expect.objectContaining({ name: 'RepositoryAlreadyExistsException' }),
        );
        await expect(clients.ecr.send(new ListImagesCommand({ repositoryName: 'contract/none' }))).rejects.toThrow(
          expect.objectContaining({ name: 'RepositoryNotFoundException' }),
        );
      });

      it('gives a manifest back byte for byte, by digest and by tag', async () => {
        const repositoryName = await makeRepository();
        const text = imageManifest('exact', { annotations: { odd: 'é \u{1F511}  ' } });
        const digest = digestOf(text);
        await put(repositoryName, text, 'v1');
        const got = await clients.ecr.send(
          new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }, { imageTag: 'v1' }] }),
        );
        expect(got.failures).toEqual([]);
        expect(new Set(got.images?.map((image) => image.imageManifest))).toEqual(new Set([text]));
        expect(new Set(got.images?.map((image) => image.imageId?.imageDigest))).toEqual(new Set([digest]));
      });

      it('names what it could not get among the failures', async () => {
        const repositoryName = await makeRepository();
        const got = await clients.ecr.send(
          new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'missing' }] }),
        );
        expect(got.images).toEqual([]);
        expect(got.failures).toMatchObject([{ imageId: { imageTag: 'missing' }, failureCode: 'ImageNotFound' }]);
      });

      it('moves a mutable tag and holds an immutable one', async () => {
        const mutable = await makeRepository();
        await put(mutable, imageManifest('one'), 'v1');
        await put(mutable, imageManifest('two'), 'v1');
        const described = await clients.ecr.send(
          new DescribeImagesCommand({ repositoryName: mutable, imageIds: [{ imageTag: 'v1' }] }),
        );
        expect(described.imageDetails?.[0]?.imageDigest).toBe(digestOf(imageManifest('two')));

        const immutable = await makeRepository({ imageTagMutability: 'IMMUTABLE' });
        await put(immutable, imageManifest('one'), 'v1');
        await expect(put(immutable, imageManifest('two'), 'v1')).rejects.toThrow();
      });

      documented(
        'ECR API reference, PutImage: ImageTagAlreadyExistsException',
        'names the immutable tag as the reason',
        async () => {
          const repositoryName = await makeRepository({ imageTagMutability: 'IMMUTABLE' });
          await put(repositoryName, imageManifest('one'), 'v1');
          await expect(put(repositoryName, imageManifest('two'), 'v1')).rejects.toThrow(
            expect.objectContaining({ name: 'ImageTagAlreadyExistsException' }),
          );
        },
      );

      it('deletes a tag alone while there are others, and the image with its last tag', async () => {
        const repositoryName = await makeRepository();
        const text = imageManifest('tagged twice');
        await put(repositoryName, text, 'a');
        await put(repositoryName, text, 'b');
        const remove = (imageTag: string) =>
          clients.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
        const list = async () => (await clients.ecr.send(new ListImagesCommand({ repositoryName }))).imageIds;
        await remove('a');
        expect(await list()).toEqual([{ imageDigest: digestOf(text), imageTag: 'b' }]);
        await remove('b');
        expect(await list()).toEqual([]);
      });

      documented(
        'ECR API reference, ListImages: maxResults 1 to 1000',
        'lists images in pages of the size asked for',
        async () => {
          const repositoryName = await makeRepository();
          for (const label of ['1', '2', '3', '4', '5']) await put(repositoryName, imageManifest(label), `v${label}`);
          const tags: (string | undefined)[] = [];
          for await (const page of paginateListImages({ client: clients.ecr, pageSize: 2 }, { repositoryName })) {
            expect(page.imageIds?.length).toBeLessThanOrEqual(2);
            tags.push(...(page.imageIds ?? []).map(({ imageTag }) => imageTag));
          }
          expect(tags.sort()).toEqual(['v1', 'v2', 'v3', 'v4', 'v5']);
        },
      );

      documented(
        'ECR API reference, PutImage: ImageAlreadyExistsException',
        'refuses the same image with the same tag',
        async () => {
          const repositoryName = await makeRepository();
          await put(repositoryName, imageManifest('same'), 'v1');
          await expect(put(repositoryName, imageManifest('same'), 'v1')).rejects.toThrow(
            expect.objectContaining({ name: 'ImageAlreadyExistsException' }),
          );
        },
      );

      documented(
        'ECR API reference, PutImage: LayersNotFoundException',
        'refuses a manifest whose layers are missing',
        async () => {
          const repositoryName = await makeRepository();
          const layers = [
            { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf('nowhere'), size: 7 },
          ];
          await expect(put(repositoryName, imageManifest('layers', { layers }))).rejects.toThrow(
            expect.objectContaining({ name: 'LayersNotFoundException' }),
          );
        },
      );

      documented(
        'ECR API reference, PutImage: ImageDigestDoesNotMatchException',
        'refuses a digest that is not that of the manifest',
        async () => {
          const repositoryName = await makeRepository();
          const request = new PutImageCommand({
            repositoryName,
            imageManifest: imageManifest('a'),
            imageDigest: digestOf(imageManifest('b')),
          });
          await expect(clients.ecr.send(request)).rejects.toThrow(
            expect.objectContaining({ name: 'ImageDigestDoesNotMatchException' }),
          );
        },
      );

      documented('ECR API reference, BatchGetImage: imageIds, at most 100', 'takes at most 100 image ids', async () => {
        const repositoryName = await makeRepository();
        const imageIds = Array.from({ length: 101 }, (_one, index) => ({ imageTag: `t${index}` }));
        await expect(clients.ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }))).rejects.toThrow(
          expect.objectContaining({ name: 'InvalidParameterException' }),
        );
      });

      documented(
        'ECR API reference, ListImageReferrers: maxResults 1 to 50',
        'lists the referrers of a subject in pages',
        async () => {
          const repositoryName = await makeRepository();
          const subjectText = imageManifest('subject');
          await put(repositoryName, subjectText);
          const imageDigest = digestOf(subjectText);
          const reference = { mediaType: IMAGE, digest: imageDigest, size: subjectText.length };
          for (const label of ['r1', 'r2', 'r3']) {
            await put(repositoryName, imageManifest(label, { artifactType: `type/${label}`, subject: reference }));
          }
          const list = (more: object) =>
            clients.ecr.send(new ListImageReferrersCommand({ repositoryName, subjectId: { imageDigest }, ...more }));
          const first = await list({ maxResults: 2 });
          const second = await list({ maxResults: 2, nextToken: first.nextToken });
          expect(first.referrers).toHaveLength(2);
          expect(second.referrers).toHaveLength(1);
          expect(second.nextToken).toBeUndefined();
          const filtered = await list({ filter: { artifactTypes: ['type/r2'] } });
          expect(filtered.referrers?.map(({ artifactType }) => artifactType)).toEqual(['type/r2']);
          await expect(list({ maxResults: 51 })).rejects.toThrow(
            expect.objectContaining({ name: 'InvalidParameterException' }),
          );
        },
      );

      documented(
        'ECR API reference, GetDownloadUrlForLayer',
        'hands out a URL under which the layer lies',
        async () => {
          const repositoryName = await makeRepository();
          const { downloadUrl = '' } = await clients.ecr.send(
            new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: digestOf(CONFIG) }),
          );
          const response = await subject.fetch(downloadUrl);
          expect(response.status).toBe(200);
          expect(digestOf(new Uint8Array(await response.arrayBuffer()))).toBe(digestOf(CONFIG));
          await expect(
            clients.ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: digestOf('nowhere') })),
          ).rejects.toThrow(expect.objectContaining({ name: 'LayersNotFoundException' }));
        },
      );
    });

    describe('SQS', () => {
      async function makeQueue(Attributes: Record<string, string> = {}): Promise<string> {
        const made = await clients.sqs.send(new CreateQueueCommand({ QueueName: fresh('contract-queue'), Attributes }));
        return made.QueueUrl ?? '';
      }
      const send = (QueueUrl: string, MessageBody: string) =>
        clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      const receive = async (QueueUrl: string, more: object = {}) =>
        (await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages ?? [];

      it('hands a message out with its attributes, hides it, and forgets it once deleted', async () => {
        const QueueUrl = await makeQueue();
        const MessageAttributes = { code: { DataType: 'String', StringValue: 'bad-event' } };
        await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageAttributes }));
        const [message] = await receive(QueueUrl, {
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        });
        expect(message?.Body).toBe('hello');
        expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
        expect(message?.MessageAttributes?.code?.StringValue).toBe('bad-event');
        expect(await receive(QueueUrl)).toEqual([]);
        await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
        const { Attributes } = await clients.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        expect(Attributes?.ApproximateNumberOfMessages).toBe('0');
        expect(Attributes?.ApproximateNumberOfMessagesNotVisible).toBe('0');
      });

      it('shows a message again at once when its visibility is set to zero', async () => {
        const QueueUrl = await makeQueue();
        await send(QueueUrl, 'again');
        const [first] = await receive(QueueUrl);
        await clients.sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }),
        );
        const [second] = await receive(QueueUrl, { AttributeNames: ['ApproximateReceiveCount'] });
        expect(second?.MessageId).toBe(first?.MessageId);
        expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
      });

      it('moves a message to the dead letters after the last receive', async () => {
        const deadLetters = await makeQueue();
        const { Attributes } = await clients.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
        );
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 2 });
        const QueueUrl = await makeQueue({ RedrivePolicy });
        await send(QueueUrl, 'poison');
        for (let attempt = 0; attempt < 2; attempt += 1) {
          expect(await receive(QueueUrl, { VisibilityTimeout: 0 })).toHaveLength(1);
        }
        expect(await receive(QueueUrl, { VisibilityTimeout: 0 })).toEqual([]);
        expect((await receive(deadLetters))[0]?.Body).toBe('poison');
      });

      it('refuses an empty, an oversized and an ambiguous batch', async () => {
        const QueueUrl = await makeQueue();
        const batch = (ids: readonly string[], body: string) =>
          clients.sqs.send(
            new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: body })) }),
          );
        await expect(batch([], 'x')).rejects.toThrow();
        await expect(batch('abcdefghijk'.split(''), 'x')).rejects.toThrow(
          expect.objectContaining({ name: expect.stringContaining('TooManyEntriesInBatchRequest') }),
        );
        await expect(batch(['a', 'a'], 'x')).rejects.toThrow(
          expect.objectContaining({ name: expect.stringContaining('BatchEntryIdsNotDistinct') }),
        );
        await expect(batch(['a', 'b'], 'x'.repeat(600_000))).rejects.toThrow(
          expect.objectContaining({ name: expect.stringContaining('BatchRequestTooLong') }),
        );
      });

      documented(
        'SQS API reference, SendMessage: MessageBody, at least one character',
        'refuses an empty body',
        async () => {
          const QueueUrl = await makeQueue();
          await expect(send(QueueUrl, '')).rejects.toThrow(expect.objectContaining({ name: 'MissingParameter' }));
        },
      );

      documented(
        'SQS API reference, SendMessageBatch: "result of sending each message is reported individually"',
        'fails one entry of a batch alone',
        async () => {
          const QueueUrl = await makeQueue();
          const { Successful, Failed } = await clients.sqs.send(
            new SendMessageBatchCommand({
              QueueUrl,
              Entries: [
                { Id: 'good', MessageBody: 'x' },
                { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
              ],
            }),
          );
          expect(Successful?.map(({ Id }) => Id)).toEqual(['good']);
          expect(Failed).toMatchObject([{ Id: 'late', SenderFault: true }]);
        },
      );

      documented(
        'SQS developer guide, "Message system attributes": DeadLetterQueueSourceArn',
        'says where a dead letter comes from',
        async () => {
          const deadLetters = await makeQueue();
          const arnOf = async (QueueUrl: string) =>
            (await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })))
              .Attributes?.QueueArn;
          const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await arnOf(deadLetters), maxReceiveCount: 1 });
          const QueueUrl = await makeQueue({ RedrivePolicy });
          await send(QueueUrl, 'poison');
          await receive(QueueUrl, { VisibilityTimeout: 0 });
          await receive(QueueUrl, { VisibilityTimeout: 0 });
          const [letter] = await receive(deadLetters, { MessageSystemAttributeNames: ['All'] });
          expect(letter?.Attributes?.DeadLetterQueueSourceArn).toBe(await arnOf(QueueUrl));
        },
      );

      documented(
        'SQS API reference, DeleteMessage: only the newest receipt handle deletes',
        'keeps a message whose old receipt handle is used',
        async () => {
          const QueueUrl = await makeQueue();
          await send(QueueUrl, 'kept');
          const [first] = await receive(QueueUrl, { VisibilityTimeout: 0 });
          await receive(QueueUrl, { VisibilityTimeout: 0 });
          await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
          expect(await receive(QueueUrl)).toHaveLength(1);
        },
      );
    });

    describe('DynamoDB', () => {
      let TableName: string;
      beforeAll(async () => {
        TableName = fresh('contract-table');
        await clients.dynamodb.send(
          new CreateTableCommand({
            TableName,
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [
              { AttributeName: 'pk', KeyType: 'HASH' },
              { AttributeName: 'sk', KeyType: 'RANGE' },
            ],
            AttributeDefinitions: [
              { AttributeName: 'pk', AttributeType: 'S' },
              { AttributeName: 'sk', AttributeType: 'N' },
            ],
          }),
        );
      });
      const put = (Item: Record<string, unknown>, more: object = {}) =>
        clients.dynamodb.send(new PutCommand({ TableName, Item, ...more }));
      const get = async (pk: string, sk = 0) =>
        (await clients.dynamodb.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }))).Item;
      const update = (pk: string, UpdateExpression: string, more: object = {}) =>
        clients.dynamodb.send(
          new UpdateCommand({ TableName, Key: { pk, sk: 0 }, UpdateExpression, ReturnValues: 'ALL_NEW', ...more }),
        );
      const conditionFailed = expect.objectContaining({ name: 'ConditionalCheckFailedException' });
      const invalid = expect.objectContaining({ name: 'ValidationException' });

      it('keeps every kind of value', async () => {
        const Item = {
          pk: fresh('value'),
          sk: 0,
          text: '',
          list: [1, 'a', null, { deep: [true] }],
          set: new Set(['x', 'y']),
          number: -1.5,
        };
        await put(Item);
        expect(await get(Item.pk)).toEqual(Item);
      });

      it('writes only once under attribute_not_exists, and shows the row in the way', async () => {
        const pk = fresh('once');
        const condition = {
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        };
        await put({ pk, sk: 0, who: 'first' }, condition);
        await expect(put({ pk, sk: 0, who: 'second' }, condition)).rejects.toThrow(conditionFailed);
        await put({ pk, sk: 0, who: 'third' }, condition).catch((error) =>
          expect(error.Item.who).toEqual({ S: 'first' }),
        );
        expect(await get(pk)).toMatchObject({ who: 'first' });
      });

      it('lets exactly one of many racing writers win each revision', async () => {
        const pk = fresh('race');
        await put({ pk, sk: 0, revision: 0 });
        const attempts = Array.from({ length: 16 }, () =>
          update(pk, 'SET revision = revision + :one', {
            ConditionExpression: 'revision = :read',
            ExpressionAttributeValues: { ':one': 1, ':read': 0 },
          }),
        );
        const settled = await Promise.allSettled(attempts);
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await get(pk)).toMatchObject({ revision: 1 });
      });

      it('updates with SET, REMOVE and ADD from the values before', async () => {
        const pk = fresh('update');
        await put({ pk, sk: 0, a: 1, b: 10, gone: 'x', parts: ['one'] });
        const { Attributes } = await update(
          pk,
          'SET a = b, b = a, #n = if_not_exists(nowhere, :start) + :one, parts = list_append(parts, :more) REMOVE gone ADD tally :one',
          {
            ExpressionAttributeNames: { '#n': 'name' },
            ExpressionAttributeValues: { ':start': 5, ':one': 1, ':more': ['two'] },
          },
        );
        expect(Attributes).toEqual({ pk, sk: 0, a: 10, b: 1, name: 6, parts: ['one', 'two'], tally: 1 });
      });

      it('evaluates conditions with precedence, ranges and functions', async () => {
        const pk = fresh('condition');
        await put({ pk, sk: 0, amount: 5, word: 'abc', tags: new Set(['x']) });
        const holds = async (ConditionExpression: string, ExpressionAttributeValues: object) => {
          try {
            await update(pk, 'SET touched = :t', {
              ConditionExpression,
              ExpressionAttributeValues: { ':t': 1, ...ExpressionAttributeValues },
            });
            return true;
          } catch (error) {
            expect(error).toEqual(conditionFailed);
            return false;
          }
        };
        expect(await holds('amount = :no AND amount = :no OR amount = :yes', { ':no': 1, ':yes': 5 })).toBe(true);
        expect(await holds('amount = :no AND (amount = :no OR amount = :yes)', { ':no': 1, ':yes': 5 })).toBe(false);
        expect(await holds('NOT amount BETWEEN :a AND :b', { ':a': 6, ':b': 9 })).toBe(true);
        expect(await holds('amount IN (:a, :b)', { ':a': 6, ':b': 5 })).toBe(true);
        expect(await holds('begins_with(word, :a) AND size(word) < :b', { ':a': 'ab', ':b': 4 })).toBe(true);
        expect(await holds('contains(tags, :a)', { ':a': 'x' })).toBe(true);
        expect(await holds('nowhere < :a', { ':a': 9 })).toBe(false);
        expect(await holds('nowhere <> :a', { ':a': 9 })).toBe(true);
      });

      it('refuses reserved words, unused and undefined placeholders, empty keys and large items', async () => {
        const pk = fresh('refused');
        await expect(update(pk, 'SET region = :a', { ExpressionAttributeValues: { ':a': 1 } })).rejects.toThrow(
          invalid,
        );
        await expect(update(pk, 'SET a = :a', { ExpressionAttributeValues: { ':a': 1, ':b': 1 } })).rejects.toThrow(
          invalid,
        );
        await expect(update(pk, 'SET a = :a, b = :b', { ExpressionAttributeValues: { ':a': 1 } })).rejects.toThrow(
          invalid,
        );
        await expect(put({ pk: '', sk: 0 })).rejects.toThrow(invalid);
        await expect(put({ pk, sk: 'text' })).rejects.toThrow(invalid);
        await expect(put({ pk, sk: 0, large: 'x'.repeat(410_000) })).rejects.toThrow(invalid);
      });

      it('queries a partition in order and in pages', async () => {
        const pk = fresh('query');
        for (const sk of [3, 1, 2, 10]) await put({ pk, sk, odd: sk % 2 === 1 });
        const query = (more: object) =>
          clients.dynamodb.send(
            new QueryCommand({
              TableName,
              KeyConditionExpression: 'pk = :pk AND sk > :least',
              ...more,
              ExpressionAttributeValues: { ':pk': pk, ':least': 1, ...('filter' in more ? { ':yes': true } : {}) },
            }),
          );
        expect((await query({})).Items?.map(({ sk }) => sk)).toEqual([2, 3, 10]);
        expect((await query({ ScanIndexForward: false })).Items?.map(({ sk }) => sk)).toEqual([10, 3, 2]);
        const first = await query({ Limit: 2 });
        const second = await query({ Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey });
        expect([...(first.Items ?? []), ...(second.Items ?? [])].map(({ sk }) => sk)).toEqual([2, 3, 10]);
      });

      it('scans and batch-gets', async () => {
        const pk = fresh('scan');
        for (const sk of [1, 2, 3]) await put({ pk, sk });
        const scanned = await clients.dynamodb.send(
          new ScanCommand({ TableName, FilterExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }),
        );
        expect(scanned.Items?.map(({ sk }) => sk).sort()).toEqual([1, 2, 3]);
        const Keys = [1, 3, 4].map((sk) => ({ pk, sk }));
        const got = await clients.dynamodb.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));
        expect(got.Responses?.[TableName]?.map(({ sk }) => sk).sort()).toEqual([1, 3]);
      });

      it('deletes under a condition', async () => {
        const pk = fresh('delete');
        await put({ pk, sk: 0, lock: 'mine' });
        const remove = (owner: string) =>
          clients.dynamodb.send(
            new DeleteCommand({
              TableName,
              Key: { pk, sk: 0 },
              ConditionExpression: '#lock = :owner',
              ExpressionAttributeNames: { '#lock': 'lock' },
              ExpressionAttributeValues: { ':owner': owner },
            }),
          );
        await expect(remove('other')).rejects.toThrow(conditionFailed);
        await remove('mine');
        expect(await get(pk)).toBeUndefined();
      });

      documented(
        'DynamoDB API reference, Query: LastEvaluatedKey',
        'gives a LastEvaluatedKey where Limit ends at the last item',
        async () => {
          const pk = fresh('limit');
          await put({ pk, sk: 1 });
          const page = await clients.dynamodb.send(
            new QueryCommand({
              TableName,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': pk },
              Limit: 1,
            }),
          );
          expect(page.LastEvaluatedKey).toEqual({ pk, sk: 1 });
        },
      );
    });

    describe('Security Hub', () => {
      const finding = (id: string, updated: string, more: object = {}) => ({
        SchemaVersion: '2018-10-08',
        Id: id,
        ProductArn: `arn:aws:securityhub:${subject.region}:${subject.account}:product/${subject.account}/default`,
        GeneratorId: 'contract',
        AwsAccountId: subject.account,
        CreatedAt: '2026-01-01T00:00:00Z',
        UpdatedAt: updated,
        Title: 'Title',
        Description: 'Description',
        Resources: [{ Type: 'Other', Id: 'resource' }],
        FindingProviderFields: {
          Severity: { Label: 'HIGH' as const },
          Types: ['Software and Configuration Checks/Vulnerabilities'],
        },
        ...more,
      });
      const importAll = (...Findings: ReturnType<typeof finding>[]) =>
        clients.securityHub.send(new BatchImportFindingsCommand({ Findings }));
      const find = async (id: string) => {
        const got = await clients.securityHub.send(
          new GetFindingsCommand({ Filters: { Id: [{ Value: id, Comparison: 'EQUALS' }] }, MaxResults: 100 }),
        );
        return got.Findings?.filter((one) => one.Id === id) ?? [];
      };

      it('imports findings and keeps one per Id', async () => {
        const id = fresh('finding');
        const first = await importAll(finding(id, '2026-01-01T00:00:00Z'), finding(`${id}-b`, '2026-01-01T00:00:00Z'));
        expect(first).toMatchObject({ SuccessCount: 2, FailedCount: 0 });
        await importAll(finding(id, '2026-01-02T00:00:00Z', { Title: 'Later' }));
        expect((await find(id)).map(({ Title }) => Title)).toEqual(['Later']);
      });

      documented(
        'Security Hub user guide, "Using BatchImportFindings to update findings"',
        'ignores an UpdatedAt that is not later, and counts it as success',
        async () => {
          const id = fresh('finding');
          await importAll(finding(id, '2026-01-02T00:00:00Z'));
          expect(await importAll(finding(id, '2026-01-02T00:00:00Z', { Title: 'Same' }))).toMatchObject({
            SuccessCount: 1,
          });
          expect(await importAll(finding(id, '2026-01-01T00:00:00Z', { Title: 'Older' }))).toMatchObject({
            SuccessCount: 1,
          });
          expect((await find(id)).map(({ Title }) => Title)).toEqual(['Title']);
        },
      );

      documented(
        'Security Hub user guide, "FindingProviderFields"; "Workflow status"',
        'fills in severity, types, workflow and record state',
        async () => {
          const id = fresh('finding');
          await importAll(finding(id, '2026-01-01T00:00:00Z'));
          expect((await find(id))[0]).toMatchObject({
            Severity: { Label: 'HIGH', Normalized: 70 },
            Types: ['Software and Configuration Checks/Vulnerabilities'],
            Workflow: { Status: 'NEW' },
            RecordState: 'ACTIVE',
          });
        },
      );

      documented(
        'Security Hub API reference, BatchImportFindings: Findings, 1 to 100',
        'takes at most 100 findings',
        async () => {
          const many = Array.from({ length: 101 }, (_one, index) => finding(`many-${index}`, '2026-01-01T00:00:00Z'));
          await expect(importAll(...many)).rejects.toThrow(expect.objectContaining({ name: 'InvalidInputException' }));
        },
      );

      documented(
        'Security Hub user guide, "Required attributes"',
        'fails a finding over the limits alone',
        async () => {
          const id = fresh('finding');
          const result = await importAll(
            finding(id, '2026-01-01T00:00:00Z'),
            finding(`${id}-title`, '2026-01-01T00:00:00Z', { Title: 'x'.repeat(257) }),
            finding(`${id}-date`, 'yesterday'),
            finding(`${id}-account`, '2026-01-01T00:00:00Z', { AwsAccountId: '999999999999' }),
          );
          expect(result).toMatchObject({ SuccessCount: 1, FailedCount: 3 });
          expect(result.FailedFindings?.map(({ Id }) => Id)).toEqual([`${id}-title`, `${id}-date`, `${id}-account`]);
        },
      );
    });
  });
}
