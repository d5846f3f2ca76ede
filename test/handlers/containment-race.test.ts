import { AsyncLocalStorage } from 'node:async_hooks';
import * as IAM from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { guardDutyEvent } from '../support/guardduty.ts';
import { publishBaseline } from '../support/publish-baseline.ts';

/*
 * A leaked key, with the service dying at one of its calls, or with whoever holds the key making a move of theirs between any two of our calls to IAM. All calls and moves are
 * tried with COUNTERSIGN_LONG set; without it every few of them.
 */

const USER = 'arn:aws:iam::123456789012:user/deploy';
const user = { UserName: 'deploy' };
const DENY = 'CountersignContainment';
const QUARANTINE = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';
const ALLOW = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
const MINUTE = 60_000;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
/** Of each test, where not all are wanted. */
const RUNS = 30;
const isLong = process.env.COUNTERSIGN_LONG !== undefined;

/** Whether a call comes from a function, and not from the test or the attacker. */
const inFunction = new AsyncLocalStorage<true>();

type Move = (iam: IAM.IAMClient, keyId: string) => Promise<unknown>;

/** What whoever holds the key may try, as far as IAM lets them. */
const MOVES: Readonly<Record<string, Move>> = {
  'takes the deny away': (iam) => iam.send(new IAM.DeleteUserPolicyCommand({ ...user, PolicyName: DENY })),
  'puts another document in its place': (iam) =>
    iam.send(new IAM.PutUserPolicyCommand({ ...user, PolicyName: DENY, PolicyDocument: ALLOW })),
  'detaches the quarantine': (iam) => iam.send(new IAM.DetachUserPolicyCommand({ ...user, PolicyArn: QUARANTINE })),
  'activates the key again': (iam, AccessKeyId) =>
    iam.send(new IAM.UpdateAccessKeyCommand({ ...user, AccessKeyId, Status: 'Active' })),
  'makes another key': (iam) => iam.send(new IAM.CreateAccessKeyCommand(user)),
  'gives itself all rights': (iam) =>
    iam.send(new IAM.PutUserPolicyCommand({ ...user, PolicyName: 'own', PolicyDocument: ALLOW })),
};

interface Disturbance {
  /** Before which of our calls something happens; of the attacker, which call to IAM. */
  readonly at: number;
  readonly what: 'dies before' | 'dies after' | Move;
}

interface Stack {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<unknown>,
      ) => (args: { input: object }) => Promise<unknown>,
      options: { step: 'initialize'; priority: 'high'; name: string },
    ): void;
  };
}

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: unknown) => {
      const handler = createHandler(wiring);
      return (...args: unknown[]) => inFunction.run(true, () => handler(...args));
    },
  };
}

async function run({ at, what }: Disturbance) {
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  const service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} },
    ...{ quarantine: true, iam: 'enforce', guardDuty: 'enforce', template, loadHandler },
  });
  const { clients } = service.account;
  const { iam, s3 } = clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  const { User } = await iam.send(new IAM.CreateUserCommand(user));
  const { AccessKey } = await iam.send(new IAM.CreateAccessKeyCommand(user));
  const keyId = AccessKey?.AccessKeyId ?? '';
  await publishBaseline(service, USER);
  await clock.advance(10 * MINUTE);

  const counts = { all: 0, iam: 0 };
  const watch = (client: Stack, isIam: boolean) =>
    client.middlewareStack.add(
      (next) => async (args) => {
        if (inFunction.getStore() === undefined) return next(args);
        counts.all += 1;
        if (isIam) counts.iam += 1;
        if (typeof what === 'function') {
          if (isIam && counts.iam === at) await inFunction.exit(() => what(iam, keyId).catch(() => undefined));
          return next(args);
        }
        const dies = counts.all === at;
        if (dies && what === 'dies before') throw new Error('died');
        const answer = await next(args);
        if (dies) throw new Error('died');
        return answer;
      },
      { step: 'initialize', priority: 'high', name: 'disturb' },
    );
  const { sqs, dynamodb, ssm, securityHub } = clients;
  for (const client of [sqs, dynamodb, ssm, securityHub] as Stack[]) watch(client, false);
  watch(iam as Stack, true);

  const accessKeyDetails = { accessKeyId: keyId, principalId: User?.UserId, userType: 'IAMUser', userName: 'deploy' };
  service.account.emit(guardDutyEvent({ resource: { resourceType: 'AccessKey', accessKeyDetails } }));
  await clock.advance(25 * MINUTE);
  const read = async () => {
    const { PolicyNames = [] } = await iam.send(new IAM.ListUserPoliciesCommand(user));
    const { AttachedPolicies = [] } = await iam.send(new IAM.ListAttachedUserPoliciesCommand(user));
    const { AccessKeyMetadata = [] } = await iam.send(new IAM.ListAccessKeysCommand(user));
    const deny = PolicyNames.includes(DENY)
      ? await iam.send(new IAM.GetUserPolicyCommand({ ...user, PolicyName: DENY }))
      : undefined;
    return {
      denied: decodeURIComponent(deny?.PolicyDocument ?? '').includes('"Deny"'),
      inline: PolicyNames,
      attached: AttachedPolicies.map(({ PolicyName }) => PolicyName),
      keys: AccessKeyMetadata.map(({ Status }) => Status),
    };
  };
  const finding = () => service.observations.allFindings().find(({ Id }) => Id === `countersign/containment/${USER}`);
  const during = { ...(await read()), finding: finding()?.Title, severity: severityOf(finding()?.Severity) };
  await clock.advance(80 * MINUTE);
  const after = await read();
  await service.stop();
  return { during, after, counts };
}

const severityOf = (severity: unknown) => z.object({ Label: z.string() }).safeParse(severity).data?.Label;
const CONTAINED = { denied: true, inline: [DENY], attached: ['AWSCompromisedKeyQuarantineV3'], keys: ['Inactive'] };
const FREE = { denied: false, inline: [], attached: [], keys: ['Active'] };

test('a crash at any call changes neither that somebody is contained nor that it ends', async () => {
  const { counts, ...undisturbed } = await run({ at: 0, what: 'dies before' });
  expect(undisturbed).toMatchObject({ during: { ...CONTAINED, severity: 'HIGH' }, after: FREE });

  for (let at = 1; at <= counts.all; at += isLong ? 1 : Math.ceil(counts.all / RUNS)) {
    for (const what of isLong
      ? (['dies before', 'dies after'] as const)
      : ([at % 2 === 0 ? 'dies before' : 'dies after'] as const)) {
      const { during, after } = await run({ at, what });
      expect({ at, what, during, after }).toMatchObject({ during: CONTAINED, after: FREE });
    }
  }
}, 3_600_000);

test('whatever move is made between any two calls, somebody is contained, or a critical finding says that they are not', async () => {
  const { counts } = await run({ at: 0, what: 'dies before' });
  const moves = Object.entries(MOVES);
  // Without a common divisor with the number of moves, so that each of them comes.
  const stride = isLong ? 1 : 6 * Math.ceil(counts.iam / RUNS) + 1;
  let number = 0;
  for (let at = 1; at <= counts.iam; at += 1) {
    for (const [name, what] of moves) {
      number += 1;
      if (number % stride !== 0) continue;
      const { during } = await run({ at, what });
      const isTold = during.severity === 'CRITICAL';
      expect({ at, name, during, held: during.denied || isTold }).toMatchObject({ held: true });
    }
  }
  expect(counts.iam).toBeGreaterThan(20);
}, 3_600_000);
