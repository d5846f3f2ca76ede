import { describe, expect, it } from 'vitest';
import type { AccountIam, IamRole } from '../../../../lambdas/core/iam/account.ts';
import { checkAccount } from '../../../../lambdas/core/iam/checks/check-account.ts';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const GITHUB = 'token.actions.githubusercontent.com';
const ANCHOR = `arn:aws:rolesanywhere:eu-west-1:${ACCOUNT}:trust-anchor/a1b2`;

const roleWith = (trust: string): IamRole => ({
  kind: 'role',
  arn: `arn:aws:iam::${ACCOUNT}:role/app`,
  uniqueId: 'AROAEXAMPLE',
  name: 'app',
  path: '/',
  inline: [],
  attached: [],
  trust,
  boundary: undefined,
  tags: {},
  instanceProfiles: [],
  maxSessionSeconds: 3600,
});

const accountWith = (role: IamRole): AccountIam => ({
  accountId: ACCOUNT,
  roles: [role],
  users: [],
  groups: [],
  policies: [],
});

function check(statements: object | readonly object[], ownAccounts: readonly string[] = []) {
  return checkAccount({
    account: accountWith(roleWith(JSON.stringify({ Version: '2012-10-17', Statement: statements }))),
    credentials: [],
    ownAccounts,
    limits: { oldestKey: 1, longestUnused: 1 },
    now: 0,
  });
}

const severityOf = (statements: object | readonly object[], ownAccounts?: readonly string[]) =>
  check(statements, ownAccounts).results.map(({ check, severity }) => `${check} ${severity}`);

const tokens = (provider: string, Condition: object, changes: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${provider}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
  ...changes,
});
const audience = { [`${GITHUB}:aud`]: 'sts.amazonaws.com' };
const github = (sub: string | readonly string[], operator = 'StringLike') =>
  tokens(GITHUB, {
    StringEquals: audience,
    [operator]: { [`${GITHUB}:sub`]: sub, ...(operator === 'StringEquals' ? audience : {}) },
  });
const passed = ['oidc-trust INFORMATIONAL'];

describe('OIDC providers', () => {
  it.each([
    ['a branch of a repository', github('repo:acme/app:ref:refs/heads/main', 'StringEquals')],
    ['every ref of a repository', github('repo:acme/app:*')],
    ['a repository with immutable ids', github('repo:acme@123/app@456:*')],
    ['a subject of ids', github('repository_owner_id:123:repository_id:456:*')],
    ['a reusable workflow', github('job_workflow_ref:acme/ci/.github/workflows/deploy.yml@*')],
    [
      'a repository id as a claim of its own',
      tokens(GITHUB, { StringEquals: { ...audience, [`${GITHUB}:repository_id`]: '456' } }),
    ],
    [
      'key names in another case',
      tokens(GITHUB, { StringEquals: { [`${GITHUB.toUpperCase()}:AUD`]: 'a', [`${GITHUB}:Sub`]: 'repo:acme/app:x' } }),
    ],
    [
      'a denial of everything else',
      [
        tokens(GITHUB, { StringEquals: audience }),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/app:*' } },
        },
      ],
    ],
    [
      'a project of GitLab.com',
      tokens('gitlab.com', {
        StringEquals: { 'gitlab.com:aud': 'https://gitlab.com' },
        StringLike: { 'gitlab.com:sub': 'project_path:acme/app:ref_type:branch:ref:*' },
      }),
    ],
    [
      'a workspace of HCP Terraform',
      tokens('app.terraform.io', {
        StringEquals: { 'app.terraform.io:aud': 'aws.workload.identity' },
        StringLike: { 'app.terraform.io:sub': 'organization:acme:project:p:workspace:w:run_phase:*' },
      }),
    ],
    [
      'a service account of a cluster',
      tokens('oidc.eks.eu-west-1.amazonaws.com/id/ABC', {
        StringEquals: {
          'oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud': 'sts.amazonaws.com',
          'oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub': 'system:serviceaccount:shop:web',
        },
      }),
    ],
    [
      'one subject of any issuer',
      tokens('id.example.org', { StringEquals: { 'id.example.org:aud': 'aws', 'id.example.org:sub': 'workload-7' } }),
    ],
  ])('passes %s', (_, statements) => {
    expect(severityOf(statements)).toEqual(passed);
  });

  it.each([
    ['no condition at all', tokens(GITHUB, {}), 'CRITICAL'],
    ['an audience alone', tokens(GITHUB, { StringEquals: audience }), 'CRITICAL'],
    ['a wildcard for the owner', github('repo:*'), 'CRITICAL'],
    ['a wildcard in the owner', github('repo:acme*'), 'CRITICAL'],
    ['one value of two that is open', github(['repo:acme/app:*', 'repo:*/app:*']), 'CRITICAL'],
    ['a look-alike of the form', github('repo:acme', 'StringEquals'), 'CRITICAL'],
    ['every repository of the owner', github('repo:acme/*'), 'MEDIUM'],
    ['a wildcard in the repository', github('repo:acme/app*'), 'MEDIUM'],
    [
      'a set operator that is true without the claim',
      tokens(GITHUB, { StringEquals: audience, 'ForAllValues:StringLike': { [`${GITHUB}:sub`]: 'repo:acme/app:*' } }),
      'CRITICAL',
    ],
    [
      'an operator that is true without the claim',
      tokens(GITHUB, { StringEquals: audience, StringLikeIfExists: { [`${GITHUB}:sub`]: 'repo:acme/app:*' } }),
      'CRITICAL',
    ],
    [
      'what is not the subject',
      tokens(GITHUB, { StringEquals: audience, StringNotEquals: { [`${GITHUB}:sub`]: 'repo:acme/app:x' } }),
      'CRITICAL',
    ],
    ['no audience', tokens(GITHUB, { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/app:*' } }), 'MEDIUM'],
    [
      'an audience with a wildcard',
      tokens(GITHUB, { StringLike: { [`${GITHUB}:aud`]: '*', [`${GITHUB}:sub`]: 'repo:acme/app:*' } }),
      'MEDIUM',
    ],
    [
      'the conditions of another provider',
      tokens('gitlab.com', { StringEquals: { ...audience, [`${GITHUB}:sub`]: 'repo:acme/app:x' } }),
      'CRITICAL',
    ],
    ['every action', tokens(GITHUB, {}, { Action: '*' }), 'CRITICAL'],
    ['all actions but another', tokens(GITHUB, {}, { Action: undefined, NotAction: 'sts:AssumeRole' }), 'CRITICAL'],
    ['every provider', tokens(GITHUB, {}, { Principal: { Federated: '*' } }), 'CRITICAL'],
    [
      'every service account of a cluster',
      tokens('oidc.eks.eu-west-1.amazonaws.com/id/ABC', {
        StringEquals: { 'oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud': 'sts.amazonaws.com' },
      }),
      'HIGH',
    ],
    [
      'every workload of an unknown issuer',
      tokens('id.example.org', { StringEquals: { 'id.example.org:aud': 'aws' } }),
      'CRITICAL',
    ],
    [
      'identity pools of everybody',
      tokens('x', {}, { Principal: { Federated: 'cognito-identity.amazonaws.com' } }),
      'CRITICAL',
    ],
  ])('fails %s', (_, statements, severity) => {
    expect(severityOf(statements)).toEqual([`oidc-trust ${severity}`]);
  });

  it('takes a wildcard for a letter where the operator compares whole strings', () => {
    const [result] = check(github('repo:acme/*', 'StringEquals')).results;

    expect(result?.because).toEqual([]);
  });

  it('says which statement lets whom in', () => {
    const [result] = check([github('repo:acme/app:*'), github('repo:*')]).results;

    expect(result?.because).toEqual([
      'statement 2 lets anyone who can get a token of GitHub Actions take the role: the wildcard in the subject leaves the organisation open',
    ]);
  });

  it('says nothing of a role that no provider may take', () => {
    expect(
      severityOf({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ).toEqual([]);
  });

  it('lists a trust policy that it cannot read', () => {
    const { results, unread } = check({ Effect: 'Allow', Principal: 'x', Action: 'sts:AssumeRole' });

    expect(results).toEqual([]);
    expect(unread).toHaveLength(1);
  });
});

const assume = (Principal: object | string, Condition: object = {}, changes: object = {}) => ({
  Effect: 'Allow',
  Principal,
  Action: 'sts:AssumeRole',
  Condition,
  ...changes,
});

describe('accounts, services, Roles Anywhere and SAML', () => {
  const root = `arn:aws:iam::${OTHER}:root`;
  const spiffe = (uri: string, operator = 'StringLike') =>
    assume(
      { Service: 'rolesanywhere.amazonaws.com' },
      { ArnEquals: { 'aws:SourceArn': ANCHOR }, [operator]: { 'aws:PrincipalTag/x509SAN/URI': uri } },
    );

  it.each([
    ['the own account', assume({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), []],
    [
      'another account with an external id',
      assume({ AWS: OTHER }, { StringEquals: { 'sts:ExternalId': 'x' } }),
      ['account-trust INFORMATIONAL'],
    ],
    ['another account without', assume({ AWS: root }), ['account-trust MEDIUM']],
    ['everybody', assume('*'), ['account-trust CRITICAL']],
    [
      'everybody who knows a word',
      assume({ AWS: '*' }, { StringEquals: { 'sts:ExternalId': 'x' } }),
      ['account-trust HIGH'],
    ],
    [
      'everybody of an organisation',
      assume('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }),
      ['account-trust INFORMATIONAL'],
    ],
    [
      'everybody of any organisation',
      assume('*', { StringLike: { 'aws:PrincipalOrgID': '*' } }),
      ['account-trust CRITICAL'],
    ],
    [
      'everybody but one',
      assume({}, {}, { Principal: undefined, NotPrincipal: { AWS: root } }),
      ['account-trust CRITICAL'],
    ],
    ['a principal that was deleted', assume({ AWS: 'AROAEXAMPLEGONE' }), ['account-trust LOW']],
    ['a scheduler of any account', assume({ Service: 'scheduler.amazonaws.com' }), ['service-trust MEDIUM']],
    [
      'a scheduler of the account',
      assume({ Service: 'scheduler.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': ACCOUNT } }),
      ['service-trust INFORMATIONAL'],
    ],
    [
      'schedules of the account',
      assume(
        { Service: 'scheduler.amazonaws.com' },
        { ArnLike: { 'aws:SourceArn': `arn:aws:scheduler:*:${ACCOUNT}:schedule/*` } },
      ),
      ['service-trust INFORMATIONAL'],
    ],
    [
      'schedules of any account',
      assume(
        { Service: 'scheduler.amazonaws.com' },
        { ArnLike: { 'aws:SourceArn': 'arn:aws:scheduler:*:*:schedule/*' } },
      ),
      ['service-trust MEDIUM'],
    ],
    ['a service that comes for itself', assume({ Service: 'ec2.amazonaws.com' }), []],
    ['Roles Anywhere as a whole', assume({ Service: 'rolesanywhere.amazonaws.com' }), ['roles-anywhere-trust HIGH']],
    [
      'an anchor with every certificate',
      assume({ Service: 'rolesanywhere.amazonaws.com' }, { ArnEquals: { 'aws:SourceArn': ANCHOR } }),
      ['roles-anywhere-trust MEDIUM'],
    ],
    [
      'every anchor',
      assume(
        { Service: 'rolesanywhere.amazonaws.com' },
        {
          ArnLike: { 'aws:SourceArn': `${ANCHOR.slice(0, -4)}*` },
          StringEquals: { 'aws:PrincipalTag/x509Subject/CN': 'web' },
        },
      ),
      ['roles-anywhere-trust HIGH'],
    ],
    [
      'a workload by its SPIFFE id',
      spiffe('spiffe://acme.example/ns/shop/web', 'StringEquals'),
      ['roles-anywhere-trust INFORMATIONAL'],
    ],
    ['workloads of a trust domain', spiffe('spiffe://acme.example/*'), ['roles-anywhere-trust INFORMATIONAL']],
    ['look-alikes of a trust domain', spiffe('spiffe://acme.example*'), ['roles-anywhere-trust HIGH']],
    ['every SPIFFE id', spiffe('spiffe://*'), ['roles-anywhere-trust HIGH']],
  ])('%s', (_, statement, expected) => {
    expect(severityOf(statement)).toEqual(expected);
  });

  it('asks no external id of the accounts of the organisation', () => {
    expect(severityOf(assume({ AWS: root }), [OTHER])).toEqual([]);
  });

  it.each([
    ['the sign-in endpoint', { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } }, 'INFORMATIONAL'],
    ['any audience', {}, 'MEDIUM'],
  ])('SAML assertions for %s', (_, Condition, severity) => {
    const statement = assume({ Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/idp` }, Condition, {
      Action: 'sts:AssumeRoleWithSAML',
    });

    expect(severityOf(statement)).toEqual([`saml-trust ${severity}`]);
  });
});
