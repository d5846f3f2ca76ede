import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../../../lambdas/core/digest.ts';
import type { BaselineState } from '../../../../lambdas/core/iam/baseline/state.ts';
import type { BaselineStanding } from '../../../../lambdas/core/iam/baseline/verify-baseline.ts';
import {
  type DriftQuestion,
  decideDrift,
  digestBaseline,
  judgeBaseline,
} from '../../../../lambdas/core/iam/drift/decide.ts';
import { episodeOf, isDriftFindingOwed, nextDrift } from '../../../../lambdas/core/iam/drift/lifecycle.ts';
import { findProtection } from '../../../../lambdas/core/iam/drift/out-of-reach.ts';
import type { LiveState } from '../../../../lambdas/core/iam/live-state.ts';
import { READ, ROLE_ARN, roleState, TRUST } from '../../../support/baselines.ts';

const ACCOUNT = '111122223333';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const policyOf = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

const role: Extract<LiveState, { kind: 'role' }> = {
  kind: 'role',
  arn: ROLE_ARN,
  uniqueId: 'AROAEXAMPLEDEPLOYER1',
  name: 'deployer',
  path: '/team/',
  trust: JSON.stringify(TRUST),
  inline: [{ name: 'read', document: JSON.stringify(READ) }],
  attached: [READ_ONLY],
  boundary: undefined,
  tags: {},
  instanceProfiles: [],
  maxSessionSeconds: 3600,
};
const rogue = { ...role, inline: [...role.inline, { name: 'rogue', document: policyOf('iam:*') }] };
const standingOf = (state: BaselineState): BaselineStanding => ({
  state: 'signed',
  baseline: { state, version: 1, digest: parseDigest(digestBaseline(state)), createdAt: 0, approved: [] },
  evidence: [],
});

const question = (changes: Partial<DriftQuestion> = {}): DriftQuestion => ({
  account: ACCOUNT,
  resource: ROLE_ARN,
  standing: standingOf(roleState()),
  live: rogue,
  compare: { documentOf: () => policyOf('s3:*') },
  settings: { mode: 'enforce', mostHolders: 3, principals: [], own: [] },
  policyHash: `sha256:${'0'.repeat(64)}`,
  episode: 1,
  now: 0,
  spares: [],
  holders: undefined,
  ...changes,
});
const settings = (changes: Partial<DriftQuestion['settings']>) => ({ ...question().settings, ...changes });
const refused = (state: 'missing' | 'invalid' | 'expired' | 'rolled-back' | 'unreadable'): BaselineStanding => ({
  state,
  reason: { code: 'x', message: 'why' },
  evidence: [],
});
const actionsOf = (changes: Partial<DriftQuestion>) =>
  decideDrift(question(changes)).plan?.steps.map(({ call }) => call.action);

describe('decideDrift', () => {
  it('plans the inverse of what nobody signed', () => {
    const { observation, plan } = decideDrift(question());

    expect(observation).toMatchObject({ state: 'drifted', verdict: 'wider' });
    expect(observation.deviations[0]).toMatch(/^inline policy rogue was added, which is wider/);
    expect(plan).toMatchObject({
      rule: 'iam/revert',
      mode: 'enforce',
      steps: [{ call: { action: 'iam:DeleteRolePolicy' } }],
    });
  });

  it('closes the way in first, takes away before it gives back', () => {
    const live = {
      ...role,
      trust: JSON.stringify({ ...TRUST, Statement: [{ ...TRUST.Statement[0], Principal: '*' }] }),
      boundary: READ_ONLY,
      inline: [{ name: 'rogue', document: policyOf('iam:*') }],
      attached: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    };

    expect(actionsOf({ live })).toEqual([
      'iam:UpdateAssumeRolePolicy',
      'iam:DeleteRolePermissionsBoundary',
      'iam:DeleteRolePolicy',
      'iam:DetachRolePolicy',
      'iam:PutRolePolicy',
      'iam:AttachRolePolicy',
    ]);
  });

  it.each<readonly [string, Partial<DriftQuestion>, string]>([
    ['state that was signed', { live: role }, 'covered'],
    ['another text of the same meaning', { live: { ...role, trust: JSON.stringify(TRUST, null, 2) } }, 'covered'],
    ['what is gone and was never declared', { live: undefined, standing: refused('missing') }, 'gone'],
    ['what was deleted', { live: undefined }, 'deleted'],
    ['what was never declared', { standing: refused('missing') }, 'undeclared'],
    ['a baseline that is not signed', { standing: refused('invalid') }, 'unreadable-baseline'],
    ['a baseline that has ended', { standing: refused('expired') }, 'unreadable-baseline'],
    ['a baseline that was put back', { standing: refused('rolled-back') }, 'unreadable-baseline'],
    ['a baseline that cannot be read', { standing: refused('unreadable') }, 'unreadable-baseline'],
    ['somebody else under the same name', { live: { ...rogue, uniqueId: 'AROASOMEBODYELSE0001' } }, 'drifted'],
  ])('plans nothing for %s', (_, changes, state) => {
    const { observation, plan } = decideDrift(question(changes));

    expect(observation.state).toBe(state);
    expect(plan).toBeUndefined();
  });

  it.each<readonly [string, object, Partial<DriftQuestion['settings']>]>([
    ['a service-linked role', { path: '/aws-service-role/x/' }, {}],
    ['a role of the service itself', {}, { own: [ROLE_ARN] }],
    ['what the operator protects', {}, { principals: [`arn:aws:iam::${ACCOUNT}:role/team/d*`] }],
  ])('plans nothing for %s and says why', (_, live, protection) => {
    const { observation, plan } = decideDrift(
      question({ live: { ...rogue, ...live }, settings: settings(protection) }),
    );

    expect(observation.protection).toMatch(/Countersign does not change it/);
    expect(plan).toBeUndefined();
  });

  it.each(['observe', 'approve', 'enforce'] as const)('takes the mode %s from the configuration', (mode) => {
    expect(decideDrift(question({ settings: settings({ mode }) })).plan?.mode).toBe(mode);
  });

  it('waits for an operator where access was only taken away', () => {
    const live = { ...role, attached: [] };

    expect(decideDrift(question({ live })).plan?.mode).toBe('approve');
    expect(decideDrift(question({ live, settings: settings({ mode: 'observe' }) })).plan?.mode).toBe('observe');
  });

  const arn = `arn:aws:iam::${ACCOUNT}:policy/reader`;
  const signedPolicy: BaselineState = { kind: 'policy', arn, uniqueId: 'any', document: READ };
  const tampered: LiveState = {
    kind: 'policy',
    arn,
    uniqueId: 'ANPAEXAMPLE000000001',
    name: 'reader',
    path: '/',
    document: policyOf('s3:*'),
    defaultVersion: 'v2',
    versions: ['v2', 'v1'],
    tags: {},
  };
  const policy = { resource: arn, standing: standingOf(signedPolicy), live: tampered };
  const spares = (...actions: string[]) => actions.map((action) => ({ document: policyOf(action) }));

  it.each([
    [3, 'enforce'],
    [4, 'approve'],
    [undefined, 'approve'],
  ])('a policy that %s principals hold: %s', (holders, mode) => {
    expect(decideDrift(question({ ...policy, holders })).plan?.mode).toBe(mode);
  });

  it('takes a version that is still there before it makes one, and makes room where it was pushed out', () => {
    const kept = { ...policy, spares: [{ document: JSON.stringify(READ, null, 1) }] };

    expect(actionsOf(kept)).toEqual(['iam:SetDefaultPolicyVersion', 'iam:DeletePolicyVersion']);
    expect(actionsOf({ ...policy, spares: spares('a:*', 'b:*', 'c:*', 'd:*') })).toEqual([
      'iam:DeletePolicyVersion',
      'iam:SetDefaultPolicyVersion',
      'iam:DeletePolicyVersion',
    ]);
    expect(actionsOf({ ...policy, spares: spares('a:*', 'b:*', 'c:*') })).toHaveLength(2);
  });

  it('plans nothing where more deviates than a plan has steps', () => {
    const inline = Array.from({ length: 21 }, (_, n) => ({ name: `p${n}`, document: policyOf('s3:*') }));
    const { observation, plan } = decideDrift(question({ live: { ...role, inline: [...role.inline, ...inline] } }));

    expect(observation.deviations).toHaveLength(21);
    expect(plan).toBeUndefined();
  });

  it('says that AWS takes a credential for compromised, and leaves its policy alone', () => {
    const live = { ...role, attached: [...role.attached, 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV4'] };
    const { observation, plan } = decideDrift(question({ live }));

    expect(observation.deviations[0]).toMatch(/compromised/);
    expect(plan).toBeUndefined();
  });

  it('takes an approved state for covered while the approval lasts', () => {
    const signed = roleState();
    const approvedState = roleState({
      inline: [
        { name: 'read', document: READ },
        { name: 'rogue', document: JSON.parse(policyOf('iam:*')) },
      ],
    });
    const approved = [{ state: approvedState, reason: 'x', since: 0, until: 10 }];
    const standing: BaselineStanding = {
      state: 'signed',
      baseline: { state: signed, version: 1, digest: parseDigest(digestBaseline(signed)), createdAt: 0, approved },
      evidence: [],
    };

    expect(decideDrift(question({ standing, now: 9 })).observation.state).toBe('covered');
    expect(decideDrift(question({ standing, now: 10 })).observation.state).toBe('drifted');
  });

  it('names the plan of another episode anew, and the same plan the same', () => {
    const ids = [1, 1, 2].map((episode) => decideDrift(question({ episode })).plan?.id);

    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

describe('judgeBaseline', () => {
  const { plan } = decideDrift(question());
  if (plan === undefined) throw new Error('no plan');

  it('lets a plan go on under the baseline that it was made from, and no other', () => {
    expect(judgeBaseline(plan, standingOf(roleState()))).toBeUndefined();
    expect(judgeBaseline(plan, standingOf(roleState({ attached: [] })))?.code).toBe('other-baseline');
    expect(judgeBaseline(plan, refused('rolled-back'))?.code).toBe('no-baseline');
  });
});

describe('findProtection', () => {
  const at = (name: string, path = '/') =>
    findProtection({ arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`, path, name }, { principals: [], own: [] })
      ?.code;

  it.each([
    ['AWSServiceRoleForEcs', '/aws-service-role/ecs.amazonaws.com/', 'service-linked'],
    ['AWSReservedSSO_Admin_0123', '/aws-reserved/sso.amazonaws.com/', 'identity-center'],
    ['AWSControlTowerExecution', '/', 'landing-zone'],
    ['stacksets-exec-0123456789abcdef', '/', 'landing-zone'],
    ['OrganizationAccountAccessRole', '/', 'organization'],
    ['app', '/', undefined],
  ])('%s below %s: %s', (name, path, code) => {
    expect(at(name, path)).toBe(code);
  });
});

describe('nextDrift', () => {
  const name = { account: ACCOUNT, resource: ROLE_ARN };
  const seen = { state: 'drifted', verdict: 'wider', deviations: ['x'], paths: [], plans: [] } as const;
  const covered = { state: 'covered', deviations: [], paths: [], plans: [] } as const;

  it('keeps no trace of what is as it was signed', () => {
    expect(nextDrift(name, undefined, covered, 1)).toBeUndefined();
  });

  it('owes a finding for each change and for none without', () => {
    const first = nextDrift(name, undefined, { ...seen, actor: 'eve' }, 10);
    const same = nextDrift(name, first, seen, 11);
    const closed = nextDrift(name, first, covered, 5);

    expect(first && isDriftFindingOwed(first)).toBe(true);
    expect(same).toBeUndefined();
    expect(closed).toMatchObject({ revision: 2, findingUpdatedAt: 11, firstSeenAt: 10, actor: 'eve', episode: 1 });
  });

  it('counts the times that it deviated anew, but for those that an operator wanted', () => {
    const first = nextDrift(name, undefined, seen, 1);
    const closed = nextDrift(name, first, covered, 2);
    const plan = {
      kind: 'revert',
      id: 'p',
      mode: 'enforce',
      planDigest: 'd',
      head: 'h',
      does: 'x',
      reversible: true,
    } as const;
    const again = (state: string) => episodeOf(closed, { state: 'drifted', plans: [{ ...plan, state }] });

    expect(episodeOf(first, { state: 'drifted', plans: [] })).toBe(1);
    expect(['verified', 'failed', 'undoing', 'undone', 'denied'].map(again)).toEqual([2, 2, 1, 1, 1]);
    expect(nextDrift(name, closed, seen, 3)?.episode).toBe(2);
  });
});
