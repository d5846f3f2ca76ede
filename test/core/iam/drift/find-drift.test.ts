import { describe, expect, it } from 'vitest';
import { findDrift, type Judges } from '../../../../lambdas/core/iam/drift/find-drift.ts';
import { findProtection } from '../../../../lambdas/core/iam/drift/out-of-reach.ts';
import { planRevert } from '../../../../lambdas/core/iam/drift/plan-revert.ts';
import type { IamState, PolicyState, RoleState, UserState } from '../../../../lambdas/core/iam/drift/state.ts';
import { describeCall } from '../../../../lambdas/core/ledger/call.ts';

const ACCOUNT = '111122223333';
const policyOf = (...actions: string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;

/** Compares lists of allowed actions: enough to tell which documents were given to the comparison. */
const judges: Judges = {
  compare: (before, after) => {
    const read = (text: string | undefined): readonly string[] =>
      text === undefined ? [] : JSON.parse(text).Statement.flatMap((one: { Action: string[] }) => one.Action);
    const [old, now] = [read(before), read(after)];
    const added = now.filter((action) => !old.includes(action));
    const removed = old.filter((action) => !now.includes(action));
    const because = [...added.map((action) => `+${action}`), ...removed.map((action) => `-${action}`)];
    if (added.length > 0 && removed.length > 0) return { verdict: 'incomparable', because };
    return { verdict: added.length > 0 ? 'wider' : removed.length > 0 ? 'narrower' : 'equal', because };
  },
  documentOf: (arn) =>
    ({ [arnOf('reader')]: policyOf('s3:GetObject'), [arnOf('writer')]: policyOf('s3:PutObject') })[arn],
};

const role: RoleState = {
  kind: 'role',
  arn: `arn:aws:iam::${ACCOUNT}:role/app`,
  name: 'app',
  path: '/',
  trust: policyOf('sts:AssumeRole'),
  boundary: arnOf('reader'),
  inline: [{ name: 'logs', document: policyOf('logs:PutLogEvents') }],
  attached: [arnOf('reader')],
};
const user: UserState = {
  kind: 'user',
  arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
  name: 'ann',
  path: '/',
  boundary: undefined,
  groups: ['staff'],
  inline: [],
  attached: [],
};
const managed: PolicyState = {
  kind: 'policy',
  arn: arnOf('reader'),
  name: 'reader',
  path: '/',
  document: policyOf('s3:GetObject'),
};

const drift = (live: IamState | undefined, signed: IamState | undefined = role) => findDrift(signed, live, judges);
const summary = (live: IamState, signed: IamState = role) => {
  const found = drift(live, signed);
  if (found.kind !== 'changed') return found.kind;
  return [found.verdict, ...found.deviations.map(({ slot, verdict }) => `${slot} ${verdict}`)];
};

describe('findDrift', () => {
  it.each<readonly [string, IamState, unknown]>([
    ['what was signed', role, 'none'],
    ['another text of the same meaning', { ...role, trust: ` ${role.trust}` }, 'none'],
    [
      'another inline policy',
      { ...role, inline: [...role.inline, { name: 'x', document: policyOf('iam:*') }] },
      ['wider', 'inline-policy wider'],
    ],
    [
      'an inline policy that gives nothing',
      { ...role, inline: [...role.inline, { name: 'x', document: policyOf() }] },
      ['narrower', 'inline-policy narrower'],
    ],
    [
      'an inline policy that was changed',
      { ...role, inline: [{ name: 'logs', document: policyOf('s3:*') }] },
      ['incomparable', 'inline-policy incomparable'],
    ],
    ['no inline policy', { ...role, inline: [] }, ['narrower', 'inline-policy narrower']],
    ['another attachment', { ...role, attached: [...role.attached, arnOf('writer')] }, ['wider', 'attachment wider']],
    [
      'an attachment of which nothing is known',
      { ...role, attached: [...role.attached, arnOf('x')] },
      ['unknown', 'attachment unknown'],
    ],
    ['no attachment', { ...role, attached: [] }, ['narrower', 'attachment narrower']],
    [
      'a trust that was widened',
      { ...role, trust: policyOf('sts:AssumeRole', 'sts:TagSession') },
      ['wider', 'trust wider'],
    ],
    ['no boundary', { ...role, boundary: undefined }, ['wider', 'boundary wider']],
    ['another boundary', { ...role, boundary: arnOf('writer') }, ['incomparable', 'boundary incomparable']],
    ['a boundary of which nothing is known', { ...role, boundary: arnOf('x') }, ['unknown', 'boundary unknown']],
    [
      'wider here and narrower there',
      { ...role, boundary: undefined, attached: [] },
      ['incomparable', 'boundary wider', 'attachment narrower'],
    ],
  ])('%s', (_, live, expected) => {
    expect(summary(live)).toEqual(expected);
  });

  it('tells of groups that were joined and left', () => {
    expect(summary({ ...user, groups: ['staff', 'admins'] }, user)).toEqual(['wider', 'membership wider']);
    expect(summary({ ...user, groups: [] }, user)).toEqual(['unknown', 'membership unknown']);
  });

  it('tells of a managed policy with another document in force', () => {
    expect(summary({ ...managed, document: policyOf('s3:*', 's3:GetObject') }, managed)).toEqual([
      'wider',
      'default-document wider',
    ]);
  });

  it('tells of what nobody signed, of what is gone, and of something else under the same ARN', () => {
    expect(findDrift(undefined, role, judges).kind).toBe('undeclared');
    expect(findDrift(role, undefined, judges).kind).toBe('deleted');
    expect(findDrift(undefined, undefined, judges).kind).toBe('none');
    expect(findDrift(user, role, judges).kind).toBe('undeclared');
  });
});

const revert = (live: IamState, signed: IamState = role, spares: readonly { document: string }[] = []) => {
  const found = drift(live, signed);
  const steps = found.kind === 'changed' ? planRevert(live, found.deviations, ACCOUNT, spares) : [];
  return steps.map(({ call, inverse }) => [
    call.action,
    'call' in inverse ? inverse.call.action : inverse.irreversible,
  ]);
};

describe('planRevert', () => {
  it('closes the way in first, takes away before it gives back, and knows the inverse of each call', () => {
    const live: RoleState = {
      ...role,
      trust: policyOf('sts:AssumeRole', 'sts:TagSession'),
      boundary: undefined,
      inline: [{ name: 'x', document: policyOf('iam:*') }],
      attached: [arnOf('writer')],
    };

    expect(revert(live)).toEqual([
      ['iam:UpdateAssumeRolePolicy', 'iam:UpdateAssumeRolePolicy'],
      ['iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'],
      ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
      ['iam:DetachRolePolicy', 'iam:AttachRolePolicy'],
      ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
      ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
    ]);
  });

  it('restores the exact text, and undoes to the exact text', () => {
    const live = { ...role, inline: [{ name: 'logs', document: ` ${policyOf('iam:*')}\n` }] };
    const found = drift(live);
    const [step] = found.kind === 'changed' ? planRevert(live, found.deviations, ACCOUNT) : [];

    expect(step?.call).toMatchObject({ from: live.inline[0]?.document, to: role.inline[0]?.document });
    expect(step?.inverse).toMatchObject({ call: { from: role.inline[0]?.document, to: live.inline[0]?.document } });
  });

  const tampered = { ...managed, document: policyOf('s3:*') };
  const full = [1, 2, 3, 4].map((n) => ({ document: policyOf(`s3:Get${n}`) }));

  it('takes a version that is still there before it makes one', () => {
    expect(revert(tampered, managed, [{ document: managed.document }])).toEqual([
      ['iam:SetDefaultPolicyVersion', 'iam:SetDefaultPolicyVersion'],
      ['iam:DeletePolicyVersion', 'iam:CreatePolicyVersion'],
    ]);
  });

  it('makes room where the signed version was pushed out', () => {
    expect(revert(tampered, managed, full)[0]).toEqual(['iam:DeletePolicyVersion', 'iam:CreatePolicyVersion']);
    expect(revert(tampered, managed, full.slice(1))).toHaveLength(2);
  });

  it('never detaches what AWS attached to compromised keys', () => {
    const quarantined = { ...user, attached: ['arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV4'] };

    expect(revert(quarantined, user)).toEqual([]);
    expect(summary(quarantined, user)).toEqual(['unknown', 'attachment unknown']);
  });

  it('says in words what each call would do', () => {
    const live = { ...user, groups: ['staff', 'admins'] };
    const found = drift(live, user);
    const [step] = found.kind === 'changed' ? planRevert(live, found.deviations, ACCOUNT) : [];

    expect(step && describeCall(step.call)).toBe('take user ann out of group admins');
  });
});

describe('findProtection', () => {
  const reach = {
    principals: [`arn:aws:iam::${ACCOUNT}:role/break-glass-*`],
    own: [`arn:aws:iam::${ACCOUNT}:role/executor`],
  };
  const at = (name: string, path = '/') =>
    findProtection({ arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`, path, name }, reach)?.code;

  it.each([
    ['AWSServiceRoleForEcs', '/aws-service-role/ecs.amazonaws.com/', 'service-linked'],
    ['AWSReservedSSO_Admin_0123', '/aws-reserved/sso.amazonaws.com/', 'identity-center'],
    ['AWSControlTowerExecution', '/', 'landing-zone'],
    ['stacksets-exec-0123456789abcdef', '/', 'landing-zone'],
    ['OrganizationAccountAccessRole', '/', 'organization'],
    ['executor', '/', 'own'],
    ['break-glass-1', '/', 'protected'],
    ['app', '/', undefined],
  ])('%s below %s: %s', (name, path, code) => {
    expect(at(name, path)).toBe(code);
  });
});
