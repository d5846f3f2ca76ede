import { BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import { afterEach, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { signedByKey } from '../../local/scenarios/signed-by-key.ts';
import { unsigned } from '../../local/scenarios/unsigned.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { guardDutyEvent, guardDutyFinding, heldFinding } from '../support/guardduty.ts';

const template = describeTemplate({
  ...testConfiguration.compiled,
  guardDuty: { mode: 'observe', leastConfidence: 50 },
});
const GUARDDUTY = 'arn:aws:securityhub:eu-west-1::product/aws/guardduty';
const STAND_IN = 'countersign/threat/123456789012/eu-west-1/a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3';

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 60, random: seededRandom(1), onFailure: () => {} },
    ...{ guardDuty: true, template },
  });
}

async function raise(...events: unknown[]) {
  for (const event of events) service.account.emit(event);
  await clock.advance(60_000);
  await service.settle();
}
const hold = (change = {}) => internalsOf(service.account).securityHub.receive(heldFinding(change));
const all = () => service.observations.allFindings();
const held = () => all().find(({ ProductArn }) => ProductArn === GUARDDUTY);
const standIn = () => all().find(({ Id }) => Id === STAND_IN);
/** How often Security Hub was told something about a finding. */
const updates = () => service.account.timeline().filter(({ summary }) => summary.startsWith('finding updated')).length;

describe('a finding of GuardDuty', () => {
  test('is judged beside the finding that Security Hub holds, and never becomes another one', async () => {
    await start();
    hold();
    await raise(guardDutyEvent());

    expect(held()).toMatchObject({
      Note: { UpdatedBy: 'Countersign', Text: expect.stringContaining('It shows a compromise') },
      UserDefinedFields: { 'countersign/Judgement': 'contain', 'countersign/Reason': 'compromise' },
    });
    expect(held()).toMatchObject({ Severity: { Label: 'HIGH' }, Workflow: { Status: 'NEW' } });
    expect(standIn()).toBeUndefined();
  });

  test('is worked off once, however often it and its copies come, and again when there is more of it', async () => {
    await start();
    hold();
    await raise(guardDutyEvent(), guardDutyEvent({}, { account: '999999999999', id: 'copy' }), guardDutyEvent());
    await raise(guardDutyEvent());
    const before = updates();
    await raise(guardDutyEvent({ service: { count: 2 }, updatedAt: '2026-11-23T18:00:00.000Z' }));
    await raise(guardDutyEvent());

    expect([before, updates()]).toEqual([1, 2]);
  });

  test('leaves what a person and other tools wrote', async () => {
    await start();
    hold();
    const FindingIdentifiers = [{ Id: heldFinding().Id ?? '', ProductArn: GUARDDUTY }];
    await service.account.clients.securityHub.send(
      new BatchUpdateFindingsCommand({
        FindingIdentifiers,
        Note: { Text: 'mine', UpdatedBy: 'ana' },
        UserDefinedFields: { ticket: '42' },
      }),
    );
    await raise(guardDutyEvent());

    expect(held()).toMatchObject({
      Note: { Text: 'mine', UpdatedBy: 'ana' },
      UserDefinedFields: { ticket: '42', 'countersign/Judgement': 'contain' },
    });
  });

  test('waits for Security Hub, stands in where it does not come, and goes when it comes after all', async () => {
    await start();
    await raise(guardDutyEvent());
    expect(standIn()).toBeUndefined();

    await clock.advance(30 * 60_000);
    await service.settle();
    expect(standIn()).toMatchObject({ RecordState: 'ACTIVE', FindingProviderFields: { Severity: { Label: 'HIGH' } } });

    hold();
    await raise(guardDutyEvent({ service: { count: 2 }, updatedAt: '2026-11-23T18:00:00.000Z' }));
    expect(held()).toMatchObject({ UserDefinedFields: { 'countersign/Judgement': 'contain' } });
    expect(standIn()).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test.each([
    ['sample', { service: { additionalInfo: { sample: true } } }],
    ['archived', { service: { archived: true } }],
    ['low-confidence', { confidence: 10 }],
  ])('that is %s says so and has no finding of ours', async (code, change) => {
    await start();
    await raise(guardDutyEvent(change));
    await clock.advance(30 * 60_000);
    await service.settle();
    expect(all()).toEqual([]);

    hold();
    await raise(guardDutyEvent({ ...change, updatedAt: '2026-11-23T18:00:00.000Z' }));
    expect(held()).toMatchObject({
      UserDefinedFields: { 'countersign/Judgement': 'set-aside', 'countersign/Reason': code },
    });
  });

  test('about a container says what is known of its image, and is critical where nobody of the policy signed it', async () => {
    await start();
    const bad = await service.run(unsigned);
    const good = await service.run(signedByKey);
    await clock.advance(10 * 60_000);
    const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const about = (...images: string[]) => ({
      type: 'Execution:Runtime/ReverseShell',
      resource: {
        resourceType: 'ECSCluster',
        ecsClusterDetails: { taskDetails: { containers: images.map((image) => ({ image })) } },
      },
    });
    hold();
    await raise(guardDutyEvent(about(`${registry}/${good.repository}@${good.digest}`, 'docker.io/library/nginx')));
    expect(held()).toMatchObject({ Severity: { Label: 'HIGH' } });
    expect(held()).toMatchObject({
      Note: { Text: expect.stringContaining(`${good.digest} is verified; of library/nginx no verdict is known`) },
    });

    const newer = { service: { count: 2 }, updatedAt: '2026-11-23T18:00:00.000Z' };
    await raise(guardDutyEvent({ ...about(`${registry}/${bad.repository}@${bad.digest}`), ...newer }));

    expect(held()).toMatchObject({ Note: { Text: expect.stringContaining(`${bad.digest} is unsigned`) } });
    expect(held()).toMatchObject({
      Severity: { Label: 'CRITICAL' },
      UserDefinedFields: { 'countersign/Raised': 'from HIGH' },
    });
    // Whoever lowers it has decided.
    const { securityHub } = service.account.clients;
    const FindingIdentifiers = [{ Id: held()?.Id ?? '', ProductArn: GUARDDUTY }];
    await securityHub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers, Severity: { Label: 'LOW' } }));
    const later = { service: { count: 3 }, updatedAt: '2026-11-23T19:00:00.000Z' };
    await raise(guardDutyEvent({ ...about(`${registry}/${bad.repository}@${bad.digest}`), ...later }));
    expect(held()).toMatchObject({ Severity: { Label: 'LOW' } });
  });

  test('of another account is annotated, and no finding of ours stands in for it', async () => {
    await start();
    await raise(guardDutyEvent({ accountId: '999999999999' }));
    await clock.advance(30 * 60_000);
    await service.settle();

    expect(all()).toEqual([]);
  });

  test('that is none goes to the dead letters, and what is no finding does not come at all', async () => {
    await start();
    await raise(
      guardDutyEvent({}, { detail: { ...guardDutyFinding(), id: '../x' } }),
      guardDutyEvent({}, { source: 'acme.guardduty' }),
    );

    const { timeline } = service.account;
    const rejected = timeline().filter(({ step }) => step === 'dead-letter' || step === 'queue');
    expect(rejected.filter(({ summary }) => summary.includes('countersign-guardduty-dead-letters')).length).toBe(1);
  });
});
