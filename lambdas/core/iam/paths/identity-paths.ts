import type { OwnThing, PathRule } from './path-rule.ts';

/** Paths through IAM and STS themselves. */
export const IDENTITY_PATHS: readonly PathRule[] = [
  own('iam-001', 'policy', 'CreatePolicyVersion'),
  own('set-default-version', 'policy', 'SetDefaultPolicyVersion'),
  own('iam-005', 'role', 'PutRolePolicy'),
  own('iam-007', 'user', 'PutUserPolicy'),
  own('iam-008', 'user', 'AttachUserPolicy'),
  own('iam-009', 'role', 'AttachRolePolicy'),
  own('iam-010', 'group', 'AttachGroupPolicy'),
  own('iam-011', 'group', 'PutGroupPolicy'),
  { gain: 'group', id: 'iam-013', actions: ['iam:addusertogroup'] },
  become('iam-002', 'user', ['CreateAccessKey']),
  become('iam-003', 'user', ['CreateAccessKey', 'DeleteAccessKey']),
  become('iam-004', 'user', ['CreateLoginProfile']),
  become('iam-006', 'user', ['UpdateLoginProfile']),
  become('iam-012', 'role', ['UpdateAssumeRolePolicy']),
  { ...become('sts-001', 'role', []), trusted: true },
  { ...become('iam-014', 'role', ['AttachRolePolicy']), trusted: true, raises: 'principal' },
  { ...become('iam-017', 'role', ['PutRolePolicy']), trusted: true, raises: 'principal' },
  { ...become('iam-016', 'role', ['CreatePolicyVersion']), trusted: true, raises: 'policy' },
  { ...become('iam-015', 'user', ['AttachUserPolicy', 'CreateAccessKey']), raises: 'principal' },
  { ...become('iam-018', 'user', ['PutUserPolicy', 'CreateAccessKey']), raises: 'principal' },
  { ...become('attach-user-login', 'user', ['AttachUserPolicy', 'CreateLoginProfile']), raises: 'principal' },
  { ...become('attach-user-password', 'user', ['AttachUserPolicy', 'UpdateLoginProfile']), raises: 'principal' },
  { ...become('put-user-login', 'user', ['PutUserPolicy', 'CreateLoginProfile']), raises: 'principal' },
  { ...become('put-user-password', 'user', ['PutUserPolicy', 'UpdateLoginProfile']), raises: 'principal' },
  { ...become('iam-019', 'role', ['AttachRolePolicy', 'UpdateAssumeRolePolicy']), raises: 'principal' },
  { ...become('iam-021', 'role', ['PutRolePolicy', 'UpdateAssumeRolePolicy']), raises: 'principal' },
  { ...become('iam-020', 'role', ['CreatePolicyVersion', 'UpdateAssumeRolePolicy']), raises: 'policy' },
  make('new-user-attached', 'CreateUser', 'AttachUserPolicy', 'CreateAccessKey'),
  make('new-user-inline', 'CreateUser', 'PutUserPolicy', 'CreateAccessKey'),
  make('new-user-attached-login', 'CreateUser', 'AttachUserPolicy', 'CreateLoginProfile'),
  make('new-user-inline-login', 'CreateUser', 'PutUserPolicy', 'CreateLoginProfile'),
  make('new-role-attached', 'CreateRole', 'AttachRolePolicy'),
  make('new-role-inline', 'CreateRole', 'PutRolePolicy'),
];

function own(id: string, on: OwnThing, ...actions: readonly string[]): PathRule {
  return { gain: 'own', id, on, actions: actions.map(ofIam) };
}

function become(id: string, target: 'user' | 'role', actions: readonly string[]) {
  return { gain: 'principal', id, target, actions: actions.map(ofIam) } as const satisfies PathRule;
}

function make(id: string, ...actions: readonly string[]): PathRule {
  return { gain: 'new', id, actions: actions.map(ofIam) };
}

function ofIam(action: string): string {
  return `iam:${action.toLowerCase()}`;
}
