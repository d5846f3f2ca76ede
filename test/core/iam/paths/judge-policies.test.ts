import { describe, expect, test } from 'vitest';
import { IamError } from '../../../../lambdas/core/iam/errors.ts';
import { judgePolicies } from '../../../../lambdas/core/iam/paths/judge-policies.ts';

type Statement = Readonly<Record<string, unknown>>;
const policy = (...Statement: readonly Statement[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], rest: Statement = {}): Statement => ({
  ...{ Effect: 'Allow', Action, Resource: '*' },
  ...rest,
});
const deny = (Action: string | readonly string[], rest: Statement = {}): Statement => ({
  ...{ Effect: 'Deny', Action, Resource: '*' },
  ...rest,
});
const when = (operator: string, key: string, value: string): Statement => ({
  Condition: { [operator]: { [key]: value } },
});
const passTo = (service: string, operator = 'StringEquals') =>
  allow('iam:PassRole', when(operator, 'iam:PassedToService', service));
const FUNCTION = allow(['lambda:CreateFunction', 'lambda:InvokeFunction']);

const judge = (statements: readonly Statement[], boundary?: readonly Statement[]) =>
  judgePolicies({ identityPolicies: [policy(...statements)], ...(boundary && { boundary: policy(...boundary) }) });

describe('what policies allow', () => {
  test.each<[string, readonly Statement[], string, string | undefined]>([
    [
      'a passed role that only another service may get',
      [passTo('s3.amazonaws.com'), FUNCTION],
      'lambda-001',
      'blocked-by',
    ],
    ['a passed role that the service may get', [passTo('lambda.amazonaws.com'), FUNCTION], 'lambda-001', 'proven'],
    ['the service behind a wildcard', [passTo('lambda*', 'StringLike'), FUNCTION], 'lambda-001', 'proven'],
    [
      'the service in another case',
      [passTo('Lambda.amazonaws.com', 'StringEqualsIgnoreCase'), FUNCTION],
      'lambda-001',
      'proven',
    ],
    [
      'every service but this one',
      [passTo('lambda.amazonaws.com', 'StringNotEquals'), FUNCTION],
      'lambda-001',
      'blocked-by',
    ],
    ['everything but something else', [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }], 'iam-001', 'proven'],
    ['everything but just this', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'iam-001', undefined],
    [
      'everywhere but in one place',
      [{ Effect: 'Allow', Action: 'iam:PutUserPolicy', NotResource: 'arn:aws:s3:::x' }],
      'iam-007',
      'proven',
    ],
    [
      'nothing, with a Resource that no user is',
      [allow('iam:PutUserPolicy', { Resource: 'arn:aws:s3:::x' })],
      'iam-007',
      undefined,
    ],
    [
      'a name that is spelled out',
      [allow('iam:PutUserPolicy', { Resource: 'arn:aws:iam::111122223333:user/ci' })],
      'iam-007',
      'possible',
    ],
    [
      'the own user, whoever that is',
      [allow('iam:PutUserPolicy', { Resource: `arn:aws:iam::*:user/$${'{aws:username}'}` })],
      'iam-007',
      'proven',
    ],
    [
      'a denial of something else',
      [allow('iam:PutUserPolicy'), deny('iam:PutUserPolicy', { Resource: 'arn:aws:iam::111122223333:user/other' })],
      'iam-007',
      'proven',
    ],
    [
      'a denial of everything but',
      [allow('iam:PutUserPolicy'), { Effect: 'Deny', NotAction: 's3:*', Resource: '*' }],
      'iam-007',
      'blocked-by',
    ],
    [
      'a denial without MFA',
      [allow('iam:PutUserPolicy'), deny('iam:*', when('BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'))],
      'iam-007',
      'possible',
    ],
    [
      'a denial without TLS',
      [allow('iam:PutUserPolicy'), deny('iam:*', when('Bool', 'aws:SecureTransport', 'false'))],
      'iam-007',
      'proven',
    ],
    [
      'a condition that every request fulfils',
      [allow('iam:PutUserPolicy', when('Null', 'aws:PrincipalArn', 'false'))],
      'iam-007',
      'proven',
    ],
    [
      'a condition that no request fulfils',
      [allow('iam:PutUserPolicy', when('Null', 'aws:CurrentTime', 'true'))],
      'iam-007',
      'blocked-by',
    ],
    [
      'attaching what is harmless',
      [allow('iam:AttachUserPolicy', when('ArnEquals', 'iam:PolicyARN', 'arn:aws:iam::aws:policy/ReadOnlyAccess'))],
      'iam-008',
      'blocked-by',
    ],
    [
      'attaching the most powerful policy',
      [allow('iam:AttachUserPolicy', when('ArnLike', 'iam:PolicyARN', 'arn:aws:iam::aws:policy/Admin*'))],
      'iam-008',
      'proven',
    ],
    [
      'attaching policies of the account',
      [allow('iam:AttachUserPolicy', when('ArnLike', 'iam:PolicyARN', 'arn:aws:iam::111122223333:policy/*'))],
      'iam-008',
      'possible',
    ],
    [
      'a command without a node to run it on',
      [allow('ssm:SendCommand', { Resource: 'arn:aws:ssm:*:*:document/*' })],
      'ssm-002',
      undefined,
    ],
    [
      'a command on tagged nodes',
      [
        allow('ssm:SendCommand', { Resource: 'arn:aws:ssm:*:*:document/*' }),
        allow('ssm:SendCommand', {
          Resource: 'arn:aws:ec2:*:*:instance/*',
          ...when('StringEquals', 'aws:ResourceTag/team', 'a'),
        }),
      ],
      'ssm-002',
      'possible',
    ],
    [
      'a role that only may be assumed by name',
      [allow('sts:AssumeRole', { Resource: 'arn:aws:iam::111122223333:role/ci' })],
      'sts-001',
      'possible',
    ],
  ])('%s', (_name, statements, id, status) => {
    expect(judge(statements).paths.find((path) => path.id === id)?.status).toBe(status);
  });

  test('is put together over policies', () => {
    const together = judgePolicies({ identityPolicies: [policy(allow('iam:PassRole')), policy(FUNCTION)] });

    expect(together.paths).toContainEqual(
      expect.objectContaining({
        ...{ id: 'lambda-001', status: 'proven', toAdministrator: false },
        statements: [
          { action: 'iam:passrole', policy: 'policy 1', statement: 1 },
          { action: 'lambda:createfunction', policy: 'policy 2', statement: 1 },
          { action: 'lambda:invokefunction', policy: 'policy 2', statement: 1 },
        ],
        assuming: 'a role for lambda.amazonaws.com with administrator rights',
      }),
    );
    expect(together.admin).toBe(false);
  });
});

describe('an administrator', () => {
  test.each<[string, readonly Statement[], boolean]>([
    ['has everything', [allow('*')], true],
    ['may give itself everything', [allow('iam:PutUserPolicy')], true],
    ['makes a user of its own', [allow(['iam:CreateUser', 'iam:AttachUserPolicy', 'iam:CreateAccessKey'])], true],
    ['has everything but what it may give itself back', [allow('*'), deny('s3:*')], true],
    ['is nobody who reads', [allow(['iam:Get*', 'iam:List*', 's3:*'])], false],
    ['is nobody who may only become somebody else', [allow('sts:AssumeRole')], false],
  ])('%s', (_name, statements, admin) => {
    expect(judge(statements).admin).toBe(admin);
  });

  test('is not, within a boundary that holds', () => {
    expect(judge([allow('*')], [allow('s3:*')]).admin).toBe(false);
    expect(judge([allow('iam:*')], [allow('iam:PutUserPolicy'), allow('s3:*')]).admin).toBe(false);
  });

  test('is, within one that it may take off or that takes nothing away', () => {
    expect(judge([allow('iam:*')], [allow('*')]).admin).toBe(true);
    expect(
      judge([allow('*')], [allow('iam:CreateUser'), allow('iam:AttachUserPolicy'), allow('iam:CreateAccessKey')]).admin,
    ).toBe(true);
  });
});

describe('with the others of the account', () => {
  const arn = (name: string) => `arn:aws:iam::111122223333:${name}`;
  const trusting = (Principal: object) => policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const root = {
    arn: arn('role/root'),
    identityPolicies: [policy(allow('*'))],
    trust: trusting({ Service: 'lambda.amazonaws.com' }),
  };
  const small = { ...root, arn: arn('role/small'), identityPolicies: [policy(allow('s3:*'))] };
  const held = { identityPolicies: [policy(allow('iam:PassRole'), FUNCTION)] };

  test('a path leads to somebody, by name', () => {
    expect(judgePolicies(held, { principals: [root, small] })).toMatchObject({
      admin: true,
      paths: expect.arrayContaining([
        expect.objectContaining({ id: 'lambda-001', status: 'proven', target: root.arn }),
      ]),
    });
  });

  test('a path that leads to nobody is blocked, and says so', () => {
    const { admin, paths } = judgePolicies(held, { principals: [small] });

    expect(admin).toBe(false);
    expect(paths.find(({ id }) => id === 'lambda-001')).toMatchObject({
      status: 'blocked-by',
      because: 'no role for lambda.amazonaws.com that leads to administrator rights is within its reach',
    });
  });

  test('whoever leads there counts as there', () => {
    const deployer = {
      ...small,
      arn: arn('role/deployer'),
      identityPolicies: [policy(allow('iam:PutRolePolicy', { Resource: arn('role/deployer') }))],
    };

    expect(judgePolicies(held, { principals: [small, deployer] })).toMatchObject({ admin: true });
  });

  test('a role that trusts another service is not passed', () => {
    const other = { ...root, trust: trusting({ Service: 'ec2.amazonaws.com' }) };

    expect(judgePolicies(held, { principals: [other] }).admin).toBe(false);
  });

  test.each([
    ['no list', { principals: 7 }],
    ['a principal without ARN', { principals: [{ identityPolicies: [] }] }],
    ['a document that is none', { principals: [{ ...root, identityPolicies: ['{'] }] }],
  ])('what is no inventory is refused: %s', (_name, inventory) => {
    expect(() => judgePolicies(held, inventory)).toThrow();
  });
});

describe('with the ARNs of all there is', () => {
  const role = 'arn:aws:iam::111122223333:role/deploy';
  const user = 'arn:aws:iam::111122223333:user/ci';
  const lambda = 'arn:aws:lambda:eu-west-1:111122223333:function:api';
  const find = (statements: readonly Statement[], inventory: unknown, id: string) =>
    judgePolicies({ identityPolicies: [policy(...statements)] }, inventory).paths.find((path) => path.id === id)
      ?.status;

  test.each<[string, readonly Statement[], unknown, string, string | undefined]>([
    ['a user that is there', [allow('iam:CreateAccessKey', { Resource: user })], [user, role], 'iam-002', 'proven'],
    [
      'a user that is not',
      [allow('iam:CreateAccessKey', { Resource: `${user}-x` })],
      [user, role],
      'iam-002',
      undefined,
    ],
    ['no user at all', [allow('iam:CreateAccessKey')], [role], 'iam-002', undefined],
    [
      'a function that is there',
      [allow('lambda:UpdateFunctionCode', { Resource: lambda })],
      [lambda],
      'lambda-003',
      'proven',
    ],
    [
      'another function',
      [allow('lambda:UpdateFunctionCode', { Resource: `${lambda}-x` })],
      [lambda],
      'lambda-003',
      undefined,
    ],
    ['a function to be made', [allow('iam:PassRole', { Resource: role }), FUNCTION], [role], 'lambda-001', 'proven'],
    [
      'a role that is not there',
      [allow('iam:PassRole', { Resource: `${role}-x` }), FUNCTION],
      [role],
      'lambda-001',
      undefined,
    ],
    [
      'lists by name',
      [allow('iam:CreateAccessKey', { Resource: user })],
      { users: [user], roles: [{ arn: role }] },
      'iam-002',
      'proven',
    ],
  ])('%s', (_name, statements, inventory, id, status) => {
    expect(find(statements, inventory, id)).toBe(status);
  });
});

test('a policy that cannot be read is an error, never no path', () => {
  expect(() => judgePolicies({ identityPolicies: ['{'] })).toThrow(IamError);
  expect(() => judgePolicies({ identityPolicies: [policy(allow('*'))], boundary: '{' })).toThrow(IamError);
});
