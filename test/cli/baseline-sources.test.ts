import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCloudFormation } from '../../bin/baselines/read-cloudformation.ts';
import { readTerraform } from '../../bin/baselines/read-terraform.ts';
import { captureAccount } from '../../lambdas/core/iam/baseline/capture.ts';
import { READ, TRUST } from '../support/baselines.ts';
import { runCli } from '../support/run-cli.ts';
import { thrownBy } from '../support/thrown.ts';

const HOME = 'arn:aws:iam::111122223333';
const place = { account: '111122223333', partition: 'aws', region: 'eu-west-1' };
const read = (Resources: object, more: object = {}) =>
  captureAccount(readCloudFormation({ template: { Resources }, ...place, ...more })).states;
const role = (changes: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'app', AssumeRolePolicyDocument: TRUST, ...changes },
});
const undecided = (code: string, text: string) => ({ code, message: expect.stringContaining(text) });

describe('readCloudFormation', () => {
  it('puts a role together from what belongs to it, references resolved', () => {
    const states = read({
      Inline: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'inline', PolicyDocument: READ, Roles: [{ Ref: 'App' }] },
      },
      Own: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: { 'Fn::Sub': `own-\${AWS::Region}` },
          Path: '/team/',
          PolicyDocument: {
            ...READ,
            Statement: [
              { ...READ.Statement[0], Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::x']] } },
            ],
          },
        },
      },
      App: role({
        Path: '/team/',
        Policies: [{ PolicyName: 'own', PolicyDocument: READ }],
        ManagedPolicyArns: [{ Ref: 'Own' }, { 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/ReadOnlyAccess` }],
        PermissionsBoundary: { Ref: 'AWS::NoValue' },
        MaxSessionDuration: 7200,
      }),
      Profile: {
        Type: 'AWS::IAM::InstanceProfile',
        Properties: { InstanceProfileName: 'app', Roles: [{ Ref: 'App' }] },
      },
      Bucket: { Type: 'AWS::S3::Bucket' },
    });

    expect(states).toEqual([
      {
        kind: 'policy',
        arn: `${HOME}:policy/team/own-eu-west-1`,
        uniqueId: 'any',
        document: { ...READ, Statement: [{ ...READ.Statement[0], Resource: 'arn:aws:s3:::x' }] },
      },
      {
        kind: 'role',
        arn: `${HOME}:role/team/app`,
        uniqueId: 'any',
        trust: TRUST,
        inline: [
          { name: 'inline', document: READ },
          { name: 'own', document: READ },
        ],
        attached: [`${HOME}:policy/team/own-eu-west-1`, 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
        tags: [],
        instanceProfiles: [`${HOME}:instance-profile/app`],
        maxSessionSeconds: 7200,
      },
    ]);
  });

  it('reads users, groups and who is in them', () => {
    const states = read({
      Ana: { Type: 'AWS::IAM::User', Properties: { UserName: 'ana', Groups: [{ Ref: 'Readers' }] } },
      Readers: { Type: 'AWS::IAM::Group', Properties: { GroupName: 'readers' } },
      More: { Type: 'AWS::IAM::UserToGroupAddition', Properties: { GroupName: 'others', Users: [{ Ref: 'Ana' }] } },
    });

    expect(states).toMatchObject([{ kind: 'group' }, { kind: 'user', groups: ['others', 'readers'] }]);
  });

  it('keeps policy variables that Fn::Sub escapes', () => {
    const document = { 'Fn::Sub': `arn:aws:s3:::x/\${!aws:username}` };
    const [state] = read({
      App: role({ Policies: [{ PolicyName: 'a', PolicyDocument: { Statement: [{ Resource: document }] } }] }),
    });

    expect(JSON.stringify(state)).toContain(`x/\${aws:username}`);
  });

  it('takes the names that CloudFormation gave from the stack', () => {
    const stackResources = {
      StackResourceSummaries: [{ LogicalResourceId: 'App', PhysicalResourceId: 'stack-App-1ABC' }],
    };

    expect(read({ App: role({ RoleName: undefined }) }, { stackResources })).toMatchObject([
      { arn: `${HOME}:role/stack-App-1ABC` },
    ]);
  });

  it.each<[string, object, object]>([
    [
      'a name that CloudFormation gives',
      { App: role({ RoleName: undefined }) },
      undecided('unresolved', 'App: CloudFormation gives App its name'),
    ],
    [
      'an attribute of another resource',
      { App: role({ Path: { 'Fn::GetAtt': ['Bucket', 'Arn'] } }) },
      undecided('unresolved', 'App: Bucket.Arn'),
    ],
    [
      'an import',
      { App: role({ Policies: [{ PolicyName: 'a', PolicyDocument: { 'Fn::ImportValue': 'x' } }] }) },
      undecided('unresolved', 'Fn::ImportValue'),
    ],
    ['a parameter without default', { App: role({ Path: { Ref: 'Where' } }) }, undecided('unresolved', 'App: Where')],
    [
      'a policy of a role that stands elsewhere',
      { P: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'a', PolicyDocument: READ, Roles: ['ghost'] } } },
      undecided('described-elsewhere', 'P: something belongs to the role ghost'),
    ],
    ['a role twice', { A: role(), B: role() }, undecided('described-twice', 'B: ')],
  ])('refuses %s, naming the resource', (_name, resources, expected) => {
    expect(thrownBy(() => read(resources))).toMatchObject(expected);
  });

  it('refuses a reference that leads round in a circle', () => {
    const byName = { App: role({ RoleName: { Ref: 'App' } }) };
    const byPath = { App: role({ Path: { 'Fn::GetAtt': ['App', 'Arn'] } }) };

    expect([byName, byPath].map((resources) => thrownBy(() => read(resources)))).toMatchObject([
      undecided('unresolved', 'App refers to itself'),
      undecided('unresolved', 'App.Path refers to itself'),
    ]);
  });
});

const resource = (type: string, name: string, values: object) => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  values,
});
const state = (...resources: object[]) => ({ format_version: '1.0', values: { root_module: { resources } } });
const terraformRole = (changes: object = {}) =>
  resource('aws_iam_role', 'app', {
    name: 'app',
    arn: `${HOME}:role/app`,
    unique_id: 'AROAEXAMPLEAPP000001',
    assume_role_policy: JSON.stringify(TRUST),
    max_session_duration: 3600,
    permissions_boundary: '',
    managed_policy_arns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    inline_policy: [{ name: 'a', policy: JSON.stringify(READ) }],
    ...changes,
  });

describe('readTerraform', () => {
  it('puts a role together from what belongs to it, whatever is repeated', () => {
    const account = readTerraform({
      values: {
        root_module: {
          resources: [
            resource('aws_iam_role_policy', 'a', { role: 'app', name: 'a', policy: JSON.stringify(READ, null, 1) }),
          ],
          child_modules: [{ resources: [terraformRole()] }],
        },
      },
    });

    expect(captureAccount(account).states).toEqual([
      {
        kind: 'role',
        arn: `${HOME}:role/app`,
        uniqueId: 'AROAEXAMPLEAPP000001',
        trust: TRUST,
        inline: [{ name: 'a', document: READ }],
        attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        tags: [],
        instanceProfiles: [],
        maxSessionSeconds: 3600,
      },
    ]);
  });

  it('reads users, groups, memberships and policies', () => {
    const account = readTerraform(
      state(
        resource('aws_iam_user', 'ana', { name: 'ana', arn: `${HOME}:user/ana`, unique_id: 'AIDAEXAMPLEANA000001' }),
        resource('aws_iam_group', 'g', { name: 'g', arn: `${HOME}:group/g`, unique_id: 'AGPAEXAMPLEG00000001' }),
        resource('aws_iam_user_group_membership', 'm', { user: 'ana', groups: ['g'] }),
        resource('aws_iam_policy', 'p', {
          arn: `${HOME}:policy/p`,
          policy_id: 'ANPAEXAMPLEP00000001',
          policy: JSON.stringify(READ),
        }),
        resource('aws_iam_policy_attachment', 'pa', { policy_arn: `${HOME}:policy/p`, users: ['ana'], groups: ['g'] }),
      ),
    );

    expect(captureAccount(account).states).toMatchObject([
      { kind: 'group', attached: [`${HOME}:policy/p`] },
      { kind: 'policy', document: READ },
      { kind: 'user', groups: ['g'], attached: [`${HOME}:policy/p`] },
    ]);
  });

  it.each<[string, unknown, object]>([
    ['something else', { resources: [] }, undecided('unreadable-terraform', 'terraform show -json')],
    [
      'a plan whose values are not known',
      state(terraformRole(), resource('aws_iam_role_policy', 'a', { role: 'app', name: 'b' })),
      undecided('unresolved', 'aws_iam_role_policy.a: policy'),
    ],
    ['nothing with an ARN', state(), undecided('unresolved', 'none has an ARN')],
    [
      'two different policies of one name',
      state(terraformRole(), resource('aws_iam_role_policy', 'a', { role: 'app', name: 'a', policy: '{}' })),
      undecided('described-twice', 'is described twice'),
    ],
  ])('refuses %s, naming the resource', (_name, json, expected) => {
    expect(thrownBy(() => readTerraform(json))).toMatchObject(expected);
  });
});

describe('countersign baseline capture', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'countersign-sources-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it.each<[string, unknown, string[]]>([
    ['a template', { Resources: { App: role() } }, ['--template', '--account-id', '111122223333']],
    ['a state of Terraform', state(terraformRole()), ['--terraform']],
    [
      'authorization details',
      {
        RoleDetailList: [
          { Arn: `${HOME}:role/app`, RoleName: 'app', RoleId: 'AROAEXAMPLEAPP000001', AssumeRolePolicyDocument: TRUST },
        ],
      },
      ['--account'],
    ],
  ])('captures from %s', async (_name, json, [option = '', ...more]) => {
    const file = join(home, 'source.json');
    writeFileSync(file, JSON.stringify(json));

    const { code, err } = await runCli(['baseline', 'capture', join(home, 'iam'), option, file, ...more]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(readFileSync(join(home, 'iam', 'roles', 'app.yaml'), 'utf8')).toContain(`arn: ${HOME}:role/app`);
  });
});
