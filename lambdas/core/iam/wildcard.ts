import { matchesWildcard } from '../match-wildcard.ts';
import { findText } from './find-text.ts';
import { readPattern } from './text-pattern.ts';

export { matchesWildcard };

/** Steps of search for one question, beyond those of any policy met: patterns of some hundred letters take some thousand. */
const MOST_STEPS = 50_000;

/**
 * Whether every text that the inner pattern matches is matched by the outer one. Exact (`*?` and `?*` cover each other); where the search would grow beyond
 * its bound, which takes a pattern made for it, the answer is false. True is always certain.
 */
export function coversWildcard(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  if (!inner.includes('*') && !inner.includes('?')) return matchesWildcard(outer, inner);
  if (!outer.includes('*') && !outer.includes('?')) return false;
  return findText([readPattern(inner)], [readPattern(outer)], { left: MOST_STEPS }).kind === 'none';
}
