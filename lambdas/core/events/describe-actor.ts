import type { IamChange } from './iam-change.ts';

/** Who is said to have made a change, and when, in words. Evidence for the reader: nothing is decided on it. */
export function describeActor({ actor, call, at }: Pick<IamChange, 'actor' | 'call' | 'at'>): string {
  const who = actor.arn ?? actor.kind;
  const through = [
    actor.session === undefined ? '' : `session ${actor.session.split('/').at(-1)}`,
    actor.sourceIdentity === undefined ? '' : `source identity ${actor.sourceIdentity}`,
    actor.webIdentityProvider === undefined ? '' : `web identity of ${actor.webIdentityProvider}`,
    actor.invokedBy === undefined ? '' : `invoked by ${actor.invokedBy}`,
    actor.mfa === undefined ? '' : actor.mfa ? 'with MFA' : 'without MFA',
  ].filter((text) => text !== '');
  return `${call.eventName} by ${who}${through.length === 0 ? '' : ` (${through.join(', ')})`} at ${new Date(at).toISOString()}`;
}
