import type { Evaluation, Judgement } from './evaluation.ts';

/** The verdict of one image, as far as its repository is judged by it. */
export interface ImageStanding {
  readonly repository: string;
  readonly state: 'pending' | 'verified' | 'unsigned' | 'invalid' | 'error' | 'ignored' | 'gone';
  /** Whether it is by the policy that is in force, and its time is not over. */
  readonly isCurrent: boolean;
}

interface Tally {
  verified: number;
  bad: number;
  undecided: number;
  waiting: number;
}

/**
 * Config records repositories and not images: one is compliant where every image in it is verified. An image that could not be judged counts against it, since nobody
 * knows what it is; one in its time of grace, or about to be judged by a new policy, is waited for. Ignored and deleted images do not count.
 */
export function judgeRepositories(images: Iterable<ImageStanding>): Judgement {
  const tallies = new Map<string, Tally>();
  for (const { repository, state, isCurrent } of images) {
    if (state === 'gone') continue;
    const tally = tallies.get(repository) ?? { verified: 0, bad: 0, undecided: 0, waiting: 0 };
    tallies.set(repository, tally);
    if (state === 'unsigned' || state === 'invalid') tally.bad += 1;
    else if (state === 'error') tally.undecided += 1;
    else if (state === 'pending' || (state === 'verified' && !isCurrent)) tally.waiting += 1;
    else if (state === 'verified') tally.verified += 1;
  }
  return { evaluations: [...tallies].map(([repository, tally]) => judge(repository, tally)), undecided: [] };
}

function judge(id: string, { verified, bad, undecided, waiting }: Tally): Evaluation {
  const type = 'AWS::ECR::Repository';
  const parts = [
    [bad, 'unsigned or invalid'],
    [undecided, 'could not be judged'],
    [waiting, 'waited for'],
    [verified, 'verified'],
  ] as const;
  const counts = parts.flatMap(([count, what]) => (count > 0 ? `${count} ${what}` : []));
  if (counts.length === 0)
    return { type, id, compliance: 'NOT_APPLICABLE', annotation: 'No image here is to be verified.' };
  const annotation = `Images: ${counts.join(', ')}.`;
  if (bad + undecided > 0) return { type, id, compliance: 'NON_COMPLIANT', annotation };
  return { type, id, compliance: verified > 0 ? 'COMPLIANT' : 'NOT_APPLICABLE', annotation };
}
