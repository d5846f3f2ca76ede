import { describe, expect, it } from 'vitest';
import { type DriftQuestion, decideDrift } from '../../../../lambdas/core/iam/drift/decide.ts';
import { episodeOf, isDriftFindingOwed, nextDrift } from '../../../../lambdas/core/iam/drift/lifecycle.ts';
import type { PolicyState, RoleState } from '../../../../lambdas/core/iam/drift/state.ts';

const ACCOUNT = '111122223333';
const ARN = `arn:aws:iam::${ACCOUNT}:role/app`;
const signed: RoleState = {
  kind: 'role',
  arn: ARN,
  name: 'app',
  path: '/',
  trust: '{}',
  boundary: undefined,
  inline: [],
  attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
};
const rogue: RoleState = { ...signed, inline: [{ name: 'rogue', document: '{"a":1}' }] };

const question = (changes: Partial<DriftQuestion> = {}): DriftQuestion => ({
  account: ACCOUNT,
  resource: ARN,
  signed: { kind: 'signed', state: signed },
  live: rogue,
  judges: {
    compare: (before, after) => ({
      verdict:
        before === after ? 'equal' : before === undefined ? 'wider' : after === undefined ? 'narrower' : 'incomparable',
      because: ['adds iam:*'],
    }),
    documentOf: () => '{}',
  },
  addedPaths: () => [],
  settings: { mode: 'enforce', mostHolders: 3, principals: [], own: [] },
  policyHash: `sha256:${'0'.repeat(64)}`,
  episode: 1,
  spares: [],
  holders: undefined,
  ...changes,
});
const settings = (changes: Partial<DriftQuestion['settings']>) => ({ ...question().settings, ...changes });

describe('decideDrift', () => {
  it('plans the inverse of what nobody signed', () => {
    const { observation, plan } = decideDrift(question());

    expect(observation).toMatchObject({
      state: 'drifted',
      verdict: 'wider',
      deviations: ['inline policy rogue is wider: adds iam:*'],
    });
    expect(plan).toMatchObject({
      rule: 'iam/revert',
      resource: ARN,
      mode: 'enforce',
      steps: [{ call: { action: 'iam:DeleteRolePolicy' } }],
    });
  });

  it.each<readonly [string, Partial<DriftQuestion>, string]>([
    ['state that was signed', { live: signed }, 'covered'],
    ['what is gone and was never declared', { live: undefined, signed: { kind: 'missing' } }, 'gone'],
    ['what was deleted', { live: undefined }, 'deleted'],
    ['what was never declared', { signed: { kind: 'missing' } }, 'undeclared'],
    [
      'a baseline that cannot be relied on',
      { signed: { kind: 'unreliable', reason: { code: 'expired', message: 'ended' } } },
      'unreadable-baseline',
    ],
  ])('plans nothing for %s', (_, changes, state) => {
    const { observation, plan } = decideDrift(question(changes));

    expect(observation.state).toBe(state);
    expect(plan).toBeUndefined();
  });

  it.each<readonly [string, Partial<RoleState>, Partial<DriftQuestion['settings']>]>([
    ['a service-linked role', { path: '/aws-service-role/x/' }, {}],
    ['a role of the service itself', {}, { own: [ARN] }],
    ['what the operator protects', {}, { principals: [`arn:aws:iam::${ACCOUNT}:role/a*`] }],
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
    expect(decideDrift(question({ live: { ...signed, attached: [] } })).plan?.mode).toBe('approve');
    expect(
      decideDrift(question({ live: { ...signed, attached: [] }, settings: settings({ mode: 'observe' }) })).plan?.mode,
    ).toBe('observe');
  });

  const policy: PolicyState = {
    kind: 'policy',
    arn: `arn:aws:iam::${ACCOUNT}:policy/p`,
    name: 'p',
    path: '/',
    document: '{}',
  };

  it.each([
    [3, 'enforce'],
    [4, 'approve'],
    [undefined, 'approve'],
  ])('a policy that %s principals hold: %s', (holders, mode) => {
    const changes = {
      signed: { kind: 'signed', state: policy },
      live: { ...policy, document: '{"a":1}' },
      holders,
    } as const;

    expect(decideDrift(question(changes)).plan?.mode).toBe(mode);
  });

  it('plans nothing where more deviates than a plan has steps', () => {
    const inline = Array.from({ length: 21 }, (_, n) => ({ name: `p${n}`, document: '{"a":1}' }));
    const { observation, plan } = decideDrift(question({ live: { ...signed, inline } }));

    expect(observation.deviations).toHaveLength(21);
    expect(plan).toBeUndefined();
  });

  it('says that AWS takes a credential for compromised, and leaves its policy alone', () => {
    const live = { ...signed, attached: [...signed.attached, 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3'] };
    const { observation, plan } = decideDrift(question({ live }));

    expect(observation.deviations[0]).toMatch(/compromised/);
    expect(plan).toBeUndefined();
  });

  it('names the plan of another episode anew, and the same plan the same', () => {
    const ids = [1, 1, 2].map((episode) => decideDrift(question({ episode })).plan?.id);

    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

describe('nextDrift', () => {
  const name = { account: ACCOUNT, resource: ARN };
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

  it('counts the times that it deviated anew', () => {
    const first = nextDrift(name, undefined, seen, 1);
    const closed = nextDrift(name, first, covered, 2);

    expect(episodeOf(undefined, seen)).toBe(1);
    expect(episodeOf(first, { state: 'drifted' })).toBe(1);
    expect(episodeOf(closed, { state: 'drifted' })).toBe(2);
    expect(nextDrift(name, closed, seen, 3)?.episode).toBe(2);
  });
});
