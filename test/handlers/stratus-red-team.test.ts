import { readdirSync, readFileSync } from 'node:fs';
import * as IAM from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { publishBaseline } from '../support/publish-baseline.ts';

/*
 * Attacks that Stratus Red Team detonated in real accounts, as CloudTrail told of them. Each is played on an account with a signed baseline: the call is made there, the
 * recorded event is what the service hears, and the end is what an analyst finds.
 */
const FOLDER = ['events', 'stratus-red-team'] as const;
const ACCOUNT = '123456789012';
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
const EC2_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

const record = z.looseObject({
  eventSource: z.string(),
  eventName: z.string(),
  eventTime: z.string(),
  recipientAccountId: z.string(),
  errorCode: z.string().nullish(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
});
type CallRecord = z.infer<typeof record>;

interface Attack {
  /** What was there before, and signed. */
  readonly role?: string;
  readonly user?: string;
  readonly password?: true;
  /** Whom the finding is about. */
  readonly about: string;
  readonly expected: 'put right' | 'waits for a person';
  /** What the finding says. */
  readonly says: RegExp;
  readonly severity?: 'CRITICAL' | 'HIGH';
  readonly because: string;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'aws.persistence.iam-backdoor-role': {
    role: 'stratus-red-team-backdoor-r-role',
    about: 'role/stratus-red-team-backdoor-r-role',
    expected: 'put right',
    says: /trust policy was changed, which is wider/,
    because: 'the trust policy is put back to what was signed',
  },
  'aws.persistence.iam-backdoor-user': {
    user: 'stratus-red-team-backdoor-u-user',
    about: 'user/stratus-red-team-backdoor-u-user',
    expected: 'put right',
    says: /access key \w+ was added, which is wider/,
    because: 'the key is switched off',
  },
  'aws.persistence.iam-create-admin-user': {
    about: 'user/malicious-iam-user',
    expected: 'waits for a person',
    says: /escalation path any: it has all rights of the account/,
    severity: 'CRITICAL',
    because: 'to delete a principal is nothing that could be taken back',
  },
  'aws.persistence.iam-create-backdoor-role': {
    about: 'role/stratus-red-team-malicious-iam-role',
    expected: 'waits for a person',
    says: /escalation path any: it has all rights of the account/,
    severity: 'CRITICAL',
    because: 'as above',
  },
  'aws.persistence.iam-create-user-login-profile': {
    user: 'stratus-red-team-login-profile-user',
    about: 'user/stratus-red-team-login-profile-user',
    expected: 'waits for a person',
    says: /password for the console was added, which is wider/,
    severity: 'HIGH',
    because: 'nobody can bring a password back that is deleted',
  },
  'aws.privilege-escalation.iam-update-user-login-profile': {
    user: 'stratus-red-team-update-login-profile-user',
    password: true,
    about: 'user/stratus-red-team-update-login-profile-user',
    expected: 'waits for a person',
    says: /password for the console was changed, which is possibly wider/,
    severity: 'HIGH',
    because: 'no state shows it: the event does, and nobody can bring the old one back',
  },
};

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

function readRecords(name: string): readonly CallRecord[] {
  const text = readFileSync(corpusPath(...FOLDER, `${name}.json`) ?? '', 'utf8');
  const all = z.union([z.array(record), record.transform((one) => [one])]).parse(JSON.parse(text));
  return all
    .filter(({ eventSource }) => eventSource === 'iam.amazonaws.com')
    .toSorted((one, other) => Date.parse(one.eventTime) - Date.parse(other.eventTime) || rank(one) - rank(other));
}

/** Within a second CloudTrail has no order, but nothing is given rights before it is there. */
function rank({ eventName }: CallRecord): number {
  return eventName === 'CreateUser' || eventName === 'CreateRole' ? 0 : 1;
}

async function start({ role, user, password }: Attack) {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} },
    ...{ quarantine: true, iam: 'enforce', template },
  });
  const { iam, s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  if (role !== undefined) {
    await iam.send(new IAM.CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: EC2_TRUST }));
    await publishBaseline(service, `arn:aws:iam::${ACCOUNT}:role/${role}`);
  }
  if (user !== undefined) {
    await iam.send(new IAM.CreateUserCommand({ UserName: user }));
    if (password)
      await iam.send(new IAM.CreateLoginProfileCommand({ UserName: user, Password: 'correct horse battery' }));
    await publishBaseline(service, `arn:aws:iam::${ACCOUNT}:user/${user}`);
  }
  await settle();
  await clock.advance(60_000);
}

async function settle() {
  await service.settle();
  await clock.advance(10 * 60_000);
  await service.settle();
}

const text = (value: unknown) => z.string().parse(value);

/** Makes the call of a record, as far as CloudTrail tells what was asked: passwords it does not. */
async function play({ eventName, requestParameters, errorCode }: CallRecord): Promise<void> {
  if (errorCode) return;
  const { iam } = service.account.clients;
  const asked = requestParameters ?? {};
  const UserName = () => text(asked.userName);
  switch (eventName) {
    case 'UpdateAssumeRolePolicy':
      await iam.send(
        new IAM.UpdateAssumeRolePolicyCommand({
          RoleName: text(asked.roleName),
          PolicyDocument: text(asked.policyDocument),
        }),
      );
      return;
    case 'CreateRole':
      await iam.send(
        new IAM.CreateRoleCommand({
          RoleName: text(asked.roleName),
          AssumeRolePolicyDocument: text(asked.assumeRolePolicyDocument),
        }),
      );
      return;
    case 'AttachRolePolicy':
      await iam.send(
        new IAM.AttachRolePolicyCommand({ RoleName: text(asked.roleName), PolicyArn: text(asked.policyArn) }),
      );
      return;
    case 'CreateUser':
      await iam.send(new IAM.CreateUserCommand({ UserName: UserName() }));
      return;
    case 'AttachUserPolicy':
      await iam.send(new IAM.AttachUserPolicyCommand({ UserName: UserName(), PolicyArn: text(asked.policyArn) }));
      return;
    case 'CreateAccessKey':
      await iam.send(new IAM.CreateAccessKeyCommand({ UserName: UserName() }));
      return;
    case 'CreateLoginProfile':
      await iam.send(new IAM.CreateLoginProfileCommand({ UserName: UserName(), Password: 'another horse battery' }));
      return;
    case 'UpdateLoginProfile':
      await iam.send(new IAM.UpdateLoginProfileCommand({ UserName: UserName(), Password: 'another horse battery' }));
      return;
    default:
      throw new Error(`nobody plays ${eventName} yet`);
  }
}

/** The record as EventBridge hands it on, in this account and now. */
function toEvent(one: CallRecord): unknown {
  const here: unknown = JSON.parse(JSON.stringify(one).replaceAll(one.recipientAccountId, ACCOUNT));
  return {
    ...{ version: '0', id: `event-${one.eventName}`, 'detail-type': 'AWS API Call via CloudTrail' },
    ...{ source: 'aws.iam', account: ACCOUNT, region: 'eu-west-1', resources: [] },
    time: new Date(clock.now()).toISOString(),
    detail: { ...record.parse(here), awsRegion: 'us-east-1', eventTime: new Date(clock.now()).toISOString() },
  };
}

describeWithCorpus('an attack on IAM that Stratus Red Team detonated', FOLDER, () => {
  test('is among these, each with what becomes of it', () => {
    const files = readdirSync(corpusPath(...FOLDER) ?? '').filter((name) => name.endsWith('.json'));
    const withIam = files.map((name) => name.replace(/\.json$/, '')).filter((name) => readRecords(name).length > 0);

    expect(withIam.sort()).toEqual(Object.keys(ATTACKS).sort());
    expect(files.length).toBeGreaterThan(30);
  });

  describe.each(Object.entries(ATTACKS))('%s', (name, attack) => {
    test(`is found, explained, and ${attack.expected}: ${attack.because}`, async () => {
      await start(attack);
      const { account } = service;
      const told: Record<string, unknown>[] = [];
      account.onTimeline(({ step, detail }) => {
        if (step === 'finding') told.push(z.record(z.string(), z.unknown()).parse(detail));
      });

      for (const one of readRecords(name)) {
        // What the service hears is the recorded event alone.
        account.faults.lossRate = 1;
        await play(one);
        await clock.advance(1);
        account.faults.lossRate = 0;
        account.emit(toEvent(one));
      }
      await settle();

      const arn = `arn:aws:iam::${ACCOUNT}:${attack.about}`;
      const about = told.filter(({ Id }) => Id === `countersign/iam/${arn}`);
      expect(about.map(({ Description }) => text(Description)).join('\n')).toMatch(attack.says);
      const last = about.at(-1);
      if (attack.expected === 'put right') {
        expect(last).toMatchObject({ RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } });
        expect(last).toMatchObject({ ProductFields: { 'countersign/PlanState': 'verified' } });
      } else {
        expect(last).toMatchObject({ RecordState: 'ACTIVE', Compliance: { Status: 'FAILED' } });
        expect(last).toMatchObject({ FindingProviderFields: { Severity: { Label: attack.severity } } });
      }
    });
  });
});
