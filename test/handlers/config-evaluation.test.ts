import { PutEvaluationsCommand, StartConfigRulesEvaluationCommand } from '@aws-sdk/client-config-service';
import { CreateRoleCommand, DeleteRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { signedByKey } from '../../local/scenarios/signed-by-key.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { unsigned } from '../../local/scenarios/unsigned.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { complianceChange, findingOfConfig } from '../support/config.ts';
import { publishBaseline } from '../support/publish-baseline.ts';

const HOUR = 3_600_000;
const config = { mode: 'observe', evaluations: true } as const;
const { iam } = fullConfiguration.compiled;
const template = describeTemplate({
  ...fullConfiguration.compiled,
  images: { mode: 'observe', graceSeconds: 60 },
  iam: iam && { ...iam, mode: 'observe', heartbeat: { ...iam.heartbeat, enabled: false } },
  guardDuty: undefined,
  config,
});

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 60, random: seededRandom(1), onFailure: () => {} },
    ...{ config, iam: 'observe', refreshRoots: true, template },
  });
  const { s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
}

async function pass(milliseconds: number) {
  await clock.advance(milliseconds);
  await service.settle();
}
const push = async (...scenarios: Scenario[]) => {
  for (const scenario of scenarios) await service.run(scenario);
  await service.settle();
};
const resultOf = (question: string, type: string, id: string) =>
  internalsOf(service.account).awsConfig.rules.results().get(`countersign-${question} ${type} ${id}`);
const ofRepository = (name: string) => resultOf('image-signatures', 'AWS::ECR::Repository', name);
const trustOf = (condition: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    ],
  });
const PINNED = trustOf({
  StringEquals: {
    'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
    'token.actions.githubusercontent.com:sub': 'repo:acme/app:ref:refs/heads/main',
  },
});
async function makeRole(RoleName: string, AssumeRolePolicyDocument = PINNED) {
  const { Role } = await service.account.clients.iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }),
  );
  return Role?.RoleId ?? '';
}
const ofRole = (question: string, id: string) => resultOf(question, 'AWS::IAM::Role', id)?.ComplianceType;
const ask = (question: string) =>
  service.account.clients.awsConfig.send(
    new StartConfigRulesEvaluationCommand({ ConfigRuleNames: [`countersign-${question}`] }),
  );

describe('our verdicts in AWS Config', () => {
  test('are those of all images of a repository, on demand too', async () => {
    await start();
    await push(signedByKey);
    await ask('image-signatures');
    await service.settle();
    const [repository = ''] = [...internalsOf(service.account).awsConfig.rules.results().keys()].map(
      (key) => key.split(' ')[2],
    );
    expect(ofRepository(repository)).toMatchObject({ ComplianceType: 'COMPLIANT', Annotation: 'Images: 1 verified.' });

    await push(unsigned);
    await pass(HOUR);
    const bad = [...internalsOf(service.account).awsConfig.rules.results()].filter(
      ([, { ComplianceType }]) => ComplianceType === 'NON_COMPLIANT',
    );
    expect(bad.map(([, { Annotation }]) => Annotation)).toEqual([expect.stringContaining('1 unsigned or invalid')]);
  });

  test('of principals follow their baselines: signed, undeclared, changed, deleted', async () => {
    await start();
    const signed = await makeRole('signed');
    const undeclared = await makeRole('undeclared');
    await publishBaseline(service, 'arn:aws:iam::123456789012:role/signed');
    await pass(HOUR);
    await pass(HOUR);
    expect(ofRole('iam-baseline', signed)).toBe('COMPLIANT');
    expect(ofRole('iam-baseline', undeclared)).toBe('NON_COMPLIANT');

    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    });
    await service.account.clients.iam.send(
      new PutRolePolicyCommand({ RoleName: 'signed', PolicyName: 'more', PolicyDocument }),
    );
    await pass(60_000);
    await ask('iam-baseline');
    await service.settle();
    expect(ofRole('iam-baseline', signed)).toBe('NON_COMPLIANT');

    await service.account.clients.iam.send(new DeleteRoleCommand({ RoleName: 'undeclared' }));
    await pass(HOUR);
    expect(ofRole('iam-baseline', undeclared)).toBe('NOT_APPLICABLE');
  });

  test('of who is made after the last sweep wait for the next', async () => {
    await start();
    await pass(HOUR + 60_000);
    service.account.faults.lossRate = 1;
    const young = await makeRole('young');
    service.account.faults.lossRate = 0;
    await ask('iam-baseline');
    await ask('oidc-trust');
    await service.settle();

    expect(ofRole('iam-baseline', young)).toBeUndefined();
    expect(ofRole('oidc-trust', young)).toBeUndefined();
  });

  test('of the trust of roles follow the checks of the sweep', async () => {
    await start();
    const pinned = await makeRole('pinned');
    const wide = await makeRole(
      'wide',
      trustOf({ StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } }),
    );
    await pass(HOUR);
    await pass(HOUR);

    expect(ofRole('oidc-trust', pinned)).toBe('COMPLIANT');
    expect(ofRole('oidc-trust', wide)).toBe('NON_COMPLIANT');
  });

  test('stand beside results of other rules about the same principal', async () => {
    await start();
    const id = await makeRole('undeclared');
    await pass(HOUR);
    const about = { resourceType: 'AWS::IAM::Role', resourceId: id };
    internalsOf(service.account).securityHub.receive(
      findingOfConfig({ Resources: [{ Type: 'AwsIamRole', Id: 'arn:aws:iam::123456789012:role/undeclared' }] }),
    );
    service.account.emit(complianceChange({ about }));
    await pass(6 * 60_000);

    const finding = service.observations.allFindings().find(({ Id }) => Id === findingOfConfig().Id);
    expect(finding).toMatchObject({ Note: { Text: expect.stringContaining('No baseline is signed for it.') } });
  });

  test('come back as events, and become no findings a second time', async () => {
    await start();
    await push(unsigned);
    await pass(HOUR);

    const events = service.account.timeline().filter(({ summary }) => summary === 'Config Rules Compliance Change');
    expect(events.length).toBeGreaterThan(0);
    await pass(HOUR / 2);
    expect(service.observations.allFindings().filter(({ Id }) => Id.startsWith('countersign/config/'))).toEqual([]);
  });

  test('need the token that Config gave, and are refused beyond what it takes', async () => {
    await start();
    const put = (ResultToken: string) =>
      service.account.clients.awsConfig.send(new PutEvaluationsCommand({ Evaluations: [], ResultToken }));

    await expect(put('made-up')).rejects.toThrow(/token/);
    await ask('image-signatures');
    await expect(ask('image-signatures')).rejects.toThrow(/less than a minute/);
    await expect(ask('unknown')).rejects.toThrow(/not valid/);
  });
});
