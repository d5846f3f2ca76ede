import { findText, type Work } from '../find-text.ts';
import { hasVariable } from '../text-pattern.ts';
import { matchesWildcard } from '../wildcard.ts';
import type { Entry, Part } from './compile-rule.ts';

/** How a pattern lies to a part of a statement: wholly inside, wholly outside, or neither is known. */
export type Relation = 'inside' | 'outside' | 'across';

/** Relates a pattern to `Action`, `NotAction`, `Resource` or `NotResource`. */
export function relate(entry: Entry, part: Part, work: Work): Relation {
  const relation = relateToEntries(entry, part, work);
  if (part.mode === 'in' || relation === 'across') return relation;
  return relation === 'inside' ? 'outside' : 'inside';
}

function relateToEntries(entry: Entry, { texts, entries, loose }: Part, work: Work): Relation {
  work.left -= 1 + (entries.length >> 4);
  if (work.left < 0) return 'across';
  const plain = !entry.text.includes('${');
  if (plain && texts.has(entry.text)) return 'inside';
  // Of single texts only the same one has anything in common with a single text.
  const candidates = (plain && entry.single ? loose : entries).filter((one) => mayMeet(one, entry));
  work.left -= candidates.length;
  if (candidates.some((one) => covers(one, entry, work))) return 'inside';
  return candidates.some((one) => meets(one, entry, work)) ? 'across' : 'outside';
}

function mayMeet(one: Entry, other: Entry): boolean {
  return one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
}

function covers(outer: Entry, inner: Entry, work: Work): boolean {
  if (outer.text === '*') return true;
  if (outer.single && !inner.single) return false;
  if (inner.single && !outer.text.includes('${')) return matchesWildcard(outer.text, inner.text);
  return findText([inner.pattern], [outer.pattern], work).kind === 'none';
}

function meets(one: Entry, other: Entry, work: Work): boolean {
  if (hasVariable(one.pattern) || hasVariable(other.pattern)) return true;
  return findText([one.pattern, other.pattern], [], work).kind !== 'none';
}
