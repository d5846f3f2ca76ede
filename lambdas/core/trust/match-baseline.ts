import { matchRepository } from './match-repository.ts';
import type { BaselinePolicy, TrustPolicy } from './policy.ts';

/** The entry that decides about the baseline of an ARN: the first in the document one of whose patterns fits. */
export function findBaselinePolicy(
  { baselines = [] }: TrustPolicy,
  arn: string,
): { readonly policy: BaselinePolicy; readonly index: number } | undefined {
  const index = baselines.findIndex(({ resources }) => resources.some((pattern) => matchRepository(pattern, arn)));
  const policy = baselines[index];
  return policy && { policy, index };
}
