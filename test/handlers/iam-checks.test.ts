import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeleteRoleCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const ACCOUNT = '123456789012';
const HOUR = 3_600_000;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const trusting = (subject: string | undefined) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Federated: GITHUB }, Action: 'sts:AssumeRoleWithWebIdentity' },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            ...(subject !== undefined && { 'token.actions.githubusercontent.com:sub': subject }),
          },
        },
      },
    ],
  });
const RAISE = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iam:PutUserPolicy', Resource: '*' }],
});

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} },
    ...{ quarantine: true, iam: 'observe', template },
  });
  const { iam, s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await iam.send(new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument: trusting(undefined) }));
  await iam.send(new CreateUserCommand({ UserName: 'dev' }));
  await iam.send(new CreateLoginProfileCommand({ UserName: 'dev', Password: 'correct horse battery' }));
  await iam.send(new CreateAccessKeyCommand({ UserName: 'dev' }));
  await iam.send(new PutUserPolicyCommand({ UserName: 'dev', PolicyName: 'own', PolicyDocument: RAISE }));
  return service.account.clients;
}

async function sweep(hours = 1) {
  await clock.advance(hours * HOUR);
  await service.settle();
}

const findingOf = (check: string, name: string) =>
  service.observations
    .allFindings()
    .find(({ Id }) => Id === `countersign/iam-check/${check}/arn:aws:iam::${ACCOUNT}:${name}`);

describe('the hourly checks of ways into the account', () => {
  test('tell of trust without a subject, and close once it is pinned', async () => {
    const { iam } = await start();
    await sweep();

    expect(findingOf('oidc-trust', 'role/ci')).toMatchObject({
      RecordState: 'ACTIVE',
      Compliance: { Status: 'FAILED' },
      Description: expect.stringContaining('statement 1'),
    });
    const told = findingOf('oidc-trust', 'role/ci');
    await sweep();
    expect(findingOf('oidc-trust', 'role/ci')).toEqual(told);

    await iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'ci',
        PolicyDocument: trusting('repo:acme/app:ref:refs/heads/main'),
      }),
    );
    await sweep();
    expect(findingOf('oidc-trust', 'role/ci')).toMatchObject({
      RecordState: 'ARCHIVED',
      Compliance: { Status: 'PASSED' },
    });
  });

  test('close where the principal is gone', async () => {
    const { iam } = await start();
    await sweep();
    await iam.send(new DeleteRoleCommand({ RoleName: 'ci' }));
    await sweep();

    expect(findingOf('oidc-trust', 'role/ci')).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test('tell of credentials once IAM has made its report, and close with the next report', async () => {
    const { iam } = await start();
    await sweep(2);

    expect(findingOf('console-mfa', 'user/dev')).toMatchObject({ RecordState: 'ACTIVE' });
    expect(findingOf('access-key-age', 'user/dev')).toBeUndefined();
    await iam.send(new DeleteLoginProfileCommand({ UserName: 'dev' }));
    await sweep(6);
    expect(findingOf('console-mfa', 'user/dev')).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test('tell who comes by all rights, and through what', async () => {
    await start();
    await sweep();

    expect(findingOf('escalation-path', 'user/dev')).toMatchObject({
      RecordState: 'ACTIVE',
      FindingProviderFields: { Severity: { Label: 'HIGH' } },
      Description: 'iam-007 through statement 1 of inline policy own.',
    });
    expect(findingOf('escalation-path', 'role/ci')).toBeUndefined();
  });
});
