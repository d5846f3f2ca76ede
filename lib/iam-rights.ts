import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { CompiledIam } from '../lambdas/core/config/iam.ts';
import type { ServiceFunction } from './service-function.ts';

/** What a look at a principal or policy reads. */
export const READS = [
  'iam:GetGroup',
  'iam:GetGroupPolicy',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:GetUser',
  'iam:GetUserPolicy',
  'iam:ListAttachedGroupPolicies',
  'iam:ListAttachedRolePolicies',
  'iam:ListAttachedUserPolicies',
  'iam:ListGroupPolicies',
  'iam:ListGroupsForUser',
  'iam:ListInstanceProfilesForRole',
  'iam:ListPolicyVersions',
  'iam:ListRolePolicies',
  'iam:ListUserPolicies',
];

/** What a look at a user or role reads. */
export const PRINCIPAL_READS = READS.filter(
  (action) => !/Group(?:Policy|Policies)?$|PolicyVersion|GetPolicy$/.test(action),
);

/** By what somebody can act as a user. */
export const CREDENTIAL_READS = [
  'iam:GetLoginProfile',
  'iam:ListAccessKeys',
  'iam:ListMFADevices',
  'iam:ListSSHPublicKeys',
  'iam:ListServiceSpecificCredentials',
  'iam:ListSigningCertificates',
];

/** What the calls of `lambdas/core/ledger/calls/iam.ts` need. To make or delete principals, and to make keys, is not among it: keys are switched off. */
const CHANGES = [
  'iam:AddUserToGroup',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreatePolicyVersion',
  'iam:DeleteGroupPolicy',
  'iam:DeleteLoginProfile',
  'iam:DeletePolicyVersion',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DeleteUserPermissionsBoundary',
  'iam:DeleteUserPolicy',
  'iam:DetachGroupPolicy',
  'iam:DetachRolePolicy',
  'iam:DetachUserPolicy',
  'iam:PutGroupPolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:PutUserPermissionsBoundary',
  'iam:PutUserPolicy',
  'iam:RemoveUserFromGroup',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAccessKey',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateSSHPublicKey',
  'iam:UpdateServiceSpecificCredential',
  'iam:UpdateSigningCertificate',
];

/** Rights to read every principal and policy of the account, and policies of AWS: what is made tomorrow must not wait for a deployment. */
export function allowReadingIam(reader: ServiceFunction, actions: readonly string[] = READS): void {
  const resources = [...everything(reader), `arn:${Aws.PARTITION}:iam::aws:policy/*`];
  reader.allow(new PolicyStatement({ actions: [...actions], resources }));
  acknowledge(
    reader,
    resources,
    'Reading rights for every principal and policy of this account, also those that are made later.',
  );
}

/**
 * Rights to set policies of every principal right, but not of the service's own roles, of what the operator protects, and of what AWS owns. To attach a policy that gives
 * more than was signed would need a signed baseline that says so.
 */
export function allowChangingIam(
  executor: ServiceFunction,
  ownRoles: readonly string[],
  { protected: kept }: CompiledIam,
): void {
  const resources = everything(executor);
  executor.allow(
    new PolicyStatement({ actions: CHANGES, resources }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: CHANGES,
      resources: [...ownRoles, ...ownedByAws(executor), ...kept],
    }),
  );
  acknowledge(
    executor,
    resources,
    'Drift is put right wherever it is; the roles of the service itself and what is protected are denied beside it.',
  );
}

/** What contains a user or role, and takes that back (`lambdas/core/threats/containment/plan-steps.ts`). */
const CONTAINMENT = [
  'iam:DeleteRolePolicy',
  'iam:DeleteUserPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:UpdateAccessKey',
];
const QUARANTINE = ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'];

/** Rights to contain users and roles, but not the service's own roles, whom the operator protects, and what AWS owns. Of managed policies only those with which AWS itself quarantines. */
export function allowContaining(executor: ServiceFunction, ownRoles: readonly string[], kept: readonly string[]): void {
  const resources = ['role', 'user'].map((resource) => allOf(executor, resource));
  const quarantine = `arn:${Aws.PARTITION}:iam::aws:policy/AWSCompromisedKeyQuarantine*`;
  executor.allow(
    new PolicyStatement({ actions: CONTAINMENT, resources }),
    new PolicyStatement({
      actions: QUARANTINE,
      resources: [allOf(executor, 'user')],
      conditions: { ArnLike: { 'iam:PolicyARN': quarantine } },
    }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: [...CONTAINMENT, ...QUARANTINE],
      resources: [...ownRoles, ...ownedByAws(executor), ...kept],
    }),
  );
  acknowledge(
    executor,
    resources,
    'Anybody may be in foreign hands; the roles of the service itself and what is protected are denied beside it.',
  );
}

function everything(user: ServiceFunction): string[] {
  return ['role', 'user', 'group', 'policy'].map((resource) => allOf(user, resource));
}

/** Roles that only AWS changes. */
function ownedByAws(user: ServiceFunction): string[] {
  return ['aws-service-role/*', 'aws-reserved/*'].map((path) => allOf(user, 'role', path));
}

function allOf(user: ServiceFunction, resource: string, resourceName = '*'): string {
  return Stack.of(user).formatArn({
    service: 'iam',
    region: '',
    resource,
    resourceName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

function acknowledge(user: ServiceFunction, resources: readonly string[], reason: string): void {
  Validations.of(user.role).acknowledge(
    ...resources.map((resource) => ({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(user).resolve(resource))}]`,
      reason,
    })),
  );
}
