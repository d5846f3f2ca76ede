import type { Digest } from '../digest.ts';
import type { Decision, Evidence } from '../trust/evidence.ts';
import type { VerdictRecord } from './verdict.ts';
import type { Observation } from './verify-image.ts';

/** The verdict, as it stands, of an index that lists the image in question and was verified once. */
export type Container = Pick<VerdictRecord, 'digest' | 'state' | 'policyHash'>;

/** Most images of one index that it can cover. Indexes list one image for each platform, and perhaps an attestation for each: a handful. */
export const MOST_CHILDREN = 100;

/**
 * What the indexes that list an image make of an observation of it. The signature of an index is over the digests of what it lists, so an image in a verified
 * index is verified by it. Its own bad signatures do not count against that: one bad candidate neither passes nor blocks.
 * One whose verdict is not by the policy in force yet leaves the image undecided.
 */
export function coverByContainers(
  observation: Extract<Observation, { kind: 'decided' }>,
  containers: readonly Container[],
  by: { readonly policyHash: string; readonly policyLine: string; readonly policy: string },
): Observation {
  const { decision } = observation;
  if (decision.verdict === 'verified') return observation;
  const current = containers.filter(({ policyHash }) => policyHash === by.policyHash);
  const verified = current.find(({ state }) => state === 'verified');
  if (verified !== undefined) return { ...observation, decision: describeCover(decision, verified.digest, by) };
  const open = containers.find(
    ({ state, policyHash }) => state === 'error' || isStale(state, policyHash !== by.policyHash),
  );
  if (open !== undefined) {
    const message = `The index ${open.digest}, which lists the image, has no verdict by the policy in force.`;
    return { kind: 'undecided', reason: { code: 'index-undecided', message } };
  }
  return observation;
}

function isStale(state: Container['state'], byAnotherPolicy: boolean): boolean {
  return byAnotherPolicy && state !== 'gone' && state !== 'ignored';
}

function describeCover(
  { evidence }: Decision,
  index: Digest,
  { policyLine, policy }: { readonly policyLine: string; readonly policy: string },
): Decision {
  const cover: Evidence = {
    policyLine,
    requirement: 'listed by a verified index',
    outcome: 'satisfied',
    checks: [{ check: 'subject', result: 'passed', detail: `the index ${index} is verified and lists this digest` }],
  };
  const own = evidence.map((line) => (line.outcome === 'satisfied' ? line : { ...line, outcome: 'missing' as const }));
  const message = `The index ${index} fulfils the policy ${policy} and lists this image.`;
  return { verdict: 'verified', policy, evidence: [cover, ...own], reasons: [{ code: 'covered-by-index', message }] };
}
