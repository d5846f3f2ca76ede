import type { Difference } from './compare-policies.ts';
import type { Rule } from './compile-rule.ts';
import type { CallerSet } from './principals.ts';
import type { Demand } from './region.ts';

/** One reason of a comparison: `code` for programs, `message` for people. */
export interface Because {
  /** `gained`, `lost`: certain. `maybe-gained`, `maybe-lost`: it could not be ruled out. `unclear`: words of a policy that are compared to the letter only. */
  readonly code: 'gained' | 'lost' | 'maybe-gained' | 'maybe-lost' | 'same' | 'malformed' | 'too-large' | 'unclear';
  /** Where the statement is that is told of. */
  readonly policy?: 'a' | 'b';
  /** Counted from 1. */
  readonly statement?: number;
  readonly message: string;
}

/** Says what one side has and the other has not: which statement, which actions and resources, and what the other asks for them. */
export function describeDifference(difference: Difference, way: 'gained' | 'lost'): Because {
  const { rule, kind, actions, resources, missing, example } = difference;
  const denied = rule.statement.effect === 'Deny';
  // What B gains is what it allows, or what A denied.
  const policy = (way === 'gained') === denied ? 'a' : 'b';
  const other = policy === 'a' ? 'B' : 'A';
  const what = `${showList(actions, rule.statement.actions.patterns, 'every action except')}${showResources(rule, resources)}`;
  const verb = kind === 'found' ? `${other} does not` : `it is not certain that ${other} does`;
  const asks = missing
    .map(({ rule: cover, demands }) => showMissing(cover, demands, other))
    .filter((text) => text !== '');
  const sample =
    kind === 'open' || example === undefined || asks.length > 0 ? '' : ` (not ${showExample(example)}, for example)`;
  const message = `${nameStatement(rule, policy)} ${denied ? 'denies' : 'allows'} ${what}${showTerms(rule)}; ${verb}${sample}${asks.length === 0 ? '' : `: ${asks.slice(0, 3).join('; ')}`}.`;
  return { code: kind === 'found' ? way : `maybe-${way}`, policy, statement: rule.statement.number, message };
}

function showExample({ action, resource }: { readonly action: string; readonly resource: string }): string {
  return `${action.slice(0, 80)}${resource === '' ? '' : ` on ${resource.slice(0, 200)}`}`;
}

/** Tells which conditions and principals were compared to the letter only. */
export function nameOpaque(a: readonly Rule[], b: readonly Rule[]): readonly Because[] {
  return [...listOpaque(a, 'a'), ...listOpaque(b, 'b')];
}

function listOpaque(rules: readonly Rule[], policy: 'a' | 'b'): readonly Because[] {
  return rules.flatMap((rule) => {
    const conditions = rule.conditions.flatMap(({ test, words }) =>
      test.kind === 'opaque' ? [`${words}: ${test.why}`] : [],
    );
    const ids = (rule.callers?.callers ?? [])
      .filter(({ kind, name }) => kind === 'AWS' && /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(name))
      .map(({ name }) => `${name}: it is not known whom this id belongs to`);
    return [...conditions, ...ids].map((text): Because => {
      const message = `${nameStatement(rule, policy)} has a part that equals itself only: ${text}.`;
      return { code: 'unclear', policy, statement: rule.statement.number, message };
    });
  });
}

function nameStatement({ statement: { number, sid } }: Rule, policy: 'a' | 'b'): string {
  return `Statement ${number}${sid === undefined || sid === '' ? '' : ` (${sid})`} of ${policy.toUpperCase()}`;
}

function showList(some: readonly string[], all: readonly string[], except: string): string {
  const shown = (some.length > 0 ? some : all).map((text) => (text === '*:*' ? '*' : text));
  const text = shown.slice(0, 5).join(', ') + (shown.length > 5 ? ` and ${shown.length - 5} more` : '');
  return some.length > 0 ? text : `${except} ${text}`;
}

function showResources({ statement: { resources } }: Rule, some: readonly string[]): string {
  return resources === undefined ? '' : ` on ${showList(some, resources.patterns, 'every resource except')}`;
}

function showTerms(rule: Rule): string {
  const who = rule.callers === undefined ? '' : ` ${showCallers(rule.callers)}`;
  const when = rule.conditions.map(({ words }) => words).slice(0, 3);
  return `${who}${when.length === 0 ? '' : ` if ${when.join(' and ')}`}`;
}

function showCallers({ mode, callers }: CallerSet): string {
  const names = callers.map(({ name }) => (name === '*' ? 'everybody' : name));
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  return `for ${mode === 'in' ? '' : 'everybody except '}${shown === '' ? 'nobody' : shown}`;
}

function showMissing(cover: Rule, demands: readonly Demand[], side: 'A' | 'B'): string {
  const terms = demands.flatMap((demand) => {
    if (demand.on === 'context') return [`if ${demand.condition.words}`];
    return demand.on === 'caller' && demand.callers !== undefined ? [showCallers(demand.callers)] : [];
  });
  if (terms.length === 0 || cover.statement.effect === 'Deny') return '';
  return `${nameStatement(cover, side === 'A' ? 'a' : 'b')} allows it only ${terms.slice(0, 3).join(' and ')}`;
}
