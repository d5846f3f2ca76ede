import type { Comparison, ComparisonVerdict } from '../../lambdas/core/iam/compare/compare-policies.ts';
import { makeVisible } from './visible.ts';

const SAID: Readonly<Record<ComparisonVerdict, string>> = {
  equal: 'B allows and denies what A does',
  narrower: 'B allows nothing more than A and denies nothing less',
  wider: 'B gives more than A and takes nothing away',
  incomparable: 'B gives more than A and takes something away',
  unknown: 'it could not be ruled out that B gives more than A: treat it as wider',
};

/** A comparison for people: the verdict, then one line for each reason. */
export function describeComparison({ verdict, because }: Comparison): string {
  const reasons = because.map(({ code, message }) => `  ${code.padEnd(14)}${makeVisible(message)}\n`);
  return `${verdict}: ${SAID[verdict]}\n${reasons.join('')}`;
}
