import { type CompiledCondition, compileCondition } from '../compare/compile-condition.ts';
import { findContext } from '../compare/find-context.ts';
import type { Work } from '../find-text.ts';
import { lowerAscii } from '../text-pattern.ts';

/** What a condition comes to in requests that a principal can make: it holds in all, in none, or it depends on what is not known. */
export type Triage = 'always' | 'never' | 'context';

/** What is known of a request: for a condition key in lower case, the condition that its value fulfils. Made when it is asked for, which it seldom is. */
export class KnownContext {
  readonly #facts: ReadonlyMap<string, Fact>;
  readonly #rest: KnownContext | undefined;
  readonly #compiled = new Map<string, CompiledCondition>();

  constructor(facts: Iterable<readonly [key: string, fact: Fact]>, rest?: KnownContext) {
    this.#facts = new Map(facts);
    this.#rest = rest;
  }

  get(key: string): CompiledCondition | undefined {
    const fact = this.#facts.get(key);
    if (fact === undefined) return this.#rest?.get(key);
    const known = this.#compiled.get(key) ?? compileCondition({ ...fact, ...ONCE, key, values: [fact.value] }, false);
    this.#compiled.set(key, known);
    return known;
  }

  /** The same with what is known of one more key. */
  with(key: string, fact: Fact): KnownContext {
    return new KnownContext([[lowerAscii(key), fact]], this);
  }
}

/** `null` of `false`: there is a value, nobody knows which. */
export interface Fact {
  readonly operator: 'stringequals' | 'stringnotlike' | 'null';
  readonly value: string;
}

const ONCE = { quantifier: undefined, ifExists: false } as const;

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
  const facts = [...values].map(([key, value]) => [lowerAscii(key), equal(value)] as const);
  return new KnownContext(facts, OF_EVERYBODY);
}

/** The same with the value of one more key. */
export function pinContext(known: KnownContext, key: string, value: string): KnownContext {
  return known.with(key, equal(value));
}

function equal(value: string): Fact {
  return { operator: 'stringequals', value };
}

const OF_EVERYBODY = new KnownContext([
  ...ALWAYS_PRESENT.map((key) => [key, { operator: 'null', value: 'false' }] as const),
  ...CALLERS_CHOICE.map(([key, value]) => [key, equal(value)] as const),
]);

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
  return new KnownContext([['aws:sourceaccount', equal(account)]]);
}
