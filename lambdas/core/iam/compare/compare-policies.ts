import { IamError } from '../errors.ts';
import type { Work } from '../find-text.ts';
import { parsePolicy } from '../parse-policy.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { compileRules, type Rule } from './compile-rule.ts';
import { type Because, describeDifference, nameOpaque } from './describe-difference.ts';
import { findUncovered } from './find-uncovered.ts';
import type { ResolvePrincipal } from './principals.ts';

/**
 * What the second policy is, seen from the first. `equal`: the same for every request, beside whatever other policies. `narrower`: it allows nothing more and
 * denies nothing less. `wider`: certainly something more, and nothing is lost. `incomparable`: certainly both. `unknown`: it could not be told that there is
 * nothing more, so it counts as wider.
 */
export type ComparisonVerdict = 'equal' | 'narrower' | 'wider' | 'incomparable' | 'unknown';

export interface Comparison {
  readonly verdict: ComparisonVerdict;
  /** Why, most important first; never empty. */
  readonly because: readonly Because[];
}

export interface CompareOptions {
  /** The ARN behind a unique id (`AROA…`, `AIDA…`). Without it, or where it answers undefined, an id equals itself only. */
  readonly resolvePrincipal?: ResolvePrincipal;
  /** Steps of search in each direction. Beyond them the answer is `unknown`. Default 200,000: well below a second. */
  readonly steps?: number;
}

const STEPS = 200_000;

/** Certain differences in one direction after which no more are looked for: the verdict stands. */
const MOST_TOLD = 10;

/** Larger than what IAM takes many times over; beyond it nothing is compared. */
const MOST = { statements: 1000, patterns: 20_000, conditions: 200, callers: 2000, letters: 4096 };

/**
 * Compares policy B with policy A: objects, or text as the API takes or answers it; undefined where there is no policy (added or removed). Documents that
 * cannot be read are equal only when they are the same to the byte. Never throws for what a policy says.
 */
export function comparePolicies(a: unknown, b: unknown, options: CompareOptions = {}): Comparison {
  const [first, second] = [readPolicy(a), readPolicy(b)];
  if (first.ok && second.ok) return compareDocuments(first.document, second.document, options);
  const faults = [
    ...(first.ok ? [] : [{ code: 'malformed', policy: 'a', message: `A cannot be read: ${first.fault}` } as const]),
    ...(second.ok ? [] : [{ code: 'malformed', policy: 'b', message: `B cannot be read: ${second.fault}` } as const]),
  ];
  if (!areSameBytes(a, b)) return { verdict: 'unknown', because: faults };
  const message = 'Both are the same to the byte, and that is all that can be said: they cannot be read as a policy.';
  return { verdict: 'equal', because: [{ code: 'malformed', message }, ...faults] };
}

/** The same for documents that were read. */
export function compareDocuments(
  a: PolicyDocument | undefined,
  b: PolicyDocument | undefined,
  { resolvePrincipal, steps = STEPS }: CompareOptions = {},
): Comparison {
  const excess = findExcess(a) ?? findExcess(b);
  if (excess !== undefined) return { verdict: 'unknown', because: [{ code: 'too-large', message: excess }] };
  const first = a === undefined ? [] : compileRules(a, resolvePrincipal);
  const second = b === undefined ? [] : compileRules(b, resolvePrincipal);
  if (haveSameRules(first, second))
    return sayEqual('They hold the same statements, apart from ways of writing that have no effect.');
  const related = findRelatedKeys([...first, ...second]);
  const [forward, backward]: readonly [Work, Work] = [{ left: steps }, { left: steps }];
  const gains = findDifferences(first, second, related, forward);
  const losses = findDifferences(second, first, related, backward);
  const ended = forward.left < 0 || backward.left < 0;
  const message = `The search was ended after ${steps} steps: what is not certain may be so for that.`;
  return decide(
    gains.map((one) => describeDifference(one, 'gained')),
    losses.map((one) => describeDifference(one, 'lost')),
    [...(ended ? [{ code: 'too-large', message } as const] : []), ...nameOpaque(first, second)],
  );
}

type Read =
  | { readonly ok: true; readonly document: PolicyDocument | undefined }
  | { readonly ok: false; readonly fault: string };

function readPolicy(source: unknown): Read {
  if (source === undefined) return { ok: true, document: undefined };
  try {
    return { ok: true, document: parsePolicy(source) };
  } catch (error) {
    if (error instanceof IamError) return { ok: false, fault: error.message };
    throw error;
  }
}

function areSameBytes(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function haveSameRules(first: readonly Rule[], second: readonly Rule[]): boolean {
  const write = (rules: readonly Rule[]) =>
    new Set(rules.map(({ statement, identity }) => `${statement.effect}${identity}`));
  const [one, other] = [write(first), write(second)];
  return one.size === other.size && [...one].every((rule) => other.has(rule));
}

/** A part of a rule on one side that the other side does not have. */
export type Difference = ReturnType<typeof findUncovered>[number] & { readonly rule: Rule };

/**
 * What `to` gives beyond `from`: what it allows and does not deny itself that `from` does not allow, and what `from` denies and `to` does not. Other policies
 * may allow what this one does not, so a deny counts also where nothing here allows.
 */
function findDifferences(
  from: readonly Rule[],
  to: readonly Rule[],
  related: ReadonlySet<string>,
  work: Work,
): readonly Difference[] {
  const [allowedBefore, deniedBefore] = [pick(from, 'Allow'), pick(from, 'Deny')];
  const [allowed, denied] = [pick(to, 'Allow'), pick(to, 'Deny')];
  const asked = [
    ...deniedBefore.map((rule) => ({ rule, covers: denied })),
    ...allowed.map((rule) => ({ rule, covers: [...allowedBefore, ...denied] })),
  ];
  const differences: Difference[] = [];
  for (const { rule, covers } of asked) {
    if (differences.filter(({ kind }) => kind === 'found').length >= MOST_TOLD) break;
    for (const uncovered of findUncovered({ rule, covers, related, work })) differences.push({ ...uncovered, rule });
  }
  return differences;
}

function pick(rules: readonly Rule[], effect: 'Allow' | 'Deny'): readonly Rule[] {
  return rules.filter(({ statement }) => statement.effect === effect);
}

function decide(gained: readonly Because[], lost: readonly Because[], notes: readonly Because[]): Comparison {
  const because = [...gained, ...lost, ...notes];
  if (because.length === notes.length)
    return sayEqual('Each allows and denies what the other does, in other statements.');
  if (gained.length === 0) return { verdict: 'narrower', because };
  if (!gained.some(({ code }) => code === 'gained')) return { verdict: 'unknown', because };
  if (lost.length === 0) return { verdict: 'wider', because };
  return { verdict: lost.some(({ code }) => code === 'lost') ? 'incomparable' : 'unknown', because };
}

function sayEqual(message: string): Comparison {
  return { verdict: 'equal', because: [{ code: 'same', message }] };
}

/** Keys of conditions that are also variables somewhere: what one says binds the other. */
function findRelatedKeys(rules: readonly Rule[]): ReadonlySet<string> {
  const keys = new Set(rules.flatMap(({ conditions }) => conditions.map(({ key }) => key)));
  const texts = rules.flatMap(({ statement }) => [
    ...(statement.resources?.patterns ?? []),
    ...statement.conditions.flatMap(({ values }) => values),
  ]);
  const variables = texts
    .filter((text) => text.includes('${'))
    .join(' ')
    .toLowerCase();
  return new Set(variables === '' ? [] : [...keys].filter((key) => variables.includes(`\${${key}`)));
}

function findExcess(document: PolicyDocument | undefined): string | undefined {
  if (document === undefined) return undefined;
  const { statements } = document;
  if (statements.length > MOST.statements) return `More than ${MOST.statements} statements are not compared.`;
  let patterns = 0;
  for (const { number, actions, resources, principals, conditions } of statements) {
    const texts = [...actions.patterns, ...(resources?.patterns ?? []), ...conditions.flatMap(({ values }) => values)];
    patterns += texts.length;
    if (patterns > MOST.patterns) return `More than ${MOST.patterns} actions, resources and values are not compared.`;
    if (texts.some(({ length }) => length > MOST.letters))
      return `Statement ${number} has a text of more than ${MOST.letters} letters.`;
    if (conditions.length > MOST.conditions) return `Statement ${number} has more than ${MOST.conditions} conditions.`;
    if ((principals?.principals.length ?? 0) > MOST.callers)
      return `Statement ${number} has more than ${MOST.callers} principals.`;
  }
  return undefined;
}
