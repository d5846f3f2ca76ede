import { describe, expect, test } from 'vitest';
import type { BaselineState, StateOf } from '../../../../lambdas/core/iam/baseline/state.ts';
import {
  findAddedPaths,
  type GroupRights,
  type HeldDocuments,
} from '../../../../lambdas/core/iam/paths/find-added-paths.ts';

const arn = (name: string) => `arn:aws:iam::111122223333:${name}`;
const policy = (Action: string | readonly string[], Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const user = (changes: Partial<StateOf<'user'>> = {}): StateOf<'user'> => ({
  ...{ kind: 'user', arn: arn('user/dev'), uniqueId: 'AIDAEXAMPLEEXAMPLE12', tags: [], groups: [] },
  ...{ inline: [{ name: 'own', document: policy('s3:*') }], attached: [] },
  ...changes,
});
const raising = user({ inline: [{ name: 'own', document: policy(['s3:*', 'iam:PutUserPolicy']) }] });

const DOCUMENTS: Readonly<Record<string, object>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': policy('*'),
  [arn('policy/bound')]: policy('s3:*'),
  [arn('policy/self')]: policy('iam:CreatePolicyVersion', arn('policy/self')),
};
const GROUPS: Readonly<Record<string, GroupRights>> = {
  raisers: {
    arn: arn('group/raisers'),
    inline: [{ name: 'raise', document: policy('iam:PutGroupPolicy') }],
    attached: [],
  },
};
const held: HeldDocuments = {
  documentOf: (name) => DOCUMENTS[name] && JSON.stringify(DOCUMENTS[name]),
  groupOf: (name) => GROUPS[name],
};
const added = (signed: BaselineState | undefined, found: BaselineState) => findAddedPaths(signed, found, held);

describe('the ways that a change adds', () => {
  test('are those of the new statement, by name', () => {
    expect(added(user(), raising)).toEqual(['iam-007 through statement 1 of inline policy own']);
  });

  test('are none where they were signed, however the rest changed', () => {
    expect(added(raising, raising)).toEqual([]);
    expect(added(raising, user())).toEqual([]);
    expect(added(raising, { ...raising, attached: [arn('policy/unknown')] })).toEqual([]);
  });

  test('are all of them where nothing was signed', () => {
    expect(added(undefined, raising)).toEqual(['iam-007 through statement 1 of inline policy own']);
    expect(added(undefined, user())).toEqual([]);
  });

  test('are told once where everything is allowed, and not where it was before', () => {
    const admin = user({ attached: ['arn:aws:iam::aws:policy/AdministratorAccess'] });

    expect(added(user(), admin)).toEqual(['any: it has all rights of the account']);
    expect(added(admin, admin)).toEqual([]);
    expect(added(admin, raising)).toEqual([]);
  });

  test('count a boundary that was taken off', () => {
    const bounded = { ...raising, boundary: arn('policy/bound') };

    expect(added(bounded, raising)).toEqual(['iam-007 through statement 1 of inline policy own']);
    expect(added(raising, bounded)).toEqual([]);
  });

  test('take a boundary that cannot be read for none of what is there, and for one of what was signed', () => {
    const unknown = { ...raising, boundary: arn('policy/gone') };

    expect(added(user(), unknown)).toEqual(['iam-007 through statement 1 of inline policy own']);
    expect(added(unknown, raising)).toHaveLength(1);
  });

  test('come from a group that was joined, and from a policy that is held', () => {
    expect(added(user(), user({ groups: ['raisers'] }))).toEqual([
      'iam-011 through statement 1 of inline policy raise of group raisers',
    ]);
    expect(added(user(), user({ attached: [arn('policy/self')] }))).toEqual([
      `iam-001 through statement 1 of ${arn('policy/self')}`,
    ]);
  });

  test('that become certain are told again, those that depend on something as possible', () => {
    const mfa = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
    const [statement] = policy('iam:PutUserPolicy').Statement;
    const perhaps = user({ inline: [{ name: 'own', document: { Statement: [{ ...statement, ...mfa }] } }] });

    expect(added(user(), perhaps)).toEqual(['iam-007 through statement 1 of inline policy own (possible)']);
    expect(added(perhaps, raising)).toEqual(['iam-007 through statement 1 of inline policy own']);
  });

  test('of a policy or a group are those of whoever holds it', () => {
    const managed = (document: Record<string, unknown>): BaselineState => ({
      ...{ kind: 'policy', arn: arn('policy/x'), uniqueId: 'ANPAEXAMPLEEXAMPLE12', document },
    });
    const group = (document: Record<string, unknown>): BaselineState => ({
      ...{ kind: 'group', arn: arn('group/x'), uniqueId: 'AGPAEXAMPLEEXAMPLE12', attached: [] },
      inline: [{ name: 'own', document }],
    });

    expect(added(managed(policy('s3:*')), managed(policy('iam:PutUserPolicy')))).toEqual([
      'iam-007 through statement 1 of the policy',
    ]);
    expect(added(group(policy('s3:*')), group(policy('iam:PutUserPolicy')))).toEqual([
      'iam-007 through statement 1 of inline policy own',
    ]);
  });

  test('are not looked for in a document that cannot be read: the comparison tells of it', () => {
    const broken = user({ inline: [{ name: 'own', document: { Statement: 7 } }] });

    expect(added(user(), broken)).toEqual([]);
    expect(added(broken, raising)).toHaveLength(1);
  });
});
