import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../lambdas/core/iam/parse-policy.ts';
import { type ContainmentQuestion, decideContainment } from '../../../../lambdas/core/threats/containment/decide.ts';
import { denyEverything } from '../../../../lambdas/core/threats/containment/deny-documents.ts';
import { type PrincipalState, planContainment } from '../../../../lambdas/core/threats/containment/plan-steps.ts';
import { addThreat, beginsAnew, type SeenThreat } from '../../../../lambdas/core/threats/containment/record.ts';
import {
  findTarget,
  nameTarget,
  readTarget,
  type Target,
} from '../../../../lambdas/core/threats/containment/target.ts';
import { parseTargetMessage, writeTargetMessage } from '../../../../lambdas/core/threats/containment/target-message.ts';
import type { Subject } from '../../../../lambdas/core/threats/threat.ts';

const place = { account: '123456789012', region: 'eu-west-1' };
const credential = (change: Partial<Extract<Subject, { kind: 'credential' }>>) => {
  const named = { userType: 'IAMUser', userName: 'ann', principalId: 'AIDAEXAMPLEEXAMPLE000', keyId: 'AKIAX' };
  const subject: Subject = { kind: 'credential', ...named, ...change };
  return { ...place, subject };
};
const user: Target = {
  kind: 'user',
  account: place.account,
  partition: 'aws',
  name: 'ann',
  uniqueId: 'AIDAEXAMPLEEXAMPLE000',
};
const principal: PrincipalState = {
  arn: 'arn:aws:iam::123456789012:user/ann',
  ...{ uniqueId: user.uniqueId, name: 'ann', inline: [], attached: [], activeKeys: ['AKIAEXAMPLEEXAMPLE00'] },
};
const question: ContainmentQuestion = {
  target: user,
  principal,
  protection: undefined,
  mode: 'enforce',
  expiresAfter: 3600,
  policyHash: `sha256:${'0'.repeat(64)}`,
  episode: 1,
  since: 0,
  reason: { code: 'threat', message: 'x' },
};

describe('a target', () => {
  it.each([
    ['a user', {}, 'one', { kind: 'user', uniqueId: 'AIDAEXAMPLEEXAMPLE000' }],
    [
      'one session of a role',
      { userType: 'AssumedRole', principalId: 'AROAEXAMPLEEXAMPLE000:i-1' },
      'one',
      { kind: 'session', session: 'i-1' },
    ],
    [
      'all sessions of a role',
      { userType: 'AssumedRole', principalId: 'AROAEXAMPLEEXAMPLE000:i-1' },
      'all',
      { kind: 'role' },
    ],
    ['root is beyond it', { userType: 'Root', principalId: '123456789012' }, 'one', { code: 'root' }],
    [
      'a federated user is not told',
      { userType: 'FederatedUser', principalId: '123456789012:x' },
      'one',
      { code: 'no-principal' },
    ],
    ['an id of another kind', { principalId: 'AROAEXAMPLEEXAMPLE000' }, 'one', { code: 'no-principal' }],
    ['a name with a path in it', { userName: '../ann' }, 'one', { code: 'no-principal' }],
    [
      'a session that is a pattern',
      { userType: 'AssumedRole', principalId: 'AROAEXAMPLEEXAMPLE000:*' },
      'one',
      { code: 'no-principal' },
    ],
    [
      'a session with a variable',
      { userType: 'AssumedRole', principalId: `AROAEXAMPLEEXAMPLE000:$${'{aws:userid}'}` },
      'one',
      { code: 'no-principal' },
    ],
  ] as const)('%s', (_, change, scope, expected) => {
    expect(findTarget(credential(change), scope)).toMatchObject(expected);
  });

  it('is read back from its name, and from nothing else', () => {
    const role = { ...user, kind: 'role', uniqueId: 'AROAEXAMPLEEXAMPLE000' } as const;
    for (const target of [user, role, { ...role, kind: 'session', session: 'ci@42' } as const]) {
      expect(readTarget(nameTarget(target), target.uniqueId)).toEqual(target);
      expect(parseTargetMessage(writeTargetMessage(nameTarget(target), target.uniqueId))).toEqual({ target });
    }
    fc.assert(
      fc.property(fc.string(), (text) => readTarget(text, 'x') === undefined && parseTargetMessage(text) === undefined),
    );
  });
});

describe('what denies', () => {
  it('is a policy that IAM takes, whatever the session is called', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w+=,.@-]{2,64}$/), (session) => {
        const target: Target = { ...user, kind: 'session', uniqueId: 'AROAEXAMPLEEXAMPLE000', session };
        const { name, document } = denyEverything(target, 0);
        return (
          /^[\w+=,.@-]{1,128}$/.test(name) && document.length < 2048 && parsePolicy(document).statements.length === 1
        );
      }),
    );
  });
});

describe('a plan', () => {
  it('denies first, and leaves out what is so already', () => {
    const steps = planContainment(user, principal, 0);
    expect(steps.map(({ call }) => call.action)).toEqual([
      'iam:PutUserPolicy',
      'iam:AttachUserPolicy',
      'iam:UpdateAccessKey',
    ]);

    const deny = denyEverything(user, 0);
    const contained = {
      ...principal,
      ...{ inline: [deny], attached: ['arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3'], activeKeys: [] },
    };
    expect(planContainment(user, contained, 0)).toEqual([]);
    expect(decideContainment({ ...question, principal: contained })).toMatchObject({ code: 'contained' });
  });

  it('keeps what stood under its name, for the undo', () => {
    const document = '{"Version":"2012-10-17","Statement":[]}';
    const [first] = planContainment(user, { ...principal, inline: [{ name: 'CountersignContainment', document }] }, 0);
    expect(first).toMatchObject({ call: { from: document }, inverse: { call: { to: document } } });
  });

  it('leaves the quarantine policy out where there is no room for it', () => {
    const attached = Array.from({ length: 10 }, (_, index) => `arn:aws:iam::aws:policy/P${index}`);
    expect(planContainment(user, { ...principal, attached }, 0).map(({ call }) => call.action)).toEqual([
      'iam:PutUserPolicy',
      'iam:UpdateAccessKey',
    ]);
  });

  it('is not made for another one, for whom is protected, and for nobody', () => {
    expect(decideContainment({ ...question, principal: { ...principal, uniqueId: 'AIDAOTHER' } })).toMatchObject({
      code: 'another-one',
    });
    expect(decideContainment({ ...question, principal: undefined })).toMatchObject({ code: 'gone' });
    expect(decideContainment({ ...question, protection: { code: 'protected', message: 'no' } })).toMatchObject({
      code: 'protected',
    });
  });

  it('is the same for the same time, and another one for another', () => {
    const [one, same, other] = [question, question, { ...question, episode: 2 }].map((asked) =>
      decideContainment(asked),
    );
    expect(one).toEqual(same);
    expect(one).toMatchObject({ expiresAfter: 3600 });
    expect(other).not.toMatchObject({ id: one && 'id' in one ? one.id : '' });
  });
});

describe('containment is wanted anew', () => {
  it.each([
    ['a plan that waits', { state: 'proposed' }, [false, false, false]],
    ['what was denied', { state: 'denied' }, [true, false, false]],
    ['what an operator took back', { state: 'undone', undoneBy: 'operator' }, [true, false, false]],
    ['what ended by itself', { state: 'undone', undoneBy: 'time' }, [true, true, false]],
    ['what expired without an answer', { state: 'expired' }, [true, true, false]],
    ['what somebody took away', { state: 'failed', failureCode: 'taken-away' }, [true, true, true]],
    ['what is contested', { state: 'failed', failureCode: 'contested' }, [false, false, false]],
    [
      'an undo that failed',
      { state: 'failed', failureCode: 'taken-away', undoneBy: 'operator' },
      [false, false, false],
    ],
  ] as const)('%s', (_, plan, expected) => {
    expect((['new', 'repeated', 'none'] as const).map((threat) => beginsAnew(plan, threat))).toEqual(expected);
  });

  it('by no older version of a finding', () => {
    const threat = (id: string, updatedAt: number, isClosed = false): SeenThreat => {
      return { id, updatedAt, isClosed, arn: id, type: 'T', severity: 8, count: 1 };
    };
    expect(addThreat([threat('a', 2, true)], threat('a', 1))).toEqual([threat('a', 2, true)]);
    expect(addThreat([threat('a', 2)], threat('a', 3, true))).toEqual([threat('a', 3, true)]);
  });
});
