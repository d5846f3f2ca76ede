import { z } from 'zod';
import { type CompareOptions, comparePolicies } from '../../lambdas/core/iam/compare/compare-policies.ts';
import { answerLines, lineId } from './answer-lines.ts';
import type { Io } from './command.ts';

/** Two policies of the largest size that is read, escaped as text. */
const LONGEST = 2 * 1024 * 1024;

/** Handed on as it is: what is in it is for the comparison to judge. */
const policyShape = z.unknown().refine((policy) => policy === null || typeof policy === 'string' || isObject(policy), {
  message: 'a policy, its text, or null is taken',
});
const lineShape = z.looseObject({ id: lineId, a: policyShape, b: policyShape });

/** Answers each line of stdin `{id, a, b}` with a line `{id, verdict, because}`; the verdict of a line that cannot be read is `error`. Tells whether every line could be read. */
export function answerComparisons(io: Io, options: CompareOptions): Promise<boolean> {
  return answerLines(io, {
    shape: lineShape,
    longest: LONGEST,
    answer: ({ a, b }) => comparePolicies(a ?? undefined, b ?? undefined, options),
    toError: (message) => ({ verdict: 'error', because: [{ code: 'malformed', message }] }),
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
