import { findText, matchesLetters, mayShareText, type Search, type Work } from '../find-text.ts';
import { hasVariable, readSingleText, type TextPattern } from '../text-pattern.ts';

/** Texts that one of the patterns matches. */
export type TextSet = readonly TextPattern[];

/**
 * Searches a text that lies in every set of `within` and in no set of `without`. `none` is proven. An example stands for a request in which policy variables
 * have no value that matters; where there may be no such request (two patterns with variables meet) the answer is `open`.
 */
export function findTextInSets(within: readonly TextSet[], without: readonly TextSet[], work: Work): Search<string> {
  const evaded = without.flat();
  const [first, ...others] = [...within].sort((one, other) => one.length - other.length);
  if (first === undefined) return findText([], evaded, work);
  let open = false;
  for (const pattern of first) {
    if (work.left < 0) return { kind: 'open' };
    const found = findWithin([pattern], others, evaded, work);
    if (found.kind === 'found') return found;
    open ||= found.kind === 'open';
  }
  return { kind: open ? 'open' : 'none' };
}

/** Chooses one pattern of each further set in turn: what lies in all of them lies in one choice. */
function findWithin(
  chosen: readonly TextPattern[],
  sets: readonly TextSet[],
  evaded: readonly TextPattern[],
  work: Work,
): Search<string> {
  const [set, ...others] = sets;
  if (set === undefined) return findInChoice(chosen, evaded, work);
  const single = readLiteral(chosen);
  const candidates =
    single === undefined
      ? set.filter((pattern) => chosen.every((one) => mayShareText(one, pattern)))
      : set.filter((pattern) => hasVariable(pattern) || matchesLetters(pattern, single));
  work.left -= set.length / 8;
  let open = false;
  for (const pattern of candidates) {
    if (work.left < 0) return { kind: 'open' };
    const found = findWithin(addPattern(chosen, pattern, work), others, evaded, work);
    if (found.kind === 'found') return found;
    open ||= found.kind === 'open';
  }
  return { kind: open ? 'open' : 'none' };
}

/** A pattern that covers another one adds nothing to it. To find that out costs more than it saves where there are only two, unless one holds a variable. */
function addPattern(chosen: readonly TextPattern[], pattern: TextPattern, work: Work): readonly TextPattern[] {
  if (chosen.length === 1 && !hasVariable(pattern) && !chosen.some(hasVariable)) return [...chosen, pattern];
  if (chosen.some((one) => one === pattern || findText([one], [pattern], work).kind === 'none')) return chosen;
  return [...chosen.filter((one) => findText([pattern], [one], work).kind !== 'none'), pattern];
}

function readLiteral(chosen: readonly TextPattern[]): readonly string[] | undefined {
  const [only, ...others] = chosen;
  return only === undefined || others.length > 0 || hasVariable(only) ? undefined : readSingleText(only);
}

/**
 * With one pattern a variable is a letter of its own: whatever it stands for, it stands for the same in the patterns to evade. With several, its text may
 * be what another pattern spells out, so that it is taken for any text, and a pattern to evade that holds one may evade nothing.
 */
function findInChoice(chosen: readonly TextPattern[], evaded: readonly TextPattern[], work: Work): Search<string> {
  if (chosen.length < 2 || !chosen.some(hasVariable)) return findText(chosen, evaded, work);
  const loose = chosen.map((pattern) =>
    pattern.map((token) => (token.kind === 'variable' ? ({ kind: 'run', colon: true } as const) : token)),
  );
  const found = findText(
    loose,
    evaded.filter((pattern) => !hasVariable(pattern)),
    work,
  );
  return found.kind === 'found' ? { kind: 'open' } : found;
}
