import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { quarantined } from '../../local/scenarios/quarantined.ts';
import { unsigned } from '../../local/scenarios/unsigned.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { runCli } from '../support/run-cli.ts';

const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
let clock: VirtualClock;
let service: EmbeddedService;
let image: { readonly repository: string; readonly digest: string };
let observed: typeof image;

const run = (...args: string[]) =>
  runCli(['plan', ...args], {
    environment: { AWS_REGION: 'eu-west-1' },
    ledgerIn: () => service.account.clients,
    clock: () => clock.now(),
    sleep: async (milliseconds) => {
      await clock.advance(milliseconds);
      await service.settle();
    },
  });

/** The id of the plan about an image, from its finding. */
function planOf({ repository, digest }: typeof image): string {
  const fields = service.observations.findingOf(`${repository}@${digest}`)?.ProductFields;
  return z.record(z.string(), z.string()).parse(fields)['countersign/Plan'] ?? '';
}

async function statusOf({ repository, digest }: typeof image) {
  const input = { repositoryName: repository, imageIds: [{ imageDigest: digest }], filter: { imageStatus: 'ANY' } };
  const { imageDetails = [] } = await service.account.clients.ecr.send(
    new DescribeImagesCommand({ ...input, filter: { imageStatus: 'ANY' } }),
  );
  return imageDetails[0]?.imageStatus;
}

beforeAll(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    quarantine: true,
    template: describeTemplate({ ...fullConfiguration.compiled, trust }),
  });
  image = await service.run(quarantined);
  observed = await service.run(unsigned);
  await service.settle();
}, 60_000);
afterAll(() => service?.stop());

describe('plan list and show', () => {
  test('list tells every plan, and by state', async () => {
    const [all, some] = [await run('list'), await run('list', '--state', 'proposed', '--json')];

    expect(all).toMatchObject({ code: 0, err: '' });
    expect(all.out).toMatch(/^plan-[0-9a-f]{32} {2}verified {2}enforce .*vault\/ledger@sha256:/m);
    expect(all.out.split('\n')).toHaveLength(3);
    expect(JSON.parse(some.out)).toMatchObject({ id: planOf(observed), progress: { state: 'proposed' } });
  });

  test('show tells steps, history and what can be done', async () => {
    const { code, out } = await run('show', planOf(image));

    expect(code).toBe(0);
    expect(out).toMatch(/step 1 {4}done: archive .*\(back: restore/);
    expect(out).toMatch(/rule images\/quarantine\/vault-images: propose/);
    expect(out).toContain(`countersign plan undo ${planOf(image)}`);
  });
});

describe('extend', () => {
  test('is refused for a plan that does not end by itself, and without a time', async () => {
    expect(await run('extend', planOf(image), '--for', '2h')).toMatchObject({
      code: 1,
      err: expect.stringContaining('does not end by itself'),
    });
    for (const wrong of [[], ['--for', '10'], ['--for', '31d'], ['--for', '5s']]) {
      expect(await run('extend', planOf(image), ...wrong)).toMatchObject({ code: 2 });
    }
  });
});

describe('decisions', () => {
  test('undo is carried out, under the name of who sent it', async () => {
    const undone = await run('undo', planOf(image));
    await clock.advance(30 * 60_000);
    await service.settle();
    const shown = await run('show', planOf(image));

    expect(undone).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/: undone\n/);
    expect(shown.out).toMatch(/ \(command line\): request-undo/);
    expect(shown.out).not.toMatch(/ {2}command line \(command line\)/);
    expect(await statusOf(image)).toBe('ACTIVE');
  });

  test('what the configuration only observes cannot be approved, and nothing is sent', async () => {
    const { code, err } = await run('approve', planOf(observed));

    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('only observes') });
  });

  test('what was undone cannot be undone again', async () => {
    expect(await run('undo', planOf(image))).toMatchObject({ code: 1, err: expect.stringContaining('undone') });
  });
});

describe('what is not there, or not right', () => {
  test('a plan that nobody knows', async () => {
    const { code, err } = await run('show', `plan-${'0'.repeat(32)}`);

    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('there is no plan-000') });
  });

  test.each<[string, string[]]>([
    ['plan what? There are: list', []],
    ['Did you mean approve?', ['aprove']],
    ['PLAN is missing', ['show']],
    ['is not the id of a plan', ['show', 'plan-1']],
    ['plan deny takes no --irreversible', ['deny', `plan-${'0'.repeat(32)}`, '--irreversible']],
    ['plan list takes no PLAN', ['list', 'x']],
    ['is no region', ['list', '--region', 'evil.example/']],
  ])('%s', async (message, args) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  test('without a region', async () => {
    expect(await runCli(['plan', 'list'])).toMatchObject({ code: 2, err: expect.stringContaining('which region?') });
  });

  test('a row that somebody changed is told, and is no plan to decide about', async () => {
    const { dynamodb } = service.account.clients;
    const plan = planOf(observed);
    const table = (await findTable())?.TableName ?? '';
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table }));
    const item = Items.find((row) => row.plan === plan);
    const body = String(item?.body).replace('"proposed"', '"approved"');
    await dynamodb.send(new PutCommand({ TableName: table, Item: { ...item, body } }));

    expect(await run('list')).toMatchObject({ code: 1, err: expect.stringContaining('does not hold') });
    expect(await run('deny', plan)).toMatchObject({ code: 3, err: expect.stringContaining('does not hold') });
  });
});

async function findTable() {
  const { GetParameterCommand } = await import('@aws-sdk/client-ssm');
  const { Parameter } = await service.account.clients.ssm.send(
    new GetParameterCommand({ Name: '/countersign/ledger-table' }),
  );
  return { TableName: Parameter?.Value };
}
