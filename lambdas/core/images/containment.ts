import type { Decision, Evidence } from '../trust/evidence.ts';
import type { VerdictRecord } from './verdict.ts';
import type { Observation } from './verify-image.ts';

/** The verdict, as it stands, of an index that lists the image in question and was verified once. */
export type Container = Pick<VerdictRecord, 'digest' | 'state' | 'policyHash' | 'validUntil'>;

/** By what the verdict of an index has to be made, and the place in the policy that lets it count. `now` in Unix milliseconds. */
export interface CoverTerms {
  readonly policyHash: string;
  readonly policyLine: string;
  readonly policy: string;
  readonly now: number;
}

/** Most images of one index that it can cover. Indexes list one image for each platform, and perhaps an attestation for each: a handful. */
export const MOST_CHILDREN = 100;

/**
 * What the indexes that list an image make of an observation of it. The signature of an index is over the digests of what it lists, so an image in a verified
 * index is verified by it. Its own bad signatures do not count against that: one bad candidate neither passes nor blocks.
 * One whose verdict is not by the policy in force yet, or has ended, leaves the image undecided. What an exception covers is covered while the exception holds.
 */
export function coverByContainers(
  observation: Extract<Observation, { kind: 'decided' }>,
  containers: readonly Container[],
  by: CoverTerms,
): Observation {
  const { decision } = observation;
  if (decision.verdict === 'verified') return observation;
  const [cover] = containers
    .filter((container) => container.state === 'verified' && !isStale(container, by))
    .toSorted((left, right) => endOf(right) - endOf(left) || 0);
  if (cover !== undefined) return { ...observation, decision: describeCover(decision, cover, by) };
  const open = containers.find((container) => container.state === 'error' || isStale(container, by));
  if (open !== undefined) {
    const message = `The index ${open.digest}, which lists the image, has no verdict by the policy in force.`;
    return { kind: 'undecided', reason: { code: 'index-undecided', message } };
  }
  return observation;
}

/** Whether the index has to be looked at again before its verdict says anything. */
function isStale(container: Container, { policyHash, now }: CoverTerms): boolean {
  if (container.state === 'gone' || container.state === 'ignored') return false;
  return container.policyHash !== policyHash || endOf(container) <= now;
}

function endOf({ validUntil }: Container): number {
  return validUntil ?? Number.POSITIVE_INFINITY;
}

function describeCover(
  { evidence }: Decision,
  { digest: index, validUntil }: Container,
  { policyLine, policy }: CoverTerms,
): Decision {
  const cover: Evidence = {
    policyLine,
    requirement: 'listed by a verified index',
    outcome: 'satisfied',
    checks: [{ check: 'subject', result: 'passed', detail: `the index ${index} is verified and lists this digest` }],
  };
  const own = evidence.map((line) => (line.outcome === 'satisfied' ? line : { ...line, outcome: 'missing' as const }));
  const message = `The index ${index} fulfils the policy ${policy} and lists this image.`;
  const reasons = [{ code: 'covered-by-index', message }];
  return {
    verdict: 'verified',
    policy,
    evidence: [cover, ...own],
    reasons,
    ...(validUntil !== undefined && { validUntil }),
  };
}
