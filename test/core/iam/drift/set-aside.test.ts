import { describe, expect, it } from 'vitest';
import type { IamUser } from '../../../../lambdas/core/iam/account.ts';
import { setAsideHeld } from '../../../../lambdas/core/iam/drift/set-aside.ts';
import type { LiveState } from '../../../../lambdas/core/iam/live-state.ts';
import type { Plan } from '../../../../lambdas/core/ledger/plan.ts';
import { type LedgerRecord, openRecord, transition } from '../../../../lambdas/core/ledger/record.ts';
import { decideContainment } from '../../../../lambdas/core/threats/containment/decide.ts';
import { denyEverything } from '../../../../lambdas/core/threats/containment/deny-documents.ts';
import type { Target } from '../../../../lambdas/core/threats/containment/target.ts';

const KEY = 'AKIAEXAMPLEEXAMPLE00';
const QUARANTINE = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';
const target: Target = {
  kind: 'user',
  account: '123456789012',
  partition: 'aws',
  name: 'ann',
  uniqueId: 'AIDAEXAMPLEEXAMPLE000',
};
const none = { password: false, mfaDevices: [], sshKeys: [], serviceCredentials: [], signingCertificates: [] };
const live = (inline: IamUser['inline'], attached: string[], accessKeys: string[]): IamUser => ({
  kind: 'user',
  arn: 'arn:aws:iam::123456789012:user/ann',
  uniqueId: target.uniqueId,
  name: 'ann',
  path: '/',
  boundary: undefined,
  tags: {},
  groups: [],
  credentials: { ...none, accessKeys },
  inline,
  attached,
});
const free = live([], [], [KEY]);
const contained = live([denyEverything(target, 0)], [QUARANTINE], []);

/** A plan to contain the user that has come so far: begun, so many steps done, and verified where all are. */
function held(steps: number, expiresAfter = 3600): LedgerRecord {
  const principal = {
    ...{ arn: free.arn, uniqueId: target.uniqueId, name: 'ann', inline: [], attached: [], activeKeys: [KEY] },
  };
  const plan = decideContainment({
    target,
    principal,
    protection: undefined,
    mode: 'enforce',
    expiresAfter,
    policyHash: `sha256:${'0'.repeat(64)}`,
    episode: 1,
    since: 0,
    reason: { code: 'threat', message: 'x' },
  });
  if ('code' in plan) throw new Error(plan.message);
  const all = Array.from({ length: steps }, (_, step) => [
    { kind: 'start-step', step } as const,
    { kind: 'finish-step', step, performed: true, observed: 'x' } as const,
  ]).flat();
  const done = steps === plan.steps.length ? [{ kind: 'verify', observed: 'x' } as const] : [];
  return [{ kind: 'begin' } as const, ...all, ...done].reduce(
    (record, what, index) => note(record, what, index),
    openRecord(plan, 0),
  );
}

function note(record: LedgerRecord, what: Parameters<typeof transition>[1]['what'], index: number): LedgerRecord {
  const next = transition(record, { id: `e${index}`, at: 1000, by: { kind: 'executor' }, what });
  if (!next.ok) throw new Error(next.refusal.message);
  return next.record;
}

const keysOf = (state: LiveState) => (state.kind === 'user' ? state.credentials?.accessKeys : []);

describe('what a plan holds', () => {
  it('is set aside, so that the principal is as it was before', () => {
    const { live: rest, isBroken } = setAsideHeld(contained, [held(3)]);
    expect(isBroken).toBe(false);
    expect(rest).toMatchObject({ inline: [], attached: [] });
    expect(keysOf(rest)).toEqual([KEY]);
  });

  it('is no more than what the ledger says was done', () => {
    const { live: rest } = setAsideHeld(contained, [held(1)]);
    expect(rest).toMatchObject({ inline: [], attached: [QUARANTINE] });
    expect(keysOf(rest)).toEqual([]);
  });

  it('is known by its content: another document under its name is drift, and the holding is broken', () => {
    const document = '{"Version":"2012-10-17","Statement":[]}';
    const other = live([{ name: 'CountersignContainment', document }], [], []);
    const { live: rest, isBroken } = setAsideHeld(other, [held(3)]);
    expect(rest).toMatchObject({ inline: other.inline });
    expect(isBroken).toBe(true);
  });

  it('is broken where a key was activated again, and whole where an older plan had done the same', () => {
    const again = live([denyEverything(target, 0)], [QUARANTINE], [KEY]);
    expect(setAsideHeld(again, [held(3)]).isBroken).toBe(true);
    expect(setAsideHeld(contained, [held(3), held(3, 7200)]).isBroken).toBe(false);
  });

  it('is nothing where a plan does not end by itself', () => {
    const record = held(3);
    const { expiresAfter: _expiresAfter, ...rest } = record.plan;
    const plan: Plan = rest;
    expect(setAsideHeld(contained, [{ ...record, plan }]).live).toEqual(contained);
  });
});
