import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import type { ScenarioImage } from '../../local/scenarios/scenario.ts';
import { signedByWorkflow } from '../../local/scenarios/signed-by-workflow.ts';
import { createTufKey, type TufRepository } from '../../local/sigstore/tuf-repository.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { aTrustedRoot } from '../support/tuf.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FINDING = 'countersign/service/123456789012/eu-west-1/trusted-root';
const ROW = 'trusted root private-sigstore';
const template = describeTemplate(fullConfiguration.compiled);
/** The table has its logical id for a name in the embedded account. */
const [[table] = ['']] = resourcesOf(readTemplate(template), 'AWS::DynamoDB::Table');

let clock: VirtualClock;
let service: EmbeddedService;

beforeEach(async () => {
  clock = virtualClock(START);
  service = await start();
});
afterEach(() => service.stop());

function start(): Promise<EmbeddedService> {
  return startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    template,
    refreshRoots: true,
  });
}

function repository(): TufRepository {
  if (service.repository === undefined) throw new Error('the service has no repository');
  return service.repository;
}

async function push(): Promise<ScenarioImage> {
  const image = await service.run(signedByWorkflow);
  await service.settle();
  return image;
}

/** Lets a refresh come, and the sweep and the reactions after it. */
async function passRefresh(): Promise<void> {
  await clock.advance(8 * HOUR);
  await service.settle();
}

const stateOf = ({ repository, digest }: ScenarioImage) =>
  service.observations.verdictOf(`${repository}@${digest}`)?.state;
const finding = () => service.observations.allFindings().find(({ Id }) => Id === FINDING);

describe('before the first refresh', () => {
  test('images are verified with the deployed root, and the finding says so', async () => {
    const image = await push();

    expect(stateOf(image)).toBe('verified');
    expect(finding()).toMatchObject({
      RecordState: 'ACTIVE',
      FindingProviderFields: { Severity: { Label: 'LOW', Original: 'absent' } },
    });
  });
});

describe('a refresh', () => {
  test('stores the metadata and closes the finding, and changes no verdict where the root is the same', async () => {
    const image = await push();
    const before = service.observations.verdictOf(`${image.repository}@${image.digest}`)?.revision;

    await passRefresh();

    expect(finding()).toMatchObject({ RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } });
    expect(await readRow()).toMatchObject({ revision: 1, versions: { root: 1, timestamp: 1 } });
    expect(service.observations.verdictOf(`${image.repository}@${image.digest}`)?.revision).toBe(before);
  });

  test('brings a root that trusts others, and every verdict is made again', async () => {
    const image = await push();
    const trustedRoot = repository().trustedRoot;
    repository().publish({ trustedRoot: aTrustedRoot() });

    await passRefresh();
    const meanwhile = stateOf(image);
    repository().rotate({ timestamp: [createTufKey()], root: [createTufKey(), createTufKey()] });
    repository().publish({ trustedRoot });
    await passRefresh();

    expect(meanwhile).toBe('invalid');
    expect(stateOf(image)).toBe('verified');
    expect(await readRow()).toMatchObject({ revision: 2, versions: { root: 2, targets: 3 } });
  });
});

describe('an old root goes on to verify', () => {
  test('while the mirror is silent, for weeks, and that is told', async () => {
    await passRefresh();
    repository().files.clear();

    await clock.advance(20 * DAY);
    const image = await push();

    expect(stateOf(image)).toBe('verified');
    expect(finding()).toMatchObject({
      RecordState: 'ACTIVE',
      FindingProviderFields: { Severity: { Label: 'HIGH' } },
      Description: expect.stringContaining('ended on 2026-11-30'),
    });
  });

  test('while the mirror freezes it, and the finding closes when the mirror goes on', async () => {
    await passRefresh();
    await clock.advance(10 * DAY);
    const frozen = finding();
    repository().renew();
    await passRefresh();

    expect(frozen).toMatchObject({
      RecordState: 'ACTIVE',
      Description: expect.stringContaining('timestamp.json ended'),
    });
    expect(finding()).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test('while the mirror rolls back to another root', async () => {
    repository().publish({ trustedRoot: aTrustedRoot() });
    const old = new Map(repository().files);
    repository().publish({ trustedRoot: service.config.trust.roots['private-sigstore'] });
    await passRefresh();
    const row = await readRow();
    for (const [path, bytes] of old) repository().files.set(path, bytes);

    await passRefresh();
    const image = await push();

    expect(stateOf(image)).toBe('verified');
    expect(finding()).toMatchObject({
      RecordState: 'ACTIVE',
      ProductFields: { 'countersign/Reasons': 'private-sigstore: rolled-back' },
    });
    expect(await readRow()).toEqual(row);
  });
});

describe('a stored row that is no metadata', () => {
  test.each<[string, Record<string, unknown>]>([
    ['without anything', {}],
    ['with octets that are none', { revision: 7, metadata: new Uint8Array([1, 2, 3]) }],
    ['with a revision that is none', { revision: 'seven', metadata: 'text' }],
  ])('%s is refused, told and replaced', async (_what, content) => {
    await service.account.clients.dynamodb.send(new PutCommand({ TableName: table, Item: { image: ROW, ...content } }));

    const image = await push();
    const meanwhile = finding();
    await passRefresh();
    const refreshed = finding();
    await passRefresh();

    expect(stateOf(image)).toBe('verified');
    expect(meanwhile).toMatchObject({ FindingProviderFields: { Severity: { Label: 'HIGH', Original: 'refused' } } });
    expect(refreshed).toMatchObject({ RecordState: 'ACTIVE', Description: expect.stringContaining('What was stored') });
    expect(finding()).toMatchObject({ RecordState: 'ARCHIVED' });
    expect(await readRow()).toMatchObject({ versions: { root: 1 } });
  });
});

async function readRow(): Promise<Record<string, unknown> | undefined> {
  const { Item } = await service.account.clients.dynamodb.send(
    new GetCommand({ TableName: table, Key: { image: ROW }, ConsistentRead: true }),
  );
  return Item;
}
