import { findText } from './find-text.ts';
import { readPattern } from './text-pattern.ts';

/**
 * Whether text matches a pattern of IAM, in which `*` is any run of characters and `?` any one (IAM User Guide, "IAM JSON policy elements: Resource").
 * Both are compared as they are: actions come in lower case from `parsePolicy`. Linear in the text for each `*` at worst.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let retry = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      retry = at;
      inPattern += 1;
    } else if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === text[at])) {
      at += 1;
      inPattern += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}

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
