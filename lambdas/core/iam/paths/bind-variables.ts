import { readPattern, type TextPattern } from '../text-pattern.ts';

/** Values of policy variables of a principal, by name in lower case: `aws:username`. */
export type Variables = ReadonlyMap<string, string>;

/** Puts known values in the place of variables (IAM User Guide, "IAM policy elements: Variables and tags"). Wildcards in a value are letters. */
export function bindVariables(pattern: TextPattern, variables: Variables): TextPattern {
  if (variables.size === 0 || !pattern.some(({ kind }) => kind === 'variable')) return pattern;
  return pattern.flatMap((token) => {
    const value = token.kind === 'variable' ? variables.get(token.letter.slice(2, -1)) : undefined;
    return value === undefined ? [token] : readPattern(value, { wildcards: false, variables: false });
  });
}

/** The pattern with any text in the place of each variable. */
export function loosenVariables(pattern: TextPattern): TextPattern {
  return pattern.map((token) => (token.kind === 'variable' ? { kind: 'run', colon: true } : token));
}
