import {
  CreateRoleCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ledgerStore } from '../../lambdas/aws/ledger-store.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { publishBaseline } from '../support/publish-baseline.ts';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const MINUTE = 60_000;
/** As the configuration of the embedded account has it. */
const PER_HOUR = 50;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
const policyOf = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const trustOf = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' }],
  });

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

/** A role without policies, signed. */
async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} },
    ...{ quarantine: true, iam: 'enforce', template },
  });
  const { iam, s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: trustOf('ec2') }));
  await publishBaseline(service, ROLE);
  await clock.advance(15 * MINUTE);
  return service.account.clients;
}

const putInline = (PolicyName: string) =>
  service.account.clients.iam.send(
    new PutRolePolicyCommand({ RoleName: 'app', PolicyName, PolicyDocument: policyOf('s3:*') }),
  );
const listInline = async () =>
  (await service.account.clients.iam.send(new ListRolePoliciesCommand({ RoleName: 'app' }))).PolicyNames;
const findingOf = () => service.observations.allFindings().find(({ Id }) => Id === `countersign/iam/${ROLE}`);
const fieldsOf = () => z.record(z.string(), z.string()).parse(findingOf()?.ProductFields ?? {});

/** Does something right after a call of the name was made. */
function after(iam: IAMClient, name: string, then: () => Promise<unknown>): void {
  iam.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName === name) await then();
        return answer;
      },
    { step: 'initialize', name: `after-${name}`, priority: 'high' },
  );
}

describe('a plan that was begun', () => {
  test('stops before its next change once the kill switch is on', async () => {
    const { iam, ssm } = await start();
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: trustOf('lambda') }));
    await putInline('one');
    const stop = () =>
      ssm.send(new PutParameterCommand({ Name: '/countersign/kill-switch', Value: 'on', Overwrite: true }));
    after(iam, 'UpdateAssumeRolePolicyCommand', stop);
    await clock.advance(MINUTE);

    expect(await listInline()).toEqual(['one']);
    expect(fieldsOf()).toMatchObject({ 'countersign/PlanState': 'failed' });
  });
});

describe('the limit of an hour', () => {
  async function use(scope: string, plans: number) {
    const { ssm, dynamodb } = service.account.clients;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/countersign/ledger-table' }));
    const ledger = ledgerStore(dynamodb, Parameter?.Value ?? '');
    const limit = { scope, most: PER_HOUR, within: 60 * MINUTE, words: 'a test' };
    for (let index = 0; index < plans; index += 1)
      await ledger.take(limit, { plan: `plan-of-another-${index}`, at: clock.now() });
  }

  test.each([
    ['of a rule', 'rule iam/revert'],
    ['of an account', `group iam/${ACCOUNT}`],
  ])('%s is kept', async (_, scope) => {
    await start();
    await use(scope, PER_HOUR);
    await putInline('one');
    await clock.advance(MINUTE);

    expect(await listInline()).toEqual(['one']);
    expect(fieldsOf()).toMatchObject({ 'countersign/PlanState': 'failed' });
    expect(findingOf()).toMatchObject({ RecordState: 'ACTIVE' });
  });

  test('lets one more through below it, and is over after an hour', async () => {
    await start();
    await use('rule iam/revert', PER_HOUR - 1);
    await use(`group iam/${ACCOUNT}`, PER_HOUR);
    await clock.advance(61 * MINUTE);
    await use('rule iam/revert', PER_HOUR - 1);
    await putInline('one');
    await clock.advance(MINUTE);

    expect(await listInline()).toEqual([]);
  });
});

describe('after a revert', () => {
  test.each([
    ['5 seconds', 1000, 12_000],
    ['30 seconds', 15_000, 45_000],
    ['5 minutes', 2 * MINUTE, 6 * MINUTE],
  ])('what comes back without an event is found by the look after %s', async (_, pause, end) => {
    const { iam } = await start();
    let gone = 0;
    let goneAtEnd = 0;
    after(iam, 'DeleteRolePolicyCommand', async () => {
      gone += 1;
      if (gone > 1) return;
      service.account.faults.lossRate = 1;
      clock.schedule(pause, () => void putInline('again'));
      clock.schedule(end, () => {
        goneAtEnd = gone;
      });
    });
    await putInline('one');
    await clock.advance(MINUTE);
    await clock.advance(6 * MINUTE);

    expect(goneAtEnd).toBe(2);
    expect(await listInline()).toEqual([]);
    expect(fieldsOf()).toMatchObject({ 'countersign/PlanState': 'verified' });
  });
});

describe('a call that failed', () => {
  test('is counted, and is no drift', async () => {
    const { iam } = await start();
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
    const document = { PolicyName: 'one', PolicyDocument: policyOf('iam:*') };
    await expect(iam.send(new PutRolePolicyCommand({ RoleName: 'nobody', ...document }))).rejects.toThrow();
    await clock.advance(MINUTE);
    vi.restoreAllMocks();

    expect(written.filter((line) => line.includes('"IamProbe":1'))).toHaveLength(1);
    expect(written.filter((line) => line.includes('"IamDrift"'))).toEqual([]);
    expect(service.observations.allFindings().filter(({ Id }) => Id?.includes('nobody'))).toEqual([]);
  });
});
