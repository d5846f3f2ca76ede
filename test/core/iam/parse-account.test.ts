import { describe, expect, it } from 'vitest';
import { parseAccount } from '../../../lambdas/core/iam/parse-account.ts';
import { thrownBy } from '../../support/thrown.ts';

const ACCOUNT = 'arn:aws:iam::111122223333';
const READ = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] };
const TRUST = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
};
const encode = (document: unknown) => encodeURIComponent(JSON.stringify(document));

const role = (changes: object = {}) => ({
  Path: '/team/',
  RoleName: 'deployer',
  RoleId: 'AROAEXAMPLEDEPLOYER1',
  Arn: `${ACCOUNT}:role/team/deployer`,
  CreateDate: '2026-01-01T00:00:00Z',
  AssumeRolePolicyDocument: encode(TRUST),
  InstanceProfileList: [{ InstanceProfileName: 'deployer', Arn: `${ACCOUNT}:instance-profile/deployer` }],
  RolePolicyList: [{ PolicyName: 'read', PolicyDocument: encode(READ) }],
  AttachedManagedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
  PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: `${ACCOUNT}:policy/edge` },
  Tags: [{ Key: 'team', Value: 'core' }],
  RoleLastUsed: {},
  ...changes,
});
const user = (changes: object = {}) => ({
  Path: '/',
  UserName: 'ana',
  UserId: 'AIDAEXAMPLEANA000001',
  Arn: `${ACCOUNT}:user/ana`,
  GroupList: ['readers'],
  AttachedManagedPolicies: [],
  ...changes,
});
const group = (changes: object = {}) => ({
  Path: '/',
  GroupName: 'readers',
  GroupId: 'AGPAEXAMPLEREADERS01',
  Arn: `${ACCOUNT}:group/readers`,
  GroupPolicyList: [{ PolicyName: 'read', PolicyDocument: READ }],
  AttachedManagedPolicies: [],
  ...changes,
});
const policy = (changes: object = {}) => ({
  PolicyName: 'edge',
  PolicyId: 'ANPAEXAMPLEEDGE00001',
  Arn: `${ACCOUNT}:policy/edge`,
  Path: '/',
  DefaultVersionId: 'v2',
  PolicyVersionList: [
    { Document: encode(READ), VersionId: 'v2', IsDefaultVersion: true },
    { Document: encode(TRUST), VersionId: 'v10', IsDefaultVersion: false },
  ],
  ...changes,
});

describe('parseAccount', () => {
  it('reads principals and policies, documents without percent-encoding', () => {
    const account = parseAccount({
      RoleDetailList: [role()],
      UserDetailList: [user()],
      GroupDetailList: [group()],
      Policies: [policy()],
      IsTruncated: false,
    });

    expect(account).toEqual({
      accountId: '111122223333',
      roles: [
        {
          kind: 'role',
          arn: `${ACCOUNT}:role/team/deployer`,
          uniqueId: 'AROAEXAMPLEDEPLOYER1',
          name: 'deployer',
          path: '/team/',
          inline: [{ name: 'read', document: JSON.stringify(READ) }],
          attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
          trust: JSON.stringify(TRUST),
          boundary: `${ACCOUNT}:policy/edge`,
          tags: { team: 'core' },
          instanceProfiles: [`${ACCOUNT}:instance-profile/deployer`],
          maxSessionSeconds: undefined,
        },
      ],
      users: [
        {
          kind: 'user',
          arn: `${ACCOUNT}:user/ana`,
          uniqueId: 'AIDAEXAMPLEANA000001',
          name: 'ana',
          path: '/',
          inline: [],
          attached: [],
          boundary: undefined,
          tags: {},
          groups: ['readers'],
        },
      ],
      groups: [
        {
          kind: 'group',
          arn: `${ACCOUNT}:group/readers`,
          uniqueId: 'AGPAEXAMPLEREADERS01',
          name: 'readers',
          path: '/',
          inline: [{ name: 'read', document: JSON.stringify(READ) }],
          attached: [],
        },
      ],
      policies: [
        {
          arn: `${ACCOUNT}:policy/edge`,
          uniqueId: 'ANPAEXAMPLEEDGE00001',
          name: 'edge',
          path: '/',
          document: JSON.stringify(READ),
          defaultVersion: 'v2',
          versions: ['v10', 'v2'],
          tags: {},
        },
      ],
    });
  });

  it('reads the same from the API, from the CLI, from text and from pages', () => {
    const whole = { RoleDetailList: [role()], UserDetailList: [user()], Policies: [policy()] };
    const byCli = {
      ...whole,
      RoleDetailList: [
        role({ AssumeRolePolicyDocument: TRUST, RolePolicyList: [{ PolicyName: 'read', PolicyDocument: READ }] }),
      ],
    };
    const byPage = [
      { UserDetailList: [user()], IsTruncated: true, Marker: 'm' },
      { RoleDetailList: [role()], Policies: [], IsTruncated: true, Marker: 'n' },
      { Policies: [policy()], IsTruncated: false },
    ];

    const read = parseAccount(whole);

    expect([byCli, JSON.stringify(whole), byPage, JSON.stringify(byPage)].map(parseAccount)).toEqual([
      read,
      read,
      read,
      read,
    ]);
  });

  it('reads policies of AWS beside those of the account', () => {
    const ofAws = policy({ Arn: 'arn:aws:iam::aws:policy/edge', PolicyId: 'ANPAEXAMPLEOFAWS0001' });

    const { accountId, policies } = parseAccount({ Policies: [ofAws, policy()] });

    expect(accountId).toBe('111122223333');
    expect(policies.map(({ arn }) => arn)).toEqual(['arn:aws:iam::aws:policy/edge', `${ACCOUNT}:policy/edge`]);
  });

  it('leaves it to parsePolicy whether a document is one', () => {
    const { roles } = parseAccount({ RoleDetailList: [role({ AssumeRolePolicyDocument: '%7B%22broken' })] });

    expect(roles[0]?.trust).toBe('{"broken');
  });

  it.each([
    ['a last page that tells of more', { RoleDetailList: [role()], IsTruncated: true, Marker: 'm' }],
    ['an answer that the CLI cut', { RoleDetailList: [role()], NextToken: 't' }],
    ['pages that end too early', [{ RoleDetailList: [role()] }, { IsTruncated: true }]],
  ])('refuses %s as incomplete', (_name, input) => {
    expect(thrownBy(() => parseAccount(input))).toMatchObject({ name: 'IamError', code: 'incomplete' });
  });

  const twice = { ...role(), RoleId: 'AROAEXAMPLEDEPLOYER2' };
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 7],
    ['no page', []],
    ['text that is not JSON', '{'],
    ['JSON with one name twice', '{"RoleDetailList":[],"RoleDetailList":[]}'],
    ['an account without any ARN', {}],
    ['only policies of AWS', { Policies: [policy({ Arn: 'arn:aws:iam::aws:policy/edge' })] }],
    ['one ARN twice', { RoleDetailList: [role(), twice] }],
    ['one ARN on two pages', [{ RoleDetailList: [role()], IsTruncated: true }, { RoleDetailList: [twice] }]],
    ['one unique id twice', { RoleDetailList: [role()], UserDetailList: [user({ UserId: 'AROAEXAMPLEDEPLOYER1' })] }],
    [
      'two accounts',
      { RoleDetailList: [role()], UserDetailList: [user({ Arn: 'arn:aws:iam::444455556666:user/ana' })] },
    ],
    [
      'two partitions',
      { RoleDetailList: [role()], UserDetailList: [user({ Arn: 'arn:aws-cn:iam::111122223333:user/ana' })] },
    ],
    ['a name that the ARN contradicts', { RoleDetailList: [role({ RoleName: 'admin' })] }],
    ['a path that the ARN contradicts', { RoleDetailList: [role({ Path: '/' })] }],
    ['a role under the ARN of a user', { RoleDetailList: [role({ Arn: `${ACCOUNT}:user/team/deployer` })] }],
    ['a role of AWS', { RoleDetailList: [role({ Path: '/', Arn: 'arn:aws:iam::aws:role/deployer' })] }],
    ['an ARN with a line break', { RoleDetailList: [role({ Arn: `${ACCOUNT}:role/team/deployer\n` })] }],
    ['a role without trust policy', { RoleDetailList: [role({ AssumeRolePolicyDocument: undefined })] }],
    ['a document that is a list', { RoleDetailList: [role({ AssumeRolePolicyDocument: [] })] }],
    ['percent-encoding that is none', { RoleDetailList: [role({ AssumeRolePolicyDocument: '%zz' })] }],
    ['a document longer than any', { RoleDetailList: [role({ AssumeRolePolicyDocument: 'x'.repeat(262_145) })] }],
    [
      'two inline policies of one name',
      { GroupDetailList: [group({ GroupPolicyList: [1, 2].map(() => ({ PolicyName: 'a', PolicyDocument: READ })) })] },
    ],
    [
      'one attachment twice',
      { UserDetailList: [user({ AttachedManagedPolicies: [1, 2].map(() => ({ PolicyArn: `${ACCOUNT}:policy/a` })) })] },
    ],
    ['one tag twice', { UserDetailList: [user({ Tags: [1, 2].map(() => ({ Key: 'a', Value: 'b' })) })] }],
    ['a name with a slash', { UserDetailList: [user({ UserName: 'a/na' })] }],
    ['more groups than anybody has', { UserDetailList: [user({ GroupList: Array(1001).fill('a') })] }],
    ['a policy without its default version', { Policies: [policy({ DefaultVersionId: 'v3' })] }],
    [
      'a default version that says it is none',
      {
        Policies: [
          policy({ PolicyVersionList: [{ Document: encode(READ), VersionId: 'v2', IsDefaultVersion: false }] }),
        ],
      },
    ],
    [
      'one version twice',
      { Policies: [policy({ PolicyVersionList: ['v2', 'v2'].map((VersionId) => ({ Document: READ, VersionId })) })] },
    ],
    ['a version that is not one', { Policies: [policy({ DefaultVersionId: 'latest' })] }],
  ])('refuses %s', (_name, input) => {
    expect(thrownBy(() => parseAccount(input))).toMatchObject({ name: 'IamError', code: 'malformed' });
  });

  it('names the place that does not fit', () => {
    expect(thrownBy(() => parseAccount({ RoleDetailList: [role(), role({ RoleName: 7 })] }))).toMatchObject({
      message: expect.stringContaining('RoleDetailList.1.RoleName'),
    });
  });

  it('keeps a tag named __proto__ as a tag', () => {
    const { users } = parseAccount({ UserDetailList: [user({ Tags: [{ Key: '__proto__', Value: 'x' }] })] });

    expect(Object.keys(users[0]?.tags ?? {})).toEqual(['__proto__']);
  });
});
