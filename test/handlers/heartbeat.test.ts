import { AttachRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const ACCOUNT = '123456789012';
const MINUTES = 60_000;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
const CANARY = `arn:aws:iam::${ACCOUNT}:role/countersign-canary`;

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} },
    ...{ quarantine: true, iam: 'observe', template },
  });
  await service.account.clients.s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
}

async function pass(minutes: number) {
  await clock.advance(minutes * MINUTES);
  await service.settle();
}

const find = (id: string) => service.observations.allFindings().find(({ Id }) => Id === id);
const heartbeat = () => find(`countersign/iam-heartbeat/${ACCOUNT}`);
const listPlanted = async () =>
  (await service.account.clients.iam.send(new ListRolePoliciesCommand({ RoleName: 'countersign-canary' }))).PolicyNames;

describe('the heartbeat', () => {
  test('plants a change a day, which becomes an archived finding and troubles nobody', async () => {
    await start();
    await pass(60);
    const first = await listPlanted();

    expect(first).toEqual([expect.stringMatching(/^planted-\d+$/)]);
    expect(heartbeat()).toMatchObject({
      RecordState: 'ARCHIVED',
      ProductFields: { 'countersign/Planted': first?.[0] },
    });
    expect(find(`countersign/iam/${CANARY}`)).toBeUndefined();

    await pass(20 * 60);
    expect(await listPlanted()).toEqual(first);
    await pass(5 * 60);
    expect(await listPlanted()).not.toEqual(first);
    expect(heartbeat()).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test('tells that events do not come, though the sweep works, and that they come again', async () => {
    await start();
    service.account.faults.lossRate = 1;
    await pass(120);

    expect(heartbeat()).toMatchObject({
      RecordState: 'ACTIVE',
      Title: 'Changes of IAM are not seen any more',
      FindingProviderFields: { Severity: { Label: 'HIGH' } },
    });

    service.account.faults.lossRate = 0;
    await pass(60);
    expect(heartbeat()).toMatchObject({ RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } });
  });

  test('hides nothing: a canary with rights is drift like any other', async () => {
    await start();
    await pass(60);
    await service.account.clients.iam.send(
      new AttachRolePolicyCommand({
        RoleName: 'countersign-canary',
        PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    );
    await pass(10);

    expect(find(`countersign/iam/${CANARY}`)).toMatchObject({ RecordState: 'ACTIVE' });
  });
});
