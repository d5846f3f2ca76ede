import { describe, expect, test } from 'vitest';
import { makeAccount } from '../../../../bench/synthetic-account.ts';
import { parseAccount } from '../../../../lambdas/core/iam/parse-account.ts';
import { describePath } from '../../../../lambdas/core/iam/paths/describe-path.ts';
import { findAccountPaths } from '../../../../lambdas/core/iam/paths/find-account-paths.ts';

const ACCOUNT = '111122223333';
const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:${name}`;
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  ...{ Effect: 'Allow', Action, Resource },
});
const trusting = (Principal: object, Condition?: object) =>
  policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...(Condition && { Condition }) });

interface Made {
  readonly may?: readonly object[];
  readonly attached?: readonly string[];
  readonly boundary?: string;
  readonly trust?: object;
  readonly groups?: readonly string[];
  readonly path?: string;
}

const common = (kind: string, name: string, { attached = [], boundary, path = '/' }: Made) => ({
  ...{ Path: path, Arn: arn(`${kind}${path}${name}`), CreateDate: '2026-01-01T00:00:00Z' },
  AttachedManagedPolicies: attached.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split('/').at(-1) })),
  ...(boundary && {
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
  }),
});
const inline = (may: readonly object[] | undefined) =>
  may === undefined ? [] : [{ PolicyName: 'own', PolicyDocument: policy(...may) }];
const id = (prefix: string, name: string) => `${prefix}${name.toUpperCase().replace(/\W/g, '').padStart(17, '0')}`;

const role = (name: string, made: Made = {}) => ({
  ...common('role', name, made),
  ...{ RoleName: name, RoleId: id('AROA', name), RolePolicyList: inline(made.may), InstanceProfileList: [] },
  AssumeRolePolicyDocument: made.trust ?? trusting({ Service: 'lambda.amazonaws.com' }),
});
const user = (name: string, made: Made = {}) => ({
  ...common('user', name, made),
  ...{ UserName: name, UserId: id('AIDA', name), UserPolicyList: inline(made.may), GroupList: made.groups ?? [] },
});
const group = (name: string, made: Made = {}) => ({
  ...common('group', name, made),
  ...{ GroupName: name, GroupId: id('AGPA', name), GroupPolicyList: inline(made.may) },
});
const managed = (policyArn: string, document: object) => ({
  ...{ PolicyName: policyArn.split('/').at(-1), PolicyId: id('ANPA', policyArn.split('/').at(-1) ?? ''), Path: '/' },
  ...{ Arn: policyArn, DefaultVersionId: 'v1', IsAttachable: true },
  PolicyVersionList: [
    { VersionId: 'v1', IsDefaultVersion: true, Document: document, CreateDate: '2026-01-01T00:00:00Z' },
  ],
});

function find(made: {
  readonly roles?: readonly object[];
  readonly users?: readonly object[];
  readonly groups?: readonly object[];
  readonly policies?: readonly object[];
}) {
  const account = parseAccount({
    UserDetailList: made.users ?? [],
    GroupDetailList: made.groups ?? [],
    RoleDetailList: [
      role('anchor', { attached: [ADMIN], trust: trusting({ Service: 'ec2.amazonaws.com' }) }),
      ...(made.roles ?? []),
    ],
    Policies: [managed(ADMIN, policy(allow('*'))), ...(made.policies ?? [])],
  });
  const { principals, unread } = findAccountPaths(account);
  const paths = new Map(principals.map((one) => [one.arn.split('/').at(-1), one]));
  return { of: (name: string) => paths.get(name), unread };
}

describe('who leads to administrator rights', () => {
  test('a chain is followed to its end, and each hop names the next', () => {
    const { of } = find({
      users: [user('intern', { may: [allow('sts:AssumeRole', arn('role/first'))] })],
      roles: [
        role('first', {
          trust: trusting({ AWS: arn('root') }),
          may: [allow('lambda:UpdateFunctionCode'), allow('iam:PutRolePolicy', arn('role/second'))],
        }),
        role('second', {
          trust: trusting({ AWS: arn('role/first') }),
          may: [allow('sts:AssumeRole', arn('role/anchor')), allow(['iam:PassRole', 'ec2:RunInstances'])],
        }),
      ],
    });

    expect(of('second')).toMatchObject({ administrator: 'by-path' });
    expect(of('first')).toMatchObject({ administrator: 'by-path' });
    expect(of('intern')?.administrator).toBe('by-path');
    const path = of('intern')?.paths.find(({ id }) => id === 'sts-001');
    expect(path && describePath(path)).toBe(
      `sts-001 through statement 1 of inline policy own, to ${arn('role/first')}`,
    );
  });

  test('a role that names a principal needs no statement of that principal', () => {
    const { of } = find({
      users: [user('named'), user('other')],
      roles: [role('open', { attached: [ADMIN], trust: trusting({ AWS: arn('user/named') }) })],
    });

    expect(of('named')).toMatchObject({ administrator: 'by-path', paths: [{ id: 'sts-001', statements: [] }] });
    expect(of('other')?.administrator).toBe('no');
  });

  test('a role that trusts the account does, and one that trusts another account lets nobody in', () => {
    const { of } = find({
      users: [user('asks', { may: [allow('sts:AssumeRole')] }), user('does-not')],
      roles: [role('open', { attached: [ADMIN], trust: trusting({ AWS: arn('root') }) })],
    });
    const foreign = find({
      users: [user('asks', { may: [allow('sts:AssumeRole')] })],
      roles: [role('open', { attached: [ADMIN], trust: trusting({ AWS: 'arn:aws:iam::999988887777:root' }) })],
    });

    expect(of('asks')?.administrator).toBe('by-path');
    expect(of('does-not')?.administrator).toBe('no');
    expect(foreign.of('asks')?.administrator).toBe('no');
  });

  test('a trust policy with a condition on something unknown is possible only', () => {
    const { of } = find({
      users: [user('asks', { may: [allow('sts:AssumeRole')] })],
      roles: [
        role('open', {
          attached: [ADMIN],
          trust: trusting({ AWS: arn('root') }, { StringEquals: { 'sts:ExternalId': 'x' } }),
        }),
      ],
    });

    expect(of('asks')).toMatchObject({ administrator: 'no', paths: [expect.objectContaining({ status: 'possible' })] });
  });

  test('groups count: what they allow, and joining one that has everything', () => {
    const { of } = find({
      groups: [group('admins', { attached: [ADMIN] }), group('writers', { may: [allow('iam:AddUserToGroup')] })],
      users: [user('member', { groups: ['writers'] }), user('admin', { groups: ['admins'] }), user('nobody')],
    });

    expect(of('member')).toMatchObject({ administrator: 'by-path' });
    expect(of('member')?.paths.find(({ id }) => id === 'iam-013')?.target).toBe(arn('group/admins'));
    expect(of('admin')?.administrator).toBe('direct');
    expect(of('nobody')).toMatchObject({ administrator: 'no', paths: [] });
  });

  test('the own name is known: a statement on another user gives nothing of the own', () => {
    const own = `arn:aws:iam::*:user/$${'{aws:username}'}`;
    const { of } = find({
      users: [
        user('self', { may: [allow('iam:PutUserPolicy', own)] }),
        user('other', { may: [allow('iam:PutUserPolicy', arn('user/nobody'))] }),
      ],
      roles: [
        role('self-role', {
          may: [allow('iam:PutRolePolicy', arn('role/self-role')), allow('iam:PutUserPolicy', own)],
        }),
      ],
    });

    expect(of('self')).toMatchObject({ administrator: 'by-path' });
    expect(of('other')?.paths.filter(({ id, status }) => id === 'iam-007' && status !== 'blocked-by')).toEqual([]);
    expect(of('self-role')?.paths.map(({ id }) => id)).toEqual(['iam-005']);
  });

  test('a policy that it holds, and may change', () => {
    const shared = arn('policy/shared');
    const { of } = find({
      users: [
        user('holder', { attached: [shared] }),
        user('other', { may: [allow('iam:CreatePolicyVersion', arn('policy/else'))] }),
      ],
      policies: [managed(shared, policy(allow('iam:CreatePolicyVersion', shared)))],
    });

    expect(of('holder')).toMatchObject({
      administrator: 'by-path',
      paths: [expect.objectContaining({ id: 'iam-001', status: 'proven' })],
    });
    expect(of('other')?.administrator).toBe('no');
  });

  test('a boundary bounds, and one whose document is missing allows nothing', () => {
    const bound = arn('policy/bound');
    const made = { may: [allow('iam:PutUserPolicy')], boundary: bound };
    const { of } = find({ users: [user('bounded', made)], policies: [managed(bound, policy(allow('s3:*')))] });
    const unknown = find({ users: [user('bounded', made)] });

    expect(of('bounded')).toMatchObject({ administrator: 'no' });
    expect(of('bounded')?.paths[0]).toMatchObject({
      status: 'blocked-by',
      because: expect.stringContaining('boundary'),
    });
    expect(unknown.of('bounded')?.administrator).toBe('no');
    expect(unknown.unread).toEqual([{ resource: bound, because: 'its document is not among the details' }]);
  });

  test('what AWS keeps is not changed by anybody', () => {
    const { of } = find({
      users: [user('writer', { may: [allow('iam:PutRolePolicy')] })],
      roles: [
        role('AWSServiceRoleForX', {
          path: '/aws-service-role/x.amazonaws.com/',
          attached: [ADMIN],
          trust: trusting({ Service: 'x.amazonaws.com' }),
        }),
      ],
    });

    expect(of('writer')?.paths.flatMap(({ target }) => target ?? [])).not.toContain(
      arn('role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX'),
    );
  });

  test('a document that cannot be read is told, and the rest is judged', () => {
    const broken = { ...user('broken'), UserPolicyList: [{ PolicyName: 'own', PolicyDocument: '{' }] };
    const { of, unread } = find({ users: [broken, user('writer', { may: [allow('iam:PutUserPolicy')] })] });

    expect(of('writer')?.administrator).toBe('by-path');
    expect(unread).toEqual([{ resource: arn('user/broken'), because: expect.stringContaining('inline policy own') }]);
  });

  test('a circle of principals that lead to each other ends', () => {
    const names = ['a', 'b', 'c'];
    const { of } = find({
      roles: names.map((name, at) =>
        role(name, {
          trust: trusting({ AWS: arn('root') }),
          may: [allow('sts:AssumeRole', arn(`role/${names[(at + 1) % 3]}`))],
        }),
      ),
    });

    expect(names.map((name) => of(name)?.administrator)).toEqual(['no', 'no', 'no']);
  });
});

test('the order of principals and policies changes nothing', () => {
  const account = makeAccount(300);
  const turned = {
    ...account,
    roles: account.roles.toReversed(),
    users: account.users.toReversed(),
    policies: account.policies.toReversed(),
  };

  expect(findAccountPaths(turned)).toEqual(findAccountPaths(account));
});
