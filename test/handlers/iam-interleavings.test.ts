import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import * as IAM from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { canonicalize } from '../../lambdas/core/canonical-json.ts';
import { compareStates } from '../../lambdas/core/iam/baseline/compare-states.ts';
import type { BaselineState } from '../../lambdas/core/iam/baseline/state.ts';
import { CANARY_ROLE } from '../../lambdas/core/iam/heartbeat/canary-role.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { forwardIam } from '../support/forward-iam.ts';
import {
  type Chance,
  GROUPS,
  MOVES,
  makeMove,
  POLICIES,
  policyOf,
  ROLES,
  trustOf,
  USERS,
} from '../support/iam-moves.ts';
import { publishBaseline, readState } from '../support/publish-baseline.ts';

const RUNS = Number(process.env.COUNTERSIGN_RUNS ?? 20);
const SEED = Number(process.env.COUNTERSIGN_SEED ?? 1);
/** Of a moto server: then it is IAM, an implementation that is not ours. */
const MOTO = process.env.COUNTERSIGN_MOTO_ENDPOINT;
const MOVES_A_RUN = 12;
const ACCOUNT = '123456789012';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const MINUTE = 60_000;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });

interface World {
  readonly service: EmbeddedService;
  readonly clock: VirtualClock;
  readonly signed: Map<string, { state: BaselineState; version: number }>;
}

const arnOf = (type: string, name: string) => `arn:aws:iam::${ACCOUNT}:${type}/${name}`;
const NAMED = [
  ...ROLES.map((name) => arnOf('role', name)),
  ...USERS.map((name) => arnOf('user', name)),
  ...GROUPS.map((name) => arnOf('group', name)),
  ...POLICIES.map((name) => arnOf('policy', name)),
];

/** How often a function dies at one of its calls: before it is made, or after it was made and before the answer is seen. */
const dying = { rate: 0 };
const inFunction = new AsyncLocalStorage<true>();

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: unknown) => {
      const handler = createHandler(wiring);
      return (...args: unknown[]) => inFunction.run(true, () => handler(...args));
    },
  };
}

interface Stack {
  add(
    middleware: (next: (args: unknown) => Promise<unknown>) => (args: unknown) => Promise<unknown>,
    options: { step: 'initialize'; name: string; priority: 'high'; override: boolean },
  ): void;
}

function letDie({ account }: EmbeddedService, random: () => number): void {
  const { iam, s3, sqs, dynamodb, securityHub, ssm } = account.clients;
  for (const { middlewareStack } of [iam, s3, sqs, dynamodb, securityHub, ssm] as { middlewareStack: Stack }[]) {
    middlewareStack.add(
      (next) => async (args) => {
        if (inFunction.getStore() === undefined || random() >= dying.rate) return next(args);
        if (random() < 0.5) await next(args);
        throw new Error('the function died');
      },
      { step: 'initialize', name: 'dying', priority: 'high', override: true },
    );
  }
}

async function prepare(random: () => number): Promise<World> {
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  const service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random, onFailure: () => {} },
    ...{ quarantine: true, iam: 'enforce', template, loadHandler },
  });
  if (MOTO !== undefined) await useMoto(service, MOTO, random);
  letDie(service, random);
  const { iam, s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  const own = { PolicyName: 'signed', PolicyDocument: policyOf('logs:*') };
  for (const PolicyName of POLICIES)
    await iam.send(new IAM.CreatePolicyCommand({ PolicyName, PolicyDocument: policyOf('s3:List*') }));
  for (const GroupName of GROUPS) {
    await iam.send(new IAM.CreateGroupCommand({ GroupName }));
    await iam.send(new IAM.PutGroupPolicyCommand({ GroupName, ...own }));
  }
  for (const RoleName of ROLES) {
    await iam.send(new IAM.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf('ec2.amazonaws.com') }));
    await iam.send(new IAM.PutRolePolicyCommand({ RoleName, ...own }));
    await iam.send(new IAM.AttachRolePolicyCommand({ RoleName, PolicyArn: arnOf('policy', 'shared') }));
  }
  for (const UserName of USERS) {
    await iam.send(new IAM.CreateUserCommand({ UserName, PermissionsBoundary: READ_ONLY }));
    await iam.send(new IAM.PutUserPolicyCommand({ UserName, ...own }));
    await iam.send(new IAM.AddUserToGroupCommand({ UserName, GroupName: 'staff' }));
    await iam.send(new IAM.CreateAccessKeyCommand({ UserName }));
  }
  const signed: World['signed'] = new Map();
  for (const arn of NAMED) signed.set(arn, { state: await publishBaseline(service, arn), version: 1 });
  await settle({ service, clock, signed });
  return { service, clock, signed };
}

/** moto answers for IAM from here on, empty but for the role that the stack has there. */
async function useMoto({ account }: EmbeddedService, endpoint: string, random: () => number): Promise<void> {
  await fetch(new URL('/moto-api/reset', endpoint), { method: 'POST' });
  const moto = new IAM.IAMClient({
    ...{ endpoint, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Role } = await account.clients.iam.send(new IAM.GetRoleCommand({ RoleName: CANARY_ROLE }));
  const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const PermissionsBoundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  await moto.send(new IAM.CreateRoleCommand({ RoleName: CANARY_ROLE, AssumeRolePolicyDocument, PermissionsBoundary }));
  forwardIam(account, moto, random);
}

/** moto 5.2.5 has no calls that set or take the boundary of a user that is there. */
const NOT_IN_MOTO = ['bound a user', 'unbind a user'];

/** AWS refuses calls of the service; those of the others are not what is looked at. */
async function calmly<T>({ service }: World, work: () => Promise<T>): Promise<T> {
  const { faults } = service.account;
  const { throttleRate } = faults;
  faults.throttleRate = 0;
  try {
    return await work();
  } finally {
    faults.throttleRate = throttleRate;
  }
}

async function settle({ service, clock }: World) {
  await service.settle();
  await clock.advance(10 * MINUTE);
  await service.settle();
}

/** A deployer changes something and signs what is there then, drift of others included: what is signed counts. */
async function deploy({ service, signed }: World, chance: Chance) {
  const arn = NAMED[chance(NAMED.length)] ?? '';
  const version = (signed.get(arn)?.version ?? 0) + 1;
  signed.set(arn, { state: await publishBaseline(service, arn, version), version });
}

/** The operator approves what waits for one. */
async function approveAll({ service, clock }: World): Promise<void> {
  for (const finding of service.observations.allFindings()) {
    if (finding.RecordState !== 'ACTIVE' || !finding.Id.startsWith('countersign/iam/')) continue;
    const MessageBody = JSON.stringify({
      ...{ version: '0', id: `approve-${clock.now()}-${finding.Id}`, account: ACCOUNT, region: 'eu-west-1' },
      ...{ 'detail-type': 'Security Hub Findings - Custom Action', source: 'aws.securityhub' },
      time: new Date(clock.now()).toISOString(),
      resources: [`arn:aws:securityhub:eu-west-1:${ACCOUNT}:action/custom/CountersignApprove`],
      detail: { findings: [{ ...finding, AwsAccountId: ACCOUNT }] },
    });
    const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/countersign-operator`;
    await service.account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}

/** How the baselined deviate from what is signed. What was switched off stays off, and what nothing can take back waits: neither is ours to force. */
async function deviations({ service, signed }: World): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [arn, { state }] of signed) {
    const live = await readState(service, arn);
    for (const { part, name = '', change } of compareStates(state, live)) {
      const isOff = part === 'access-key' && change === 'removed';
      if (!isOff) found.push(`${arn.split(':').at(-1)}: ${part} ${name} ${change}`);
    }
  }
  return found;
}

const WRITES = /^iam:(Put|Delete|Attach|Detach|Update|Create|Set|Add|Remove)/;

async function run(seed: number) {
  const random = seededRandom(seed);
  const chance: Chance = (below) => Math.floor(random() * below);
  const world = await prepare(random);
  const { service, clock } = world;
  const { account } = service;
  const strangers: string[] = [];
  const kinds = Object.keys(MOVES).filter((name) => MOTO === undefined || !NOT_IN_MOTO.includes(name));
  const moves: string[] = [];
  Object.assign(account.faults, { throttleRate: 0.25, lossRate: 0.2, duplicateRate: 0.2, reorder: true });
  dying.rate = 0.05;
  for (let at = 0; at < MOVES_A_RUN; at += 1) {
    const move = kinds[chance(kinds.length)] ?? '';
    if (chance(8) === 0) {
      moves.push('deploy');
      await calmly(world, () => deploy(world, chance));
    }
    const isMade = await calmly(world, () => makeMove(account.clients.iam, move, chance, ACCOUNT));
    moves.push(`${move}${isMade ? '' : ' (refused)'}`);
    await clock.advance(chance(3) * MINUTE + chance(20_000));
  }
  Object.assign(account.faults, { throttleRate: 0, lossRate: 0, duplicateRate: 0, reorder: false });
  dying.rate = 0;
  for (const name of ['stranger-0', 'stranger-1', 'stranger-2']) {
    if ((await readState(service, arnOf('user', name))) !== undefined) strangers.push(name);
  }
  // Two sweeps find what events lost; whatever stopped is the operator's to approve.
  for (let round = 0; round < 4 && (round === 0 || (await deviations(world)).length > 0); round += 1) {
    await clock.advance(2 * 60 * MINUTE);
    await settle(world);
    await approveAll(world);
    await settle(world);
  }
  const left = await deviations(world);
  const told = service.observations
    .allFindings()
    .filter(({ RecordState }) => RecordState === 'ACTIVE')
    .map(({ Title, Description }) => `${String(Title)}: ${String(Description)}`);
  let writes = 0;
  const stop = account.onTimeline(({ step, summary }) => {
    if (step === 'api' && WRITES.test(summary) && !summary.includes('refused')) writes += 1;
  });
  await clock.advance(3 * 60 * MINUTE);
  await settle(world);
  stop();
  const states = [];
  for (const arn of NAMED) states.push(await readState(service, arn));
  const kept = await Promise.all(strangers.map((name) => readState(service, arnOf('user', name))));
  await service.stop();
  return {
    moves,
    left,
    told,
    writes,
    kept,
    end: canonicalize(states.map((state) => state && { ...state, uniqueId: 'any' })),
  };
}

test(
  `${RUNS} random interleavings of ${Object.keys(MOVES).length} kinds of moves end in what is signed, and stay there`,
  async () => {
    expect(Object.keys(MOVES)).toHaveLength(30);
    const hash = createHash('sha256');
    let made = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
      const { moves, left, told, writes, kept, end } = await run(seed);

      const context = `seed ${seed}: ${moves.join(', ')}`;
      expect(left, `${context}\n${told.join('\n')}`).toEqual([]);
      expect(writes, `${context}: it goes on`).toBe(0);
      expect(
        kept.every((state) => state !== undefined),
        `${context}: a stranger is gone`,
      ).toBe(true);
      made += moves.filter((move) => !move.endsWith('(refused)')).length;
      hash.update(end);
    }
    expect(made).toBeGreaterThan(RUNS * 5);
    console.log(
      `interleavings: seed ${SEED}, ${RUNS} runs, ${made} moves, end states ${hash.digest('hex').slice(0, 16)}`,
    );
  },
  24 * 3_600_000,
);
