import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  paginateGetAccountAuthorizationDetails,
  SetDefaultPolicyVersionCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { parseIamEvent } from '../../../lambdas/core/events/iam-change.ts';
import { parseAccount } from '../../../lambdas/core/iam/parse-account.ts';
import type { TimelineEntry } from '../../../local/account/types.ts';
import { prepareAccount } from './prepare.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const allow = (action: string, resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] });
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

/** An account with the role `app`. */
async function prepareRole() {
  const { account, clock } = prepareAccount();
  const { iam } = account.clients;
  await iam.send(new CreateRoleCommand({ RoleName: 'app', Path: '/team/', AssumeRolePolicyDocument: TRUST }));
  return { account, clock, iam };
}
const refused = (name: string) => expect.objectContaining({ name });

describe('IAM in the embedded account', () => {
  it('answers documents percent-encoded, to the byte as they were sent', async () => {
    const { iam } = await prepareRole();
    const sent = `${allow("s3:Get*'()!")}\n`;
    await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'x', PolicyDocument: sent }));

    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: 'app', PolicyName: 'x' }));

    expect(PolicyDocument).toMatch(/^%7B[\w%.~-]+$/);
    expect(decodeURIComponent(PolicyDocument)).toBe(sent);
  });

  it('tells everything in pages that parseAccount reads', async () => {
    const { iam } = await prepareRole();
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: READ_ONLY }));
    await iam.send(new TagRoleCommand({ RoleName: 'app', Tags: [{ Key: 'team', Value: 'core' }] }));
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'app' }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'app', RoleName: 'app' }));
    await iam.send(new CreateUserCommand({ UserName: 'ana' }));
    await iam.send(new CreateGroupCommand({ GroupName: 'readers' }));
    await iam.send(new AddUserToGroupCommand({ UserName: 'ana', GroupName: 'readers' }));
    await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: allow('s3:*') }));
    const pages: unknown[] = [];

    for await (const page of paginateGetAccountAuthorizationDetails({ client: iam, pageSize: 2 }, {})) pages.push(page);

    expect(pages).toHaveLength(3);
    expect(parseAccount(pages)).toMatchObject({
      accountId: '123456789012',
      roles: [
        {
          arn: 'arn:aws:iam::123456789012:role/team/app',
          trust: TRUST,
          attached: [READ_ONLY],
          tags: { team: 'core' },
          instanceProfiles: ['arn:aws:iam::123456789012:instance-profile/app'],
        },
      ],
      users: [{ name: 'ana', groups: ['readers'] }],
      groups: [{ name: 'readers' }],
      policies: [{ arn: 'arn:aws:iam::123456789012:policy/own' }, { arn: READ_ONLY }],
    });
  });

  it('keeps five versions of a policy and never gives a number twice', async () => {
    const { iam } = await prepareRole();
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: allow('s3:a') }));
    const PolicyArn = Policy?.Arn ?? '';
    const add = (action: string) =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow(action), SetAsDefault: true }));
    for (const action of ['s3:b', 's3:c', 's3:d', 's3:e']) await add(action);

    await expect(add('s3:f')).rejects.toEqual(refused('LimitExceededException'));
    await expect(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' }))).rejects.toEqual(
      refused('DeleteConflictException'),
    );
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' }));
    await add('s3:f');
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v6' }));

    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['v6', 'v4', 'v3', 'v2', 'v1']);
    expect(PolicyVersion?.IsDefaultVersion).toBe(true);
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(allow('s3:f'));
  });

  it('refuses to delete what something hangs on', async () => {
    const { iam } = await prepareRole();
    await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'x', PolicyDocument: allow('s3:*') }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: READ_ONLY }));
    const removeRole = () => iam.send(new DeleteRoleCommand({ RoleName: 'app' }));

    await expect(removeRole()).rejects.toEqual(refused('DeleteConflictException'));
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'app', PolicyArn: READ_ONLY }));
    await expect(removeRole()).rejects.toEqual(refused('DeleteConflictException'));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'app', PolicyName: 'x' }));
    await removeRole();

    await expect(iam.send(new GetRoleCommand({ RoleName: 'app' }))).rejects.toEqual(refused('NoSuchEntityException'));
  });

  it('keeps the policy of a principal from being deleted, and says who has it', async () => {
    const { iam } = await prepareRole();
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: allow('s3:a') }));
    const PolicyArn = Policy?.Arn ?? '';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn }));

    const entities = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));

    expect(entities.PolicyRoles?.map(({ RoleName }) => RoleName)).toEqual(['app']);
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toEqual(refused('DeleteConflictException'));
  });

  it('shows the unique id of a principal that is gone in the trust that named it, also after its name is given anew', async () => {
    const { iam } = await prepareRole();
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'ana' }));
    const trust = (principal: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
      });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: trust(User?.Arn ?? '') }));

    await iam.send(new DeleteUserCommand({ UserName: 'ana' }));
    await iam.send(new CreateUserCommand({ UserName: 'ana' }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'app' }));

    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust(User?.UserId ?? ''));
  });

  it('keeps what hangs on a user when it is renamed', async () => {
    const { iam } = await prepareRole();
    await iam.send(new CreateUserCommand({ UserName: 'ana' }));
    await iam.send(new PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'x', PolicyDocument: allow('s3:*') }));

    await iam.send(new UpdateUserCommand({ UserName: 'ana', NewUserName: 'bea' }));

    await expect(iam.send(new DeleteUserCommand({ UserName: 'bea' }))).rejects.toEqual(
      refused('DeleteConflictException'),
    );
  });

  it.each<[string, object, (iam: Awaited<ReturnType<typeof prepareRole>>['iam']) => Promise<unknown>]>([
    [
      'a role whose name is taken',
      refused('EntityAlreadyExistsException'),
      (iam) => iam.send(new CreateRoleCommand({ RoleName: 'App', AssumeRolePolicyDocument: TRUST })),
    ],
    [
      'a trust without principal',
      refused('MalformedPolicyDocumentException'),
      (iam) =>
        iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: allow('sts:AssumeRole') })),
    ],
    [
      'a trust that names nobody who is there',
      refused('MalformedPolicyDocumentException'),
      (iam) =>
        iam.send(
          new UpdateAssumeRolePolicyCommand({
            RoleName: 'app',
            PolicyDocument: JSON.stringify({
              Statement: {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::123456789012:role/ghost' },
                Action: 'sts:AssumeRole',
              },
            }),
          }),
        ),
    ],
    [
      'an identity policy with a principal',
      refused('MalformedPolicyDocumentException'),
      (iam) => iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'x', PolicyDocument: TRUST })),
    ],
    [
      'a document that is none',
      refused('MalformedPolicyDocumentException'),
      (iam) => iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'x', PolicyDocument: '{' })),
    ],
    [
      'more inline policy than the quota',
      refused('LimitExceededException'),
      (iam) =>
        iam.send(
          new PutRolePolicyCommand({
            RoleName: 'app',
            PolicyName: 'x',
            PolicyDocument: allow('s3:*', `arn:aws:s3:::${'x'.repeat(10_240)}`),
          }),
        ),
    ],
    [
      'a policy that is not there',
      refused('NoSuchEntityException'),
      (iam) => iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: 'arn:aws:iam::aws:policy/Ghost' })),
    ],
    [
      'to detach what is not attached',
      refused('NoSuchEntityException'),
      (iam) => iam.send(new DetachRolePolicyCommand({ RoleName: 'app', PolicyArn: READ_ONLY })),
    ],
    [
      'a new version of a policy of AWS',
      refused('InvalidInputException'),
      (iam) => iam.send(new CreatePolicyVersionCommand({ PolicyArn: READ_ONLY, PolicyDocument: allow('*') })),
    ],
    [
      'to change a service-linked role',
      refused('UnmodifiableEntityException'),
      async (iam) => {
        const { Role } = await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
        return iam.send(
          new PutRolePolicyCommand({ RoleName: Role?.RoleName, PolicyName: 'x', PolicyDocument: allow('*') }),
        );
      },
    ],
    [
      'a third access key',
      refused('LimitExceededException'),
      async (iam) => {
        await iam.send(new CreateUserCommand({ UserName: 'ana' }));
        const add = () => iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }));
        await add();
        await add();
        return add();
      },
    ],
    [
      'an eleventh attachment',
      refused('LimitExceededException'),
      async (iam) => {
        for (const index of Array(11).keys()) {
          const made = await iam.send(
            new CreatePolicyCommand({ PolicyName: `p${index}`, PolicyDocument: allow('s3:*') }),
          );
          await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: made.Policy?.Arn }));
        }
      },
    ],
  ])('refuses %s as IAM does', async (_what, expected, act) => {
    const { iam } = await prepareRole();

    await expect(act(iam)).rejects.toEqual(expected);
  });

  it('leaves an event for each call that writes, failed ones too, with no secret in it', async () => {
    const { account, iam } = await prepareRole();
    await iam.send(new CreateUserCommand({ UserName: 'ana' }));
    await iam.send(new CreateLoginProfileCommand({ UserName: 'ana', Password: 'hunter2-hunter2' }));
    await iam.send(new CreateUserCommand({ UserName: 'ana' })).catch(() => undefined);
    await iam.send(new GetRoleCommand({ RoleName: 'app' }));

    const events = account.timeline().filter(({ step }: TimelineEntry) => step === 'event');
    const parsed = events.map(({ detail }) => parseIamEvent(JSON.stringify(detail)));

    expect(
      parsed.map((one) => [one.outcome, 'change' in one ? [one.change.call.eventName, ...one.change.resources] : []]),
    ).toEqual([
      ['change', ['CreateRole', 'arn:aws:iam::123456789012:role/app']],
      ['change', ['CreateUser', 'arn:aws:iam::123456789012:user/ana']],
      ['change', ['CreateLoginProfile', 'arn:aws:iam::123456789012:user/ana']],
      ['probe', ['CreateUser', 'arn:aws:iam::123456789012:user/ana']],
    ]);
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });
});
