import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { type Container, coverByContainers } from '../../../lambdas/core/images/containment.ts';
import type { Observation } from '../../../lambdas/core/images/verify-image.ts';
import { decided, NOON } from '../../support/verdicts.ts';

const BY = { policyHash: 'sha256:policy-1', policyLine: 'images[0].platformImages', policy: 'acme-images', now: NOON };
const INDEX = digestOf('an index');

function containerIn(state: Container['state'], policyHash = BY.policyHash, digest = INDEX): Container {
  return { digest, state, policyHash };
}

function cover(observation: Observation, containers: readonly Container[]): Observation {
  if (observation.kind !== 'decided') throw new Error('only what is decided can be covered');
  return coverByContainers(observation, containers, BY);
}

describe('an image that indexes list', () => {
  test.each(['unsigned', 'invalid', 'error'] as const)(
    'is %s by itself, and verified by a verified index',
    (verdict) => {
      expect(
        cover(decided(verdict), [containerIn('gone', BY.policyHash, digestOf('old')), containerIn('verified')]),
      ).toMatchObject({
        decision: {
          verdict: 'verified',
          policy: 'acme-images',
          evidence: [
            { policyLine: BY.policyLine, outcome: 'satisfied', checks: [{ check: 'subject', result: 'passed' }] },
            {},
          ],
          reasons: [{ code: 'covered-by-index' }],
        },
      });
    },
  );

  test.each(['pending', 'unsigned', 'invalid', 'gone', 'ignored'] as const)(
    'is not covered by one that is %s',
    (state) => {
      const observation = decided('unsigned');

      expect(cover(observation, [containerIn(state)])).toBe(observation);
    },
  );

  test('is not covered by a verdict that another policy made, and waits for the new one', () => {
    expect(cover(decided('unsigned'), [containerIn('verified', 'sha256:policy-0')])).toMatchObject({
      kind: 'undecided',
      reason: { code: 'index-undecided' },
    });
  });

  test('waits for an index that could not be decided', () => {
    expect(cover(decided('unsigned'), [containerIn('error')])).toMatchObject({ kind: 'undecided' });
  });

  test('does not wait for one that is gone, whatever policy saw it last', () => {
    const observation = decided('invalid');

    expect(cover(observation, [containerIn('gone', 'sha256:policy-0')])).toBe(observation);
  });

  test('is covered no longer than the index is excepted', () => {
    expect(cover(decided('unsigned'), [{ ...containerIn('verified'), validUntil: NOON + 1 }])).toMatchObject({
      decision: { verdict: 'verified', validUntil: NOON + 1 },
    });
  });

  test('is covered by the index that stays verified, not by one that is excepted for a while', () => {
    const excepted = { ...containerIn('verified', BY.policyHash, digestOf('excepted')), validUntil: NOON + 1 };
    const longer = { ...containerIn('verified', BY.policyHash, digestOf('longer')), validUntil: NOON + 2 };
    const covered = cover(decided('unsigned'), [excepted, containerIn('verified'), longer]);

    expect(covered).toMatchObject({ decision: { reasons: [{ message: expect.stringContaining(INDEX) }] } });
    expect(covered).not.toHaveProperty('decision.validUntil');
    expect(cover(decided('unsigned'), [excepted, longer])).toMatchObject({ decision: { validUntil: NOON + 2 } });
  });

  test('waits for an index whose exception has ended and that was not looked at since', () => {
    expect(cover(decided('unsigned'), [{ ...containerIn('verified'), validUntil: NOON }])).toMatchObject({
      kind: 'undecided',
      reason: { code: 'index-undecided' },
    });
  });

  test('keeps its own verification', () => {
    const observation = decided('verified');

    expect(cover(observation, [containerIn('verified')])).toBe(observation);
  });
});
