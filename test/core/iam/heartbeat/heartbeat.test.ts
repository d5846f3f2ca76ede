import { describe, expect, test } from 'vitest';
import { asffFinding } from '../../../../lambdas/core/findings/asff.ts';
import { describeHeartbeat } from '../../../../lambdas/core/findings/heartbeat-finding.ts';
import { namePlanted, PLANTED, readPlanted } from '../../../../lambdas/core/iam/heartbeat/canary.ts';
import { CANARY_TRUST } from '../../../../lambdas/core/iam/heartbeat/canary-role.ts';
import { judgeHeartbeat } from '../../../../lambdas/core/iam/heartbeat/judge-heartbeat.ts';
import type { LiveState } from '../../../../lambdas/core/iam/live-state.ts';

const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const canary = (changes: Partial<Extract<LiveState, { kind: 'role' }>> = {}): LiveState => ({
  ...{ kind: 'role', name: 'countersign-canary', path: '/', uniqueId: 'AROAEXAMPLEEXAMPLE12', tags: {} },
  ...{ arn: 'arn:aws:iam::111122223333:role/countersign-canary', attached: [], instanceProfiles: [] },
  ...{ trust: JSON.stringify(CANARY_TRUST), boundary: 'arn:aws:iam::aws:policy/AWSDenyAll', maxSessionSeconds: 3600 },
  inline: [{ name: 'planted-1', document: PLANTED }],
  ...changes,
});

const USER: LiveState = {
  ...{ kind: 'user', name: 'countersign-canary', path: '/', uniqueId: 'AIDAEXAMPLEEXAMPLE12', tags: {}, groups: [] },
  ...{ arn: 'arn:aws:iam::111122223333:user/countersign-canary', attached: [] },
  ...{ boundary: 'arn:aws:iam::aws:policy/AWSDenyAll', inline: [{ name: 'planted-1', document: PLANTED }] },
};

describe('the canary', () => {
  test('tells what is planted on it, or that nothing is', () => {
    expect(readPlanted(canary())).toBe('planted-1');
    expect(readPlanted(canary({ inline: [] }))).toBeNull();
    expect(namePlanted(1234_567)).toBe('planted-1234');
  });

  test.each<[string, LiveState]>([
    ['another name', canary({ name: 'countersign-canary2' })],
    [
      'a trust policy that lets somebody in',
      canary({ trust: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] }) }),
    ],
    ['no boundary', canary({ boundary: undefined })],
    ['a boundary of the account', canary({ boundary: 'arn:aws:iam::111122223333:policy/AWSDenyAll' })],
    ['something attached', canary({ attached: [ADMIN] })],
    ['an instance profile', canary({ instanceProfiles: ['arn:aws:iam::111122223333:instance-profile/x'] })],
    [
      'a second policy',
      canary({
        inline: [
          { name: 'planted-1', document: PLANTED },
          { name: 'planted-2', document: PLANTED },
        ],
      }),
    ],
    ['a policy of another name', canary({ inline: [{ name: 'own', document: PLANTED }] })],
    [
      'a policy that gives something',
      canary({ inline: [{ name: 'planted-1', document: PLANTED.replace('Deny', 'Allow') }] }),
    ],
    ['a user of its name', USER],
  ])('with %s is a principal like any other', (_name, live) => {
    expect(readPlanted(live)).toBeUndefined();
  });
});

describe('a heartbeat', () => {
  const times = { every: 1000, within: 100 };
  const last = { name: 'planted-1', at: 0, missed: false };

  test.each<[string, Parameters<typeof judgeHeartbeat>, ReturnType<typeof judgeHeartbeat>]>([
    ['begins with a plant', [undefined, undefined, 0, times], { missed: false, plant: true }],
    ['waits for the report', [last, undefined, 99, times], { missed: false, plant: false }],
    ['waits where the one before is reported', [last, 'planted-0', 99, times], { missed: false, plant: false }],
    ['is missed after its time, and planted anew', [last, 'planted-0', 100, times], { missed: true, plant: true }],
    [
      'stays missed until one is reported',
      [{ ...last, missed: true }, undefined, 50, times],
      { missed: true, plant: false },
    ],
    [
      'lives again with the report',
      [{ ...last, missed: true }, 'planted-1', 50, times],
      { missed: false, plant: false },
    ],
    ['rests until the next is due', [last, 'planted-1', 999, times], { missed: false, plant: false }],
    ['is planted when it is due', [last, 'planted-1', 1000, times], { missed: false, plant: true }],
  ])('%s', (_name, question, answer) => {
    expect(judgeHeartbeat(...question)).toEqual(answer);
  });
});

test.each(['seen', 'missed'] as const)('the finding that it is %s is one that Security Hub takes', (state) => {
  const finding = describeHeartbeat({
    ...{ account: '111122223333', region: 'eu-west-1', resource: canary().arn, state, planted: 'planted-1', now: 0 },
  });

  expect(asffFinding.parse(finding).RecordState).toBe(state === 'seen' ? 'ARCHIVED' : 'ACTIVE');
});
