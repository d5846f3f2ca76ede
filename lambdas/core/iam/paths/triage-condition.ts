import { type CompiledCondition, compileCondition } from '../compare/compile-condition.ts';
import { findContext } from '../compare/find-context.ts';
import type { Work } from '../find-text.ts';
import { lowerAscii } from '../text-pattern.ts';

/** What a condition comes to in requests that a principal can make: it holds in all, in none, or it depends on what is not known. */
export type Triage = 'always' | 'never' | 'context';

/** What is known of a request, by condition key in lower case. `present`: it has a value, nobody knows which. */
export type KnownContext = ReadonlyMap<string, CompiledCondition>;

/** Keys that every request has, and what their values are where that is known beforehand (IAM User Guide, "AWS global condition context keys"). */
const ALWAYS_PRESENT = [
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:userid',
  'aws:requestedregion',
];

/** A caller may always use TLS, and is no service of AWS. */
const CALLERS_CHOICE: readonly (readonly [string, string])[] = [
  ['aws:securetransport', 'true'],
  ['aws:viaawsservice', 'false'],
  ['aws:principalisawsservice', 'false'],
];

/** What is known of each request of a principal; the values are those of single-valued keys. */
export function knowContext(values: Iterable<readonly [key: string, value: string]>): KnownContext {
  const known = new Map<string, CompiledCondition>();
  for (const key of ALWAYS_PRESENT) known.set(key, pin('null', key, 'false'));
  for (const [key, value] of [...CALLERS_CHOICE, ...values])
    known.set(lowerAscii(key), pin('stringequals', lowerAscii(key), value));
  return known;
}

/** The same with the value of one more key. */
export function pinContext(known: KnownContext, key: string, value: string): KnownContext {
  return new Map(known).set(lowerAscii(key), pin('stringequals', lowerAscii(key), value));
}

function pin(operator: string, key: string, value: string): CompiledCondition {
  return compileCondition({ operator, quantifier: undefined, ifExists: false, key, values: [value] }, false);
}

/** Judges one condition by what is known. Only what is proven is `always` or `never`. */
export function triageCondition(condition: CompiledCondition, known: KnownContext, work: Work): Triage {
  const fact = known.get(condition.key);
  const facts = fact === undefined ? [] : [{ condition: fact, holds: true }];
  if (findContext([...facts, { condition, holds: false }], work) === 'none') return 'always';
  if (findContext([...facts, { condition, holds: true }], work) === 'none') return 'never';
  return 'context';
}

/** All conditions of a statement together. */
export function triageConditions(conditions: readonly CompiledCondition[], known: KnownContext, work: Work): Triage {
  let triage: Triage = 'always';
  for (const condition of conditions) {
    const one = triageCondition(condition, known, work);
    if (one === 'never') return 'never';
    if (one === 'context') triage = 'context';
  }
  return triage;
}

/** What a service says when it takes a role for something in the account. */
export function knowService(account: string): KnownContext {
  return new Map([['aws:sourceaccount', pin('stringequals', 'aws:sourceaccount', account)]]);
}
