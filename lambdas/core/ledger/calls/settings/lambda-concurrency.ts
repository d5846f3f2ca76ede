import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** The concurrency that is reserved for a function: with 0 it cannot be invoked, without any it takes from what is unreserved (Lambda API Reference, PutFunctionConcurrency). */
export const lambdaConcurrency = defineSetting({
  /** ARN of the function, without version or alias: concurrency is of the function as a whole. */
  target: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]{1,140}$/,
  content: z.strictObject({ reserved: z.number().int().min(0).max(1_000_000) }),
  canBeAbsent: true,
  actions: ['lambda:DeleteFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
  actionFor: (to) => (to === null ? 'lambda:DeleteFunctionConcurrency' : 'lambda:PutFunctionConcurrency'),
  describe(target, to) {
    if (to === null) return `take the reserved concurrency from ${target}`;
    return to.reserved === 0
      ? `let nobody invoke ${target} (concurrency 0)`
      : `reserve a concurrency of ${to.reserved} for ${target}`;
  },
});
