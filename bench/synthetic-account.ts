import type { AccountIam, IamRole, IamUser, ManagedPolicy } from '../lambdas/core/iam/account.ts';

const ACCOUNT = '111122223333';
const FULL = `arn:aws:iam::aws:policy/AdministratorAccess`;

/**
 * An account as large ones are: nine roles of services and pipelines to one user, most with an inline policy of their own on their own resources, some managed
 * policies that many hold, groups, boundaries, a few administrators, and one in a hundred with a way to more rights. The same for the same size.
 */
export function makeAccount(principals: number): AccountIam {
  const roles: IamRole[] = [];
  const users: IamUser[] = [];
  for (let at = 0; at < principals; at += 1) {
    if (at % 10 === 9) users.push(makeUser(at));
    else roles.push(makeRole(at));
  }
  return { accountId: ACCOUNT, roles, users, groups: makeGroups(), policies: makePolicies() };
}

/** The account with another inline policy on one principal in a hundred: what a day of drift looks like when it is bad. */
export function letDrift(account: AccountIam): AccountIam {
  const add = <Holder extends IamRole | IamUser>(holder: Holder, at: number): Holder =>
    at % 100 === 0
      ? { ...holder, inline: [...holder.inline, { name: 'added', document: allow(['iam:PutRolePolicy'], '*') }] }
      : holder;
  return { ...account, roles: account.roles.map(add), users: account.users.map(add) };
}

function makeRole(at: number): IamRole {
  const name = `team-${at % 97}-service-${at}`;
  const service = ['lambda', 'ecs-tasks', 'ec2', 'codebuild', 'states'][at % 5];
  const principal = at % 4 === 0 ? { AWS: `arn:aws:iam::${ACCOUNT}:root` } : { Service: `${service}.amazonaws.com` };
  return {
    kind: 'role',
    arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    uniqueId: `AROA${String(at).padStart(17, '0')}`,
    name,
    path: '/',
    inline: [{ name: 'own', document: JSON.stringify({ Version: '2012-10-17', Statement: listStatements(at, name) }) }],
    attached: at % 400 === 0 ? [FULL] : [`arn:aws:iam::${ACCOUNT}:policy/shared-${at % 40}`],
    trust: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
    }),
    boundary: at % 20 === 1 ? `arn:aws:iam::${ACCOUNT}:policy/boundary` : undefined,
    tags: {},
    instanceProfiles: [],
    maxSessionSeconds: 3600,
  };
}

function listStatements(at: number, name: string): readonly object[] {
  const own = [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:List*'],
      Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
    },
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: `arn:aws:dynamodb:*:${ACCOUNT}:table/${name}` },
    { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:PutLogEvents', 'kms:Decrypt'], Resource: '*' },
  ];
  if (at % 10 === 3)
    own.push({
      Effect: 'Allow',
      Action: ['lambda:UpdateFunctionCode', 'lambda:InvokeFunction'],
      Resource: `arn:aws:lambda:*:${ACCOUNT}:function:${name}`,
    });
  if (at % 25 === 7)
    own.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${ACCOUNT}:role/team-${at % 97}-*` });
  if (at % 100 === 12)
    own.push({
      Effect: 'Allow',
      Action: ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
      Resource: '*',
    });
  return own;
}

function makeUser(at: number): IamUser {
  const name = `person-${at}`;
  return {
    kind: 'user',
    arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
    uniqueId: `AIDA${String(at).padStart(17, '0')}`,
    name,
    path: '/',
    inline: [],
    attached: [],
    boundary: undefined,
    tags: {},
    groups: [`group-${at % 20}`],
  };
}

function makeGroups(): AccountIam['groups'] {
  return Array.from({ length: 20 }, (_, at) => ({
    kind: 'group' as const,
    arn: `arn:aws:iam::${ACCOUNT}:group/group-${at}`,
    uniqueId: `AGPA${String(at).padStart(17, '0')}`,
    name: `group-${at}`,
    path: '/',
    inline: [
      {
        name: 'own-credentials',
        document: allow(['iam:*AccessKey*', 'iam:ChangePassword'], `arn:aws:iam::*:user/\${aws:username}`),
      },
    ],
    attached: at === 0 ? [FULL] : [`arn:aws:iam::${ACCOUNT}:policy/shared-${at}`],
  }));
}

function makePolicies(): readonly ManagedPolicy[] {
  const shared = Array.from({ length: 40 }, (_, at) =>
    makePolicy(
      `arn:aws:iam::${ACCOUNT}:policy/shared-${at}`,
      allow([`sqs:Send*`, `sns:Publish`, 'ec2:Describe*', 'iam:Get*'], '*'),
    ),
  );
  const boundary = makePolicy(`arn:aws:iam::${ACCOUNT}:policy/boundary`, allow(['s3:*', 'dynamodb:*', 'logs:*'], '*'));
  return [...shared, boundary, makePolicy(FULL, allow(['*'], '*'))];
}

function makePolicy(arn: string, document: string): ManagedPolicy {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const uniqueId = `ANPA${name.replace(/\W/g, '').toUpperCase().padStart(17, '0')}`;
  return { arn, uniqueId, name, path: '/', document, defaultVersion: 'v1', versions: ['v1'], tags: {} };
}

function allow(actions: readonly string[], resource: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
  });
}
