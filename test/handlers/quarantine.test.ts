import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ledgerStore } from '../../lambdas/aws/ledger-store.ts';
import { isPlanId } from '../../lambdas/core/ledger/plan.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { quarantined } from '../../local/scenarios/quarantined.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { signedInQuarantine } from '../../local/scenarios/signed-in-quarantine.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { aTrustedRoot } from '../support/tuf.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
/** What is archived is described only where it is asked for (ECR API Reference, DescribeImagesFilter). */
const ANY = { imageStatus: 'ANY' } as const;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });

const productFields = z.record(z.string(), z.string());
let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start(more: Partial<Parameters<typeof startEmbeddedService>[0]> = {}) {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    quarantine: true,
    template,
    ...more,
  });
  return service.account.clients;
}

async function push(scenario: Scenario = quarantined) {
  const { repository, digest } = await service.run(scenario);
  await service.settle();
  return { repository, digest, trace: `${repository}@${digest}` };
}

async function describeAtRest({ repository, digest }: { repository: string; digest: string }) {
  const input = { repositoryName: repository, imageIds: [{ imageDigest: digest }], filter: ANY };
  const { imageDetails = [] } = await service.account.clients.ecr.send(new DescribeImagesCommand(input));
  return { status: imageDetails[0]?.imageStatus, tags: imageDetails[0]?.imageTags };
}

/** A custom action of Security Hub, as EventBridge puts it onto the queue of the operators. */
async function act(action: string, trace: string, changes: Readonly<Record<string, string>> = {}, id = action) {
  const finding = service.observations.findingOf(trace);
  const event = {
    version: '0',
    id: `event-${id}`,
    'detail-type': 'Security Hub Findings - Custom Action',
    source: 'aws.securityhub',
    account: ACCOUNT,
    time: new Date(clock.now()).toISOString(),
    region: REGION,
    resources: [`arn:aws:securityhub:${REGION}:${ACCOUNT}:action/custom/Countersign${action}`],
    detail: {
      findings: [
        {
          Id: finding?.Id,
          GeneratorId: 'countersign/image-signatures',
          AwsAccountId: ACCOUNT,
          ProductFields: { ...fieldsOf(trace), ...changes },
        },
      ],
    },
  };
  const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/countersign-operator`;
  await service.account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  await service.settle();
  await clock.advance(30 * 60_000);
  await service.settle();
}

/** What happened to the plan about an image, and by whom. */
async function listHistory(trace: string): Promise<readonly string[]> {
  const { ssm, dynamodb } = service.account.clients;
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/countersign/ledger-table' }));
  const id = fieldsOf(trace)['countersign/Plan'];
  const record = isPlanId(id) ? await ledgerStore(dynamodb, Parameter?.Value ?? '').read(id) : undefined;
  return record?.history.map(({ event }) => `${event.what.kind} by ${event.by.kind}`) ?? [];
}

const fieldsOf = (trace: string) => productFields.parse(service.observations.findingOf(trace)?.ProductFields);
const stateOf = (trace: string) => fieldsOf(trace)['countersign/PlanState'];

describe('a quarantine that is enforced', () => {
  test('tags and archives what nobody signed, and says so', async () => {
    await start();
    const image = await push();

    expect(await describeAtRest(image)).toMatchObject({
      status: 'ARCHIVED',
      tags: expect.arrayContaining([`quarantine-${image.digest.slice(7, 19)}`]),
    });
    expect(stateOf(image.trace)).toBe('verified');
    expect(service.observations.findingOf(image.trace)?.Description).toMatch(
      /was applied and a fresh read confirms it/,
    );
  });

  test('is taken back by an operator and stays so', async () => {
    await start();
    const image = await push();
    await act('Undo', image.trace);
    await clock.advance(3 * 3_600_000);
    await service.settle();

    expect(await describeAtRest(image)).toMatchObject({ status: 'ACTIVE' });
    expect((await describeAtRest(image)).tags).not.toContain(`quarantine-${image.digest.slice(7, 19)}`);
    expect(stateOf(image.trace)).toBe('undone');
  });

  test('is taken back by the rule once the image is signed', async () => {
    await start();
    const image = await push(signedInQuarantine);
    await clock.advance(3 * 3_600_000);
    await service.settle();

    expect(await listHistory(image.trace)).toEqual([
      ...['propose by rule', 'begin by executor'],
      ...['start-step by executor', 'finish-step by executor', 'start-step by executor', 'finish-step by executor'],
      ...['verify by executor', 'request-undo by rule'],
      ...['start-undo by executor', 'finish-undo by executor', 'start-undo by executor', 'finish-undo by executor'],
    ]);
    expect(service.observations.verdictOf(image.trace)?.state).toBe('verified');
    expect(await describeAtRest(image)).toMatchObject({ status: 'ACTIVE' });
    expect((await describeAtRest(image)).tags).not.toContain(`quarantine-${image.digest.slice(7, 19)}`);
    expect(fieldsOf(image.trace)).toMatchObject({ 'countersign/PlanState': 'undone' });
    expect(service.observations.findingOf(image.trace)?.Description).toMatch(/was undone, since the image is verified/);
  });

  test('is taken back once the image is signed also where the event of the signature is lost', async () => {
    await start();
    const image = await push({
      ...signedInQuarantine,
      run: (world) =>
        signedInQuarantine.run({
          ...world,
          later: (milliseconds, act) =>
            world.later(milliseconds, () => {
              service.account.faults.lossRate = 1;
              return act();
            }),
        }),
    });
    await clock.advance(3 * 3_600_000);
    await service.settle();

    expect(await describeAtRest(image)).toMatchObject({ status: 'ACTIVE' });
  });

  test('goes by the trusted roots in use, also where they were refreshed since the deployment', async () => {
    await start({ refreshRoots: true, template: describeTemplate(fullConfiguration.compiled) });
    service.repository?.publish({ trustedRoot: aTrustedRoot() });
    await clock.advance(8 * 3_600_000);
    await service.settle();
    const image = await push();

    expect(await describeAtRest(image)).toMatchObject({ status: 'ARCHIVED' });
    expect(stateOf(image.trace)).toBe('verified');
  });

  test('does nothing while the kill switch is on, and goes on when an operator wants it', async () => {
    const { ssm } = await start();
    const turn = (Value: string) =>
      ssm.send(new PutParameterCommand({ Name: '/countersign/kill-switch', Value, Overwrite: true }));
    await turn('on');
    const image = await push();
    const held = { atRest: await describeAtRest(image), state: stateOf(image.trace) };
    await turn('off');
    await act('Approve', image.trace);

    expect(held).toMatchObject({ atRest: { status: 'ACTIVE' }, state: 'failed' });
    expect(await describeAtRest(image)).toMatchObject({ status: 'ARCHIVED' });
  });

  test('leaves alone what runs', async () => {
    const { ecs } = await start();
    const inUse: Scenario = {
      ...quarantined,
      run: async (world) => {
        const image = await quarantined.run(world);
        const reference = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${image.repository}@${image.digest}`;
        await ecs.send(
          new RegisterTaskDefinitionCommand({
            family: 'app',
            containerDefinitions: [{ name: 'app', image: reference }],
          }),
        );
        await ecs.send(new RunTaskCommand({ taskDefinition: 'app' }));
        return image;
      },
    };
    const image = await push(inUse);

    expect(await describeAtRest(image)).toMatchObject({ status: 'ACTIVE' });
    expect(stateOf(image.trace)).toBe('failed');
    expect(service.observations.findingOf(image.trace)?.Description).toMatch(/in use|runs|task/i);
  });
});

describe('what an operator may not', () => {
  test('an approval that names another plan than the one that is stored changes nothing', async () => {
    const { ssm } = await start();
    await ssm.send(new PutParameterCommand({ Name: '/countersign/kill-switch', Value: 'on', Overwrite: true }));
    const image = await push();
    await ssm.send(new PutParameterCommand({ Name: '/countersign/kill-switch', Value: 'off', Overwrite: true }));
    await act('Approve', image.trace, { 'countersign/PlanDigest': `sha256:${'0'.repeat(64)}` });

    expect(await describeAtRest(image)).toMatchObject({ status: 'ACTIVE' });
  });

  test('a click on the finding of another image reaches no plan', async () => {
    await start();
    const one = await push();
    const other = await push();
    const plan = fieldsOf(one.trace)['countersign/Plan'] ?? '';
    await act('Undo', other.trace, { 'countersign/Plan': plan });

    expect(await describeAtRest(one)).toMatchObject({ status: 'ARCHIVED' });
  });
});
