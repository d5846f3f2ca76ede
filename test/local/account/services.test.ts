import {
  BatchDeleteImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  StartImageScanCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import {
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  DisableSecurityHubCommand,
  GetFindingsCommand,
} from '@aws-sdk/client-securityhub';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { pushImage } from '../../../local/account/push-image.ts';
import type { EmbeddedAccount, TimelineEntry } from '../../../local/account/types.ts';
import { prepareAccount, seededRandom } from './prepare.ts';

const CONFIG = new TextEncoder().encode('{"os":"linux"}');
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';

function imageManifest(label: string, more: object = {}): string {
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf(CONFIG),
    size: CONFIG.length,
  };
  return JSON.stringify({ schemaVersion: 2, mediaType: IMAGE, config, layers: [], annotations: { label }, ...more });
}

async function prepareRepository(settings: object = {}) {
  const prepared = prepareAccount();
  await prepared.account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: 'acme/app', ...settings }));
  return prepared;
}

const push = (account: EmbeddedAccount, manifest: string, tag?: string) =>
  pushImage(account, { repository: 'acme/app', manifest, tag, blobs: [CONFIG] });

/** The events on the bus, oldest first. */
const eventsOf = (account: EmbeddedAccount) =>
  account
    .timeline()
    .filter(({ step }) => step === 'event')
    .map(({ detail }: TimelineEntry) => detail);

describe('ECR', () => {
  it('tells of a tagged push, an untagged push, a referrer and a deletion', async () => {
    const { account } = await prepareRepository();
    const digest = await push(account, imageManifest('app'), 'v1');
    await push(account, imageManifest('untagged'));
    const subject = { mediaType: IMAGE, digest, size: 1 };
    const referrer = await push(account, imageManifest('signature', { subject, artifactType: 'application/x.sig' }));
    await account.clients.ecr.send(
      new BatchDeleteImageCommand({ repositoryName: 'acme/app', imageIds: [{ imageTag: 'v1' }] }),
    );
    const detail = { result: 'SUCCESS', 'repository-name': 'acme/app', 'manifest-media-type': IMAGE };
    expect(eventsOf(account)).toMatchObject([
      {
        version: '0',
        source: 'aws.ecr',
        'detail-type': 'ECR Image Action',
        account: '123456789012',
        region: 'eu-west-1',
        time: '2026-01-01T00:00:00Z',
        resources: [],
        detail: { ...detail, 'action-type': 'PUSH', 'image-digest': digest, 'image-tag': 'v1' },
      },
      { 'detail-type': 'ECR Image Action', detail: { ...detail, 'action-type': 'PUSH' } },
      {
        'detail-type': 'ECR Referrer Action',
        detail: { ...detail, 'image-digest': referrer, 'artifact-media-type': 'application/x.sig' },
      },
      { detail: { ...detail, 'action-type': 'DELETE', 'image-digest': digest, 'image-tag': 'v1' } },
    ]);
    expect(JSON.stringify(eventsOf(account)[1])).not.toContain('image-tag');
  });

  it('shows the steps of a signature with those of its image', async () => {
    const { account } = await prepareRepository();
    const digest = await push(account, imageManifest('app'), 'v1');
    const before = account.timeline().length;
    await push(account, imageManifest('referrer', { subject: { mediaType: IMAGE, digest, size: 1 } }));
    await push(account, imageManifest('legacy'), `${digest.replace(':', '-')}.sig`);
    const steps = account.timeline(before).filter(({ summary }) => summary === 'ecr:PutImage');
    expect(steps.map(({ trace }) => trace)).toEqual([`acme/app@${digest}`, `acme/app@${digest}`]);
  });

  it('keeps excluded tags of an immutable repository movable', async () => {
    const { account } = await prepareRepository({
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'sha256-*' }],
    });
    await push(account, imageManifest('a'), 'sha256-1');
    await push(account, imageManifest('b'), 'sha256-1');
    await push(account, imageManifest('a'), 'v1');
    await expect(push(account, imageManifest('b'), 'v1')).rejects.toThrow(/immutable/);
  });

  it('does not delete an image that an index lists', async () => {
    const { account } = await prepareRepository();
    const child = await push(account, imageManifest('child'));
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = [{ mediaType: IMAGE, digest: child, size: 1 }];
    await push(account, JSON.stringify({ schemaVersion: 2, mediaType, manifests }), 'v1');
    const deleted = await account.clients.ecr.send(
      new BatchDeleteImageCommand({ repositoryName: 'acme/app', imageIds: [{ imageDigest: child }] }),
    );
    expect(deleted.failures).toMatchObject([{ failureCode: 'ImageReferencedByManifestList' }]);
    const missing = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      manifests: [{ ...manifests[0], digest: digestOf('x') }],
    });
    await expect(push(account, missing)).rejects.toThrow(
      expect.objectContaining({ name: 'ReferencedImagesNotFoundException' }),
    );
  });

  it.each([
    ['no JSON', 'x'],
    ['an unknown media type', JSON.stringify({ schemaVersion: 2, mediaType: 'text/plain', config: {} })],
    ['schema version 1', JSON.stringify({ schemaVersion: 1 })],
    ['a manifest over 4 MiB', imageManifest('x'.repeat(4 * 1024 * 1024))],
  ])('refuses %s', async (_name, imageManifest) => {
    const { account } = await prepareRepository();
    await expect(
      account.clients.ecr.send(new PutImageCommand({ repositoryName: 'acme/app', imageManifest })),
    ).rejects.toThrow(expect.objectContaining({ name: 'InvalidParameterException' }));
  });

  it('puts a layer together from parts and checks its digest', async () => {
    const { account } = await prepareRepository();
    const { ecr } = account.clients;
    const repositoryName = 'acme/app';
    const parts = [new Uint8Array(6_000_000).fill(1), new Uint8Array(10).fill(2)];
    const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
    let first = 0;
    for (const layerPartBlob of parts) {
      const range = { partFirstByte: first, partLastByte: first + layerPartBlob.length - 1 };
      await ecr.send(new UploadLayerPartCommand({ repositoryName, uploadId, ...range, layerPartBlob }));
      first += layerPartBlob.length;
    }
    const complete = (digest: string) =>
      ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }));
    await expect(complete(digestOf('other'))).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidLayerException' }),
    );
    await expect(complete(digestOf(Buffer.concat(parts)))).resolves.toMatchObject({
      layerDigest: digestOf(Buffer.concat(parts)),
    });
  });

  it('refuses layer URLs that have expired, were altered or lead elsewhere', async () => {
    const { account, clock } = await prepareRepository();
    await push(account, imageManifest('app'));
    const { downloadUrl = '' } = await account.clients.ecr.send(
      new GetDownloadUrlForLayerCommand({ repositoryName: 'acme/app', layerDigest: digestOf(CONFIG) }),
    );
    expect((await account.fetch(downloadUrl)).status).toBe(200);
    expect((await account.fetch(downloadUrl.replace('expires=1', 'expires=2'))).status).toBe(403);
    await clock.advance(3_600_000);
    expect((await account.fetch(downloadUrl)).status).toBe(403);
    for (const address of [
      'https://example.test/',
      'http://169.254.169.254/latest/meta-data',
      'https://embedded.invalid:8443/',
    ]) {
      await expect(account.fetch(address)).rejects.toThrow(expect.objectContaining({ code: 'refused-address' }));
    }
  });

  it('refuses a command it does not have, by name', async () => {
    const { account } = await prepareRepository();
    await expect(
      account.clients.ecr.send(new StartImageScanCommand({ repositoryName: 'acme/app', imageId: { imageTag: 'v1' } })),
    ).rejects.toThrow(
      expect.objectContaining({ code: 'unsupported-command', message: expect.stringContaining('StartImageScan') }),
    );
  });
});

describe('SQS', () => {
  async function prepareQueue(faults = {}) {
    const { account, clock } = prepareAccount({ faults });
    const made = await account.clients.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    const QueueUrl = made.QueueUrl ?? '';
    const send = (MessageBody: string, more: object = {}) =>
      account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
    const receive = async () =>
      (await account.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];
    return { account, clock, send, receive };
  }

  it('delays a message and hides it while it is worked on', async () => {
    const { clock, send, receive } = await prepareQueue();
    await send('later', { DelaySeconds: 900 });
    expect(await receive()).toEqual([]);
    await clock.advance(900_000);
    expect(await receive()).toHaveLength(1);
    await clock.advance(29_000);
    expect(await receive()).toEqual([]);
    await clock.advance(1000);
    expect(await receive()).toHaveLength(1);
  });

  it('forgets messages after the retention period', async () => {
    const { clock, send, receive } = await prepareQueue();
    await send('old');
    await clock.advance(4 * 86_400_000 + 1);
    expect(await receive()).toEqual([]);
  });

  it('takes a message of 1 MiB and no more, attributes included', async () => {
    const { send } = await prepareQueue();
    await expect(send('x'.repeat(1024 * 1024))).resolves.toBeDefined();
    const tooLarge = expect.objectContaining({ name: 'InvalidParameterValue' });
    await expect(send('x'.repeat(1024 * 1024 + 1))).rejects.toThrow(tooLarge);
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
    await expect(send('x'.repeat(1024 * 1024), { MessageAttributes })).rejects.toThrow(tooLarge);
  });

  it.each(['\u0000', '\u001b[0m', '\ud800', '\uffff'])('refuses the character %j', async (body) => {
    const { send } = await prepareQueue();
    await expect(send(body)).rejects.toThrow(expect.objectContaining({ name: 'InvalidMessageContents' }));
  });

  it('delivers messages twice and out of order while those faults are on', async () => {
    const { clock, send, receive } = await prepareQueue({ duplicateRate: 1, reorder: true });
    for (const body of ['1', '2', '3', '4']) await send(body);
    await clock.advance(2000);
    const bodies = (await receive()).map(({ Body }) => Body);
    expect([...bodies].sort()).toEqual(['1', '1', '2', '2', '3', '3', '4', '4']);
    expect(bodies).not.toEqual([...bodies].sort());
  });
});

describe('faults', () => {
  it('throttles with the exception of each service, after as many attempts as the SDK makes', async () => {
    const { account } = prepareAccount({ faults: { throttleRate: 1 } });
    const { ecr, sqs, securityHub } = account.clients;
    const named = (name: string) => expect.objectContaining({ name });
    await expect(ecr.send(new DescribeImagesCommand({ repositoryName: 'a' }))).rejects.toThrow(
      named('ThrottlingException'),
    );
    expect(account.timeline().filter(({ step }) => step === 'fault')).toHaveLength(3);
    await expect(sqs.send(new CreateQueueCommand({ QueueName: 'q' }))).rejects.toThrow(named('RequestThrottled'));
    await expect(securityHub.send(new GetFindingsCommand({}))).rejects.toThrow(named('TooManyRequestsException'));
  });

  it('gets a throttled call through when a later attempt succeeds', async () => {
    const { account } = prepareAccount({ faults: { throttleRate: 0.5 }, maxAttempts: 20 });
    await expect(account.clients.sqs.send(new CreateQueueCommand({ QueueName: 'q' }))).resolves.toBeDefined();
  });

  it('does the same again with the same random numbers', async () => {
    const run = async () => {
      const { account } = prepareAccount({
        faults: { throttleRate: 0.3, duplicateRate: 0.3 },
        random: seededRandom(7),
      });
      for (let index = 0; index < 20; index += 1) {
        await account.clients.sqs.send(new CreateQueueCommand({ QueueName: `q${index}` })).catch(() => undefined);
      }
      return account.timeline();
    };
    expect(await run()).toEqual(await run());
  });
});

describe('Security Hub', () => {
  const productArn = 'arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default';
  const finding = (updated: number, more: object = {}) => ({
    SchemaVersion: '2018-10-08',
    Id: 'one',
    ProductArn: productArn,
    GeneratorId: 'test',
    AwsAccountId: '123456789012',
    CreatedAt: '2026-01-01T00:00:00.000Z',
    UpdatedAt: new Date(Date.UTC(2026, 0, 1) + updated).toISOString(),
    Title: 'Title',
    Description: 'Description',
    Resources: [{ Type: 'Other', Id: 'r' }],
    FindingProviderFields: { Severity: { Label: 'HIGH' as const }, Types: ['Effects'] },
    ...more,
  });
  function prepare() {
    const { account } = prepareAccount();
    const { securityHub } = account.clients;
    const put = (...Findings: ReturnType<typeof finding>[]) =>
      securityHub.send(new BatchImportFindingsCommand({ Findings }));
    const change = (more: object) =>
      securityHub.send(
        new BatchUpdateFindingsCommand({ FindingIdentifiers: [{ Id: 'one', ProductArn: productArn }], ...more }),
      );
    const read = async () => (await securityHub.send(new GetFindingsCommand({}))).Findings?.[0];
    return { account, securityHub, put, change, read };
  }

  it('lets a provider change neither note nor workflow, and keeps what a customer said', async () => {
    const { put, change, read } = prepare();
    const own = {
      Note: { Text: 'mine', UpdatedBy: 'me', UpdatedAt: '2026-01-01T00:00:00Z' },
      Workflow: { Status: 'SUPPRESSED' },
    };
    await put(finding(0, own));
    expect(await read()).toMatchObject({ Workflow: { Status: 'NEW' } });
    expect((await read())?.Note).toBeUndefined();
    await change({ Note: { Text: 'looked at', UpdatedBy: 'analyst' }, Severity: { Label: 'LOW' } });
    await put(
      finding(1, { Title: 'Later', FindingProviderFields: { Severity: { Label: 'CRITICAL' }, Types: ['TTPs'] } }),
    );
    expect(await read()).toMatchObject({
      Title: 'Later',
      Note: { Text: 'looked at' },
      Severity: { Label: 'LOW', Normalized: 1 },
      Types: ['TTPs'],
      FindingProviderFields: { Severity: { Label: 'CRITICAL' } },
    });
  });

  it.each([
    ['RESOLVED', 'ARCHIVED', 'ACTIVE', 'NEW'],
    ['NOTIFIED', 'ARCHIVED', 'ACTIVE', 'NEW'],
    ['SUPPRESSED', 'ARCHIVED', 'ACTIVE', 'SUPPRESSED'],
    ['RESOLVED', 'ACTIVE', 'ACTIVE', 'RESOLVED'],
  ])('takes a %s finding from %s to %s as %s', async (workflow, before, after, expected) => {
    const { put, change, read } = prepare();
    await put(finding(0, { RecordState: before }));
    await change({ Workflow: { Status: workflow } });
    await put(finding(1, { RecordState: after }));
    expect((await read())?.Workflow?.Status).toBe(expected);
  });

  it.each([
    ['PASSED', 'FAILED', 'NEW'],
    ['PASSED', 'NOT_AVAILABLE', 'NEW'],
    ['FAILED', 'FAILED', 'RESOLVED'],
    ['FAILED', 'PASSED', 'RESOLVED'],
  ])('takes a resolved finding whose compliance goes from %s to %s as %s', async (before, after, expected) => {
    const { put, change, read } = prepare();
    await put(finding(0, { Compliance: { Status: before } }));
    await change({ Workflow: { Status: 'RESOLVED' } });
    await put(finding(1, { Compliance: { Status: after } }));
    expect((await read())?.Workflow?.Status).toBe(expected);
  });

  it('announces what was stored, not what was ignored', async () => {
    const { account, put } = prepare();
    await put(finding(1));
    await put(finding(0));
    await put(finding(1));
    expect(eventsOf(account)).toMatchObject([
      {
        source: 'aws.securityhub',
        'detail-type': 'Security Hub Findings - Imported',
        detail: { findings: [{ Id: 'one' }] },
      },
    ]);
  });

  it('refuses other products, other accounts, oversized batches, and everything while it is off', async () => {
    const { securityHub, put } = prepare();
    await expect(
      put(finding(0, { ProductArn: productArn.replaceAll('123456789012', '210987654321') })),
    ).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
    const Text = 'x'.repeat(2000);
    const ProductFields = Object.fromEntries(Array.from({ length: 50 }, (_one, index) => [`k${index}`, Text]));
    const many = Array.from({ length: 70 }, (_one, index) => finding(0, { Id: `${index}`, ProductFields }));
    await expect(put(...many)).rejects.toThrow(expect.objectContaining({ name: 'InvalidInputException' }));
    await securityHub.send(new DisableSecurityHubCommand({}));
    await expect(put(finding(0))).rejects.toThrow(expect.objectContaining({ name: 'InvalidAccessException' }));
  });

  it('filters, sorts and pages', async () => {
    const { securityHub, put } = prepare();
    await put(...[3, 1, 2].map((n) => finding(n, { Id: `id-${n}`, RecordState: n === 2 ? 'ARCHIVED' : 'ACTIVE' })));
    const find = (more: object) =>
      securityHub.send(new GetFindingsCommand({ SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'desc' }], ...more }));
    const ids = async (more: object) => (await find(more)).Findings?.map(({ Id }) => Id);
    expect(await ids({})).toEqual(['id-3', 'id-2', 'id-1']);
    expect(await ids({ Filters: { RecordState: [{ Value: 'ACTIVE', Comparison: 'EQUALS' }] } })).toEqual([
      'id-3',
      'id-1',
    ]);
    expect(
      await ids({
        Filters: {
          Id: [
            { Value: 'id-3', Comparison: 'NOT_EQUALS' },
            { Value: 'id-', Comparison: 'PREFIX' },
          ],
        },
      }),
    ).toEqual(['id-2', 'id-1']);
    const first = await find({ MaxResults: 2 });
    expect(await ids({ MaxResults: 2, NextToken: first.NextToken })).toEqual(['id-1']);
    await expect(find({ Filters: { NetworkProtocol: [{ Value: 'x', Comparison: 'EQUALS' }] } })).rejects.toThrow(
      expect.objectContaining({ code: 'unsupported-input' }),
    );
  });
});
