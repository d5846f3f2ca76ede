import type { IamGroup, IamRole, IamUser, ManagedPolicy } from '../account.ts';

/** What a baseline declares of one principal or customer managed policy, and what a fresh read shows of it: the part of its state that decides about access. */
export type IamState = RoleState | UserState | GroupState | PolicyState;

export type RoleState = Pick<IamRole, 'kind' | 'arn' | 'name' | 'path' | 'trust' | 'boundary' | 'inline' | 'attached'>;
export type UserState = Pick<IamUser, 'kind' | 'arn' | 'name' | 'path' | 'boundary' | 'groups' | 'inline' | 'attached'>;
export type GroupState = Pick<IamGroup, 'kind' | 'arn' | 'name' | 'path' | 'inline' | 'attached'>;
export interface PolicyState extends Pick<ManagedPolicy, 'arn' | 'name' | 'path' | 'document'> {
  readonly kind: 'policy';
}

export type PrincipalState = RoleState | UserState | GroupState;
