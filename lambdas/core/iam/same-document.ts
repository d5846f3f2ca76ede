import { canonicalize } from '../canonical-json.ts';
import type { PolicyText } from './account.ts';

/**
 * Whether two documents are the same JSON: white space and the order of members do not count, everything else does. For telling states apart; what documents
 * mean is for the comparison.
 */
export function isSameDocument(one: PolicyText, other: PolicyText): boolean {
  return one === other || normalize(one) === normalize(other);
}

function normalize(document: PolicyText): string {
  try {
    return canonicalize(JSON.parse(document));
  } catch {
    // What is no JSON is the same only to the letter.
    return document;
  }
}
