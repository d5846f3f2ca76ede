import { PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { BUCKET, BUCKET_ARN, CONFIG_RULE } from '../support/config.ts';

const SWEEP = 6 * 3_600_000;
const DAY = 86_400_000;
const config = { mode: 'observe', evaluations: false } as const;
const template = describeTemplate({ ...testConfiguration.compiled, config });
const invocation = z.object({ resultToken: z.string() });

let clock: VirtualClock;
let service: EmbeddedService;
let token: string;
let deleteRule: () => void;
afterEach(() => service?.stop());

/** The service, and a rule of somebody else. */
async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 60, random: seededRandom(1), onFailure: () => {} },
    ...{ config, template },
  });
  const { items, rules } = internalsOf(service.account).awsConfig;
  items.record({ ...BUCKET, arn: BUCKET_ARN, resourceName: BUCKET.resourceId });
  deleteRule = rules.add({
    ...CONFIG_RULE,
    ...{ id: 'config-rule-mburzq', parameters: {}, every: DAY },
    invoke: (event) => {
      token = invocation.parse(event).resultToken;
    },
  });
  await clock.advance(1);
}

/** What the rule comes to, and whether its event is lost. */
async function evaluate(ComplianceType: 'COMPLIANT' | 'NON_COMPLIANT', isLost: boolean) {
  const { account } = service;
  account.faults.lossRate = isLost ? 1 : 0;
  const { resourceType: ComplianceResourceType, resourceId: ComplianceResourceId } = BUCKET;
  const OrderingTimestamp = new Date(clock.now());
  await account.clients.awsConfig.send(
    new PutEvaluationsCommand({
      ResultToken: token,
      Evaluations: [{ ComplianceResourceType, ComplianceResourceId, ComplianceType, OrderingTimestamp }],
    }),
  );
  account.faults.lossRate = 0;
  await pass(60_000);
}
async function pass(milliseconds: number) {
  await clock.advance(milliseconds);
  await service.settle();
}
/** Until a sweep ran, and what it found was told. */
const sweep = () => pass(SWEEP + 3_600_000);
const ours = () => service.observations.allFindings().filter(({ Id }) => Id.startsWith('countersign/config/'));
const imports = () => service.account.timeline().filter(({ summary }) => summary.startsWith('finding imported')).length;

describe('the sweep of AWS Config', () => {
  test('finds a fault whose event was lost, and tells it once', async () => {
    await start();
    await evaluate('NON_COMPLIANT', true);
    expect(ours()).toEqual([]);

    await sweep();
    expect(ours()).toMatchObject([{ RecordState: 'ACTIVE', Resources: [{ Id: BUCKET_ARN }] }]);
    const before = imports();
    await sweep();
    expect(imports()).toBe(before);
  });

  test('closes what is compliant again without an event', async () => {
    await start();
    await evaluate('NON_COMPLIANT', false);
    await pass(1_800_000);
    expect(ours()).toMatchObject([{ RecordState: 'ACTIVE' }]);

    await evaluate('COMPLIANT', true);
    await sweep();
    expect(ours()).toMatchObject([{ RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } }]);
  });

  test('closes what a deleted rule found', async () => {
    await start();
    await evaluate('NON_COMPLIANT', false);
    await pass(1_800_000);

    deleteRule();
    await sweep();
    expect(ours()).toMatchObject([{ RecordState: 'ARCHIVED', Compliance: { Status: 'NOT_AVAILABLE' } }]);
  });
});
