import * as IAM from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { EmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { publishBaseline } from './publish-baseline.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const policyOf = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** Makes a role, two users, a group and a policy, and signs what they are. */
export async function prepareIam(service: EmbeddedService): Promise<void> {
  const { account } = service;
  const { iam, s3 } = account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  const bounded = { PermissionsBoundary: READ_ONLY };
  const signedInline = { PolicyName: 'signed', PolicyDocument: policyOf('logs:*') };
  await iam.send(new IAM.CreateRoleCommand({ RoleName: 'bounded', AssumeRolePolicyDocument: TRUST, ...bounded }));
  await iam.send(new IAM.CreateRoleCommand({ RoleName: 'free', AssumeRolePolicyDocument: TRUST }));
  await iam.send(new IAM.CreateUserCommand({ UserName: 'bounded', ...bounded }));
  await iam.send(new IAM.CreateUserCommand({ UserName: 'free' }));
  for (const GroupName of ['staff', 'other']) await iam.send(new IAM.CreateGroupCommand({ GroupName }));
  await iam.send(new IAM.PutRolePolicyCommand({ RoleName: 'bounded', ...signedInline }));
  await iam.send(new IAM.PutUserPolicyCommand({ UserName: 'bounded', ...signedInline }));
  await iam.send(new IAM.PutGroupPolicyCommand({ GroupName: 'staff', ...signedInline }));
  await iam.send(new IAM.AttachRolePolicyCommand({ RoleName: 'bounded', PolicyArn: READ_ONLY }));
  await iam.send(new IAM.AttachUserPolicyCommand({ UserName: 'bounded', PolicyArn: READ_ONLY }));
  await iam.send(new IAM.AttachGroupPolicyCommand({ GroupName: 'staff', PolicyArn: READ_ONLY }));
  await iam.send(new IAM.AddUserToGroupCommand({ UserName: 'bounded', GroupName: 'staff' }));
  await iam.send(new IAM.CreatePolicyCommand({ PolicyName: 'signed', PolicyDocument: policyOf('s3:Get*') }));
  await iam.send(new IAM.CreatePolicyCommand({ PolicyName: 'pushed', PolicyDocument: policyOf('s3:Get*') }));
  const names = [
    'role/bounded',
    'role/free',
    'user/bounded',
    'user/free',
    'group/staff',
    'policy/signed',
    'policy/pushed',
  ];
  for (const name of names) await publishBaseline(service, `arn:aws:iam::${account.id}:${name}`);
}

/** Changes every slot in both directions: what is put right needs every call that a plan can hold. */
export async function driftEverywhere({ account }: EmbeddedService): Promise<void> {
  const { iam } = account.clients;
  const rogue = { PolicyName: 'rogue', PolicyDocument: policyOf('iam:*') };
  const bounded = { PermissionsBoundary: READ_ONLY };
  const role = { RoleName: 'bounded' };
  const user = { UserName: 'bounded' };
  const group = { GroupName: 'staff' };
  await iam.send(new IAM.UpdateAssumeRolePolicyCommand({ ...role, PolicyDocument: TRUST.replace('ec2', 'lambda') }));
  await iam.send(new IAM.DeleteRolePermissionsBoundaryCommand(role));
  await iam.send(new IAM.PutRolePermissionsBoundaryCommand({ RoleName: 'free', ...bounded }));
  await iam.send(new IAM.PutRolePolicyCommand({ RoleName: 'free', ...rogue }));
  await iam.send(new IAM.DeleteRolePolicyCommand({ ...role, PolicyName: 'signed' }));
  await iam.send(new IAM.PutRolePolicyCommand({ ...role, ...rogue }));
  await iam.send(new IAM.DetachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY }));
  await iam.send(new IAM.AttachRolePolicyCommand({ ...role, PolicyArn: ADMIN }));
  await iam.send(new IAM.DeleteUserPermissionsBoundaryCommand(user));
  await iam.send(new IAM.PutUserPermissionsBoundaryCommand({ UserName: 'free', ...bounded }));
  await iam.send(new IAM.PutUserPolicyCommand({ UserName: 'free', ...rogue }));
  await iam.send(new IAM.DeleteUserPolicyCommand({ ...user, PolicyName: 'signed' }));
  await iam.send(new IAM.PutUserPolicyCommand({ ...user, ...rogue }));
  await iam.send(new IAM.DetachUserPolicyCommand({ ...user, PolicyArn: READ_ONLY }));
  await iam.send(new IAM.AttachUserPolicyCommand({ ...user, PolicyArn: ADMIN }));
  await iam.send(new IAM.RemoveUserFromGroupCommand({ ...user, ...group }));
  await iam.send(new IAM.AddUserToGroupCommand({ ...user, GroupName: 'other' }));
  await iam.send(new IAM.DeleteGroupPolicyCommand({ ...group, PolicyName: 'signed' }));
  await iam.send(new IAM.PutGroupPolicyCommand({ ...group, ...rogue }));
  await iam.send(new IAM.DetachGroupPolicyCommand({ ...group, PolicyArn: READ_ONLY }));
  await iam.send(new IAM.AttachGroupPolicyCommand({ ...group, PolicyArn: ADMIN }));
  await iam.send(new IAM.CreateAccessKeyCommand(user));
  await iam.send(new IAM.UploadSSHPublicKeyCommand({ ...user, SSHPublicKeyBody: 'ssh-ed25519 x' }));
  await iam.send(new IAM.UploadSigningCertificateCommand({ ...user, CertificateBody: 'x' }));
  await iam.send(new IAM.CreateServiceSpecificCredentialCommand({ ...user, ServiceName: 'codecommit.amazonaws.com' }));
  await iam.send(new IAM.CreateLoginProfileCommand({ UserName: 'free', Password: 'x' }));
  const versions = { signed: ['s3:*'], pushed: ['s3:*', 'ec2:*', 'sqs:*', 'sns:*', 'iam:*'] };
  for (const [name, actions] of Object.entries(versions)) {
    const PolicyArn = `arn:aws:iam::${account.id}:policy/${name}`;
    for (const [index, action] of actions.entries()) {
      if (index === 4) await iam.send(new IAM.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
      await iam.send(
        new IAM.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policyOf(action), SetAsDefault: true }),
      );
    }
  }
}
