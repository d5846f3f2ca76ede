import { findText, type Work } from '../find-text.ts';
import { matchesWildcard } from '../wildcard.ts';
import { type Entry, mayMeet, type Part } from './compile-rule.ts';

/** How a pattern lies to a part of a statement: wholly inside, wholly outside, or neither is known. */
export type Relation = 'inside' | 'outside' | 'across';

/** Comparing two texts, in steps of a search. */
const CHEAP = 1 / 16;

/** Relates a pattern to `Action`, `NotAction`, `Resource` or `NotResource`. */
export function relate(entry: Entry, part: Part, work: Work): Relation {
  const relation = relateToEntries(entry, part, work);
  if (part.mode === 'in' || relation === 'across') return relation;
  return relation === 'inside' ? 'outside' : 'inside';
}

/** Whether a pattern lies wholly inside of one pattern of `Action` or `Resource`: the part of the question that is cheap, since most do in the same words. */
export function liesInside(entry: Entry, part: Part, work: Work): boolean {
  return part.mode === 'in' && coversEntry(entry, part, findCandidates(entry, part, work), work);
}

function relateToEntries(entry: Entry, part: Part, work: Work): Relation {
  if (work.left < 0) return 'across';
  const candidates = findCandidates(entry, part, work);
  if (coversEntry(entry, part, candidates, work)) return 'inside';
  return candidates.some((one) => meets(one, entry, work)) ? 'across' : 'outside';
}

function coversEntry(entry: Entry, { texts }: Part, candidates: readonly Entry[], work: Work): boolean {
  if (texts.has(entry.text) && isPlain(entry)) return true;
  return candidates.some((one) => covers(one, entry, work));
}

/** Patterns that may have a text in common with this one. Of single texts only the same one has, which is found without looking at them. */
function findCandidates(entry: Entry, { entries, loose }: Part, work: Work): readonly Entry[] {
  const all = entry.single && isPlain(entry) ? loose : entries;
  const candidates = all.length === 0 ? all : all.filter((one) => mayMeet(one, entry));
  work.left -= CHEAP * (1 + entries.length / 16 + candidates.length);
  return candidates;
}

/** Whether the text says the same in every version of the language. */
function isPlain({ text }: Entry): boolean {
  return !text.includes('${');
}

function covers(outer: Entry, inner: Entry, work: Work): boolean {
  if (outer.text === '*') return true;
  if (outer.single && !inner.single) return false;
  const plain = isPlain(outer) && isPlain(inner);
  if (inner.single && plain) return matchesWildcard(outer.text, inner.text);
  // Most that is not covered shows at once in one of its texts.
  if (plain && !inner.samples.every((text) => matchesWildcard(outer.text, text))) return false;
  return findText([inner.pattern], [outer.pattern], work).kind === 'none';
}

function meets(one: Entry, other: Entry, work: Work): boolean {
  if (!isPlain(one) || !isPlain(other)) return true;
  if (one.samples.some((text) => matchesWildcard(other.text, text))) return true;
  return findText([one.pattern, other.pattern], [], work).kind !== 'none';
}
