import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { BaselineState } from '../../lambdas/core/iam/baseline/state.ts';
import {
  type ApprovalPredicate,
  type BaselinePredicate,
  describeApproval,
  describeBaseline,
} from '../../lambdas/core/iam/baseline/statement.ts';
import { prepareStatement, writeKeyBundle } from '../../lambdas/core/signature/key-bundle.ts';
import { loadTrustMaterial, type TrustMaterial } from '../../lambdas/core/trust/material.ts';
import { type BaselinePolicy, trustPolicySchema } from '../../lambdas/core/trust/policy.ts';

export const ROLE_ARN = 'arn:aws:iam::111122223333:role/team/deployer';

export const READ = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] };
export const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** The state of a role, with something changed. */
export function roleState(changes: Partial<Extract<BaselineState, { kind: 'role' }>> = {}): BaselineState {
  return {
    kind: 'role',
    arn: ROLE_ARN,
    uniqueId: 'AROAEXAMPLEDEPLOYER1',
    trust: TRUST,
    inline: [{ name: 'read', document: READ }],
    attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    tags: [],
    instanceProfiles: [],
    ...changes,
  };
}

/** Somebody with a key. */
export interface KeyHolder {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly signLine: (statement: Buffer) => string;
}

export function createKeyHolder(name: string): KeyHolder {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    name,
    publicKey,
    signLine: (statement) => writeKeyBundle(statement, sign('sha256', prepareStatement(statement), privateKey), name),
  };
}

/** A trust policy whose signers are these keys. */
export function trustBaselines(
  holders: readonly KeyHolder[],
  baseline: Partial<BaselinePolicy> & Pick<BaselinePolicy, 'require'>,
): TrustMaterial {
  const policy = trustPolicySchema.parse({
    version: 1,
    signers: Object.fromEntries(
      holders.map(({ name }) => [name, { key: { file: `${name}.pub` }, transparencyLog: 'not-required' }]),
    ),
    images: [{ name: 'none', repositories: ['**'], require: { signedBy: holders[0]?.name ?? '' } }],
    baselines: [{ name: 'all', resources: ['arn:aws:iam::*:**'], ...baseline }],
    otherRepositories: 'ignore',
  });
  const keys = Object.fromEntries(
    holders.map(({ name, publicKey }) => [name, String(publicKey.export({ type: 'spki', format: 'pem' }))]),
  );
  return loadTrustMaterial({ policy, roots: {}, keys, stores: {} });
}

/** The statement of a baseline, with something changed. */
export function baselineStatement(changes: Partial<BaselinePredicate> = {}): Buffer {
  return describeBaseline({ state: roleState(), version: 1, created: '2026-11-01T00:00:00Z', ...changes });
}

/** The statement of an approval, with something changed. */
export function approvalStatement(changes: Partial<ApprovalPredicate> = {}): Buffer {
  return describeApproval({
    state: roleState({ inline: [] }),
    baselineVersion: 1,
    reason: 'incident 7',
    issued: '2026-11-20T00:00:00Z',
    expires: '2026-11-25T00:00:00Z',
    ...changes,
  });
}
