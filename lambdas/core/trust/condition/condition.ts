import { RE2JS } from '@bufbuild/re2';
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { CountersignError, messageOf } from '../../errors.ts';
import { ReadBudget } from './read-budget.ts';

/** Thrown where an expression is no condition: it cannot be parsed, names what is not there, or is no yes or no. */
export class ConditionError extends CountersignError<'bad-condition'> {}

/** What a condition says of a predicate. `error`: a value was of another type, was not there, or the limit on work was reached. It is never a yes. */
export type ConditionResult =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'error'; readonly message: string };

/** Decides about a predicate by an expression of the policy. */
export interface Condition {
  evaluate(predicateType: string, predicate: unknown): ConditionResult;
}

/** Longest expression, characters, and the most parts it may have. */
const LONGEST = 4096;
const LIMITS = { maxAstNodes: 500, maxDepth: 40, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 };
/** Longest text that an expression is matched on. */
const LONGEST_TEXT = 65_536;
/** Longest expression of `matches`: it may come from the predicate. */
const LONGEST_PATTERN = 1024;

/** The engine's own `matches` uses backtracking expressions, so it is never reached: see `useLinearMatches`. */
const LINEAR_MATCHES = 'matchesRe2';

const environment = new Environment({ limits: LIMITS })
  .registerVariable('predicate', 'dyn')
  .registerVariable('predicateType', 'string')
  .registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, expression: string) => {
    if (text.length > LONGEST_TEXT || expression.length > LONGEST_PATTERN) {
      throw new ConditionError('bad-condition', 'the text or the expression is too long to be matched');
    }
    return RE2JS.compile(expression).test(text);
  });

/**
 * Compiles a CEL expression (cel.dev, language definition) over `predicate` and `predicateType`. `matches` runs on RE2 and finds a part of the text, as CEL
 * defines it: anchor it. Throws `ConditionError`.
 */
export function compileCondition(expression: string): Condition {
  if (expression.length > LONGEST) throw new ConditionError('bad-condition', `longer than ${LONGEST} characters`);
  const safe = useLinearMatches(expression);
  const { valid, type, error } = environment.check(safe);
  if (!valid) throw new ConditionError('bad-condition', firstLine(error), { cause: error });
  if (type !== 'bool' && type !== 'dyn')
    throw new ConditionError('bad-condition', `it gives ${type}, not true or false`);
  const program = environment.parse(safe);
  return {
    evaluate(predicateType, predicate) {
      const budget = new ReadBudget();
      try {
        const result: unknown = program({ predicateType, predicate: budget.guard(predicate) });
        // A quantifier may have passed over the error that the budget threw.
        if (budget.isSpent) return { kind: 'error', message: 'the predicate is too large for the condition' };
        if (typeof result !== 'boolean') return { kind: 'error', message: 'the result is not true or false' };
        return { kind: result ? 'true' : 'false' };
      } catch (thrown) {
        return { kind: 'error', message: firstLine(thrown) };
      }
    },
  };
}

/** Replaces each call of `matches` by one of ours, at the place where the parser found it: texts in the expression stay as they are. */
function useLinearMatches(expression: string): string {
  let safe = expression;
  const calls = listCalls(parse(expression)).filter(({ name }) => name === 'matches');
  // From the end, so that earlier places stay where they are.
  for (const { nameAt } of calls.toSorted((left, right) => right.nameAt - left.nameAt)) {
    safe = `${safe.slice(0, nameAt)}${LINEAR_MATCHES}${safe.slice(nameAt + 'matches'.length)}`;
  }
  // Nothing reaches the engine that still calls its own.
  if (listCalls(parse(safe)).some(({ name }) => name === 'matches')) {
    throw new ConditionError('bad-condition', 'matches cannot be called like this');
  }
  return safe;
}

function parse(expression: string): ASTNode {
  try {
    return environment.parse(expression).ast;
  } catch (cause) {
    throw new ConditionError('bad-condition', firstLine(cause), { cause });
  }
}

interface Call {
  readonly name: string;
  /** Where its name begins in the expression. */
  readonly nameAt: number;
}

function listCalls(node: ASTNode): readonly Call[] {
  const calls: Call[] = [];
  const visit = (one: unknown): void => {
    if (Array.isArray(one)) {
      for (const part of one) visit(part);
    } else if (isNode(one)) {
      if (one.op === 'call') calls.push({ name: one.args[0], nameAt: one.range.start });
      if (one.op === 'rcall') {
        const [name, receiver] = one.args;
        calls.push({ name, nameAt: one.input.indexOf(name, receiver.range.end) });
      }
      visit(one.args);
    }
  };
  visit(node);
  return calls;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function firstLine(thrown: unknown): string {
  return (messageOf(thrown).split('\n')[0] ?? '').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, 300);
}
