import { describe, expect, it } from 'vitest';
import { captureAccount, findTagKeys } from '../../../../lambdas/core/iam/baseline/capture.ts';
import { baselineStateSchema } from '../../../../lambdas/core/iam/baseline/state.ts';
import { parseAccount } from '../../../../lambdas/core/iam/parse-account.ts';
import { READ, TRUST } from '../../../support/baselines.ts';
import { thrownBy } from '../../../support/thrown.ts';

const HOME = 'arn:aws:iam::111122223333';
const role = (name: string, changes: object = {}) => ({
  Arn: `${HOME}:role/${name}`,
  RoleName: name.slice(name.lastIndexOf('/') + 1),
  RoleId: `AROA${Buffer.from(name).toString('hex').toUpperCase().slice(-40)}`,
  AssumeRolePolicyDocument: TRUST,
  ...changes,
});
const TAGGED = {
  Statement: {
    Effect: 'Allow',
    Action: 's3:*',
    Resource: `arn:aws:s3:::x/\${aws:PrincipalTag/Team}/*`,
    Condition: { StringEquals: { 'aws:ResourceTag/owner': 'me' } },
  },
};

describe('captureAccount', () => {
  it('captures roles, users, groups and customer managed policies in the form in which they are signed', () => {
    const account = parseAccount({
      RoleDetailList: [
        role('zeta', {
          Tags: [
            { Key: 'team', Value: 'core' },
            { Key: 'cost', Value: '7' },
          ],
          RolePolicyList: [
            { PolicyName: 'b', PolicyDocument: TAGGED },
            { PolicyName: 'a', PolicyDocument: READ },
          ],
        }),
      ],
      UserDetailList: [
        { Arn: `${HOME}:user/ana`, UserName: 'ana', UserId: 'AIDAEXAMPLEANA000001', GroupList: ['z', 'a'] },
      ],
      GroupDetailList: [{ Arn: `${HOME}:group/a`, GroupName: 'a', GroupId: 'AGPAEXAMPLEA00000001' }],
      Policies: [
        {
          Arn: `${HOME}:policy/p`,
          PolicyName: 'p',
          PolicyId: 'ANPAEXAMPLEP00000001',
          DefaultVersionId: 'v1',
          PolicyVersionList: [{ VersionId: 'v1', Document: READ }],
        },
      ],
    });

    const { states } = captureAccount(account);

    expect(states).toEqual([
      { kind: 'group', arn: `${HOME}:group/a`, uniqueId: 'AGPAEXAMPLEA00000001', inline: [], attached: [] },
      { kind: 'policy', arn: `${HOME}:policy/p`, uniqueId: 'ANPAEXAMPLEP00000001', document: READ },
      {
        kind: 'role',
        arn: `${HOME}:role/zeta`,
        uniqueId: 'AROA7A657461',
        trust: TRUST,
        inline: [
          { name: 'a', document: READ },
          { name: 'b', document: TAGGED },
        ],
        attached: [],
        tags: [{ key: 'team', value: 'core' }],
        instanceProfiles: [],
      },
      {
        kind: 'user',
        arn: `${HOME}:user/ana`,
        uniqueId: 'AIDAEXAMPLEANA000001',
        inline: [],
        attached: [],
        tags: [],
        groups: ['a', 'z'],
      },
    ]);
    expect(states.map((state) => baselineStateSchema.safeParse(state).success)).toEqual([true, true, true, true]);
  });

  it('leaves out what only AWS changes, and says so', () => {
    const account = parseAccount({
      RoleDetailList: [
        role('aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
        role('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_1'),
        role('AWSReservedSSO_lookalike'),
      ],
      Policies: [
        {
          Arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
          PolicyName: 'ReadOnlyAccess',
          PolicyId: 'ANPAEXAMPLEOFAWS0001',
          DefaultVersionId: 'v1',
          PolicyVersionList: [{ VersionId: 'v1', Document: READ }],
        },
      ],
    });

    const { states, leftOut } = captureAccount(account);

    expect(states.map(({ arn }) => arn)).toEqual([`${HOME}:role/AWSReservedSSO_lookalike`]);
    expect(leftOut.map(({ reason }) => reason)).toEqual(['service-linked', 'identity-center', 'aws-managed']);
  });

  it('refuses a document that is no JSON, and names it', () => {
    const account = parseAccount({ RoleDetailList: [role('a', { AssumeRolePolicyDocument: '{"x":1,"x":2}' })] });

    expect(thrownBy(() => captureAccount(account))).toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(`the trust policy of ${HOME}:role/a`),
    });
  });
});

describe('findTagKeys', () => {
  it('finds keys in conditions and in variables, without case', () => {
    const account = parseAccount({
      RoleDetailList: [role('a', { RolePolicyList: [{ PolicyName: 'b', PolicyDocument: TAGGED }] })],
    });

    expect(findTagKeys(account)).toEqual(new Set(['team', 'owner']));
  });
});
