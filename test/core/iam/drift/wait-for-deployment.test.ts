import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readActor, userIdentity } from '../../../../lambdas/core/events/iam-actor.ts';
import { waitForDeployment } from '../../../../lambdas/core/iam/drift/wait-for-deployment.ts';

const actorOf = (invokedBy?: string) => readActor(userIdentity.parse({ type: 'AssumedRole', invokedBy }));
const AT = Date.UTC(2026, 10, 23, 12);
const WAIT = 300_000;

describe('waitForDeployment', () => {
  it('waits out what is left of the time since the call', () => {
    const change = { actor: actorOf('cloudformation.amazonaws.com'), at: AT };

    expect(waitForDeployment(change, WAIT, AT)).toBe(WAIT);
    expect(waitForDeployment(change, WAIT, AT + 299_000)).toBe(1000);
    expect(waitForDeployment(change, WAIT, AT + WAIT)).toBe(0);
  });

  it.each([
    undefined,
    'AWS Internal',
    'lambda.amazonaws.com',
    'cloudformation.amazonaws.com.example',
    'xcloudformation.amazonaws.com',
  ])('waits for nobody else: %s', (invokedBy) => {
    expect(waitForDeployment({ actor: actorOf(invokedBy), at: AT }, WAIT, AT)).toBe(0);
  });

  it('ends, whatever an event claims of its time', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 900_000 }), fc.integer(), (at, wait, now) => {
        const left = waitForDeployment({ actor: actorOf('cloudformation.amazonaws.com'), at }, wait, now);

        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(wait);
        expect(waitForDeployment({ actor: actorOf('cloudformation.amazonaws.com'), at }, wait, now + left)).toBe(0);
      }),
    );
  });
});
